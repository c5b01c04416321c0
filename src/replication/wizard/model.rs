//! A replica that is being added, and the steps that lead to it.

pub mod change;
pub mod replica;

use serde::{Deserialize, Serialize};

use crate::change::Check;
use crate::text::Words;

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// The server shows it.
    Done,
    /// Something is to be done, by a person or by a click.
    Todo,
    /// It is under way, or waits for the steps before.
    Waiting,
    /// Something is wrong.
    Wrong,
    /// The console may not look, or cannot.
    Unknown,
}

/// One step on the way to a replica that streams.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// `preflight`, `role`, `slot`, `hba`, `listen`, `backup`, `start`, `streaming`, `after`.
    pub key: String,
    pub title: Words,
    pub state: State,
    /// What was looked at, with the measured values.
    pub checks: Vec<Check>,
    /// What a person has to run or write, exactly.
    pub prints: Vec<Print>,
    /// What the console can do, or where it is done.
    pub links: Vec<Link>,
}

/// Something for a person to run or to write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Print {
    /// Where: on which machine, in which program or file.
    pub place: Words,
    pub text: String,
}

/// A page of the console that does the next thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub label: Words,
    pub path: String,
    pub query: Vec<(String, String)>,
    /// What is given up by it cannot be had back.
    pub danger: bool,
}

/// All steps, as they are now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    pub steps: Vec<Step>,
    /// Nobody has attached to the slot for longer than was asked for.
    pub abandoned: Option<Step>,
}

impl Steps {
    /// Whether the replica streams and nothing is left to do.
    pub fn complete(&self) -> bool {
        self.steps.iter().filter(|step| step.key != "after").all(|step| step.state == State::Done)
    }

    pub fn step(&self, key: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.key == key)
    }
}
