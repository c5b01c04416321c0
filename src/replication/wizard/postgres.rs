//! The server that a replica is added to, asked and changed.

mod ask;
mod seen;

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::model::Steps;
use super::model::change::Change;
use super::model::replica::{Asked, Replica};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::AppError;
use crate::replication::server::{Server, first_row};
use crate::replication::slots::watch::Watch;
use crate::text::Words;
use crate::words;
pub(super) use ask::{Backup, Facts, Hba, Known, Sender, Slot};
pub(super) use seen::Seen;

const RELOAD: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

/// A server at work at getting a replica.
pub struct Wizard {
    server: Server,
}

impl Wizard {
    pub const fn of(server: Server) -> Self {
        Self { server }
    }

    pub const fn server(&self) -> &Server {
        &self.server
    }

    /// What was asked for, with what was left out put in.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn replica(&self, asked: &Asked) -> Result<Replica, AppError> {
        let target = &self.server.entry().configured.target;
        Replica::parse(asked, &target.host, target.port)
    }

    /// All steps as they are now. `known` is the replica, where the console knows it as a target.
    ///
    /// # Errors
    /// As [`Wizard::replica`], and when the server does not answer.
    pub async fn steps(&self, asked: &Asked, known: Option<Server>) -> Result<Steps, AppError> {
        let replica = self.replica(asked)?;
        let facts = self.facts(&replica, known).await?;
        Ok(super::steps::steps(self.server.target(), asked, &replica, &facts))
    }

    pub(super) async fn facts(&self, replica: &Replica, known: Option<Server>) -> Result<Facts, AppError> {
        let mut facts = ask::facts(&self.server, replica).await?;
        if let Some(known) = known {
            // That it does not answer yet is a step of its own, and no failure of the page.
            facts.known = Some(ask::known(&known).await.ok());
        }
        let memory = self.server.entry().shared::<seen::Memory>();
        facts.seen = memory.look(replica.name.as_str(), facts.slot.as_ref(), facts.backup.as_ref());
        Ok(facts)
    }

    async fn reloaded(&self) -> Result<ReadBack, AppError> {
        let give_up = Instant::now() + RELOAD;
        loop {
            let since = ask::seconds_since_load(&self.server).await?;
            // The reload was asked for a moment ago, so a load this young is that one.
            let holds = since < 3.0;
            if holds || Instant::now() > give_up {
                let seen =
                    words!("The configuration was read {since:.1} s ago.", "설정을 {since:.1}초 전에 읽었습니다.");
                return Ok(ReadBack { holds, seen });
            }
            sleep(PAUSE).await;
        }
    }
}

impl Engine<Change> for Wizard {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        let replica = self.replica(change.asked())?;
        let facts = self.facts(&replica, None).await?;
        Ok(super::plan::plan(self.server.name(), change, &replica, &facts))
    }

    async fn run(&self, command: &Command, _run: &Run) -> Result<Words, AppError> {
        let answer = self.server.send(command).await;
        self.server.entry().shared::<Watch>().forget();
        let answer = answer?;
        Ok(first_row(&answer).map_or_else(|| words!("Accepted.", "받아들였습니다."), Words::same))
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        let Change::CreateRole { asked, .. } = change else {
            let reloaded = self.reloaded().await;
            // The watcher may have asked while the server was still reading its files.
            self.server.entry().shared::<Watch>().forget();
            return reloaded;
        };
        let replica = self.replica(asked)?;
        let role = &replica.role;
        let found = self.facts(&replica, None).await?.role;
        let holds = found.is_some_and(|role| role.login && role.replication);
        let seen = if holds {
            words!("The role {role} may log in and replicate.", "역할 {role}이(가) 로그인과 복제를 할 수 있습니다.")
        } else {
            words!("There is no role {role} that may replicate.", "복제할 수 있는 역할 {role}이(가) 없습니다.")
        };
        Ok(ReadBack { holds, seen })
    }
}
