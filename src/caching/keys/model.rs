//! What is asked of the keys of a target, and what a bounded look at them found.

mod question;
mod tree;

use serde::{Deserialize, Serialize};

pub use self::question::{Kind, Lives, Place, Question, Sort};
pub use self::tree::{Branch, Tree};
use crate::caching::model::{Lifetime, Told};

/// What a look found: the tree below the prefix, and a page of its keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Looked {
    pub walk: Walk,
    pub tree: Tree,
    pub rows: Vec<Row>,
    /// Keys that pass the filter, of those found; the rows are some of them.
    pub matching: i64,
    /// Which page of them this is, from 0.
    pub page: usize,
    pub pages: usize,
    /// The eviction policy counts how often a key is used, not when; idle times are unknown then.
    pub counts_use: bool,
    /// A server that takes no writes.
    pub replica: bool,
}

/// How far a look went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Walk {
    /// Keys of the database, expired ones that were not reclaimed yet among them; none where that may not be asked.
    pub total: Option<i64>,
    /// Keys that were looked at, whatever their name.
    pub looked: i64,
    /// Of those, the ones with the prefix and the type that were asked for and that the console's user may look at.
    pub found: i64,
    /// With such a name, but not for the console's user.
    pub hidden: i64,
    /// There when they were named, and gone when their time was asked for.
    pub gone: i64,
    /// Keys that the database counts and does not name: expired, and not reclaimed when the look began. None where that
    /// cannot be told.
    pub ghosts: Option<i64>,
    /// Whether it began at the first key and came to the last one, so that counts are exact.
    pub whole: bool,
    /// Where it goes on; none at the end.
    pub after: Option<String>,
    /// How long it took, and how long ago it ended, in milliseconds.
    pub millis: i64,
    pub age: i64,
    /// Servers that hold keys.
    pub nodes: usize,
}

/// A count of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    Exact(i64),
    /// From the share among those looked at.
    About(i64),
    /// At least so many: the size of the whole is unknown.
    AtLeast(i64),
}

impl Walk {
    /// How many there are in all, of what so many were found.
    pub fn count(&self, found: i64) -> Count {
        match (self.whole, self.total) {
            (true, _) => Count::Exact(found),
            (false, Some(total)) if self.looked > 0 => {
                let all = found as f64 * total.max(self.looked) as f64 / self.looked as f64;
                Count::About((all.round() as i64).max(found))
            }
            (false, _) => Count::AtLeast(found),
        }
    }
}

/// A key in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub name: Name,
    pub lifetime: Lifetime,
    /// `string`, `hash` …
    pub kind: String,
    /// In memory, with what belongs to it: of a big collection estimated from five elements.
    pub bytes: Told,
    /// Seconds since it was used; where the policy counts use, its logarithmic counter (0 to 255).
    pub idle: Told,
}

/// The name of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Name {
    /// As it is spelled.
    Whole(String),
    /// Its beginning, and how many bytes it has: too long to be handled here.
    Shortened(String, usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(total: Option<i64>, looked: i64, whole: bool) -> Walk {
        let (found, hidden, gone, ghosts, after) = (0, 0, 0, None, None);
        Walk { total, looked, found, hidden, gone, ghosts, whole, after, millis: 0, age: 0, nodes: 1 }
    }

    #[test]
    fn a_count_is_exact_only_after_the_whole_walk() {
        assert_eq!(walk(Some(1_000), 1_000, true).count(20), Count::Exact(20));
        assert_eq!(walk(Some(1_000), 500, false).count(20), Count::About(40));
        assert_eq!(walk(Some(10), 500, false).count(20), Count::About(20), "the database shrank meanwhile");
        assert_eq!(walk(None, 500, false).count(20), Count::AtLeast(20));
    }
}
