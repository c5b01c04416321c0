//! What each change to zones would do, found out beforehand.

mod checks;
mod commands;
mod effect;

use super::model::Change;
use super::mongo::{Facts, Zones};
use super::ranges::{self, Range};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Command, Plan};
use crate::error::AppError;
use crate::text::Words;
use crate::words;

/// Plans a change.
///
/// # Errors
/// When the cluster cannot be asked, or is none.
pub async fn plan(zones: &Zones, change: &Change) -> Result<Plan, AppError> {
    let facts = zones.facts(change).await?;
    of_facts(zones.cluster().name(), change, &facts)
}

fn of_facts(server: &str, change: &Change, facts: &Facts) -> Result<Plan, AppError> {
    let ranges = Ranges::of(change, facts)?;
    let checks = checks::of(change, facts, &ranges);
    let commands = commands::of(change, &ranges);
    let adds = matches!(change, Change::AddShardToZone { .. });
    Ok(Plan {
        title: title(server, change, &ranges),
        checks,
        fingerprint: fingerprint(&observed(facts, &ranges), &commands),
        revert: revert(&ranges, &commands),
        commands,
        effect: effect::of(change, facts, &ranges),
        way_back: effect::way_back(change, &ranges),
        blast: if adds { Blast::Plain } else { Blast::Confirm },
    })
}

/// The ranges that a change is about, as documents: as they were asked for, and as the config servers keep them.
pub(super) struct Ranges {
    pub namespace: String,
    pub remove: Vec<Range>,
    pub set: Vec<Range>,
    /// As they are after the change, sorted.
    pub after: Vec<Range>,
    /// The key by which the config servers complete bounds; none where the collection is not sharded.
    pub key: Option<crate::sharding::model::ShardKey>,
}

impl Ranges {
    fn of(change: &Change, facts: &Facts) -> Result<Self, AppError> {
        let edit = change.edit();
        let read = |ranges: &[super::model::ZoneRange]| -> Result<Vec<Range>, AppError> {
            ranges.iter().map(super::form::range_of).collect()
        };
        let key = facts.sharded.as_ref().and_then(|it| it.key());
        Ok(Self {
            namespace: change.subject().map(|it| it.namespace.to_string()).unwrap_or_default(),
            remove: read(&edit.remove)?,
            set: read(&edit.set)?,
            after: ranges::after(&facts.ranges, &edit, key.as_ref()),
            key,
        })
    }

    /// A range as the config servers keep it.
    pub(super) fn as_kept(&self, range: &Range) -> Range {
        self.key.as_ref().map_or_else(|| range.clone(), |key| range.extended(key))
    }
}

fn title(server: &str, change: &Change, ranges: &Ranges) -> Words {
    let namespace = &ranges.namespace;
    match change {
        Change::AddShardToZone { shard, zone, .. } => {
            words!("Add {shard} to zone {zone} at {server}", "{server}: {shard}을(를) 존 {zone}에 추가")
        }
        Change::RemoveShardFromZone { shard, zone, .. } => {
            words!("Remove {shard} from zone {zone} at {server}", "{server}: {shard}을(를) 존 {zone}에서 제거")
        }
        Change::SetZoneRange { range, .. } => {
            let zone = &range.zone;
            words!(
                "Set a range of {namespace} to zone {zone} at {server}",
                "{server}: {namespace}의 범위를 존 {zone}에 지정"
            )
        }
        Change::RemoveZoneRange { range, .. } => {
            let zone = &range.zone;
            words!(
                "Remove a range of zone {zone} from {namespace} at {server}",
                "{server}: {namespace}에서 존 {zone}의 범위 제거",
            )
        }
        Change::MoveZoneBound { .. } => {
            words!("Move a bound of zones of {namespace} at {server}", "{server}: {namespace}의 존 경계 이동")
        }
    }
}

/// What must still be so when the plan is applied. How many chunks would move drifts while nothing of meaning changes, so
/// that is left out.
fn observed(facts: &Facts, ranges: &Ranges) -> impl serde::Serialize {
    let shards: Vec<_> = facts.shards.iter().map(|it| (it.name.clone(), it.zones.clone(), it.draining)).collect();
    let now: Vec<_> = facts.ranges.iter().map(Range::to_wire).collect();
    let identity = facts.sharded.as_ref().map(|it| it.identity());
    let of_zone: Vec<(String, i64)> = facts.ranges_of_zone.clone().into_iter().collect();
    (facts.common.release, shards, now, identity, of_zone, switched_on(facts), ranges.namespace.clone())
}

/// A window opens and closes by itself; whether anybody has switched it is what matters.
fn switched_on(facts: &Facts) -> Option<bool> {
    facts.balancer.settings.as_ref().and_then(|it| it.on)
}

/// A change of several commands is taken back when one of them fails: whatever it set is removed, whatever it removed is
/// set. Both do no harm where they are done already.
fn revert(ranges: &Ranges, commands: &[Command]) -> Vec<Command> {
    if commands.len() < 2 {
        return Vec::new();
    }
    let set = ranges.set.iter().map(|range| commands::remove(&ranges.namespace, range));
    set.chain(ranges.remove.iter().map(|range| commands::set(&ranges.namespace, range))).collect()
}
