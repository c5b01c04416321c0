//! Candidate keys and what was measured of them. What is not known is told as such, never as 0.

pub mod change;
pub mod estimate;
pub mod judge;
pub mod words;

use serde::{Deserialize, Serialize};

use crate::sharding::model::ShardKey;
use crate::text::Words;

/// Candidates that are measured at once, at most.
pub const CANDIDATES: usize = 6;

/// What the advisor says of a collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    pub namespace: String,
    /// Its key now, as mongosh shows it; none where it is not sharded.
    pub sharded: Option<String>,
    /// As the storage counts them; none when not known.
    pub documents: Option<i64>,
    /// Uncompressed bytes of these documents; none when not known.
    pub bytes: Option<i64>,
    /// The size of a chunk beyond which it should be split, in bytes.
    pub chunk_bytes: i64,
    pub shards: i64,
    /// Documents that were looked at.
    pub sampled: i64,
    /// Whether those are all of them.
    pub whole: bool,
    /// The best first.
    pub candidates: Vec<Candidate>,
    pub sampling: Sampling,
    /// When it was measured, in milliseconds since 1970, and how long ago that is, in milliseconds.
    pub measured_at: i64,
    pub age: i64,
}

/// One key that might be used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    pub key: ShardKey,
    pub figures: Figures,
    pub verdict: Verdict,
    /// Why, the worst first.
    pub reasons: Vec<Reason>,
}

/// How good a key is. The first is the best, so that sorting puts it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    Good,
    /// It works, with a drawback that one should know.
    Fair,
    /// It will not spread the collection well.
    Poor,
    /// The server refuses it.
    Impossible,
    /// Too little could be measured.
    Unknown,
}

/// One thing that speaks for or against a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// What this alone would make of the key.
    pub verdict: Verdict,
    pub words: Words,
}

/// What was measured of a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    pub cardinality: Cardinality,
    /// How many percent of the documents have the most frequent value; none where no value was seen twice, or nothing
    /// was seen.
    pub top: Option<f64>,
    /// Percent of the documents that lack a field of the key or have null in it; none when not known.
    pub absent: Option<f64>,
    pub arrays: Arrays,
    /// The types of each field with their shares in percent, the most frequent first.
    pub types: Vec<FieldTypes>,
    pub trend: Trend,
    pub routing: Routing,
}

/// How many different values a key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cardinality {
    Exact(i64),
    /// An estimate from below.
    AtLeast(i64),
    /// No two of so many sampled documents had the same.
    UniqueInSample(i64),
    Unknown,
}

/// Whether a document has an array in the key, which the server refuses.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Arrays {
    /// All documents were looked at.
    None,
    /// Not in the sample; not all documents could be looked at in time.
    NotSeen,
    /// Percent of the sampled documents; 0 where only documents outside of the sample have one.
    Some(f64),
}

/// The types of one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldTypes {
    pub field: String,
    /// As the server names them, with their percent.
    pub types: Vec<(String, f64)>,
}

/// How values change in the order in which documents were written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Trend {
    /// The probability that a late document has a greater value than an early one, 0 to 1.
    Rising(f64),
    Falling(f64),
    Mixed(f64),
    /// As the server measured it, in one direction or the other.
    Monotonic,
    NotMonotonic,
    /// The key begins with a hash, which goes with nothing.
    Hashed,
    /// Why it is not known.
    Unknown(Words),
}

/// How many shards the application's queries would ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Routing {
    /// This cluster cannot measure it.
    NotMeasured,
    /// It could, but no query has been sampled.
    NoSamples,
    Measured {
        reads: Option<Spread>,
        writes: Option<Spread>,
    },
}

/// Sampled queries by how many shards they ask, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Queries that were sampled.
    pub total: i64,
    pub one: f64,
    pub several: f64,
    pub all: f64,
}

/// Whether the cluster samples queries of the collection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sampling {
    /// Why this cluster cannot.
    Lacking(Words),
    Off,
    On {
        /// Queries a second; none when not known.
        per_second: Option<f64>,
        /// In milliseconds since 1970; none when not known.
        since: Option<i64>,
        /// The account of this console that switched it on; none where it was somebody else.
        by: Option<String>,
    },
    /// It could not be read.
    Unknown,
}

/// A key that seems worth measuring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// As a form holds it.
    pub key: String,
    pub why: Words,
}

/// What the page of a collection begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    pub suggestions: Vec<Suggestion>,
    pub sampling: Sampling,
}

/// One of the most frequent values of a key. It is data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommonValue {
    /// As mongosh shows it, shortened.
    pub value: String,
    /// Percent of the sampled documents.
    pub share: f64,
}

/// A key as a form holds it: `region, user_id:hashed`.
pub fn form_text(key: &ShardKey) -> String {
    let hashed = |it: &crate::sharding::model::KeyField| it.spread == crate::sharding::model::Spread::Hashed;
    let parts = key.fields().iter().map(|it| format!("{}{}", it.field, if hashed(it) { ":hashed" } else { "" }));
    parts.collect::<Vec<_>>().join(",")
}
