//! How often the applications found what they asked for.

use serde::{Deserialize, Serialize};

/// Hits and misses of a server over a time, and how many of them were the console's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    pub hits: i64,
    pub misses: i64,
    pub own_hits: i64,
    pub own_misses: i64,
    /// The time in milliseconds.
    pub millis: i64,
}

impl Ratio {
    /// A share of fewer requests says nothing: of 100 it is known to some 10 percentage points.
    pub const ENOUGH: i64 = 100;

    /// Requests of all others.
    pub fn requests(&self) -> i64 {
        self.others().0 + self.others().1
    }

    /// The applications' hits and misses. An answer of ours may be counted a moment before the server's, so that a
    /// quiet server would have less than nothing.
    fn others(&self) -> (i64, i64) {
        ((self.hits - self.own_hits).max(0), (self.misses - self.own_misses).max(0))
    }

    /// The share of requests that found their key, without the console's own; None where there were too few.
    pub fn honest(&self) -> Option<f64> {
        let ((hits, _), requests) = (self.others(), self.requests());
        (requests >= Self::ENOUGH).then(|| hits as f64 / requests as f64)
    }

    /// What the server's own counters say, with the console's requests in it.
    pub fn raw(&self) -> Option<f64> {
        let all = self.hits + self.misses;
        (all > 0).then(|| self.hits as f64 / all as f64)
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            hits: self.hits + other.hits,
            misses: self.misses + other.misses,
            own_hits: self.own_hits + other.own_hits,
            own_misses: self.own_misses + other.own_misses,
            millis: self.millis.max(other.millis),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ratio;

    #[test]
    fn the_consoles_own_requests_are_no_hits_of_an_application() {
        let ratio = Ratio { hits: 789 + 900, misses: 211 + 600, own_hits: 900, own_misses: 600, millis: 1 };
        assert_eq!(ratio.honest(), Some(0.789));
        assert!(ratio.raw().is_some_and(|raw| (raw - 0.676).abs() < 0.001), "{:?}", ratio.raw());
    }

    #[test]
    fn three_requests_are_no_ratio() {
        assert_eq!(Ratio { hits: 3, ..Ratio::default() }.honest(), None);
        assert_eq!(Ratio { hits: 5_003, own_hits: 5_000, ..Ratio::default() }.honest(), None);
        assert_eq!(Ratio { hits: 1, own_hits: 3, ..Ratio::default() }.requests(), 0);
    }
}
