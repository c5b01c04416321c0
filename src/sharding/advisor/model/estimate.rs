//! What a sample says of the whole.

use super::{Cardinality, Trend};
use crate::words;

/// How often values occurred in a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Occurrences {
    /// Documents in the sample.
    pub documents: i64,
    /// Different values.
    pub different: i64,
    /// Documents with the most frequent value.
    pub top: i64,
    /// Values that occurred once.
    pub once: i64,
    /// Values that occurred twice.
    pub twice: i64,
}

/// An estimate beyond this many times what was seen is not told.
const STRETCH: f64 = 10.0;

/// How many different values there are at least (A. Chao, "Nonparametric estimation of the number of classes in a
/// population", 1984). `documents` is how many there are in all, where that is known; `whole` says that the sample is
/// all of them.
pub fn cardinality(seen: Occurrences, documents: Option<i64>, whole: bool) -> Cardinality {
    if seen.documents == 0 {
        return Cardinality::Unknown;
    }
    if whole {
        return Cardinality::Exact(seen.different);
    }
    if seen.once == seen.documents {
        return Cardinality::UniqueInSample(seen.documents);
    }
    let (different, once, twice) = (seen.different as f64, seen.once as f64, seen.twice as f64);
    let unseen = if seen.twice > 0 { once * once / (2.0 * twice) } else { 0.0 };
    let estimate = different + unseen;
    if estimate > STRETCH * different {
        return Cardinality::AtLeast(seen.different);
    }
    let most = documents.unwrap_or(i64::MAX).max(seen.different);
    Cardinality::AtLeast((estimate.floor() as i64).min(most))
}

/// The share of the most frequent value in percent; none where no value was seen twice.
pub fn top(seen: Occurrences) -> Option<f64> {
    (seen.top > 1).then(|| seen.top as f64 * 100.0 / seen.documents.max(1) as f64)
}

/// Documents at either end that it takes to tell a trend.
const ENOUGH: usize = 50;
/// Beyond this probability, values rise; below its counterpart, they fall.
const CLEAR: f64 = 0.9;

/// Whether values grow in the order in which documents were written: the probability that one of the last is greater
/// than one of the first, equal ones counted half (Mann and Whitney, 1947).
pub fn trend<T: Ord>(first: &[T], last: &[T]) -> Trend {
    if first.len() < ENOUGH || last.len() < ENOUGH {
        return Trend::Unknown(words!("too few values to compare", "비교할 값이 너무 적음"));
    }
    match probability(first, last) {
        greater if greater > CLEAR => Trend::Rising(greater),
        greater if greater < 1.0 - CLEAR => Trend::Falling(greater),
        greater => Trend::Mixed(greater),
    }
}

fn probability<T: Ord>(first: &[T], last: &[T]) -> f64 {
    let mut sorted: Vec<&T> = first.iter().collect();
    sorted.sort_unstable();
    let won: usize = last
        .iter()
        .map(|value| {
            let below = sorted.partition_point(|it| *it < value);
            let not_above = sorted.partition_point(|it| *it <= value);
            below + not_above
        })
        .sum();
    won as f64 / (2.0 * first.len() as f64 * last.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(documents: i64, different: i64, once: i64, twice: i64) -> Occurrences {
        Occurrences { documents, different, top: 2, once, twice }
    }

    #[test]
    fn cardinality_is_told_from_below_and_never_absurd() {
        assert_eq!(cardinality(seen(10_000, 499, 0, 1), Some(300_000), false), Cardinality::AtLeast(499));
        assert_eq!(cardinality(seen(10_000, 5_000, 2_500, 1_250), Some(300_000), false), Cardinality::AtLeast(7_500));
        assert_eq!(
            cardinality(seen(10_000, 10_000, 10_000, 0), Some(300_000), false),
            Cardinality::UniqueInSample(10_000)
        );
        assert_eq!(cardinality(seen(10_000, 9_999, 9_998, 1), Some(300_000), false), Cardinality::AtLeast(9_999));
        assert_eq!(cardinality(seen(500, 400, 300, 100), None, true), Cardinality::Exact(400));
        assert_eq!(cardinality(seen(400, 300, 220, 60), Some(350), false), Cardinality::AtLeast(350));
        assert_eq!(cardinality(Occurrences::default(), None, false), Cardinality::Unknown);
    }

    #[test]
    fn a_value_that_was_seen_once_has_no_share() {
        assert_eq!(top(Occurrences { documents: 10_000, top: 1, ..Occurrences::default() }), None);
        assert_eq!(top(Occurrences { documents: 10_000, top: 1_450, ..Occurrences::default() }), Some(14.5));
    }

    #[test]
    fn a_trend_is_told_only_where_it_is_clear() {
        let numbers = |from: i64| (from..from + 100).collect::<Vec<_>>();
        assert_eq!(trend(&numbers(0), &numbers(1_000)), Trend::Rising(1.0));
        assert_eq!(trend(&numbers(1_000), &numbers(0)), Trend::Falling(0.0));
        assert_eq!(trend(&numbers(0), &numbers(0)), Trend::Mixed(0.5));
        assert_eq!(trend(&[7; 100], &[7; 100]), Trend::Mixed(0.5));
        assert!(matches!(trend(&numbers(0)[..10], &numbers(0)[..10]), Trend::Unknown(_)));
    }
}
