//! What a record says.

use serde::{Deserialize, Serialize};

use crate::change::{Outcome, Plan, Report, Underway};
use crate::text::Words;

/// A line in the list of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The number of the attempt: the sequence number of its first row.
    pub id: i64,
    /// When it began, in milliseconds since 1970 (UTC).
    pub at: i64,
    pub actor: String,
    /// The address the request came from.
    pub from: String,
    /// `<feature>.<verb>_<noun>`, or `auth.log_in` and the like.
    pub word: String,
    /// The target's id; empty where there is none.
    pub target: String,
    /// The attempt in one sentence.
    pub title: Words,
    /// None while it runs, or when the console was stopped in the middle.
    pub outcome: Option<Outcome>,
    /// From beginning to end, in milliseconds.
    pub millis: Option<i64>,
}

/// A record as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub entry: Entry,
    /// The change as JSON; empty for log-ins.
    pub change: String,
    /// The plan that was shown.
    pub plan: Option<Plan>,
    pub report: Option<Report>,
    /// How far it is, while it runs.
    pub underway: Option<Underway>,
    /// The head of the hash chain after this record's last row.
    pub hash: String,
}

/// A page of the list, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub entries: Vec<Entry>,
    /// Pass as `before` to get the next, older page.
    pub older: Option<i64>,
}
