//! What the console finds wrong, or worth knowing, at a target: one shape for all features.

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
    pub words: Words,
    /// What it means, and what to do.
    pub why: Words,
    /// An address of ours where something can be done about it; empty where there is none.
    pub link: String,
    /// What is done there.
    pub action: Words,
}

impl Finding {
    pub fn new(severity: Severity, words: Words, why: Words, way: Way) -> Self {
        let Way { link, action } = way;
        Self { severity, words, why, link, action }
    }

    pub fn bad(words: Words, why: Words, way: Way) -> Self {
        Self::new(Severity::Bad, words, why, way)
    }

    pub fn warn(words: Words, why: Words, way: Way) -> Self {
        Self::new(Severity::Warn, words, why, way)
    }

    pub fn note(words: Words, why: Words, way: Way) -> Self {
        Self::new(Severity::Note, words, why, way)
    }
}

/// Where something can be done, and what is done there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// Empty where there is no such page.
    pub link: String,
    pub action: Words,
}

impl Way {
    pub fn none() -> Self {
        Self::default()
    }
}
