//! The journal: each attempt is written down before anything is sent, and again when it has ended. Rows are only ever
//! added, each holds a hash over itself and the row before, and their numbers have no gap.

pub mod chain;
pub mod interrupted;
pub mod past;

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior};

use super::model::{Entry, Page, Record};
use crate::auth::session::clock::wall;
use crate::auth::session::{Authorized, Changes};
use crate::change::run::Run;
use crate::change::{Outcome, Plan, Report};
use crate::error::AppError;
use crate::server::store::Store;
use crate::text::Words;
use crate::words;
use chain::{Broken, Head, Phase, Verified, Written};

/// Entries on one page of the list, at most.
const LONGEST_PAGE: u32 = 200;

/// An attempt that is about to be made.
pub struct Begin {
    /// Name of the account.
    pub actor: String,
    /// The address the request came from.
    pub from: String,
    /// `<feature>.<verb>_<noun>`.
    pub word: String,
    /// The target's id.
    pub target: String,
    /// The attempt in one sentence.
    pub title: Words,
    /// The change as JSON.
    pub change_json: String,
    pub plan: Option<Plan>,
    /// Used once: a second attempt with the same ticket is the first one again.
    pub ticket: Option<String>,
}

/// An event that begins and ends at once and sends nothing: a log-in, a refusal.
pub struct Note<'a> {
    /// Name of the account; empty when it is not known.
    pub actor: &'a str,
    pub from: &'a str,
    pub word: &'a str,
    pub target: &'a str,
    pub title: Words,
    pub outcome: Outcome,
}

/// What became of a beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The attempt of this number may be made now.
    New(i64),
    /// The ticket was used by the attempt of this number.
    Already(i64),
}

/// Writes that an attempt begins. When this returns the row is on the disk.
///
/// # Errors
/// When it cannot be written; then nothing may be sent.
pub async fn begin(store: &Store, begin: Begin) -> Result<Begun, AppError> {
    let row = Written {
        phase: Phase::Begin,
        at: wall(),
        actor: begin.actor,
        address: begin.from,
        word: begin.word,
        target: begin.target,
        title: json(&begin.title),
        change: begin.change_json,
        plan: begin.plan.as_ref().map(json).unwrap_or_default(),
        ticket: begin.ticket,
        ..Written::default()
    };
    let begun = store.with(move |connection| {
        let transaction = immediate(connection)?;
        if let Some(ticket) = &row.ticket {
            let sql = "SELECT seq FROM journal WHERE ticket = ?1";
            let used: Option<i64> = transaction.query_row(sql, [ticket], |row| row.get(0)).optional()?;
            if let Some(used) = used {
                return Ok(Begun::Already(used));
            }
        }
        let seq = chain::append(&transaction, None, &row)?;
        transaction.commit()?;
        Ok(Begun::New(seq))
    });
    begun.await.map_err(not_recorded)
}

/// Writes how the attempt ended. A second end is refused.
///
/// # Errors
/// When it cannot be written. The effect may be there: the attempt counts as unknown until the next start.
pub async fn end(store: &Store, id: i64, report: &Report) -> Result<(), AppError> {
    let row = Written {
        phase: Phase::End,
        at: wall(),
        outcome: json(&report.outcome),
        report: json(report),
        ..Written::default()
    };
    let ended = store.with(move |connection| {
        let transaction = immediate(connection)?;
        chain::append(&transaction, Some(id), &row)?;
        transaction.commit()
    });
    ended.await.map_err(|error| AppError {
        happened: words!(
            "The change was sent, but its result could not be recorded.",
            "변경은 전송되었지만 결과를 기록하지 못했습니다.",
        ),
        next: words!("Look at the target itself before you repeat it.", "다시 시도하기 전에 대상을 직접 확인하세요."),
        ..error
    })
}

/// Writes an event of one row. Gives its number.
///
/// # Errors
/// When it cannot be written.
pub async fn note(store: &Store, note: Note<'_>) -> Result<i64, AppError> {
    let row = Written {
        phase: Phase::Note,
        at: wall(),
        actor: note.actor.to_owned(),
        address: note.from.to_owned(),
        word: note.word.to_owned(),
        target: note.target.to_owned(),
        title: json(&note.title),
        outcome: json(&note.outcome),
        ..Written::default()
    };
    let noted = store.with(move |connection| {
        let transaction = immediate(connection)?;
        let seq = chain::append(&transaction, None, &row)?;
        transaction.commit()?;
        Ok(seq)
    });
    noted.await.map_err(not_recorded)
}

/// Asks an attempt that still runs to stop. The wish is written down first.
///
/// # Errors
/// [`Kind::Conflict`](crate::error::Kind::Conflict) when it cannot be stopped, or not any more.
pub async fn cancel(who: &Authorized<Changes>, id: i64) -> Result<(), AppError> {
    let title = words!("Asked the attempt {id} to stop", "{id}번 시도의 중단 요청");
    let run = wish(who, id, "audit.cancel_run", title).await?;
    if run.cancel() { Ok(()) } else { Err(too_late()) }
}

/// Asks an attempt that still runs to wait, or to go on. The wish is written down first.
///
/// # Errors
/// As [`cancel`].
pub async fn pause(who: &Authorized<Changes>, id: i64, wait: bool) -> Result<(), AppError> {
    let (word, title) = if wait {
        ("audit.pause_run", words!("Asked the attempt {id} to wait", "{id}번 시도의 일시 중지 요청"))
    } else {
        ("audit.resume_run", words!("Let the attempt {id} go on", "{id}번 시도의 재개"))
    };
    let run = wish(who, id, word, title).await?;
    if run.pause(wait) { Ok(()) } else { Err(too_late()) }
}

/// Writes a wish about an attempt down, and finds the attempt.
async fn wish(who: &Authorized<Changes>, id: i64, word: &str, title: Words) -> Result<Arc<Run>, AppError> {
    let run = who.state().runs.find(id).ok_or_else(too_late)?;
    let note_of = Note {
        actor: &who.operator().name,
        from: who.from(),
        word,
        target: &run.underway(id).target,
        title,
        outcome: Outcome::Done,
    };
    note(&who.state().store, note_of).await?;
    Ok(run)
}

fn too_late() -> AppError {
    AppError::new(
        crate::error::Kind::Conflict,
        words!("It has ended, or cannot be stopped at this point.", "이미 끝났거나 지금은 중단할 수 없습니다."),
        words!("Look at its record.", "기록을 확인하세요."),
    )
}

fn not_recorded(error: AppError) -> AppError {
    AppError {
        happened: words!("This could not be recorded, so it was not done.", "기록할 수 없어 실행하지 않았습니다.",),
        ..error
    }
}

const ENTRY: &str = "SELECT b.seq, b.at, b.actor, b.address, b.word, b.target, b.title, \
     coalesce(e.outcome, b.outcome), e.at, b.change, b.plan, coalesce(e.report, ''), coalesce(e.hash, b.hash) \
     FROM journal b LEFT JOIN journal e ON e.attempt = b.seq AND e.phase = 'end' WHERE b.phase IN ('begin', 'note')";

/// A page of attempts, newest first: those with a number below `before`, or the newest.
///
/// # Errors
/// When the store fails.
pub async fn list(store: &Store, before: Option<i64>, limit: u32) -> Result<Page, AppError> {
    let limit = limit.clamp(1, LONGEST_PAGE) as usize;
    let mut entries: Vec<Entry> = store
        .with(move |connection| {
            connection
                .prepare_cached(&format!("{ENTRY} AND b.seq < ?1 ORDER BY b.seq DESC LIMIT ?2"))?
                .query_map((before.unwrap_or(i64::MAX), limit as i64 + 1), entry)?
                .collect()
        })
        .await?;
    // One more was asked for than is shown: it says whether there are older ones.
    let more = entries.len() > limit;
    entries.truncate(limit);
    Ok(Page { older: entries.last().filter(|_| more).map(|last| last.id), entries })
}

/// One attempt as a whole.
///
/// # Errors
/// [`Kind::NotFound`](crate::error::Kind::NotFound) when no attempt has this number.
pub async fn read(store: &Store, id: i64) -> Result<Record, AppError> {
    let found = store
        .with(move |connection| {
            connection.prepare_cached(&format!("{ENTRY} AND b.seq = ?1"))?.query_row([id], record).optional()
        })
        .await?;
    found.ok_or_else(|| AppError::not_found(words!("There is no record {id}.", "{id}번 기록이 없습니다.")))
}

/// Checks the whole chain.
///
/// # Errors
/// When the store fails. A chain that is broken is an answer, not an error.
pub async fn verify(store: &Store) -> Result<Result<Verified, Broken>, AppError> {
    store.with(|connection| chain::check(connection)).await
}

/// Number and hash of the newest row. Kept elsewhere, it shows later that nothing before it was changed or cut off.
///
/// # Errors
/// When the store fails.
pub async fn head(store: &Store) -> Result<Head, AppError> {
    store.with(|connection| chain::head(connection)).await
}

/// Whether the journal still holds the row that an anchor from elsewhere names, unchanged.
///
/// # Errors
/// When the store fails.
pub async fn holds(store: &Store, anchor: &Head) -> Result<bool, AppError> {
    let Head { seq, hash } = anchor.clone();
    store.with(move |connection| Ok(seq == 0 || chain::hash_at(connection, seq)? == Some(hash))).await
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let at: i64 = row.get(1)?;
    let ended: Option<i64> = row.get(8)?;
    Ok(Entry {
        id: row.get(0)?,
        at,
        actor: row.get(2)?,
        from: row.get(3)?,
        word: row.get(4)?,
        target: row.get(5)?,
        title: parsed(row, 6)?.unwrap_or_default(),
        outcome: parsed(row, 7)?,
        millis: ended.map(|ended| (ended - at).max(0)),
    })
}

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let hash: Vec<u8> = row.get(12)?;
    Ok(Record {
        entry: entry(row)?,
        change: row.get(9)?,
        plan: parsed(row, 10)?,
        report: parsed(row, 11)?,
        underway: None,
        hash: chain::hex(&hash),
    })
}

/// JSON of a column; none when it is empty. What an older version wrote and this one cannot read is none too: the list
/// must stay readable.
fn parsed<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<T>> {
    let text: String = row.get(column)?;
    Ok(serde_json::from_str(&text).ok())
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("our own types have string keys and no failing serialiser")
}

/// Takes the right to write at once: two writers must not both read the same last row.
fn immediate(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

#[cfg(test)]
mod tests;
