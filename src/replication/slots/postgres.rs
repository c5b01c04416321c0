//! What is asked of and sent to PostgreSQL, 13 to 18.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::model::{Change, PAGE_SIZE, Slot, SlotList, SlotName};
use crate::auth::session::{Authorized, Reads};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::{AppError, Kind};
use crate::replication::server::{Server, first_row};
use crate::targets::model::TargetKind;
use crate::targets::postgres;
use crate::targets::registry::Entry;
use crate::text::Words;
use crate::words;
use tokio::sync::Mutex;

/// The end of the WAL that this server has: written on a primary, received on a standby.
const HERE: &str = "CASE WHEN pg_is_in_recovery() \
    THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END";

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
        let slot = slot_sql("s.slot_name = $1", "");
        postgres::read(self.server.entry(), |client| async move {
            let name = name.as_str();
            let facts = client.query_one(sql, &[]).await?;
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
        self.server.entry().shared::<Watched>().forget();
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

fn slot_sql(condition: &str, rest: &str) -> String {
    format!(
        "SELECT s.slot_name::text, s.slot_type::text, left(s.plugin::text, 63), s.database::text, s.temporary, \
         s.active, left(concat_ws(' ', nullif(a.application_name, ''), host(a.client_addr)), 120), s.wal_status, \
         s.restart_lsn::text, \
         CASE WHEN s.wal_status <> 'lost' THEN pg_wal_lsn_diff({HERE}, s.restart_lsn)::int8 END AS held, \
         CASE WHEN s.wal_status <> 'lost' THEN s.safe_wal_size END \
         FROM pg_replication_slots s LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid \
         WHERE {condition} {rest}"
    )
}

fn read_slot(row: &tokio_postgres::Row) -> Slot {
    let user: Option<String> = row.get(6);
    Slot {
        name: row.get(0),
        kind: row.get(1),
        plugin: row.get(2),
        database: row.get(3),
        temporary: row.get(4),
        active: row.get(5),
        user: user.filter(|user| !user.is_empty()),
        wal_status: row.get(7),
        restart_lsn: row.get(8),
        held_bytes: row.get(9),
        safe_bytes: row.get(10),
    }
}

/// What is asked of a server by those who look, so that it is asked once a second however many they are.
#[derive(Default)]
struct Watched {
    questions: std::sync::Mutex<HashMap<(String, i64), Arc<Question>>>,
}

/// A search and its last answer. A failure is an answer too: whoever waited with the first one need not wait again.
#[derive(Default)]
struct Question {
    last: Mutex<Option<(Instant, Result<SlotList, AppError>)>>,
}

const FRESH: Duration = Duration::from_millis(900);
/// Searches remembered at most; a new one beyond that empties the memory.
const REMEMBERED: usize = 64;

impl Watched {
    fn question(&self, search: &str, page: i64) -> Arc<Question> {
        let mut questions = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        if questions.len() >= REMEMBERED {
            questions.clear();
        }
        Arc::clone(questions.entry((search.to_owned(), page)).or_default())
    }

    /// An answer that is on its way goes to those who asked before, and to nobody after.
    fn forget(&self) {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A page of slots whose name contains `search`, those that hold most WAL first.
///
/// # Errors
/// `NotFound` when there is no such target; else as [`postgres::read`].
pub async fn list(who: &Authorized<Reads>, target: &str, search: &str, page: i64) -> Result<SlotList, AppError> {
    let entry = who.state().registry.find(target, TargetKind::Postgresql)?;
    let question = entry.shared::<Watched>().question(search, page);
    // Held while the server is asked, so that all who come meanwhile get the one answer.
    let mut last = question.last.lock().await;
    if let Some((at, answer)) = last.as_ref()
        && at.elapsed() < FRESH
    {
        let age_millis = u64::try_from(at.elapsed().as_millis()).unwrap_or(u64::MAX);
        return answer.clone().map(|list| SlotList { age_millis, ..list });
    }
    let answer = ask(&entry, search, page).await;
    *last = Some((Instant::now(), answer.clone()));
    answer
}

async fn ask(entry: &Entry, search: &str, page: i64) -> Result<SlotList, AppError> {
    let facts = "SELECT (SELECT count(*) FROM pg_replication_slots), \
         (SELECT count(*) FROM pg_replication_slots WHERE strpos(slot_name::text, $1) > 0), \
         current_setting('max_replication_slots')::int8, pg_is_in_recovery(), \
         (SELECT setting::int8 FROM pg_settings WHERE name = 'max_slot_wal_keep_size')";
    let slots = slot_sql("strpos(s.slot_name::text, $1) > 0", "ORDER BY held DESC NULLS LAST, 1 LIMIT $2 OFFSET $3");
    let offset = page.clamp(0, 10_000) * PAGE_SIZE;
    postgres::read(entry, |client| async move {
        let facts = client.query_one(facts, &[&search]).await?;
        let rows = client.query(&slots, &[&search, &PAGE_SIZE, &offset]).await?;
        Ok(SlotList {
            slots: rows.iter().map(read_slot).collect(),
            total: facts.get(0),
            matching: facts.get(1),
            limit: facts.get(2),
            standby: facts.get(3),
            keep_mib: facts.get(4),
            age_millis: 0,
        })
    })
    .await
}
