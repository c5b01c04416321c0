//! A cache as its servers tell it. What they do not tell is unknown, and said to be.

mod findings;
pub mod history;
pub mod picture;
mod ratio;

use serde::{Deserialize, Serialize};

pub use self::findings::findings;
pub use self::picture::Picture;
pub use self::ratio::Ratio;
use crate::finding::Finding;
use crate::text::Words;

/// A cache as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The target, as addresses name it.
    pub target: String,
    /// The servers that hold keys, and that answered.
    pub nodes: Vec<NodeSeen>,
    /// Those that did not answer, or refused to.
    pub silent: Vec<String>,
    /// The logical database that the console looks at.
    pub database: i64,
    pub databases: Vec<Database>,
    /// Over the last minute, over ten minutes, and since the console looked first.
    pub ratios: Vec<(Window, Ratio)>,
    /// TTLs that were set on keys that exist (EXPIRE and its like), over the last ten minutes at most.
    pub touched: i64,
    pub picture: Option<Picture>,
    /// Why there is no picture, or no newer one.
    pub trouble: Option<Words>,
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
}

impl Overview {
    /// What the first server says is taken for all: a cluster whose servers differ is told by the table of servers.
    pub fn first(&self) -> Option<&NodeSeen> {
        self.nodes.first()
    }

    pub fn policy(&self) -> &str {
        self.first().map_or("", |node| &node.policy)
    }

    /// Whether the servers are known to drop keys that have not expired.
    pub fn evicts(&self) -> bool {
        !matches!(self.policy(), "" | "noeviction")
            && self.nodes.iter().any(|node| node.limit.is_some_and(|limit| limit > 0))
    }
}

/// One of the spans of time that the hit ratio is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Window {
    Minute,
    TenMinutes,
    SinceLooked,
}

/// A logical database of the servers together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    pub number: i64,
    /// Exact, keys that have expired and are still there among them.
    pub keys: i64,
    /// Of these, those that have a TTL.
    pub expires: i64,
}

/// One server that holds keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NodeSeen {
    pub address: String,
    /// `Redis 7.0.15`.
    pub release: String,
    /// Major and minor version as Redis counts them, also of Valkey, which left Redis after 7.2.
    pub level: Option<(u32, u32)>,
    pub replica: Option<Upstream>,
    pub replicas: Vec<Replica>,
    /// Keys of all its databases.
    pub keys: i64,
    /// Bytes.
    pub used: Option<i64>,
    pub peak: Option<i64>,
    /// `maxmemory` in bytes; 0 without a limit.
    pub limit: Option<i64>,
    /// `maxmemory-policy`; empty where it was not told.
    pub policy: String,
    pub fragmentation: Option<f64>,
    pub clients: Option<i64>,
    /// Commands per second.
    pub operations: Option<i64>,
    /// Per second, since a few seconds ago; None before two looks.
    pub evictions: Option<f64>,
    pub expirations: Option<f64>,
    /// Percent of keys with a TTL that have expired and are still there, as the server estimates it.
    pub ghosts: Option<f64>,
    /// Bytes of its append-only file; None where it keeps none.
    pub log: Option<i64>,
    /// Over the last minute.
    pub ratio: Ratio,
}

/// Where a replica gets its data from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upstream {
    pub address: String,
    pub connected: bool,
    /// Seconds since the primary was heard last.
    pub silent: Option<i64>,
}

/// A replica, as its primary sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replica {
    pub address: String,
    /// `online` where all is well.
    pub state: String,
    /// Seconds since it last said how far it is.
    pub seconds: Option<i64>,
    /// Bytes that it has not confirmed.
    pub bytes: Option<i64>,
}
