//! Zones as a page shows them.

use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::sharding::balancer::state::Balancing;
use crate::sharding::model::{ShardKey, Value};

/// The zones of a cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ZonesSeen {
    pub zones: Vec<ZoneSeen>,
    pub shards: Vec<ShardSeen>,
    /// Whether there are more ranges than were counted.
    pub more: bool,
    pub balancer: Balancing,
    pub findings: Vec<Finding>,
}

/// A zone that a shard belongs to, or a range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneSeen {
    pub name: String,
    pub shards: Vec<String>,
    pub ranges: i64,
    /// Collections with ranges of this zone; the first ones by name.
    pub namespaces: Vec<String>,
}

/// A shard with its zones and its room. Bytes are none where they are not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardSeen {
    pub name: String,
    pub zones: Vec<String>,
    pub draining: bool,
    /// On disk, compressed, with what is orphaned.
    pub stored: Option<i64>,
    /// Free on the file system of its primary.
    pub free: Option<i64>,
    /// Of the collection that is looked at: bytes that the shard owns. Orphans are left out where they are known.
    pub owned: Option<i64>,
}

/// The ranges of one collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CollectionZones {
    pub namespace: String,
    /// None: not sharded, or by a key of a kind that this version does not know.
    pub key: Option<ShardKey>,
    pub sharded: bool,
    /// Ranges and gaps in the order of the key.
    pub pieces: Vec<Piece>,
    /// Whether there are more ranges than are shown.
    pub more: bool,
    /// All zones of the cluster.
    pub zones: Vec<String>,
    pub shards: Vec<ShardSeen>,
    pub balancer: Balancing,
    pub findings: Vec<Finding>,
}

/// A piece of the key space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub kind: PieceKind,
    pub min: Value,
    pub max: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PieceKind {
    /// Belongs to no zone: its keys may live on any shard.
    Gap,
    Range {
        zone: String,
        /// The shards of the zone.
        shards: Vec<String>,
        /// It begins before the one that stands before it ends.
        overlaps: bool,
    },
}
