//! A measured value at a time.

use serde::{Deserialize, Serialize};

/// One point of a series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Milliseconds since 1970 (UTC).
    pub at: i64,
    /// In the unit of the series; of a minute the greatest.
    pub value: i64,
    /// A bound that the value must not reach, where there was one.
    pub bound: Option<i64>,
    /// Whether somebody was connected.
    pub active: bool,
}

/// How far back a chart looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Span {
    /// The last hour, every 10 s.
    #[default]
    Hour,
    /// The last 24 hours, every minute.
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

/// How far behind the standbys of a server were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LagHistory {
    /// By name.
    pub standbys: Vec<StandbyLag>,
    /// Standbys that were less behind than all these.
    pub left_out: usize,
    /// Milliseconds since 1970 (UTC).
    pub at: i64,
}

/// How far behind one standby was: bytes from the end of the server's WAL to what the standby has replayed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandbyLag {
    /// Its `application_name`; empty where it gives none.
    pub name: String,
    /// Oldest first.
    pub points: Vec<Point>,
}

/// Series of one kind that are kept of one target.
pub const SERIES: usize = 64;
