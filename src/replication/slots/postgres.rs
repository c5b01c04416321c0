//! What is asked of and sent to PostgreSQL, 13 to 18.

pub mod about;
pub mod choices;
pub mod errors;
pub mod facts;
pub mod list;
pub mod peek;
pub mod peers;
mod waiting;

use std::sync::Arc;

use tokio_postgres::SimpleQueryMessage;

use super::model::{Change, SlotName};
use super::watch::Watch;
use crate::audit::journal::past::last_done;
use crate::auth::session::{Authorized, Needs};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::{AppError, Kind};
use crate::replication::server::{Server, first_row};
use crate::server::State;
use crate::targets::postgres;
use crate::targets::postgres::dedicated;
use crate::targets::registry::Entry;
use crate::text::Words;
use crate::words;
use errors::Sent;

pub use facts::{Facts, Seen};

/// The end of the WAL that this server has: written on a primary, received on a standby.
const HERE: &str = "CASE WHEN pg_is_in_recovery() \
    THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END";

/// The slots of one server, at work for somebody who may change them.
pub struct Slots {
    server: Server,
    /// The other PostgreSQL servers, which may use a slot of this one.
    peers: Vec<Arc<Entry>>,
    /// With the record, which knows what became of earlier slots.
    state: Option<Arc<State>>,
}

impl Slots {
    /// A server by itself.
    pub const fn of(server: Server) -> Self {
        Self { server, peers: Vec::new(), state: None }
    }

    /// A server among those that the console knows, with the console's record.
    pub fn among<R: Needs>(who: &Authorized<R>, server: Server) -> Self {
        let peers = peers::others(who, &server);
        Self { server, peers, state: Some(Arc::clone(who.state())) }
    }

    /// For tests: among these.
    #[cfg(test)]
    pub(super) fn with_peers(server: Server, peers: Vec<Arc<Entry>>) -> Self {
        Self { server, peers, state: None }
    }

    pub const fn server(&self) -> &Server {
        &self.server
    }

    fn peers(&self) -> &[Arc<Entry>] {
        &self.peers
    }

    /// When a slot of this name was last removed through this console. A record that cannot be read is one that does
    /// not say so: the other signs of a gap remain.
    async fn removed_at(&self, name: &SlotName) -> Option<i64> {
        let words = ["replication.drop_slot", "replication.evict_slot", "replication.recreate_slot"];
        let store = &self.state.as_ref()?.store;
        last_done(store, self.server.target().as_str(), words, name.as_str()).await.ok().flatten()
    }

    /// Sends a statement that is done in a moment. The rows of the answer, as text.
    async fn send(&self, command: &Command, sent: Sent) -> Result<Vec<SimpleQueryMessage>, AppError> {
        let (entry, sql) = (self.server.entry(), command.exact.clone());
        // What the server answered is told by what was asked of it; only where it gave no answer, the line shall know.
        let answered = |answer: Result<_, tokio_postgres::Error>| match answer {
            Err(error) if error.as_db_error().is_none() => Err(error),
            answer => Ok(answer),
        };
        let answer = if command.database.is_empty() {
            postgres::change(entry, |client| async move { answered(client.simple_query(&sql).await) }).await?
        } else {
            let work = |connection: dedicated::Dedicated| async move {
                answered(connection.client().simple_query(&sql).await)
            };
            dedicated::change_in(entry, &command.database, work).await?
        };
        answer.map_err(|error| errors::told(entry, &error, sent))
    }
}

impl Engine<Change> for Slots {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        super::plan::plan(self, change).await
    }

    async fn run(&self, command: &Command, run: &Run) -> Result<Words, AppError> {
        let sent = Sent::of(&command.exact);
        let answer = match sent {
            Sent::CreateLogical | Sent::Advance => self.send_and_wait(command, sent, run).await,
            _ => self.send(command, sent).await,
        };
        // Whoever looks from now on must see what was changed, and not what was seen a moment before.
        self.server.entry().shared::<Watch>().forget();
        match (first_row(&answer?), sent) {
            (Some(row), _) => Ok(Words::same(row)),
            (None, Sent::Evict) => Ok(words!(
                "Its consumer was disconnected and the slot dropped.",
                "소비자의 연결을 끊고 슬롯을 삭제했습니다.",
            )),
            (None, Sent::Role) => Ok(Words::same("ALTER ROLE")),
            // Our statements pick what they change by what the plan saw; no row means that it is not so any more.
            (None, _) => Err(moved_on()),
        }
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        let (name, wanted) = match change {
            Change::LogSnapshot { .. } => {
                let seen = words!(
                    "The record is in the WAL; a standby sees it as soon as it has received it.",
                    "WAL에 기록되었습니다. 대기 서버가 수신하면 곧 확인합니다.",
                );
                return Ok(ReadBack { holds: true, seen });
            }
            Change::CopySlot { to, .. } => (to, true),
            Change::DropSlot { name, .. } | Change::EvictSlot { name, .. } => (name, false),
            Change::CreatePhysicalSlot { name, .. }
            | Change::CreateLogicalSlot { name, .. }
            | Change::AdvanceSlot { name, .. }
            | Change::RecreateSlot { name, .. } => (name, true),
        };
        let (_, slot) = self.look(name).await?;
        let Some(slot) = slot else {
            let seen = words!("The server lists no slot {name}.", "서버 목록에 슬롯 {name}이(가) 없습니다.");
            return Ok(ReadBack { holds: !wanted, seen });
        };
        let place = slot.place().unwrap_or("–").to_owned();
        let seen = words!(
            "The server lists the slot {name}, at {place}.",
            "서버 목록에 슬롯 {name}이(가) 있으며 위치는 {place}입니다.",
        );
        Ok(ReadBack { holds: wanted && as_wished(change, &slot), seen })
    }
}

/// Whether a slot that is there is as the change wanted it.
fn as_wished(change: &Change, slot: &Seen) -> bool {
    let position = |text: &str| super::model::Lsn::parse(text).map(|lsn| lsn.position()).unwrap_or_default();
    match change {
        Change::CreatePhysicalSlot { reserve, .. } => !slot.logical && (!reserve || slot.restart_lsn.is_some()),
        Change::CreateLogicalSlot { plugin, database, two_phase, failover, .. } => {
            slot.logical
                && slot.plugin.as_deref() == Some(plugin.as_str())
                && slot.database.as_deref() == Some(database.as_str())
                && slot.two_phase.unwrap_or_default() == *two_phase
                && slot.failover.unwrap_or_default() == *failover
        }
        Change::AdvanceSlot { to: Some(to), .. } => {
            // The server stops at the end of the WAL, and where a record begins.
            let place = slot.place().map(position).unwrap_or_default();
            place >= to.position() || slot.now.pending == Some(0) || slot.now.held == Some(0)
        }
        Change::CopySlot { .. } | Change::RecreateSlot { .. } => !slot.lost() && slot.restart_lsn.is_some(),
        _ => true,
    }
}

/// What was to be changed is not any more what the plan saw.
fn moved_on() -> AppError {
    AppError::new(
        Kind::Conflict,
        words!("The slot has changed since the plan was made.", "계획을 만든 뒤 슬롯이 바뀌었습니다."),
        words!("Nothing was changed. Look at it again.", "변경된 것은 없습니다. 다시 확인하세요."),
    )
}
