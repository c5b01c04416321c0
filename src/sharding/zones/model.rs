//! Changes to zones, and zones as they are seen.

mod seen;

use serde::{Deserialize, Serialize};

pub use self::seen::{CollectionZones, Piece, PieceKind, ShardSeen, ZoneSeen, ZonesSeen};
use crate::sharding::model::{Identity, Namespace, ShardKey};
use crate::targets::model::TargetId;

/// A range of keys that belongs to a zone. The bounds are canonical extended JSON of documents; the lower one belongs to
/// the range, the upper one does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneRange {
    pub min: String,
    pub max: String,
    pub zone: String,
}

/// The collection whose ranges are changed, as it was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    pub namespace: Namespace,
    /// Its key, or the one that it is to get: ranges can be set before it is sharded.
    pub key: ShardKey,
    /// None: it was not sharded.
    pub identity: Option<Identity>,
}

/// A write about zones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Makes the zone if no shard has it yet.
    AddShardToZone {
        target: TargetId,
        shard: String,
        zone: String,
    },
    RemoveShardFromZone {
        target: TargetId,
        shard: String,
        zone: String,
    },
    /// The keys of the range belong to its zone from now on.
    SetZoneRange {
        target: TargetId,
        subject: Subject,
        range: ZoneRange,
        /// The zone that has exactly this range now.
        instead_of: Option<String>,
    },
    /// The keys of the range may live on any shard from now on.
    RemoveZoneRange {
        target: TargetId,
        subject: Subject,
        range: ZoneRange,
    },
    /// Moves the bound at which `below` ends and `above` begins.
    MoveZoneBound {
        target: TargetId,
        subject: Subject,
        below: Option<ZoneRange>,
        above: Option<ZoneRange>,
        bound: String,
    },
}

/// Ranges that are taken away, and those that are set after that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    pub remove: Vec<ZoneRange>,
    pub set: Vec<ZoneRange>,
}

impl Change {
    /// The collection whose ranges are changed.
    pub fn subject(&self) -> Option<&Subject> {
        match self {
            Self::AddShardToZone { .. } | Self::RemoveShardFromZone { .. } => None,
            Self::SetZoneRange { subject, .. }
            | Self::RemoveZoneRange { subject, .. }
            | Self::MoveZoneBound { subject, .. } => Some(subject),
        }
    }

    /// What it does to ranges.
    pub fn edit(&self) -> Edit {
        match self {
            Self::AddShardToZone { .. } | Self::RemoveShardFromZone { .. } => Edit::default(),
            Self::SetZoneRange { range, instead_of, .. } => Edit {
                remove: instead_of.iter().map(|zone| ZoneRange { zone: zone.clone(), ..range.clone() }).collect(),
                set: vec![range.clone()],
            },
            Self::RemoveZoneRange { range, .. } => Edit { remove: vec![range.clone()], set: Vec::new() },
            Self::MoveZoneBound { below, above, bound, .. } => {
                let lower = below.iter().map(|range| ZoneRange { max: bound.clone(), ..range.clone() });
                let upper = above.iter().map(|range| ZoneRange { min: bound.clone(), ..range.clone() });
                Edit { remove: below.iter().chain(above).cloned().collect(), set: lower.chain(upper).collect() }
            }
        }
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::AddShardToZone { .. } => "sharding.add_shard_to_zone",
            Self::RemoveShardFromZone { .. } => "sharding.remove_shard_from_zone",
            Self::SetZoneRange { .. } => "sharding.set_zone_range",
            Self::RemoveZoneRange { .. } => "sharding.remove_zone_range",
            Self::MoveZoneBound { .. } => "sharding.move_zone_bound",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::AddShardToZone { target, .. }
            | Self::RemoveShardFromZone { target, .. }
            | Self::SetZoneRange { target, .. }
            | Self::RemoveZoneRange { target, .. }
            | Self::MoveZoneBound { target, .. } => target,
        }
    }
}

/// What a form about zones holds, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneForm {
    /// `add_shard_to_zone`, `remove_shard_from_zone`, `set_zone_range`, `remove_zone_range` or `move_zone_bound`.
    pub action: String,
    #[serde(default)]
    pub shard: String,
    #[serde(default)]
    pub zone: String,
    #[serde(default)]
    pub namespace: String,
    /// Only where the collection is not sharded: `region, user_id:hashed`.
    #[serde(default)]
    pub key: String,
    /// A literal of mongosh for each field of the key, and `min` or `max` where MinKey or MaxKey was chosen.
    #[serde(default)]
    pub min: Vec<String>,
    #[serde(default)]
    pub min_kind: Vec<String>,
    #[serde(default)]
    pub max: Vec<String>,
    #[serde(default)]
    pub max_kind: Vec<String>,
    /// The bound that is moved, or the lower bound of the range that is removed: canonical extended JSON.
    #[serde(default)]
    pub at: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(min: &str, max: &str, zone: &str) -> ZoneRange {
        ZoneRange { min: min.into(), max: max.into(), zone: zone.into() }
    }

    fn subject() -> Subject {
        Subject {
            namespace: Namespace::parse("a.b").expect("a name"),
            key: ShardKey::parse("x", false).expect("a key"),
            identity: None,
        }
    }

    #[test]
    fn moving_a_bound_takes_both_ranges_away_and_sets_both_anew() {
        let target = TargetId::parse("mongo").expect("a target");
        let (below, above) = (range("0", "5", "EU"), range("5", "9", "US"));
        let change = Change::MoveZoneBound {
            target: target.clone(),
            subject: subject(),
            below: Some(below.clone()),
            above: Some(above.clone()),
            bound: "7".into(),
        };
        let expected = Edit { remove: vec![below, above], set: vec![range("0", "7", "EU"), range("7", "9", "US")] };
        assert_eq!(change.edit(), expected);
        let taken_over = Change::SetZoneRange {
            target,
            subject: subject(),
            range: range("0", "5", "US"),
            instead_of: Some("EU".into()),
        };
        let expected = Edit { remove: vec![range("0", "5", "EU")], set: vec![range("0", "5", "US")] };
        assert_eq!(taken_over.edit(), expected);
    }

    #[test]
    fn a_change_that_was_tampered_with_is_not_read() {
        let change = Change::RemoveZoneRange {
            target: TargetId::parse("mongo").expect("a target"),
            subject: subject(),
            range: range("0", "5", "EU"),
        };
        let text = serde_json::to_string(&change).expect("JSON");
        assert_eq!(serde_json::from_str::<Change>(&text).expect("reads back"), change);
        for (from, to) in [("a.b", "config.system.sessions"), ("\"zone\"", "\"tag\""), ("ranged", "text")] {
            assert!(serde_json::from_str::<Change>(&text.replace(from, to)).is_err(), "{from}");
        }
    }
}
