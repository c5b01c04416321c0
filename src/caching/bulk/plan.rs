//! What a change to many keys would do, found out beforehand.

mod checks;
mod earlier;
mod typed;

#[cfg(test)]
mod tests;

use self::checks::{families, permission, replicas, size, storm, supports, took, used_order, writable};
use self::earlier::{continued, part_gone, undo_effect};
use super::model::{Aim, Change, Job, JobKind, JobView, Pattern, Preview, peak};
use super::redis::journal::DAYS;
use super::redis::{Bulk, Facts, Work};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::error::AppError;
use crate::text::{Words, bytes, count, span};
use crate::words;

pub use self::typed::typed;

/// What a change of one key's expiry sends to each replica, in bytes.
const REPLICATED: i64 = 64;

/// Plans a change.
///
/// # Errors
/// When the server cannot be asked, or when nothing is known of the job that is named.
pub async fn plan(bulk: &Bulk, change: &Change) -> Result<Plan, AppError> {
    let facts = bulk.facts().await?;
    match change {
        Change::BulkTtl { job, continues, .. } => {
            let preview = bulk.preview(&job.pattern).await?;
            let earlier = continues.map(|record| bulk.job(record)).transpose()?;
            let mut plan = bulk_ttl(bulk.name(), job, &facts, &preview, earlier.as_ref());
            plan.checks.extend(continues.and_then(|record| part_gone(bulk, &bulk.chain(record), true)));
            Ok(plan)
        }
        Change::UndoBulk { job, pattern, .. } => {
            let view = bulk.job(*job)?;
            let of = bulk.chain(*job);
            let gone = part_gone(bulk, &of, false);
            let mut plan = undo(&view, of, pattern.as_ref(), &facts);
            plan.checks.extend(gone);
            Ok(plan)
        }
        Change::Sweep { seconds, .. } => Ok(sweep(bulk.name(), *seconds, &facts)),
    }
}

fn bulk_ttl(name: &str, job: &Job, facts: &Facts, preview: &Preview, earlier: Option<&JobView>) -> Plan {
    let work = Work::bulk(job.clone(), earlier.map(|it| it.record));
    let commands = vec![work.command(typed(job))];
    let matched = preview.scaled(preview.matched);
    let mut checks = vec![supports(facts), writable(facts), found(preview), permission(preview)];
    checks.extend([size(matched, preview), families(preview), storm(job, preview), used_order(facts)]);
    checks.extend(replicas(facts, preview.scaled(affected(job, preview)) * REPLICATED));
    checks.extend(earlier.map(continued));
    checks.push(took(preview));
    let blast = if !preview.families.is_empty() {
        Blast::TypeName(format!("{} {}", preview.families.join(" "), job.pattern))
    } else if !job.pattern.has_prefix() {
        Blast::TypeName(job.pattern.to_string())
    } else {
        Blast::Confirm
    };
    Plan {
        title: title(name, job, earlier.is_some()),
        checks,
        fingerprint: fingerprint(&(facts, &preview.families, earlier.map(|it| it.record)), &commands),
        commands,
        revert: Vec::new(),
        effect: effect(job, preview),
        way_back: words!(
            "Undo on the job's page: every key gets its former expiry back to the millisecond, unless somebody has changed \
             it since. The journal for it is kept for {DAYS} days.",
            "작업 페이지에서 되돌릴 수 있습니다. 그사이 다른 곳에서 바꾼 키를 빼고 모든 키의 만료 시각을 밀리초까지 되돌립니다. 저널은 {DAYS}일간 보관됩니다."
        ),
        blast,
    }
}

fn title(name: &str, job: &Job, continued: bool) -> Words {
    let pattern = &job.pattern;
    let (more, more_ko) = if continued { ("Continue: ", "이어서: ") } else { ("", "") };
    match job.aim {
        Aim::Persist => {
            words!("{more}Let the keys {pattern} of {name} live for ever", "{more_ko}{name}의 {pattern} 키 만료 해제")
        }
        Aim::Ttl(ttl) => {
            let time = span(ttl.seconds() * 1_000);
            Words::new(
                format!("{more}Give the keys {pattern} of {name} a TTL of {}", time.en),
                format!("{more_ko}{name}의 {pattern} 키 TTL을 {}(으)로 설정", time.ko),
            )
        }
    }
}

/// Keys of the look that the condition will admit, as far as a look can tell.
fn affected(job: &Job, preview: &Preview) -> i64 {
    use super::model::Only;
    match job.only {
        Only::Expiring => preview.expiring,
        Only::Lasting => preview.lasting,
        Only::Lengthen => preview.expiring,
        Only::Shorten | Only::All => preview.expiring + preview.lasting,
    }
}

fn found(preview: &Preview) -> Check {
    let [matched, expiring, lasting] = [preview.matched, preview.expiring, preview.lasting].map(|it| preview.told(it));
    let told = words!(
        "{matched} keys match now: {expiring} with a TTL, {lasting} without.",
        "지금 일치하는 키 {matched}개: TTL 있음 {expiring}, 없음 {lasting}."
    );
    if preview.matched == 0 {
        let looked = count(preview.looked);
        return Check::warn(
            words!(
                "None of {looked} keys that were looked at matches.",
                "확인한 키 {looked}개 중 일치하는 키가 없습니다."
            ),
            words!("Look at the pattern again.", "패턴을 다시 확인하세요."),
        );
    }
    Check::pass(told)
}

fn effect(job: &Job, preview: &Preview) -> Vec<Words> {
    let changed = preview.told(affected(job, preview));
    let only = job.only.words();
    let mut all = Vec::new();
    match job.aim {
        Aim::Persist => all.push(words!(
            "{changed} keys lose their TTL and stay until somebody deletes them.",
            "키 {changed}개의 TTL이 없어지고, 누군가 삭제할 때까지 남습니다."
        )),
        Aim::Ttl(ttl) => {
            let half = job.jitter.spread_millis(ttl) / 2;
            let [from, to] = [-half, half].map(|it| span((ttl.seconds() * 1_000 + it).max(1_000)));
            all.push(Words::new(
                format!("Up to {changed} keys will die {} to {} after they are reached; {}.", from.en, to.en, only.en),
                format!(
                    "최대 {changed}개의 키가 처리된 뒤 {}~{} 사이에 만료됩니다. 대상: {}.",
                    from.ko, to.ko, only.ko
                ),
            ));
        }
    }
    all.push(words!(
        "It looks for the keys when it runs: what is written meanwhile may be met or not. Values stay as they are.",
        "실행 시점에 키를 찾습니다. 그사이 새로 쓰인 키는 포함될 수도, 아닐 수도 있습니다. 값은 그대로입니다."
    ));
    if let Some(each) = preview.bytes_each {
        let memory = bytes(each.saturating_mul(preview.scaled(preview.matched)));
        all.push(words!(
            "The keys that match take ≈{memory} of memory.",
            "일치하는 키가 차지하는 메모리는 ≈{memory}입니다."
        ));
    }
    let journal = bytes(preview.scaled(affected(job, preview)).saturating_mul(40));
    all.push(words!(
        "The journal takes ≈{journal} on the console's disk.",
        "저널이 콘솔 디스크에서 ≈{journal}를 사용합니다."
    ));
    all
}

fn undo(view: &JobView, of: Vec<i64>, pattern: Option<&Pattern>, facts: &Facts) -> Plan {
    let effect = undo_effect(view, of.get(1..).unwrap_or_default());
    let work = Work::UndoBulk { of, pattern: pattern.cloned(), script: super::redis::UNDO_SCRIPT.to_owned() };
    let commands = vec![work.command(typed::undo(pattern))];
    let (record, changed) = (view.record, count(view.counts.changed));
    let journal = match view.journal {
        _ if view.kind != JobKind::Bulk => Check::block(
            words!(
                "Record {record} is no job that could be taken back.",
                "{record}번 기록은 되돌릴 수 있는 작업이 아닙니다."
            ),
            words!("Choose the job itself.", "원래 작업을 선택하세요."),
        ),
        None => Check::block(
            words!("The journal of job {record} is gone.", "{record}번 작업의 저널이 없습니다."),
            words!("It cannot be taken back any more.", "더 이상 되돌릴 수 없습니다."),
        ),
        Some(_) if view.end.is_none() => Check::block(
            words!("Job {record} still runs.", "{record}번 작업이 아직 실행 중입니다."),
            words!("Stop it first, or wait for its end.", "먼저 중단하거나 끝날 때까지 기다리세요."),
        ),
        Some(size) => {
            let size = bytes(size);
            Check::pass(words!(
                "The journal of job {record} is there ({size}); the job changed {changed} keys.",
                "{record}번 작업의 저널이 있습니다({size}). 변경된 키는 {changed}개입니다."
            ))
        }
    };
    let part = pattern.map(|it| words!(" matching {it}", " 중 {it}에 일치하는 키")).unwrap_or_default();
    Plan {
        title: Words::new(
            format!(
                "Take the job of record {record} back: the keys{}",
                if part.en.is_empty() { " of it" } else { &part.en }
            ),
            format!("{record}번 기록의 작업 되돌리기{}", part.ko),
        ),
        checks: vec![supports(facts), writable(facts), journal],
        fingerprint: fingerprint(&(record, &view.counts, view.end.is_some(), facts), &commands),
        commands,
        revert: Vec::new(),
        effect,
        way_back: words!("None but the job itself, run again.", "없음. 작업을 다시 실행해야 합니다."),
        blast: Blast::Confirm,
    }
}

fn sweep(name: &str, seconds: u32, facts: &Facts) -> Plan {
    let work = Work::Sweep {
        seconds,
        pause_millis: u64::try_from(super::redis::SWEEP_PAUSE.as_millis()).unwrap_or_default(),
        script: super::redis::SWEEP_SCRIPT.to_owned(),
    };
    let commands = vec![work.command(typed::sweep(seconds))];
    let time = span(i64::from(seconds) * 1_000);
    Plan {
        title: Words::new(
            format!("Sweep expired keys of {name} for {}", time.en),
            format!("{name}의 만료된 키를 {} 동안 정리", time.ko),
        ),
        checks: vec![writable(facts)],
        fingerprint: fingerprint(&facts.is_replica, &commands),
        commands,
        revert: Vec::new(),
        effect: vec![
            words!(
                "The console looks at 200 keys at a time, with a pause of 1 ms, and the server reclaims the expired ones \
                 among them. Each look takes about 0.2 ms.",
                "콘솔이 1ms 간격으로 키를 200개씩 확인하면 서버가 그중 만료된 키를 회수합니다. 한 번에 약 0.2ms가 걸립니다."
            ),
            words!("It uses about a tenth of one of the server's cores.", "서버 코어 하나의 약 10분의 1을 사용합니다."),
        ],
        way_back: words!(
            "None is needed: only keys that have expired already go.",
            "필요 없습니다. 이미 만료된 키만 사라집니다."
        ),
        blast: Blast::Plain,
    }
}

/// The most keys that die in one second after the job, as a look can tell.
pub(super) fn forecast(job: &Job, preview: &Preview) -> Option<i64> {
    let Aim::Ttl(ttl) = job.aim else { return None };
    Some(peak(preview.scaled(affected(job, preview)), ttl, job.jitter, job.rate))
}
