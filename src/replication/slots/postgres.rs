//! What is asked of and sent to PostgreSQL, 13 to 18.

pub mod about;
pub mod list;

use super::model::{Change, Slot, SlotName};
use super::watch::Watch;
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::{AppError, Kind};
use crate::replication::server::{Server, first_row};
use crate::targets::postgres;
use crate::text::Words;
use crate::words;
use list::{read_slot, some_sql};

/// The slots of one server, at work for somebody who may change them.
pub struct Slots {
    server: Server,
}

impl Slots {
    pub const fn of(server: Server) -> Self {
        Self { server }
    }

    /// Everything the checks need to know.
    ///
    /// # Errors
    /// As [`postgres::read`].
    pub async fn facts(&self, name: &SlotName) -> Result<Facts, AppError> {
        let sql = "SELECT current_setting('server_version_num')::int4, pg_is_in_recovery(), \
             current_setting('wal_level'), current_setting('max_replication_slots')::int8, \
             (SELECT count(*) FROM pg_replication_slots), \
             (SELECT setting::int8 FROM pg_settings WHERE name = 'max_slot_wal_keep_size'), \
             (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user), \
             current_user::text, coalesce(current_setting('synchronized_standby_slots', true), '')";
        postgres::read(self.server.entry(), |client| async move {
            let name = name.as_str();
            let facts = client.query_one(sql, &[]).await?;
            let slot = some_sql(facts.get::<_, i32>(0) / 10_000, "s.slot_name = $1");
            let slot = client.query_opt(&slot, &[&name]).await?;
            Ok(Facts {
                version: facts.get(0),
                standby: facts.get(1),
                wal_level: facts.get(2),
                limit: facts.get(3),
                used: facts.get(4),
                keep_mib: facts.get(5),
                may_replicate: facts.get(6),
                role: facts.get(7),
                synchronized: facts.get(8),
                slot: slot.map(|row| read_slot(&row)),
            })
        })
        .await
    }

    pub const fn server(&self) -> &Server {
        &self.server
    }
}

/// What a plan rests on.
pub struct Facts {
    /// `server_version_num`: 150018 is 15.18.
    pub version: i32,
    pub standby: bool,
    pub wal_level: String,
    pub limit: i64,
    pub used: i64,
    pub keep_mib: i64,
    /// Whether the console's role has REPLICATION.
    pub may_replicate: bool,
    pub role: String,
    /// `synchronized_standby_slots`; empty before 17.
    pub synchronized: String,
    /// The slot of the name in question, if there is one.
    pub slot: Option<Slot>,
}

impl Engine<Change> for Slots {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        super::plan::plan(self, change).await
    }

    async fn run(&self, command: &Command, _run: &Run) -> Result<Words, AppError> {
        let answer = self.server.send(command).await?;
        // Whoever looks from now on must see what was changed, and not what was seen a moment before.
        self.server.entry().shared::<Watch>().forget();
        first_row(&answer).map(Words::same).ok_or_else(|| {
            // Our statements pick what they change by what the plan saw; no row means that it is not so any more.
            AppError::new(
                Kind::Conflict,
                words!("The slot has changed since the plan was made.", "계획을 만든 뒤 슬롯이 바뀌었습니다."),
                words!("Nothing was changed. Look at it again.", "변경된 것은 없습니다. 다시 확인하세요."),
            )
        })
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        let (name, wanted) = match change {
            Change::CreatePhysicalSlot { name, .. } => (name, true),
            Change::DropSlot { name, .. } => (name, false),
        };
        let there = self.facts(name).await?.slot.is_some();
        let seen = if there {
            words!("The server lists the slot {name}.", "서버 목록에 슬롯 {name}이(가) 있습니다.")
        } else {
            words!("The server lists no slot {name}.", "서버 목록에 슬롯 {name}이(가) 없습니다.")
        };
        Ok(ReadBack { holds: there == wanted, seen })
    }
}
