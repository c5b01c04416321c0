//! When a key dies.

use serde::{Deserialize, Serialize};

/// When a key dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lifetime {
    /// There is no such key.
    Missing,
    /// It has no time to live.
    Never,
    /// Milliseconds left.
    Left(i64),
}

impl Lifetime {
    /// From an answer of `PTTL`: -2 no key, -1 no time to live.
    pub const fn from_pttl(millis: i64) -> Self {
        match millis {
            -1 => Self::Never,
            millis if millis < -1 => Self::Missing,
            millis => Self::Left(millis),
        }
    }
}
