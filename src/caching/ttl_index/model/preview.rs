//! What a number of seconds would delete.

use serde::{Deserialize, Serialize};

use crate::text::{Words, count};
use crate::words;

/// A number of documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub n: i64,
    /// There are more: counting stopped at this number.
    pub more: bool,
    /// Worked out from a sample.
    pub estimated: bool,
}

impl Counted {
    pub const fn exact(n: i64) -> Self {
        Self { n, more: false, estimated: false }
    }

    pub fn told(self) -> Words {
        let n = count(self.n);
        match self {
            Self { more: true, .. } => words!("more than {n}", "{n}개 초과"),
            Self { estimated: true, .. } => words!("≈ {n}", "≈ {n}개"),
            _ => words!("{n}", "{n}개"),
        }
    }
}

/// Documents whose date lies in a part of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// After this moment, in milliseconds since 1970.
    pub from: i64,
    /// Up to this moment.
    pub to: i64,
    /// None: not counted in time.
    pub count: Option<i64>,
}

/// What would go if an index had these seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub seconds: i64,
    /// The server's clock when it was counted, in milliseconds since 1970.
    pub now: i64,
    /// None: not counted in time.
    pub due: Option<Counted>,
    /// An exact count is under way.
    pub counting: bool,
    /// All documents, as the servers keep count.
    pub documents: Option<i64>,
    /// Of those that would go, by the average size of a document.
    pub bytes: Option<i64>,
    /// The first and the last date that would go.
    pub oldest: Option<i64>,
    pub newest: Option<i64>,
    /// All dates, oldest first.
    pub bars: Vec<Bar>,
    /// What the field holds in so many documents taken at random: types and how many.
    pub types: Vec<(String, i64)>,
    pub sampled: i64,
    /// Dates stand in arrays: the earliest of each decides.
    pub arrays: bool,
    /// How long it took, in microseconds.
    pub micros: u64,
}

impl Preview {
    /// Dates up to this moment are due.
    pub const fn cutoff(&self) -> i64 {
        self.now.saturating_sub(self.seconds.saturating_mul(1_000))
    }
}
