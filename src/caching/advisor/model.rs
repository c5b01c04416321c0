//! Advice on a TTL, and why there is none where there is none.

pub mod estimate;

use serde::{Deserialize, Serialize};

use crate::text::Words;

/// What is known for one prefix of a target.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Desk {
    pub target: String,
    /// As keys are spelled; empty for all keys.
    pub prefix: String,
    pub running: Option<Running>,
    /// The last advice for this prefix since the console began.
    pub last: Option<Advice>,
}

/// A measurement that is under way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Running {
    /// Perhaps of another prefix: there is one at a time.
    pub prefix: String,
    pub seconds: u64,
    /// Of so many.
    pub of: u64,
}

/// What came of a measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// When it ended, in milliseconds since 1970.
    pub at: i64,
    /// Keys that were followed.
    pub keys: i64,
    /// Seconds in which one of them was seen to be used.
    pub uses: i64,
    pub answer: Answer,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    Curve(Curve),
    /// Why it cannot be known.
    Unknown(Words),
}

/// What each TTL would do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The TTL that the keys have, in seconds.
    pub current: f64,
    /// The shortest TTL first.
    pub points: Vec<Point>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Seconds.
    pub ttl: f64,
    /// Misses per second, each of which is a query at the database.
    pub queries: f64,
    /// The share of requests that find their key; None where only a part of the server's keys was looked at, since
    /// the server counts requests of all keys together.
    pub hits: Option<f64>,
}

/// TTLs that are told of, as parts of the one there is.
pub const FACTORS: [f64; 9] = [0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 10.0];

/// The address of the page about a spelled prefix.
pub fn place(target: &str, prefix: &str) -> String {
    format!("/caching/advisor?target={target}&prefix={}", crate::text::url_text(prefix))
}
