//! Collections as the cluster shows them.

use serde::{Deserialize, Serialize};

use crate::sharding::model::Chunks;

/// A collection as the cluster shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    pub namespace: String,
    /// How it is sharded; none where it is not.
    pub sharded: Option<Sharded>,
    /// A time series, which this version does not shard.
    pub time_series: bool,
    /// Documents as the storage counts them, without those known to be orphaned; none when not known.
    pub documents: Option<i64>,
    /// Bytes of these documents, uncompressed; none when not known.
    pub bytes: Option<i64>,
}

/// How a collection is sharded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sharded {
    /// As mongosh shows it: `{ user_id: 1 }`.
    pub key: String,
    pub unique: bool,
    pub chunks: Chunks,
}

/// A page of collections, by name, with what the cluster says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionList {
    pub collections: Vec<Collection>,
    /// Where the next page begins; none on the last.
    pub after: Option<String>,
    /// Databases whose collections could not be listed.
    pub unread: Vec<String>,
    pub shards: i64,
    /// Of the router.
    pub version: String,
}

/// Collections on one page of the list.
pub const PAGE_SIZE: usize = 50;
