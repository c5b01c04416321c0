//! What came of the keys of a job.

use serde::{Deserialize, Serialize};

use super::job::Job;
use super::pattern::Pattern;

/// What became of the keys that a job met. All that matched are in exactly one of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Keys that were looked at, by the server's portions: an estimate until the end.
    pub looked: i64,
    pub matched: i64,
    pub changed: i64,
    /// The condition does not hold for them.
    pub refused: i64,
    /// They expired or were deleted before their turn came.
    pub vanished: i64,
    /// The console's user may not change them.
    pub denied: i64,
    /// They were sent, and no answer came.
    pub unsure: i64,
    /// An earlier part of this job has changed them.
    pub before: i64,
}

impl Counts {
    /// Whether every key that matched is accounted for.
    pub const fn adds_up(&self) -> bool {
        self.changed + self.refused + self.vanished + self.denied + self.unsure + self.before == self.matched
    }
}

/// What became of the keys that an undo met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// Keys in the journal that match.
    pub met: i64,
    pub restored: i64,
    /// Somebody has changed them since, or the job had not.
    pub left: i64,
    pub vanished: i64,
    /// The moment at which they would have died has passed: giving it back would delete them.
    pub overdue: i64,
    pub denied: i64,
}

/// Which kind of work it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    #[default]
    Bulk,
    Undo,
    Sweep,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    Whole,
    /// It was stopped, the server did not answer, or the console was stopped: it can be continued.
    Cut,
}

/// One job as its page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobView {
    /// The number of its record.
    pub record: i64,
    pub target: String,
    pub kind: JobKind,
    /// Of a bulk job.
    pub job: Option<Job>,
    /// The job that is undone, or continued.
    pub of: Option<i64>,
    /// The record that went on with this job, or took it back.
    #[serde(default)]
    pub later: Option<i64>,
    /// The part of it that is undone.
    pub pattern: Option<Pattern>,
    pub counts: Counts,
    pub undone: Undone,
    /// Keys of the database when it began.
    pub keys: i64,
    /// When it began, and when this was written, in milliseconds since 1970.
    pub began: i64,
    pub at: i64,
    /// None: it runs.
    pub end: Option<End>,
    /// Bytes of its journal; none when it is gone, and with it the way back.
    #[serde(default)]
    pub journal: Option<i64>,
    /// It runs now.
    #[serde(default)]
    pub running: bool,
}

impl JobView {
    /// How many keys will match in the end: what was seen, in proportion to what is left to look at.
    pub const fn expected(&self) -> i64 {
        if self.counts.looked <= 0 || self.counts.looked >= self.keys {
            return self.counts.matched;
        }
        (self.counts.matched as i128 * self.keys as i128 / self.counts.looked as i128) as i64
    }

    /// Keys per second up to now.
    pub const fn rate(&self) -> i64 {
        let millis = self.at - self.began;
        let keys = match self.kind {
            JobKind::Undo => self.undone.met,
            JobKind::Bulk | JobKind::Sweep => self.counts.matched - self.counts.before,
        };
        if millis <= 0 { 0 } else { keys * 1_000 / millis }
    }
}
