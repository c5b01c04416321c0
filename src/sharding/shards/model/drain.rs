//! A shard that is being drained: what is left on it, how fast it goes, why nothing moves now, and the next step.

mod judge;
mod reasons;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::judge::judge;
use super::pace::Pace;
use crate::finding::{Finding, Way};
use crate::sharding::model::offered::Generation;
use crate::text::Words;

/// A draining as it is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drain {
    pub left: Left,
    pub pace: Pace,
    pub state: State,
    /// Why nothing moves, or what will be in the way; the worst first.
    pub reasons: Vec<Finding>,
    /// What to do now, in one sentence.
    pub step: Words,
    /// Where that is done; nothing where one can only wait.
    pub way: Way,
    /// Where the draining is taken back; nothing where this version cannot.
    pub stop: Way,
}

/// Whether it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// The balancer moves, or will at its next round.
    Moving,
    /// Nothing moves until somebody does something, or a window opens.
    Stuck,
    /// Chunks are gone; what the balancer does not move is left.
    YourTurn,
    /// Nothing is left.
    Empty,
    /// It could not be found out.
    Unknown,
}

/// What is left on a shard that is being drained. None: not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    pub shard: String,
    pub chunks: Option<i64>,
    /// Chunks that are marked as too big to be moved.
    pub jumbo: Option<i64>,
    /// Sharded collections that have chunks there, those with most chunks first.
    pub collections: Vec<CollectionLeft>,
    /// 8.0 and later: collections that are not sharded and were moved there by themselves.
    pub single: Vec<String>,
    /// The databases that are at home there, by name, no more than [`MOST_NAMED`].
    pub databases: Option<Vec<String>>,
    /// Whether there are more of them.
    pub more_databases: bool,
    /// Bytes of the sharded collections' documents that the shard owns. Not known before MongoDB 6.0.3.
    pub owned: Option<i64>,
    /// Bytes that have moved away and are not deleted yet. Not known before MongoDB 6.0.3.
    pub orphaned: Option<i64>,
}

/// What a collection has left on the shard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionLeft {
    /// As people call it.
    pub namespace: String,
    /// The catalog knows it by another name, and pages that change a collection do not know it by its own.
    pub time_series: bool,
    pub chunks: i64,
    pub jumbo: i64,
    /// The lower bound of a chunk that is marked as jumbo, as canonical extended JSON; empty where there is none.
    pub jumbo_at: String,
    /// Chunks in key ranges of zones that no shard that stays belongs to.
    pub zoned: i64,
    /// These zones.
    pub zones: Vec<String>,
    pub held: Held,
}

impl CollectionLeft {
    /// The chunks that nothing of the collection itself keeps there. A chunk may have two reasons to stay.
    pub fn free(&self) -> i64 {
        if self.held == Held::Free { (self.chunks - self.jumbo - self.zoned).max(0) } else { 0 }
    }
}

/// What keeps the balancer from a collection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Held {
    #[default]
    Free,
    /// Balancing is switched off for it (`noBalance`).
    NoBalance,
    /// Migrations are forbidden (`setAllowMigrations`).
    Frozen,
    /// Its chunks are being merged (`defragmentCollection`); that comes first.
    Defragmented,
    /// It is being resharded.
    Resharded,
}

/// Whether the balancer works now. The words say why not, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Balancing {
    On,
    /// Stopped.
    Off,
    /// Its window is closed.
    Closed(Words),
    /// Its settings cannot be read by the servers: every round is skipped, and nothing says so.
    Malformed(Words),
    Unknown(Words),
}

impl Default for Balancing {
    fn default() -> Self {
        Self::Unknown(Words::default())
    }
}

/// Moves away from the shard that were tried lately, out of `config.changelog`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Those that failed since the last one that did not.
    pub failed: i64,
    /// Of the last one that failed: its collection, how long ago in milliseconds, and the last step it came to.
    pub namespace: String,
    pub ago: i64,
    pub step: String,
}

/// All that a verdict rests on.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Of the cluster, for links.
    pub target: String,
    pub removal: Generation,
    pub left: Left,
    pub pace: Pace,
    pub balancing: Balancing,
    /// The other shards that are not being drained, by name, the one with least databases first.
    pub takers: Vec<String>,
    pub tried: Option<Tried>,
}

/// Databases and collections of a draining that are named at most; the rest is counted.
pub const MOST_NAMED: usize = 20;
