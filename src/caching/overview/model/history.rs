//! What was kept of a cache over time.

use serde::{Deserialize, Serialize};

/// The series, by the names that the store knows: the share of requests that found their key in percent, bytes in
/// memory, keys evicted per second, and keys.
pub const KINDS: [&str; 4] = ["hits", "memory", "evictions", "keys"];

/// A series of each of [`KINDS`], its points as milliseconds since 1970 and the value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    pub series: [Vec<(i64, f64)>; 4],
    /// Now, in milliseconds since 1970.
    pub at: i64,
}

/// How far back one looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Span {
    #[default]
    Hour,
    Day,
}

impl Span {
    /// Reads what stands in an address.
    pub fn parse(text: &str) -> Self {
        if text == "day" { Self::Day } else { Self::Hour }
    }

    /// Milliseconds from one point to the next.
    pub const fn step(self) -> i64 {
        match self {
            Self::Hour => 10_000,
            Self::Day => 60_000,
        }
    }

    /// Milliseconds from the oldest point to now.
    pub const fn length(self) -> i64 {
        match self {
            Self::Hour => 3_600_000,
            Self::Day => 86_400_000,
        }
    }
}
