//! What to do about a holder, and which of them stand out.

use super::{Holder, Horizon, Kind, Trace, WRAPAROUND};
use crate::replication::finding::{Finding, Severity, Way};
use crate::replication::sql::literal;
use crate::targets::model::Target;
use crate::text::{Words, count, span};
use crate::words;

/// Transactions that a forgotten slot may hold before it is worth a warning.
const FORGOTTEN: i64 = 10_000;
/// Seconds that a transaction may stay open, or be prepared, before it is worth a warning.
const LONG: f64 = 3600.0;

impl Holder {
    /// What to do about it, and where.
    pub fn next(&self, on: &Target) -> (Words, Way) {
        let (cause, server) = self.cause(on);
        let topology = || Way::to_topology(server);
        let slot = || Way::to_slot(server, &cause.name);
        match (cause.kind, cause.traced.as_deref()) {
            (Kind::Session, _) => (cause.end_session(server), Way::none()),
            (Kind::Prepared, _) => (cause.end_prepared(server), Way::none()),
            (_, Some(Trace::UnknownStandby)) if cause.active => (
                words!(
                    "A standby's feedback. Enter that standby as a target to see what holds it there.",
                    "대기 서버의 피드백입니다. 그 서버를 대상으로 등록하면 원인을 볼 수 있습니다."
                ),
                topology(),
            ),
            (_, Some(Trace::Unheard { standby, .. })) => (
                words!(
                    "{standby} did not answer. See whether it runs.",
                    "{standby}이(가) 응답하지 않았습니다. 실행 중인지 확인하세요."
                ),
                topology(),
            ),
            (_, Some(Trace::Released { standby })) if cause.active => {
                let name = &standby.name;
                let text = words!(
                    "Nothing on {name} holds it now. It moves on as {name} replays and reports.",
                    "지금 {name}에서 붙잡는 것은 없습니다. {name}이(가) 적용하고 보고하면 따라 움직입니다."
                );
                (text, topology())
            }
            (Kind::Feedback, _) => (words!("See the standby.", "대기 서버를 확인하세요."), topology()),
            (_, _) if cause.active => (
                words!(
                    "Its consumer is behind. See how far, and whether it moves.",
                    "소비자가 뒤처져 있습니다. 얼마나 뒤처졌는지, 진행 중인지 확인하세요."
                ),
                slot(),
            ),
            (_, Some(_)) => (
                words!(
                    "Its standby is away, so its last word stays. Bring the standby back, or drop the slot.",
                    "대기 서버가 없어 마지막 값이 그대로 남습니다. 대기 서버를 되살리거나 슬롯을 삭제하세요."
                ),
                slot(),
            ),
            _ => (
                words!(
                    "Nobody reads it. Start its consumer, or drop it.",
                    "읽는 곳이 없습니다. 소비자를 시작하거나 슬롯을 삭제하세요."
                ),
                slot(),
            ),
        }
    }

    fn end_session(&self, on: &Target) -> Words {
        let (pid, server) = (self.pid.unwrap_or_default(), &on.name);
        words!(
            "Commit it, or end it on {server}: SELECT pg_terminate_backend({pid})",
            "커밋하거나 {server}에서 종료하세요: SELECT pg_terminate_backend({pid})"
        )
    }

    fn end_prepared(&self, on: &Target) -> Words {
        let (name, server) = (literal(&self.name), &on.name);
        let database = self.database.as_deref().unwrap_or("?");
        words!(
            "Finish it in database {database} of {server}: COMMIT PREPARED {name} or ROLLBACK PREPARED {name}",
            "{server}의 데이터베이스 {database}에서 끝내세요: COMMIT PREPARED {name} 또는 ROLLBACK PREPARED {name}"
        )
    }

    /// Who it is, in a few words.
    pub fn who(&self) -> Words {
        let (name, pid) = (&self.name, self.pid.unwrap_or_default());
        match self.kind {
            Kind::SlotXmin | Kind::SlotCatalogXmin => words!("the slot {name}", "슬롯 {name}"),
            Kind::Feedback => words!("the standby {name}", "대기 서버 {name}"),
            Kind::Session if name.is_empty() => words!("the session {pid}", "세션 {pid}"),
            Kind::Session => words!("the session {pid} ({name})", "세션 {pid}({name})"),
            Kind::Prepared => words!("the prepared transaction {name}", "준비된 트랜잭션 {name}"),
        }
    }

    fn is_long(&self) -> bool {
        self.since.is_some_and(|since| since > LONG)
    }
}

/// The holders that stand out.
pub(super) fn findings(horizon: &Horizon) -> Vec<Finding> {
    let limit = horizon.sight.freeze_max_age;
    let mut found: Vec<Finding> = wraparound(horizon).into_iter().collect();
    for holder in &horizon.sight.holders {
        let (cause, _) = holder.cause(&horizon.target);
        let severity = match holder.age {
            age if limit > 0 && age >= limit => Severity::Bad,
            age if limit > 0 && age >= limit / 4 => Severity::Warn,
            age if age >= FORGOTTEN && (holder.is_forgotten() || cause.is_forgotten()) => Severity::Warn,
            _ if cause.is_long() => Severity::Warn,
            _ => continue,
        };
        found.push(finding(severity, holder, &horizon.target));
    }
    found.truncate(20);
    found.sort_by_key(|finding| finding.severity);
    found
}

fn finding(severity: Severity, holder: &Holder, here: &Target) -> Finding {
    let ((cause, on), (age, who)) = (holder.cause(here), (count(holder.age), holder.who()));
    let (en, ko) = (&who.en, &who.ko);
    let server = &here.name;
    let what = if std::ptr::eq(cause, holder) {
        Words::new(
            format!("On {server}, {en} holds {age} transactions."),
            format!("{server}에서 {ko}이(가) 트랜잭션 {age}개를 붙잡고 있습니다."),
        )
    } else {
        let (by, standby) = (cause.who(), &on.name);
        Words::new(
            format!("On {server}, {en} holds {age} transactions, because of {} on {standby}.", by.en),
            format!("{server}에서 {ko}이(가) 트랜잭션 {age}개를 붙잡고 있습니다. 원인은 {standby}의 {}입니다.", by.ko),
        )
    };
    let (next, way) = holder.next(here);
    let span = cause.since.filter(|_| cause.is_long()).map(|since| span((since * 1000.0) as i64));
    let why = match (cause.kind == Kind::SlotCatalogXmin, span) {
        (true, _) => words!(
            "VACUUM cannot clean the system catalogs meanwhile.",
            "그동안 VACUUM이 시스템 카탈로그를 정리하지 못합니다."
        ),
        (_, Some(Words { en, ko })) => Words::new(
            format!("VACUUM cannot remove dead rows meanwhile; its transaction is {en} old."),
            format!("그동안 VACUUM이 죽은 행을 지우지 못합니다. 트랜잭션이 시작된 지 {ko} 지났습니다."),
        ),
        _ => words!("VACUUM cannot remove dead rows meanwhile.", "그동안 VACUUM이 죽은 행을 지우지 못합니다."),
    };
    let why = Words::new(format!("{} {}", why.en, next.en), format!("{} {}", why.ko, next.ko));
    Finding::new(severity, what, why, way)
}

/// Half of all transactions lie between the oldest and now.
fn wraparound(horizon: &Horizon) -> Option<Finding> {
    let sight = &horizon.sight;
    let (age, database, server) = (count(sight.oldest_age), &sight.oldest_database, &horizon.target.name);
    (sight.oldest_age > WRAPAROUND / 2).then(|| {
        let what = words!(
            "Database {database} of {server} is {age} transactions old, of 2,147,483,648 that are possible.",
            "{server}의 데이터베이스 {database}은(는) 가능한 2,147,483,648개 중 {age}개의 트랜잭션이 쌓였습니다."
        );
        let why = words!(
            "The server stops taking writes before the end. Release what holds it, then VACUUM FREEZE.",
            "끝에 이르기 전에 서버가 쓰기를 멈춥니다. 붙잡고 있는 것을 풀고 VACUUM FREEZE를 실행하세요."
        );
        Finding::bad(what, why, Way::none())
    })
}
