//! A sharded cluster at work, reached through one of its routers. Every engine of sharding holds one; nothing is asked of
//! what is no router, and nothing can be sent to it.

#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::sync::Arc;

use bson::Document;
use mongodb::Client;
use mongodb::error::Error;

use super::errors::{command_of, tell, tell_of};
use super::model::Release;
use super::mongo::{answer, command, router, settings};
use super::remembered;
use crate::auth::session::{Authorized, Changes, Reads};
use crate::change::Command;
use crate::change::run::Run;
use crate::error::AppError;
use crate::targets::model::{TargetId, TargetKind};
use crate::targets::mongo;
use crate::targets::registry::Entry;
use crate::text::Words;

/// MongoDB of one target. The constructors ask for the right that they need.
#[derive(Clone)]
pub struct Cluster {
    entry: Arc<Entry>,
}

const WRITE_CONCERN_FAILED: i32 = 64;

impl Cluster {
    /// For somebody who looks.
    ///
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn to_read(who: &Authorized<Reads>, target: &str) -> Result<Self, AppError> {
        Ok(Self { entry: who.state().registry.find(target, TargetKind::Mongodb)? })
    }

    /// For somebody who changes.
    ///
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn to_change(who: &Authorized<Changes>, target: &str) -> Result<Self, AppError> {
        Ok(Self { entry: who.state().registry.find(target, TargetKind::Mongodb)? })
    }

    /// For the console's own watching, and for tests.
    pub(in crate::sharding) fn at(entry: Arc<Entry>) -> Self {
        Self { entry }
    }

    pub fn entry(&self) -> &Arc<Entry> {
        &self.entry
    }

    /// The target that is worked on.
    pub fn target(&self) -> &TargetId {
        &self.entry.configured.target.id
    }

    /// The name of the cluster, as a person knows it.
    pub fn name(&self) -> &str {
        &self.entry.configured.target.name
    }

    /// Asks the router, within the deadline of reading. The codes of errors are told by [`tell`].
    ///
    /// # Errors
    /// `Refused`, at the field `target`, when the target is no router; else as [`mongo::read`].
    pub async fn read<T, F>(&self, work: impl FnOnce(Client) -> F) -> Result<T, AppError>
    where
        F: Future<Output = Result<T, Error>>,
    {
        router::require(&self.entry).await?;
        mongo::read(&self.entry, tell, work).await
    }

    /// As [`Cluster::read`], with a deadline of the caller's and on connections of its own: for what is read in the
    /// background.
    ///
    /// # Errors
    /// As [`Cluster::read`], and [`mongo::aside`].
    pub async fn read_aside<T, F>(
        &self,
        deadline: std::time::Duration,
        work: impl FnOnce(Client) -> F,
    ) -> Result<T, AppError>
    where
        F: Future<Output = Result<T, Error>>,
    {
        router::require(&self.entry).await?;
        mongo::aside(&self.entry, tell, deadline, work).await
    }

    /// The router's version and the cluster's FCV.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn release(&self) -> Result<Release, AppError> {
        self.read(|client| async move { settings::release(&client).await }).await
    }

    /// Sends one command of a plan as it stands, within the deadline of changing. The answer as one line.
    ///
    /// # Errors
    /// `Refused` when the target is no router; `Unreachable` when it was done but not confirmed by a majority; else as
    /// [`mongo::change`].
    pub async fn send(&self, command: &Command) -> Result<Words, AppError> {
        Ok(Words::same(answer::line(self.answer(command).await?)))
    }

    /// As [`Cluster::send`], with the whole answer.
    ///
    /// # Errors
    /// As [`Cluster::send`].
    pub async fn answer(&self, command: &Command) -> Result<Document, AppError> {
        router::require(&self.entry).await?;
        let document = command::parsed(&command.exact)?;
        let sent = command_of(&document).to_owned();
        let told = |name: &str, code: i32, code_name: &str| tell_of(name, &sent, code, code_name);
        let answer = mongo::change(&self.entry, told, &command.database, document).await;
        remembered::changed(&self.entry);
        self.confirmed(answer?)
    }

    /// As [`Cluster::answer`], for a command whose answer comes only when its work is done, which may be after hours:
    /// there is no deadline, the connection is its own, and `run` is told meanwhile by `watch`, which is asked again and
    /// again and must be quick.
    ///
    /// # Errors
    /// As [`Cluster::send`]; `Unreachable` also when the connection was lost: what was begun goes on without it.
    pub async fn answer_patiently<F>(
        &self,
        command: &Command,
        run: &Run,
        watch: impl FnMut() -> F,
    ) -> Result<Document, AppError>
    where
        F: Future<Output = ()>,
    {
        router::require(&self.entry).await?;
        let document = command::parsed(&command.exact)?;
        let sent = command_of(&document).to_owned();
        let told = |name: &str, code: i32, code_name: &str| tell_of(name, &sent, code, code_name);
        let answer = async {
            let answer = mongo::change_patiently(&self.entry, told, &command.database, document).await;
            remembered::changed(&self.entry);
            answer
        };
        // Both go on side by side: a watch that has to wait must not hold up the command.
        tokio::select! {
            answer = answer => self.confirmed(answer?),
            never = watched(run, watch) => match never {},
        }
    }

    fn confirmed(&self, answer: Document) -> Result<Document, AppError> {
        if answer.contains_key("writeConcernError") {
            // It may have happened, so it must not be told as a refusal.
            return Err(tell(self.name(), WRITE_CONCERN_FAILED, "WriteConcernFailed"));
        }
        // What is written into a collection is refused inside of an answer that is fine otherwise.
        let refused = answer.get_array("writeErrors").ok().and_then(|it| it.first()?.as_document());
        if let Some(code) = refused.map(|it| it.get_i32("code").unwrap_or_default()) {
            return Err(tell(self.name(), code, ""));
        }
        Ok(answer)
    }
}

/// Watches again and again, and at once when somebody asks to stop: whoever offers that ends the work at the server, and
/// the command's own answer then comes.
async fn watched<F: Future<Output = ()>>(run: &Run, mut watch: impl FnMut() -> F) -> Infallible {
    let mut clock = tokio::time::interval(WATCH);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = clock.tick() => {}
            () = run.cancelled(), if !run.is_cancelled() => {}
        }
        watch().await;
    }
}

/// How often the progress of a long command is asked for.
const WATCH: std::time::Duration = std::time::Duration::from_secs(1);
