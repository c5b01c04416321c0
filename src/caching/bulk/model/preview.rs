//! What a job would meet, from a look that is bounded.

use serde::{Deserialize, Serialize};

/// Times to live up to which the keys of a bar live, in seconds; the last bar has no limit.
pub const BUCKETS: [i64; 7] = [60, 600, 3_600, 21_600, 86_400, 604_800, i64::MAX];

/// What was seen of the keys that match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Keys of the database, expired ones that were not reclaimed yet among them.
    pub keys: i64,
    /// Keys that were looked at.
    pub looked: i64,
    /// All keys were looked at, so the numbers are exact for that moment.
    pub whole: bool,
    /// Of those that were looked at.
    pub matched: i64,
    pub expiring: i64,
    pub lasting: i64,
    /// Keys that the console's user may not ask about.
    pub denied: i64,
    /// Of the expiring ones, by [`BUCKETS`].
    pub bars: [i64; 7],
    /// At most 20 names, as they are spelled.
    pub names: Vec<String>,
    /// Bytes of memory of one key, on an average over some; none where that may not be asked.
    pub bytes_each: Option<i64>,
    /// Families that lose something, by their words, in order.
    pub families: Vec<String>,
    /// How long the look took, in milliseconds.
    pub millis: i64,
}

impl Preview {
    /// Of so many keys every name is told from those of families; of more, one in eight.
    pub const ALL_NAMES: i64 = 4_096;

    /// What a number of the look means for all keys.
    pub const fn scaled(&self, number: i64) -> i64 {
        if self.whole || self.looked <= 0 {
            return number;
        }
        (number as i128 * self.keys as i128 / self.looked as i128) as i64
    }

    /// `1,000`, or `≈1,000` where it is an estimate.
    pub fn told(&self, number: i64) -> String {
        let mark = if self.whole { "" } else { "≈" };
        format!("{mark}{}", crate::text::count(self.scaled(number)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_estimated_is_marked() {
        let part = Preview { keys: 1_000_000, looked: 100_000, ..Preview::default() };
        assert_eq!(part.told(17), "≈170");
        let whole = Preview { whole: true, ..part };
        assert_eq!(whole.told(1_234), "1,234");
    }
}
