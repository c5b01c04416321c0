//! Collections as the cluster shows them.

mod one;
mod question;

use serde::{Deserialize, Serialize};

pub use self::one::{Action, Compliance, IndexSeen, One, Source};
pub use self::question::{Question, Sort, Which};
use crate::sharding::model::{Chunks, Evenness, Held};
use crate::text::Words;

/// A collection as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// As people call it: a time series by its own name.
    pub namespace: String,
    /// How it is sharded; none where it is not.
    pub sharded: Option<Sharded>,
    pub time_series: bool,
    /// Without those known to be orphaned; none when not known.
    pub documents: Option<i64>,
    pub held: Held,
}

impl Collection {
    /// Whether it belongs to MongoDB, and is nobody's to change.
    pub fn is_mongodbs(&self) -> bool {
        is_mongodbs(&self.namespace)
    }
}

/// Whether a collection of this name belongs to MongoDB.
pub fn is_mongodbs(namespace: &str) -> bool {
    let (database, collection) = namespace.split_once('.').unwrap_or((namespace, ""));
    matches!(database, "config" | "admin" | "local") || collection.starts_with("system.")
}

/// How a collection is sharded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sharded {
    /// As mongosh shows it: `{ user_id: 1 }`.
    pub key: String,
    pub unique: bool,
    pub chunks: Chunks,
    /// Chunks that are too big to be moved; none where not all chunks were counted.
    pub jumbo: Option<i64>,
    /// The zones that have ranges of it.
    pub zones: Vec<String>,
    pub evenness: Evenness,
    pub movement: Movement,
}

/// Whether the chunks of a collection may move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// The balancer leaves it alone (`noBalance`).
    pub left_alone: bool,
    /// No migration at all, also by hand (`setAllowMigrations`).
    pub frozen: bool,
    /// The balancer merges and moves it (`defragmentCollection`).
    pub defragmenting: bool,
    /// It is being resharded, moved or unsharded.
    pub resharding: bool,
}

/// A page of collections, with what the cluster says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionList {
    pub collections: Vec<Collection>,
    /// Where the next page begins; none on the last.
    pub after: Option<String>,
    /// Databases whose collections could not be listed; of these only the sharded ones are shown.
    pub unread: Vec<String>,
    pub shards: i64,
    /// Of the router.
    pub version: String,
    pub bytes: Bytes,
    /// False where it should have been sorted by bytes that are not known yet: it is sorted by name instead.
    pub sorted: bool,
}

/// What is known of the bytes of sharded collections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bytes {
    /// False before MongoDB 6.0.3: owned and orphaned bytes cannot be told apart for all at once.
    pub offered: bool,
    /// Milliseconds since they were read; none before the first time.
    pub age: Option<i64>,
    /// Why the last reading failed.
    pub trouble: Option<Words>,
}

/// Collections on one page of the list.
pub const PAGE_SIZE: usize = 50;

/// Chunks of each collection of a page that are counted at most. A page must stay quick.
pub const CHUNKS_LISTED: i64 = 500;
