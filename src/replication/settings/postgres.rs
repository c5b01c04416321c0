//! The settings of one server: asked of it, written to it, and looked at until they are live.

mod ask;
mod proof;

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::model::Settings as Seen;
use super::model::change::{Change, Name};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::AppError;
use crate::replication::server::{Server, first_row};
use crate::replication::slots::volume;
use crate::replication::slots::watch::Watch;
use crate::server::store::Store;
use crate::text::Words;
use crate::words;
pub(super) use ask::{Facts, InFile, Setting, Slot};

/// A reload reaches every process of the server within this time, or something is wrong.
const RELOAD: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

/// The settings of one server, at work.
pub struct Settings {
    server: Server,
    /// Bytes of the volume that the WAL lies on; the server itself cannot tell.
    wal_volume: Option<i64>,
}

impl Settings {
    /// Of a server whose volume somebody may have told the console.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn on(store: &Store, server: Server) -> Result<Self, AppError> {
        let wal_volume = volume::read(store, server.target()).await?;
        Ok(Self::of(server, wal_volume))
    }

    pub const fn of(server: Server, wal_volume: Option<i64>) -> Self {
        Self { server, wal_volume }
    }

    pub const fn server(&self) -> &Server {
        &self.server
    }

    /// What the page shows.
    ///
    /// # Errors
    /// As [`crate::targets::postgres::read`].
    pub async fn list(&self) -> Result<Seen, AppError> {
        let facts = self.facts().await?;
        Ok(super::warnings::seen(&facts))
    }

    /// Everything that checks and warnings rest on.
    pub(super) async fn facts(&self) -> Result<Facts, AppError> {
        ask::facts(&self.server, self.wal_volume).await
    }

    /// Waits until the server shows what was wanted of the setting, at most [`RELOAD`].
    async fn settled(&self, change: &Change) -> Result<(bool, Setting), AppError> {
        let give_up = Instant::now() + RELOAD;
        loop {
            let seen = ask::setting(&self.server, change.name()).await?;
            let holds = match change {
                Change::SetSetting { value, .. } => seen.shows(change.name(), value),
                Change::ResetSetting { .. } => seen.in_file == InFile::Nothing,
            };
            if holds || Instant::now() > give_up {
                return Ok((holds, seen));
            }
            sleep(PAUSE).await;
        }
    }
}

impl Engine<Change> for Settings {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        if let Change::SetSetting { name, value, .. } = change {
            name.value(value).map_err(|rule| AppError::invalid("value", rule))?;
        }
        Ok(super::plan::plan(self.server.name(), change, &self.facts().await?))
    }

    async fn run(&self, command: &Command, run: &Run) -> Result<Words, AppError> {
        run.tell(words!("The configuration is being written.", "설정을 쓰는 중입니다."));
        let answer = self.server.send(command).await;
        self.server.entry().shared::<Watch>().forget();
        let answer = answer?;
        // ALTER SYSTEM answers without a row.
        Ok(first_row(&answer).map_or_else(|| words!("Accepted.", "받아들였습니다."), Words::same))
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        let settled = self.settled(change).await;
        // The watcher may have asked while the server was still reading its files.
        self.server.entry().shared::<Watch>().forget();
        let (holds, seen) = settled?;
        if !holds {
            return Ok(ReadBack { holds, seen: seen.told(change.name()) });
        }
        match change {
            Change::SetSetting { name: Name::SynchronousStandbyNames, value, .. } if !value.is_empty() => {
                proof::commits_return(&self.server, value).await
            }
            _ => Ok(ReadBack { holds, seen: seen.told(change.name()) }),
        }
    }
}
