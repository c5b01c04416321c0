//! What the console finds wrong, or worth knowing, at a server: one shape for all parts of replication.

pub mod page;

use serde::{Deserialize, Serialize};

use crate::text::Words;

/// How much a finding matters. The first is the worst, so that sorting puts it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// Something does not work now, or data is in danger.
    Bad,
    /// Something will go wrong if nobody looks.
    Warn,
    /// Worth knowing.
    Note,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub severity: Severity,
    /// What is so, in one sentence.
    pub what: Words,
    /// What it means, and what to do.
    pub why: Words,
    /// The page on which it can be dealt with; empty where there is none.
    pub link: String,
}

impl Finding {
    pub fn bad(what: Words, why: Words, link: String) -> Self {
        Self { severity: Severity::Bad, what, why, link }
    }

    pub fn warn(what: Words, why: Words, link: String) -> Self {
        Self { severity: Severity::Warn, what, why, link }
    }

    pub fn note(what: Words, why: Words, link: String) -> Self {
        Self { severity: Severity::Note, what, why, link }
    }
}
