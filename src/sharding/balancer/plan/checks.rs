//! What is looked at before the balancer is changed.

use crate::change::Check;
use crate::sharding::balancer::model::{Balancing, Change, OfCollection, Repair, Switch};
use crate::sharding::balancer::mongo::Facts;
use crate::words;

/// Whether there is anything that could be sent.
pub(super) fn is_possible(change: &Change, facts: &Facts) -> bool {
    let has = change.operation().offered(facts.common.release).is_ok();
    let is_there = change.collection().is_none() || facts.collection.is_some();
    has && is_there
}

pub(super) fn of(change: &Change, facts: &Facts) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Err(reason) = change.operation().offered(facts.common.release) {
        let advice = words!("Nothing can be sent.", "보낼 수 있는 명령이 없습니다.");
        checks.push(Check::block(reason, advice));
    }
    checks.extend(facts.common.checks());
    if let Some((namespace, identity)) = change.collection() {
        checks.push(facts.common.same(namespace, Some(identity)));
        match &facts.collection {
            None => checks.push(Check::block(
                words!("{namespace} is not sharded.", "{namespace}은(는) 샤딩되어 있지 않습니다."),
                words!("Shard it first.", "먼저 샤딩하세요."),
            )),
            Some(now) => checks.extend(of_collection(change, now)),
        }
    } else {
        checks.extend(of_settings(change, &facts.state));
    }
    checks.extend(stays_dead(change, &facts.state));
    checks
}

fn of_settings(change: &Change, state: &Balancing) -> Vec<Check> {
    let Some(settings) = &state.settings else {
        return vec![Check::warn(
            words!("config.settings may not be read.", "config.settings를 읽을 권한이 없습니다."),
            words!("What was set before is unknown.", "이전 설정을 알 수 없습니다."),
        )];
    };
    let on = settings.on;
    let is_so = match change {
        Change::StartBalancer { .. } => on == Some(true),
        Change::StopBalancer { .. } => on == Some(false),
        Change::SetWindow { window, .. } => settings.window == Some(*window),
        Change::ClearWindow { .. } => {
            settings.window.is_none() && !settings.faults.iter().any(|it| it.repair == Repair::Window)
        }
        Change::SetChunkSize { mib: Some(mib), .. } => settings.chunk_mib == Some(i64::from(mib.get())),
        Change::SetChunkSize { mib: None, .. } => {
            settings.chunk_mib.is_none() && !settings.faults.iter().any(|it| it.repair == Repair::ChunkSize)
        }
        Change::SwitchAutoMerger { on, .. } => settings.auto_merger == Some(*on),
        _ => false,
    };
    is_so.then(already).into_iter().collect()
}

fn already() -> Check {
    Check::warn(
        words!("It is set like this already.", "이미 이렇게 설정되어 있습니다."),
        words!("Nothing would change.", "바뀌는 것이 없습니다."),
    )
}

fn of_collection(change: &Change, now: &OfCollection) -> Vec<Check> {
    let is_so = match change {
        Change::SetCollectionChunkSize { mib, .. } => now.chunk_mib == mib.map(|it| i64::from(it.get())),
        Change::SwitchCollection { switch, on, .. } => match switch {
            Switch::Balancing => now.balanced == *on,
            Switch::Migrations => now.frozen != *on,
            Switch::AutoMerger => now.auto_merger == Some(*on),
            Switch::Defragmentation => now.defragmenting == *on,
        },
        _ => false,
    };
    let mut checks: Vec<Check> = is_so.then(already).into_iter().collect();
    if let Change::SwitchCollection { switch: Switch::Defragmentation, on: true, .. } = change
        && (now.frozen || !now.balanced)
    {
        checks.push(Check::warn(
            words!(
                "The collection is frozen or taken out of balancing.",
                "컬렉션이 동결되었거나 밸런싱에서 제외되어 있습니다."
            ),
            words!("No chunk is merged across shards meanwhile.", "그동안 샤드 간 병합이 되지 않습니다."),
        ));
    }
    checks
}

/// A setting that cannot be read, and that this change leaves as it is, keeps every round from beginning.
fn stays_dead(change: &Change, state: &Balancing) -> Vec<Check> {
    let repairs = match change {
        Change::StartBalancer { .. } | Change::StopBalancer { .. } => Some(Repair::Start),
        Change::SetWindow { .. } | Change::ClearWindow { .. } => Some(Repair::Window),
        Change::SetChunkSize { .. } => Some(Repair::ChunkSize),
        Change::SwitchAutoMerger { .. } => Some(Repair::AutoMerger),
        _ => None,
    };
    let faults = state.settings.iter().flat_map(|it| &it.faults).filter(|it| Some(it.repair) != repairs);
    faults
        .map(|fault| {
            let told = fault.told();
            let (en, ko) = (told.en, told.ko);
            Check::warn(
                words!("Balancing stays dead: {en}", "밸런싱이 계속 멈춰 있습니다: {ko}"),
                words!(
                    "Repair this too; see the findings on the page.",
                    "이것도 고치세요. 페이지의 점검 결과를 보세요."
                ),
            )
        })
        .collect()
}
