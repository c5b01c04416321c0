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

/// Changes that carry somebody's data: a value, or the text of a query.
const WITH_DATA: [&str; 5] = [
    "caching.set_value",
    "caching.set_entry_value",
    "caching.store_query",
    "caching.refresh_query",
    "caching.save_query",
];

/// Stands for what only those see who may change.
const HIDDEN: &str = "\u{2039}\u{2026}\u{203a}";

impl Record {
    /// As somebody sees it who may look only: what was done, and no data.
    #[must_use]
    pub fn without_data(mut self) -> Self {
        if !WITH_DATA.contains(&self.entry.word.as_str()) {
            return self;
        }
        self.change.clear();
        let planned = self.plan.iter_mut().flat_map(|plan| plan.commands.iter_mut().chain(&mut plan.revert));
        let ran = self.report.iter_mut().flat_map(|report| report.ran.iter_mut().map(|ran| &mut ran.command));
        for command in planned.chain(ran) {
            (command.exact, command.typed) = (HIDDEN.to_owned(), HIDDEN.to_owned());
        }
        self
    }
}

/// A page of the list, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub entries: Vec<Entry>,
    /// Pass as `before` to get the next, older page.
    pub older: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{Command, Ran};

    #[test]
    fn who_may_look_only_sees_what_was_done_and_no_value() {
        let record = |word: &str| {
            let command = Command {
                exact: "secret".into(),
                typed: "secret".into(),
                tool: "redis-cli".into(),
                database: String::new(),
            };
            let ran = vec![Ran { command, answer: Words::default(), micros: 1 }];
            let report = Report {
                outcome: Outcome::Done,
                summary: Words::default(),
                ran,
                read_back: Words::default(),
                error: None,
            };
            let entry = Entry {
                id: 1,
                at: 0,
                actor: "a".into(),
                from: "::1".into(),
                word: word.into(),
                target: "t".into(),
                title: Words::default(),
                outcome: Some(Outcome::Done),
                millis: Some(1),
            };
            let change = r#"{"value":"secret"}"#.into();
            Record { entry, change, plan: None, report: Some(report), underway: None, hash: String::new() }
        };
        let told = serde_json::to_string(&record("caching.set_value").without_data()).expect("JSON");
        assert!(!told.contains("secret"), "{told}");
        let whole = record("caching.set_ttl");
        assert_eq!(whole.clone().without_data(), whole);
    }
}
