//! The spine: every write to a database is a change, becomes a plan, is confirmed, applied and recorded.
//! This module knows no feature; the features say what a change is and how it is carried out.

#[cfg(feature = "ssr")]
pub mod apply;
#[cfg(feature = "ssr")]
pub mod resume;
#[cfg(feature = "ssr")]
pub mod run;

use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::text::Words;

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Verdict {
    Pass,
    Warn,
    /// The change cannot be confirmed.
    Block,
}

/// One thing that was looked at before the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub verdict: Verdict,
    /// What was looked at, with the measured value.
    pub found: Words,
    /// What to do about it; empty when it passed.
    pub advice: Words,
}

impl Check {
    pub fn pass(found: Words) -> Self {
        Self { verdict: Verdict::Pass, found, advice: Words::default() }
    }

    pub fn warn(found: Words, advice: Words) -> Self {
        Self { verdict: Verdict::Warn, found, advice }
    }

    pub fn block(found: Words, advice: Words) -> Self {
        Self { verdict: Verdict::Block, found, advice }
    }
}

/// One command of a plan. The engine runs `exact` and nothing else, so what a person reads is what is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The request as it is sent: SQL text, a command document as extended JSON, or an argument vector as JSON.
    pub exact: String,
    /// The line that a person would type for the same effect.
    pub typed: String,
    /// The program in which a person would type it: `mongosh`, `psql`, `redis-cli`.
    pub tool: String,
    /// The database on the target that the command is sent to; empty where there is none.
    pub database: String,
}

/// How much a person has to do to confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Blast {
    /// One click: easily taken back.
    Plain,
    /// One click on a button that names what is lost.
    Confirm,
    /// The name must be typed: it cannot be taken back.
    TypeName(String),
}

/// What a change would do, found out without changing anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The change in one sentence.
    pub title: Words,
    pub checks: Vec<Check>,
    pub commands: Vec<Command>,
    /// Sent only when the effect does not show afterwards: they take the change back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revert: Vec<Command>,
    /// What it will cost and touch, a sentence each.
    pub effect: Vec<Words>,
    /// The inverse change, or "none" in those words.
    pub way_back: Words,
    pub blast: Blast,
    /// A digest of what was observed and of the commands. Differs as soon as the world has moved.
    pub fingerprint: String,
}

impl Plan {
    /// Whether a check forbids the change.
    pub fn blocked(&self) -> bool {
        self.checks.iter().any(|check| check.verdict == Verdict::Block)
    }
}

/// A plan on its way to the person who confirms it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// The change, as JSON: what a form makes, a script can post.
    pub change: String,
    pub plan: Plan,
    /// Used once: a second click with the same ticket finds the first one's record.
    pub ticket: String,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// All commands ran and the database shows the effect.
    Done,
    /// Refused before anything was sent.
    Refused,
    /// A command failed; the record says which ones had run.
    Failed,
    /// Somebody stopped it while it ran, and the database took back what it had begun.
    Stopped,
    /// Sent, but the answer or the read-back is missing: look at the target.
    Unknown,
}

/// An attempt that still runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Underway {
    /// The number of its record.
    pub record: i64,
    /// The target's id.
    pub target: String,
    /// The attempt in one sentence.
    pub title: Words,
    /// Since it began, in milliseconds.
    pub millis: u64,
    /// What it does, or what it waits for; empty where there is nothing to tell.
    pub doing: Words,
    /// The statement of another session that it waits for; only for those who may change the target.
    pub statement: Option<String>,
    /// How much is done, of how much where that is known, in the unit that `doing` names.
    pub done: u64,
    pub total: Option<u64>,
    /// Whether it can be stopped now.
    pub cancellable: bool,
    /// Somebody has asked it to stop.
    pub cancelling: bool,
    /// Whether it can be made to wait, or to go on again.
    #[serde(default)]
    pub pausable: bool,
    /// It waits until somebody lets it go on.
    #[serde(default)]
    pub paused: bool,
}

/// What came of one command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    pub command: Command,
    /// The database's answer, shortened, or why there is none.
    pub answer: Words,
    /// Time from sending to answer, in microseconds.
    pub micros: u64,
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub outcome: Outcome,
    /// The outcome in one sentence.
    pub summary: Words,
    pub ran: Vec<Ran>,
    /// What the database showed afterwards.
    pub read_back: Words,
    pub error: Option<AppError>,
}

/// A plain, serialisable wish to write to a target.
pub trait Change: Serialize + for<'de> Deserialize<'de> + Clone + Send + Sync + 'static {
    /// The audit word, `<feature>.<verb>_<noun>`.
    fn word(&self) -> &'static str;
    /// The target that is written to.
    fn target(&self) -> &crate::targets::model::TargetId;
}
