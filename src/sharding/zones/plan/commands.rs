//! The commands about zones, as documents and as lines of mongosh.

use bson::{Bson, Document, doc};

use super::Ranges;
use crate::change::Command;
use crate::sharding::model::quoted;
use crate::sharding::mongo::command::command;
use crate::sharding::value::shown_document;
use crate::sharding::zones::model::Change;
use crate::sharding::zones::ranges::Range;

/// All that is sent, in order: what is in the way is removed first.
pub(super) fn of(change: &Change, ranges: &Ranges) -> Vec<Command> {
    match change {
        Change::AddShardToZone { shard, zone, .. } => {
            let typed = format!("sh.addShardToZone({}, {})", quoted(shard), quoted(zone));
            vec![command("admin", doc! { "addShardToZone": shard, "zone": zone }, typed)]
        }
        Change::RemoveShardFromZone { shard, zone, .. } => {
            let typed = format!("sh.removeShardFromZone({}, {})", quoted(shard), quoted(zone));
            vec![command("admin", doc! { "removeShardFromZone": shard, "zone": zone }, typed)]
        }
        _ => {
            let removed = ranges.remove.iter().map(|range| remove(&ranges.namespace, range));
            removed.chain(ranges.set.iter().map(|range| set(&ranges.namespace, range))).collect()
        }
    }
}

pub(super) fn set(namespace: &str, range: &Range) -> Command {
    let typed = format!("sh.updateZoneKeyRange({}, {})", arguments(namespace, range), quoted(&range.zone));
    command("admin", update(namespace, range, Bson::from(&range.zone)), typed)
}

pub(super) fn remove(namespace: &str, range: &Range) -> Command {
    let typed = format!("sh.removeRangeFromZone({})", arguments(namespace, range));
    command("admin", update(namespace, range, Bson::Null), typed)
}

fn update(namespace: &str, range: &Range, zone: Bson) -> Document {
    doc! { "updateZoneKeyRange": namespace, "min": range.min.clone(), "max": range.max.clone(), "zone": zone }
}

fn arguments(namespace: &str, range: &Range) -> String {
    format!("{}, {}, {}", quoted(namespace), shown_document(&range.min), shown_document(&range.max))
}
