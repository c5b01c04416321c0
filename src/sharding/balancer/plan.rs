//! What each change of the balancer would do, found out beforehand.

mod checks;
mod commands;
mod effect;

#[cfg(test)]
mod tests;

use super::model::{Change, Switch};
use super::mongo::Facts;
use crate::change::apply::fingerprint;
use crate::change::{Blast, Plan};
use crate::sharding::value;
use crate::text::Words;
use crate::words;

/// Plans a change for the cluster `server`.
pub(super) fn plan(server: &str, change: &Change, facts: &Facts) -> Plan {
    let checks = checks::of(change, facts);
    let is_possible = checks::is_possible(change, facts);
    let commands = if is_possible { vec![commands::of(change, facts)] } else { Vec::new() };
    Plan {
        title: title(server, change),
        checks,
        fingerprint: fingerprint(&observed(facts), &commands),
        commands,
        revert: Vec::new(),
        effect: if is_possible { effect::of(change, facts) } else { vec![words!("None.", "없음.")] },
        way_back: if is_possible { effect::way_back(change, facts) } else { words!("Not needed.", "필요 없음.") },
        blast: blast(change),
    }
}

/// Settings are written again in a second; what moves data because of them takes longer to undo.
fn blast(change: &Change) -> Blast {
    match change {
        Change::SetChunkSize { .. } | Change::SetCollectionChunkSize { .. } => Blast::Confirm,
        Change::SwitchCollection { switch: Switch::Defragmentation, on: true, .. } => Blast::Confirm,
        _ => Blast::Plain,
    }
}

fn title(server: &str, change: &Change) -> Words {
    match change {
        Change::StartBalancer { .. } => words!("Start the balancer of {server}", "{server}의 밸런서 시작"),
        Change::StopBalancer { .. } => words!("Stop the balancer of {server}", "{server}의 밸런서 중지"),
        Change::SetWindow { window, .. } => {
            words!("Balance {server} only in the window {window}", "{server}을(를) {window}에만 밸런싱")
        }
        Change::ClearWindow { .. } => {
            words!("Balance {server} at any time: remove the window", "{server}의 밸런싱 허용 시간 해제")
        }
        Change::SetChunkSize { mib: Some(mib), .. } => {
            let mib = mib.get();
            words!("Set the chunk size of {server} to {mib} MiB", "{server}의 청크 크기를 {mib}MiB로 지정")
        }
        Change::SetChunkSize { mib: None, .. } => {
            words!("Set the chunk size of {server} back to the default", "{server}의 청크 크기를 기본값으로")
        }
        Change::SwitchAutoMerger { on: true, .. } => {
            words!("Start the auto-merger of {server}", "{server}의 자동 병합 켜기")
        }
        Change::SwitchAutoMerger { on: false, .. } => {
            words!("Stop the auto-merger of {server}", "{server}의 자동 병합 끄기")
        }
        Change::SetCollectionChunkSize { namespace, mib: Some(mib), .. } => {
            let mib = mib.get();
            words!("Set the chunk size of {namespace} to {mib} MiB", "{namespace}의 청크 크기를 {mib}MiB로 지정")
        }
        Change::SetCollectionChunkSize { namespace, mib: None, .. } => {
            words!("Give {namespace} the chunk size of the cluster", "{namespace}의 청크 크기를 클러스터 값으로")
        }
        Change::SwitchCollection { namespace, switch, on, .. } => match (switch, on) {
            (Switch::Balancing, true) => words!("Balance {namespace} again", "{namespace} 밸런싱 켜기"),
            (Switch::Balancing, false) => words!("Take {namespace} out of balancing", "{namespace} 밸런싱 끄기"),
            (Switch::Migrations, false) => words!("Freeze {namespace}", "{namespace} 동결"),
            (Switch::Migrations, true) => words!("Unfreeze {namespace}", "{namespace} 동결 해제"),
            (Switch::AutoMerger, true) => {
                words!("Merge chunks of {namespace} automatically", "{namespace} 자동 병합 켜기")
            }
            (Switch::AutoMerger, false) => {
                words!("Merge no chunks of {namespace} automatically", "{namespace} 자동 병합 끄기")
            }
            (Switch::Defragmentation, true) => words!("Defragment {namespace}", "{namespace} 조각 모음 시작"),
            (Switch::Defragmentation, false) => {
                words!("Stop defragmenting {namespace}", "{namespace} 조각 모음 중지")
            }
        },
    }
}

/// The settings word by word, and the collection. What is at work at the moment comes and goes.
fn observed(facts: &Facts) -> impl serde::Serialize {
    let settings: Option<Vec<String>> =
        facts.documents.as_ref().map(|rows| rows.iter().map(value::canonical).collect());
    let collection = facts
        .collection
        .as_ref()
        .map(|it| (it.identity.clone(), it.balanced, it.frozen, it.chunk_mib, it.auto_merger, it.defragmenting));
    (settings, collection, serde_json::to_string(&facts.common.observed()).unwrap_or_default())
}
