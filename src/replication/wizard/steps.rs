//! The steps to a replica that streams, each judged by what the server shows.

mod before;
mod copy;
mod entry;
mod follow;

use super::hba::Asking;
use super::model::replica::{Asked, Replica};
use super::model::{Link, Print, State, Step, Steps};
use super::postgres::{Facts, Sender};
use crate::change::{Check, Verdict};
use crate::targets::model::TargetId;
use crate::text::Words;

/// What all steps are made of.
struct Way<'a> {
    target: &'a TargetId,
    asked: &'a Asked,
    replica: &'a Replica,
    facts: &'a Facts,
}

pub(super) fn steps(target: &TargetId, asked: &Asked, replica: &Replica, facts: &Facts) -> Steps {
    let way = Way { target, asked, replica, facts };
    let mut steps = vec![
        before::preflight(&way),
        before::role(&way),
        before::slot(&way),
        entry::hba(&way),
        entry::listen(&way),
        copy::backup(&way),
        copy::start(&way),
        follow::streaming(&way),
    ];
    steps.extend(follow::after(&way));
    Steps { steps, abandoned: follow::abandoned(&way) }
}

/// Who will want in.
pub(super) fn asking(replica: &Replica, facts: &Facts) -> Asking {
    let member_of = facts.role.as_ref().map_or_else(|| vec![replica.role.clone()], |role| role.member_of.clone());
    Asking { host: replica.host, role: replica.role.clone(), member_of, tls: facts.text("ssl") == "on" }
}

impl Way<'_> {
    /// The replica's connection that streams, once there is one.
    fn streams(&self) -> Option<&Sender> {
        self.streaming().find(|it| self.is_ours(it))
    }

    /// Somebody else who streams by the replica's name.
    fn stranger(&self) -> Option<&Sender> {
        self.streaming().find(|it| !self.is_ours(it))
    }

    /// A base backup streams too, but replays nothing.
    fn streaming(&self) -> impl Iterator<Item = &Sender> {
        self.facts.attached.iter().filter(|it| it.state.as_deref() == Some("streaming") && it.replays)
    }

    fn is_ours(&self, sender: &Sender) -> bool {
        let host = self.replica.host.to_string();
        sender.address.as_deref() == Some(&host) && sender.user.as_deref() == Some(&self.replica.role)
    }

    /// Connections of its name exist, but our role may not see what they do.
    fn blind(&self) -> bool {
        self.streams().is_none() && self.facts.attached.iter().any(|it| it.state.is_none())
    }

    /// A page that does the next thing.
    fn link(&self, label: Words, path: &str, pairs: &[(&str, &str)]) -> Link {
        let target = ("target".to_owned(), self.target.to_string());
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Link { label, path: path.to_owned(), query: std::iter::once(target).chain(pairs).collect(), danger: false }
    }

    /// The wizard itself, with the plan of one of its own writes.
    fn own(&self, label: Words, action: &str) -> Link {
        let mut pairs = vec![("action", action)];
        pairs.extend(self.asked.pairs());
        self.link(label, "/replication/add", &pairs)
    }
}

fn step(key: &str, title: Words, state: State, checks: Vec<Check>) -> Step {
    Step { key: key.to_owned(), title, state, checks, prints: Vec::new(), links: Vec::new() }
}

fn print(place: Words, text: impl Into<String>) -> Print {
    Print { place, text: text.into() }
}

/// Wrong where a check blocks, else done.
fn verdict(checks: &[Check]) -> State {
    if checks.iter().any(|check| check.verdict == Verdict::Block) { State::Wrong } else { State::Done }
}
