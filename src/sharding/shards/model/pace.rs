//! How fast a shard empties, out of what was seen so far, and how long the rest takes at that pace.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// How fast it goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Pace {
    /// Seen too briefly, or too little moved, to say.
    #[default]
    Unknown,
    /// Nothing has moved for so many milliseconds.
    Still { millis: i64 },
    Moving {
        /// Chunks that moved while it was looked at.
        moved: i64,
        /// For so many milliseconds.
        millis: i64,
        /// Milliseconds until the rest is gone, if it goes on like this.
        left: i64,
    },
}

/// The number of chunks at moments, the oldest first; moments are milliseconds of one clock.
#[derive(Clone, Debug, Default)]
pub struct Samples(VecDeque<(i64, i64)>);

/// What is older does not tell how fast it goes now.
const WINDOW: i64 = 15 * 60_000;
/// Less tells nothing: one chunk more or less would change the estimate by much.
const MOVED: i64 = 3;
const WATCHED: i64 = 20_000;
/// A chunk may take that long, so standing still is told only later.
const STILL: i64 = 60_000;
/// One sample each 2 s for the whole window.
const MOST: usize = 450;

impl Samples {
    /// Notes what was seen.
    pub fn add(&mut self, at: i64, chunks: i64) {
        self.0.push_back((at, chunks));
        while self.0.len() > MOST || self.0.front().is_some_and(|(first, _)| at - first > WINDOW) {
            self.0.pop_front();
        }
    }

    pub fn pace(&self) -> Pace {
        let (Some((began, first)), Some((now, last))) = (self.0.front(), self.0.back()) else { return Pace::Unknown };
        let (millis, moved) = (now - began, first - last);
        // Since the last time that the number was another.
        let unchanged =
            self.0.iter().rev().take_while(|(_, chunks)| chunks == last).last().map_or(0, |(at, _)| now - at);
        if *last > 0 && unchanged >= STILL {
            return Pace::Still { millis: unchanged };
        }
        if moved < MOVED || millis < WATCHED {
            return Pace::Unknown;
        }
        let left = i128::from(*last) * i128::from(millis) / i128::from(moved);
        Pace::Moving { moved, millis, left: i64::try_from(left).unwrap_or(i64::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(seen: &[(i64, i64)]) -> Pace {
        let mut samples = Samples::default();
        for (seconds, chunks) in seen {
            samples.add(seconds * 1_000, *chunks);
        }
        samples.pace()
    }

    #[test]
    fn too_little_seen_is_no_estimate() {
        assert_eq!(pace(&[]), Pace::Unknown);
        assert_eq!(pace(&[(0, 100)]), Pace::Unknown);
        assert_eq!(pace(&[(0, 100), (5, 80)]), Pace::Unknown);
        assert_eq!(pace(&[(0, 100), (40, 98)]), Pace::Unknown);
    }

    #[test]
    fn the_rest_is_estimated_by_what_was_seen() {
        assert_eq!(pace(&[(0, 100), (30, 90), (60, 80)]), Pace::Moving { moved: 20, millis: 60_000, left: 240_000 });
    }

    #[test]
    fn standing_still_is_told_and_not_estimated_by_what_went_before() {
        assert_eq!(pace(&[(0, 100), (30, 80), (60, 80), (90, 80)]), Pace::Still { millis: 60_000 });
        assert_eq!(pace(&[(0, 5), (120, 0), (240, 0)]), Pace::Moving { moved: 5, millis: 240_000, left: 0 });
    }

    #[test]
    fn what_is_long_past_does_not_count() {
        let day = 86_400;
        assert_eq!(
            pace(&[(0, 1_000), (day, 20), (day + 30, 10)]),
            Pace::Moving { moved: 10, millis: 30_000, left: 30_000 }
        );
    }
}
