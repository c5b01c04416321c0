//! How many keys die in one moment.

use serde::{Deserialize, Serialize};

use super::job::{Jitter, Rate};
use crate::caching::model::Ttl;

/// More deaths in one second than this are a storm: the server's own clearing stops other requests for 25 ms at a time.
pub const STORM: i64 = 50_000;

/// Keys per second of a job without a limit, at most; used to tell over how long its keys die.
const FULL_SPEED: i64 = 400_000;

/// The most keys that die in one second, when `keys` get this time to live by one job.
pub fn peak(keys: i64, ttl: Ttl, jitter: Jitter, rate: Option<Rate>) -> i64 {
    let per_second = rate.map_or(FULL_SPEED, |rate| i64::from(rate.per_second()));
    let takes = keys.saturating_mul(1_000) / per_second;
    let millis = jitter.spread_millis(ttl).max(takes).max(1_000);
    // A whole second holds the keys of a second, also when all die within less.
    (keys.saturating_mul(1_000) + millis - 1) / millis
}

/// When the keys of a target die, from a bounded look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    pub keys: i64,
    pub looked: i64,
    pub whole: bool,
    /// The server's clock, in milliseconds since 1970.
    pub now: i64,
    pub lasting: i64,
    /// Keys that the console's user may not ask about.
    #[serde(default)]
    pub denied: i64,
    /// Deaths in each of the next 60 minutes, of what was looked at.
    pub minutes: Vec<i64>,
    /// Later deaths.
    pub later: i64,
    /// The second in which most die, in milliseconds since 1970, and how many.
    pub worst: Option<(i64, i64)>,
    /// Expired keys that are still there, as the server itself estimates, in percent.
    pub stale_percent: Option<String>,
    /// How often a second the server clears; none where that may not be asked.
    pub hz: Option<i64>,
}

impl Timeline {
    /// What a number of the look means for all keys.
    pub const fn scaled(&self, number: i64) -> i64 {
        if self.whole || self.looked <= 0 {
            return number;
        }
        (number as i128 * self.keys as i128 / self.looked as i128) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_and_a_slow_job_spread_the_deaths() {
        let ttl = Ttl::parse("60").expect("a time");
        let jitter = |percent| Jitter::try_from(percent).expect("a jitter");
        let slow = Rate::parse("10000").expect("a rate");
        assert_eq!(peak(1_000_000, ttl, jitter(0), None), 400_000);
        assert_eq!(peak(1_000_000, ttl, jitter(10), None), 83_334);
        assert_eq!(peak(1_000_000, ttl, jitter(50), None), 16_667);
        assert_eq!(peak(1_000_000, ttl, jitter(0), slow), 10_000);
        assert_eq!(peak(10, ttl, jitter(0), None), 10);
    }
}
