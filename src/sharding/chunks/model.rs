//! The map as the console shows it: strips of chunks, the zones over them, and where one document lives.

mod coarse;

use serde::{Deserialize, Serialize};

pub use self::coarse::{Cell, cells};
use crate::sharding::model::Value;
use crate::text::Words;

/// Strips of one map at most; where a collection is more torn than that, neighbours are told as one.
pub const MOST_STRIPS: usize = 2_000;
/// Places at which chunks that are too big to move are marked; neighbours share one where there are more.
pub const MOST_MARKS: usize = 500;
/// Chunks of one collection that are read at most.
pub const MOST_CHUNKS: usize = 2_000_000;
/// A part of the map of so many chunks is shown chunk by chunk.
pub const SINGLE_CHUNKS: usize = 100;
/// Ranges of zones of one collection that are read at most.
pub const MOST_ZONES: i64 = 1_000;

/// What a look at a collection's chunks gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Look {
    /// The chunks are being read; the next look will see more.
    Reading {
        read: i64,
        /// How many there were when it began; none where that is not known.
        about: Option<i64>,
    },
    /// More than [`MOST_CHUNKS`], which is how many there are at least.
    TooMany(i64),
    /// The catalog has no such sharded collection.
    NotSharded,
    Map(Box<ChunkMap>),
}

/// The chunks of a part of a collection, and of the whole in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChunkMap {
    pub namespace: String,
    /// As mongosh shows it.
    pub key: String,
    pub hashed: bool,
    /// Of the whole collection.
    pub chunks: i64,
    pub jumbo: i64,
    /// The shards that own chunks, by name, with how many of the whole collection. Strips name them by their places.
    pub shards: Vec<Share>,
    pub zones: Vec<Zone>,
    /// There are more zones than are read.
    pub zones_cut: bool,
    /// The part that is shown, in chunks from the lowest key.
    pub first: i64,
    pub strips: Vec<Strip>,
    /// Where in this part chunks are too big to move: places counted from its first chunk, at most [`MOST_MARKS`].
    pub marks: Vec<i64>,
    /// Where the last strip ends.
    pub end: Value,
    /// Addresses of parts beside this one.
    pub ways: Ways,
    /// When the catalog was asked for changes last, in milliseconds since 1970.
    pub at: i64,
    /// When all chunks were read last: marks of chunks that are too big are as old.
    pub read_at: i64,
    /// What the console keeps for this collection, in bytes.
    pub bytes: i64,
}

impl ChunkMap {
    /// Chunks in the part that is shown.
    pub fn shown(&self) -> i64 {
        self.strips.iter().map(|strip| strip.chunks).sum()
    }
}

/// What one shard owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub shard: String,
    pub chunks: i64,
    pub jumbo: i64,
    /// Chunks of it that a zone wants on another shard.
    pub astray: i64,
}

/// Neighbouring chunks. Those of one shard make a strip; where there would be too many, those of several do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strip {
    /// The lower bound of the first chunk.
    pub from: Value,
    pub chunks: i64,
    pub jumbo: i64,
    /// The owners by their places in [`ChunkMap::shards`], with how many chunks each.
    pub owners: Vec<(usize, i64)>,
}

/// A range of keys that belongs on certain shards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    pub name: String,
    pub from: Value,
    pub to: Value,
    /// The chunks that it touches, counted from the lowest key of the collection.
    pub first: i64,
    pub chunks: i64,
    /// Those of them that are on a shard without the zone.
    pub astray: i64,
    /// The shards that have the zone; empty means that its chunks can be nowhere.
    pub shards: Vec<String>,
}

/// Bounds of other parts of the map, as canonical extended JSON; where both are empty, of the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    pub before: Option<(String, String)>,
    pub after: Option<(String, String)>,
    pub wider: Option<(String, String)>,
}

/// The chunk that a document's key falls into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The document's values of the key; hashes where the key is hashed.
    pub key: Value,
    /// A field of the key that the document lacks counts as null.
    pub missing: Vec<String>,
    pub min: Value,
    pub max: Value,
    pub shard: String,
    pub jumbo: bool,
    /// The zone whose range holds the key.
    pub zone: Option<String>,
    /// Bounds of a part of the map around it; none where the map has not been read yet.
    pub around: Option<(String, String)>,
}

/// What a look for a document gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Found {
    At(Box<Place>),
    /// What was typed cannot be used.
    Wrong(Words),
}
