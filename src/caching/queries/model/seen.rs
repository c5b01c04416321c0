//! What can be known of a cached query.

use serde::{Deserialize, Serialize};

use super::recipe::{QueryName, Recipe};
use super::verdict::{Judgement, Measured};
use crate::caching::model::Lifetime;
use crate::error::AppError;
use crate::text::Words;

/// How a cached query stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum State {
    /// A fresh answer is there.
    Hit,
    /// The answer is older than its time to live; it is served while a newer one is fetched.
    Stale,
    /// Nothing is there.
    Miss,
}

/// What is under a key now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    pub state: State,
    /// Milliseconds until the answer counts as old; none where it is old or nobody lets it die.
    pub fresh: Option<i64>,
    /// Milliseconds until it is gone; none where that never happens.
    pub left: Option<i64>,
    /// How old it is, in milliseconds. Not known where somebody else has given the key another time to live.
    pub age: Option<i64>,
}

impl Present {
    /// What the time that a key has left says of the answer under it. A value carries no time of its own, so that every
    /// reader of the key finds the plain value; a second key for it could die or be evicted apart from the first.
    pub fn of(lifetime: Lifetime, recipe: &Recipe) -> Self {
        let grace = recipe.grace.seconds() * 1_000;
        match lifetime {
            Lifetime::Missing => Self { state: State::Miss, fresh: None, left: None, age: None },
            Lifetime::Never => Self { state: State::Hit, fresh: None, left: None, age: None },
            Lifetime::Left(left) => {
                let age = Some(recipe.kept_millis() - left).filter(|age| *age >= 0);
                let fresh = Some(left - grace).filter(|fresh| *fresh > 0);
                // Without grace an answer is fresh to its last moment.
                let state = if fresh.is_some() || grace == 0 { State::Hit } else { State::Stale };
                Self { state, fresh, left: Some(left), age }
            }
        }
    }
}

/// The answer to somebody who runs a cached query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub name: QueryName,
    /// Where the rows come from: `MISS` means from the database.
    pub state: State,
    pub rows: serde_json::Value,
    /// Of the rows, in milliseconds; none where it is not known.
    pub age: Option<i64>,
    /// From the question to this answer, as the console saw it, in microseconds.
    pub micros: u64,
    /// What went wrong behind an answer that is served all the same.
    pub said: Option<Words>,
}

/// How often a cached query was run, and from where it was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub hits: i64,
    pub stales: i64,
    pub misses: i64,
    /// Attempts at the database that failed.
    pub failures: i64,
}

impl Counts {
    pub const fn runs(self) -> i64 {
        self.hits + self.stales + self.misses
    }

    /// The share that was answered at once, from 0 to 1; none before the first run.
    pub fn ratio(self) -> Option<f64> {
        let runs = self.runs();
        (runs > 0).then(|| (self.hits + self.stales) as f64 / runs as f64)
    }
}

/// The last answer that this console stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    /// Milliseconds since 1970.
    pub at: i64,
    /// Of the query at the source, and of storing its rows, in microseconds, as the console saw it.
    pub source_micros: u64,
    pub store_micros: u64,
    pub rows: i64,
    pub bytes: i64,
    /// The form it is stored in.
    pub format: Words,
}

/// A cached query in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub name: QueryName,
    pub key: String,
    pub source: String,
    /// How it stands, or why that is not known.
    pub present: Result<Present, AppError>,
    pub counts: Counts,
    pub judgement: Judgement,
}

/// One cached query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct One {
    /// None of one that was stored once.
    pub name: Option<QueryName>,
    pub key: String,
    pub source: String,
    /// Seconds.
    pub ttl: i64,
    pub grace: i64,
    /// Percent.
    pub jitter: u8,
    /// Only for who may see values: a query's text may hold some.
    pub query: Option<String>,
    pub present: Result<Present, AppError>,
    /// Time for reading the value now, in microseconds; none where there is none or the reader may not see values.
    pub micros: Option<u64>,
    /// The first 4 KiB of the value as text, and its bytes; only for who may see values.
    pub value: Option<(String, i64)>,
    /// What is in the way of using the value.
    pub said: Option<Words>,
    pub counts: Counts,
    /// Since when it is counted, in milliseconds since 1970.
    pub since: i64,
    pub filled: Option<Filled>,
    pub measured: Option<Measured>,
    /// It is being measured right now.
    pub measuring: bool,
    pub judgement: Judgement,
    /// The time to live that its run time suggests, in seconds.
    pub suggested: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe() -> Recipe {
        let json = r#"{"target":"cache","key":"a","ttl":60,"source":"pg","query":"SELECT 1","name":"a","grace":30}"#;
        serde_json::from_str(json).expect("a recipe")
    }

    #[test]
    fn the_time_that_is_left_tells_whether_an_answer_is_fresh() {
        let state = |lifetime| Present::of(lifetime, &recipe()).state;
        assert_eq!(state(Lifetime::Left(90_000)), State::Hit);
        assert_eq!(state(Lifetime::Left(30_001)), State::Hit);
        assert_eq!(state(Lifetime::Left(30_000)), State::Stale);
        assert_eq!(state(Lifetime::Left(0)), State::Stale);
        assert_eq!(state(Lifetime::Missing), State::Miss);
        assert_eq!(Present::of(Lifetime::Left(80_000), &recipe()).age, Some(10_000));
    }

    #[test]
    fn an_age_that_somebody_else_changed_is_not_guessed() {
        assert_eq!(Present::of(Lifetime::Left(5_000_000), &recipe()).age, None);
        let forever = Present::of(Lifetime::Never, &recipe());
        assert_eq!((forever.state, forever.age, forever.left), (State::Hit, None, None));
    }

    #[test]
    fn without_a_run_there_is_no_ratio() {
        assert_eq!(Counts::default().ratio(), None);
        assert_eq!(Counts { hits: 2, stales: 1, misses: 1, failures: 9 }.ratio(), Some(0.75));
    }
}
