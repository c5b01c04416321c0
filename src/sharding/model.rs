//! What all parts of sharding speak of: namespaces, shard keys, versions, chunks counted by shard.

mod identity;
pub mod offered;
mod shard_key;
mod spread;
mod version;

pub use crate::targets::model::{Namespace, Value, property, quoted};
pub use identity::Identity;
use serde::{Deserialize, Serialize};
pub use shard_key::{KeyField, ShardKey, Spread};
pub use spread::{Evenness, Held, Measure, OnShard, Unit, balances_bytes, judge};
pub use version::{Release, Version};

/// Chunks for each shard. They are counted no further than [`CHUNKS_COUNTED`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Chunks {
    Counted(Vec<ShardChunks>),
    /// There are more than [`CHUNKS_COUNTED`].
    Many,
    Unknown,
}

/// The chunks that one shard has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardChunks {
    pub shard: String,
    pub chunks: i64,
}

/// Chunks that are counted for each collection at most: the list of all is read in one go, and must stay quick.
pub const CHUNKS_COUNTED: i64 = 2_000;
