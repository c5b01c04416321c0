//! Whether a cached query is worth it: the time from the database beside the time from the cache, several of each.

use serde::{Deserialize, Serialize};

use super::seen::{Counts, Filled};
use crate::error::AppError;

/// Fewer samples of each than this say nothing.
pub const LEAST_SAMPLES: usize = 5;
/// Fewer runs than this say nothing of the hit ratio.
pub const LEAST_RUNS: i64 = 20;
/// From the database it must take so many times as long.
const WORTH: u64 = 3;

/// Times that were measured on somebody's wish.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Milliseconds since 1970.
    pub at: i64,
    /// Microseconds, each from the question to the answer as the console saw it.
    pub source: Vec<u64>,
    pub cache: Vec<u64>,
    /// Why there are not more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<AppError>,
}

/// The median of some times with the least and the greatest, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    pub median: u64,
    pub least: u64,
    pub most: u64,
    pub samples: usize,
}

impl Spread {
    /// None of no times.
    pub fn of(times: &[u64]) -> Option<Self> {
        let mut sorted = times.to_vec();
        sorted.sort_unstable();
        let median = *sorted.get(sorted.len() / 2)?;
        Some(Self { median, least: *sorted.first()?, most: *sorted.last()?, samples: sorted.len() })
    }
}

/// Why a query is not worth caching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// The cache is not three times as fast.
    NotFaster,
    /// Storing costs more than the hits save: from this hit ratio on, in thousandths, it would pay.
    TooFewHits(u32),
}

/// Whether it is worth it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Judgement {
    /// Not measured, or not often enough.
    Unknown,
    /// The database takes so many tenths of the cache's time. Where too few runs were counted, the hit ratio from which
    /// on it pays, in thousandths.
    Worth {
        tenths: u64,
        from: Option<u32>,
    },
    NotWorth {
        tenths: u64,
        why: Why,
    },
}

impl Judgement {
    /// By the times measured, the hits counted, and what the last answer cost to store.
    pub fn of(measured: Option<&Measured>, counts: Counts, filled: Option<&Filled>) -> Self {
        let spread = |times: Option<&Vec<u64>>| {
            times.and_then(|times| Spread::of(times)).filter(|spread| spread.samples >= LEAST_SAMPLES)
        };
        let (Some(source), Some(cache)) = (spread(measured.map(|it| &it.source)), spread(measured.map(|it| &it.cache)))
        else {
            return Self::Unknown;
        };
        let (source, cache) = (source.median, cache.median.max(1));
        let tenths = source * 10 / cache;
        if source < WORTH * cache {
            return Self::NotWorth { tenths, why: Why::NotFaster };
        }
        // Whoever misses has looked in vain and stores; what that costs, hits must save.
        let cost = cache + filled.map_or(cache, |filled| filled.store_micros);
        let saved = source - cache;
        let needed = u32::try_from((cost * 1_000).div_ceil(saved)).unwrap_or(u32::MAX);
        let ratio = counts.ratio().filter(|_| counts.runs() >= LEAST_RUNS);
        match ratio {
            // Not even if every run found an answer.
            _ if needed >= 1_000 => Self::NotWorth { tenths, why: Why::TooFewHits(needed) },
            None => Self::Worth { tenths, from: Some(needed) },
            Some(ratio) if ratio * saved as f64 > cost as f64 => Self::Worth { tenths, from: None },
            Some(_) => Self::NotWorth { tenths, why: Why::TooFewHits(needed) },
        }
    }
}

/// The time to live that a run time suggests, in seconds: a hundred times as long, so that the database spends at most
/// a hundredth of its time on this query; from 10 s to a day.
pub fn suggested_ttl(run_micros: u64) -> i64 {
    const PERCENT: u64 = 100;
    i64::try_from((run_micros * PERCENT).div_ceil(1_000_000)).unwrap_or(i64::MAX).clamp(10, 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(source: &[u64], cache: &[u64], hits: i64, misses: i64) -> Judgement {
        let measured = Measured { at: 0, source: source.to_vec(), cache: cache.to_vec(), error: None };
        let counts = Counts { hits, misses, ..Counts::default() };
        Judgement::of(Some(&measured), counts, None)
    }

    #[test]
    fn a_look_at_one_row_is_not_worth_it_and_an_aggregate_is() {
        let lookup = judged(&[40; 5], &[80; 5], 0, 0);
        assert_eq!(lookup, Judgement::NotWorth { tenths: 5, why: Why::NotFaster });
        let aggregate = judged(&[178_000; 5], &[80; 5], 90, 10);
        assert_eq!(aggregate, Judgement::Worth { tenths: 22_250, from: None });
        assert_eq!(judged(&[239; 5], &[80; 5], 90, 10), Judgement::NotWorth { tenths: 29, why: Why::NotFaster });
    }

    #[test]
    fn few_samples_are_no_judgement() {
        assert_eq!(judged(&[178_000; 4], &[80; 9], 90, 10), Judgement::Unknown);
        assert_eq!(judged(&[178_000; 9], &[80; 1], 90, 10), Judgement::Unknown);
        assert_eq!(Judgement::of(None, Counts::default(), None), Judgement::Unknown);
    }

    #[test]
    fn too_few_hits_do_not_pay_for_the_storing() {
        // 3 times as fast, 160 µs to look in vain and to store, 160 µs saved by each hit.
        assert_eq!(
            judged(&[240; 5], &[80; 5], 50, 50),
            Judgement::NotWorth { tenths: 30, why: Why::TooFewHits(1_000) }
        );
        assert_eq!(judged(&[800; 5], &[80; 5], 50, 50), Judgement::Worth { tenths: 100, from: None });
        assert_eq!(judged(&[800; 5], &[80; 5], 1, 1), Judgement::Worth { tenths: 100, from: Some(223) });
        let never = judged(&[240; 5], &[80; 5], 0, 0);
        assert_eq!(never, Judgement::NotWorth { tenths: 30, why: Why::TooFewHits(1_000) }, "no ratio is that high");
    }

    #[test]
    fn a_median_is_told_with_its_range() {
        let spread = Spread::of(&[5, 1, 9, 7, 3]).expect("times");
        assert_eq!((spread.median, spread.least, spread.most, spread.samples), (5, 1, 9, 5));
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn a_suggested_time_costs_the_database_a_hundredth_of_its_time() {
        assert_eq!(suggested_ttl(150_000), 15);
        assert_eq!(suggested_ttl(40), 10);
        assert_eq!(suggested_ttl(2_000_000), 200);
        assert_eq!(suggested_ttl(u64::MAX / 1_000), 86_400);
    }
}
