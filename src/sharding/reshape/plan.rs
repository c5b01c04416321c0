//! What each change of a collection's spread would do. Pure: made of facts, so also for clusters that cannot be run here.

mod common;
mod drop;
mod index;
pub(super) mod offered;
mod refine;
mod reshard;
mod running;
mod space;
mod whole;
mod zones;

#[cfg(test)]
mod tests;

use super::model::change::Change;
use super::mongo::Facts;
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Command, Plan};
use crate::sharding::preflight::Doing;
use crate::text::Words;
use crate::words;

/// What a plan is made of, before it is known whether it can be confirmed.
struct Draft {
    title: Words,
    checks: Vec<Check>,
    commands: Vec<Command>,
    effect: Vec<Words>,
    way_back: Words,
    blast: Blast,
}

/// Plans a change.
pub(super) fn plan(server: &str, change: &Change, facts: &Facts) -> Plan {
    let draft = match change {
        Change::RefineKey { key, .. } => refine::draft(server, change, key, facts),
        Change::ReshardCollection { key, options, .. } => reshard::draft(server, change, key, options, facts),
        Change::UnshardCollection { shard, .. } => whole::unshard(server, change, shard.as_deref(), facts),
        Change::MoveCollection { shard, .. } => whole::relocate(server, change, shard, facts),
        Change::DropCollection { .. } => drop::draft(server, change, facts),
        Change::CommitReshard { .. } => running::commit(server, change, facts),
        Change::AbortReshard { .. } | Change::AbortUnshard { .. } | Change::AbortMove { .. } => {
            running::abort(server, change, facts)
        }
    };
    // Nothing is shown as about to be sent to what is not there, is another one, or does not have the command.
    let hopeless = draft.commands.is_empty();
    Plan {
        title: draft.title,
        fingerprint: fingerprint(&observed(change, facts), &draft.commands),
        checks: facts.common.iter().cloned().chain(draft.checks).collect(),
        effect: if hopeless { vec![words!("None.", "없음.")] } else { draft.effect },
        way_back: if hopeless { words!("Not needed.", "필요 없음.") } else { draft.way_back },
        commands: draft.commands,
        revert: Vec::new(),
        blast: draft.blast,
    }
}

/// What may be under way, since this is about it.
pub(super) fn meant(change: &Change) -> &'static [Doing] {
    match change.operation() {
        Some(_) => &[Doing::Reshard, Doing::MoveCollection, Doing::Unshard],
        None => &[],
    }
}

/// The action that a role must grant on the collection.
pub(super) fn action(change: &Change) -> &'static str {
    match change {
        Change::RefineKey { .. } => "refineCollectionShardKey",
        Change::ReshardCollection { .. } | Change::AbortReshard { .. } | Change::CommitReshard { .. } => {
            "reshardCollection"
        }
        Change::UnshardCollection { .. } | Change::AbortUnshard { .. } => "unshardCollection",
        Change::MoveCollection { .. } | Change::AbortMove { .. } => "moveCollection",
        Change::DropCollection { .. } => "dropCollection",
    }
}

/// Ending something must be possible also while a shard is down.
pub(super) fn needs_all_shards(change: &Change) -> bool {
    change.operation().is_none()
}

/// What must still be so when the plan is applied. Counts and free space drift while nothing of meaning changes, so
/// they are left out.
fn observed(change: &Change, facts: &Facts) -> impl serde::Serialize {
    let name = change.namespace().to_string();
    let collection = facts.collection.as_ref().map(|it| {
        let indexes: Vec<String> = it.indexes.iter().map(|index| format!("{index:?}")).collect();
        let zones: Vec<String> = it.zones.iter().map(|zone| format!("{zone:?}")).collect();
        let sharded = it.sharded().map(|it| (it.key.to_string(), it.unique));
        (it.seen(), it.listed.kind.clone(), it.listed.collated, it.empty, sharded, indexes, zones)
    });
    let running = facts.operations.as_ref().map(|all| {
        let ids = all.iter().filter(|it| it.namespace == name).map(|it| it.id.clone());
        ids.collect::<Vec<_>>()
    });
    let shards: Vec<(String, bool)> = facts.shards.iter().map(|it| (it.name.clone(), it.draining)).collect();
    (facts.release, collection, running, shards)
}
