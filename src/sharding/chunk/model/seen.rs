//! A chunk as a page shows it.

use serde::{Deserialize, Serialize};

use crate::sharding::model::{ShardKey, Value};
use crate::text::Words;

/// A chunk with its neighbours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkSeen {
    pub namespace: String,
    /// None: of a kind that this version does not know.
    pub key: Option<ShardKey>,
    pub chunk: ChunkInfo,
    /// No chunk begins at the bound that was asked for; this is the one that owns it now.
    pub moved_on: bool,
    pub previous: Option<ChunkInfo>,
    pub next: Option<ChunkInfo>,
    /// All shards.
    pub shards: Vec<String>,
    /// The size beyond which a chunk is too big, in bytes.
    pub chunk_bytes: i64,
    /// None: nobody asked.
    pub measured: Option<Measured>,
    pub balancer: Words,
    pub offered: Offered,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkInfo {
    pub min: Value,
    pub max: Value,
    pub shard: String,
    /// The zones that its keys belong to; several where it reaches over a bound.
    pub zones: Vec<String>,
    /// Its shard is not one of the zone.
    pub misplaced: bool,
    pub jumbo: bool,
    /// Major and minor, as `3|1`.
    pub version: String,
    /// The shards that it has been on, the latest first; empty before 5.0.
    pub history: Vec<Owner>,
}

/// A shard that owned a chunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    pub shard: String,
    /// Seconds since 1970.
    pub since: i64,
}

/// How much a chunk holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measured {
    /// `bytes` are estimated by the average size of the collection's documents.
    Is { documents: i64, bytes: i64 },
    /// There are more documents than were counted.
    MoreThan { documents: i64 },
    /// The shard did not answer in time, or the role may not ask.
    Unknown,
}

/// Why something is not offered on this cluster; none: it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    pub split: Option<Words>,
    pub moving: Option<Words>,
    pub force_jumbo: Option<Words>,
    pub merge: Option<Words>,
    pub clear_jumbo: Option<Words>,
}
