//! The slots of a server as they are asked for.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::super::model::{PAGE_SIZE, Slot, SlotList};
use crate::auth::session::{Authorized, Reads};
use crate::error::AppError;
use crate::targets::model::TargetKind;
use crate::targets::postgres;
use crate::targets::registry::Entry;

/// The end of the WAL that this server has: written on a primary, received on a standby.
const HERE: &str = "CASE WHEN pg_is_in_recovery() \
    THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END";

pub(super) fn slot_sql(condition: &str, rest: &str) -> String {
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

pub(super) fn read_slot(row: &tokio_postgres::Row) -> Slot {
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
pub(super) struct Watched {
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
    pub(super) fn forget(&self) {
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
