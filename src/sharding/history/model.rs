//! The history as it is shown. All times are milliseconds since 1970, of the clock of the server that wrote them.

use serde::{Deserialize, Serialize};

use crate::sharding::model::Value;
use crate::text::Words;

/// How far back failures are told.
pub const DAY: i64 = 24 * 3600 * 1000;
/// Moves, and other entries, that are shown at most.
pub const SHOWN: usize = 50;

/// What the cluster's logs tell of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// When it was read, by the console's clock.
    pub at: i64,
    pub reach: Reach,
    /// What failed in the last 24 h, the most frequent first.
    pub failures: Vec<Failure>,
    /// The newest first.
    pub moves: Vec<Move>,
    /// What else happened, the newest first.
    pub events: Vec<Event>,
    pub rounds: Rounds,
}

/// How far back the log was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// The oldest entry that was read; none where there is none.
    pub oldest: Option<i64>,
    pub end: End,
}

/// Why the log was read no further back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// All of the last 24 h was read.
    Day,
    /// The log begins here. It is of fixed size, so what was before may have been overwritten.
    #[default]
    Log,
    /// So many entries or so much time are enough for one page.
    Limit,
}

/// Moves that went wrong in one way, between the same two shards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What was attempted.
    pub what: Words,
    pub from: String,
    pub to: String,
    pub cause: Words,
    /// What to do about it.
    pub next: Words,
    pub count: i64,
    pub first: i64,
    pub last: i64,
    /// Some of the collections, by name.
    pub namespaces: Vec<String>,
}

/// How a move ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    Done,
    Failed(Words),
    /// The log has its beginning only.
    Open,
}

/// One chunk on its way from one shard to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    pub namespace: String,
    pub min: Value,
    pub max: Value,
    pub from: String,
    pub to: String,
    /// When the first and the last entry about it were written.
    pub first: i64,
    pub last: i64,
    pub end: Ending,
    /// What was copied; none before it is committed.
    pub documents: Option<i64>,
    pub bytes: Option<i64>,
    /// What the shard that gives took its time for, and the one that takes.
    pub giving: Vec<Step>,
    pub taking: Vec<Step>,
}

/// One step of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub step: u8,
    pub of: u8,
    /// Milliseconds.
    pub took: i64,
}

/// Something else that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub at: i64,
    /// Empty where it is about no collection.
    pub namespace: String,
    pub what: Words,
    pub detail: Words,
}

/// Rounds of the balancer in which it found something to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounds {
    pub rounds: i64,
    pub moved: i64,
    pub failed: i64,
    pub last: Option<i64>,
    /// The log of rounds may not be read.
    pub unread: bool,
}
