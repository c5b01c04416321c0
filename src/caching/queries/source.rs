//! The database that a cached query is asked of: what it says of the query beforehand, and the rows, within bounds.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::model::Reading;
use super::{mongo, postgres};
use crate::change::{Check, Command};
use crate::error::{AppError, Kind};
use crate::targets::model::{TargetId, TargetKind};
use crate::targets::registry::{Entry, Registry};
use crate::text::{Words, bytes};
use crate::words;

/// Rows that are stored at most.
pub const MOST_ROWS: u32 = super::model::Form::MOST;
/// Bytes that are stored at most. Whoever reads a key gets all of it, and no other client is served meanwhile.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// The server itself ends a query after this.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Queries that are under way at one source, whoever asked for them.
const AT_ONCE: usize = 4;
/// For this long a query waits for its turn.
const TURN: Duration = Duration::from_secs(5);

/// A database that a query can be run at.
#[derive(Clone)]
pub struct Source {
    entry: Arc<Entry>,
}

/// What the server says of a query without running it.
pub struct Judged {
    /// What is sent to get the rows.
    pub command: Command,
    /// Whether it only reads, and what the planner expects.
    pub checks: Vec<Check>,
}

/// What a query gave.
pub struct Rows {
    /// A JSON array.
    pub json: String,
    pub count: i64,
    /// Of the query alone, without logging in, in microseconds, as the console saw it.
    pub micros: u64,
}

struct Busy(Semaphore);

impl Default for Busy {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

impl Source {
    /// # Errors
    /// `NotFound`, at the field `source`, when there is no such target.
    pub fn of(registry: &Registry, name: &TargetId, kind: TargetKind) -> Result<Self, AppError> {
        let entry = registry.find(name.as_str(), kind).map_err(|error| error.at("source"))?;
        Ok(Self { entry })
    }

    /// The name of the server, as a person knows it.
    pub fn name(&self) -> &str {
        &self.entry.configured.target.name
    }

    /// What is sent to get the rows of a query.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn command(&self, query: &Reading) -> Result<Command, AppError> {
        let id = &self.entry.configured.target.id;
        match query {
            Reading::Sql(text) => Ok(postgres::command(id, text)),
            Reading::Find(find) => mongo::command(id, find),
        }
    }

    /// Lets the server plan the query. Nothing is run, so a link to this does no harm.
    ///
    /// # Errors
    /// What the server says of it, at its field; that it does not answer.
    pub async fn judge(&self, query: &Reading) -> Result<Judged, AppError> {
        let command = self.command(query)?;
        let checks = match query {
            Reading::Sql(text) => postgres::judge(&self.entry, text).await,
            Reading::Find(find) => mongo::judge(&self.entry, find).await,
        };
        Ok(Judged { command, checks: checks? })
    }

    /// Sends a query of a plan as it stands, and takes its rows.
    ///
    /// # Errors
    /// What the server says of it; `Refused` where it gives more than is stored; that it takes too long.
    pub async fn rows(&self, command: &Command) -> Result<Rows, AppError> {
        let mut times = self.times(command, 1, PATIENCE).await?;
        times.pop().ok_or_else(|| too_slow(self.name()))
    }

    /// As [`Source::rows`], up to so many times on one connection, one after the other, as long as `within` is not over
    /// when the next one begins. Only the last one has its text.
    ///
    /// # Errors
    /// As [`Source::rows`].
    pub async fn times(&self, command: &Command, times: usize, within: Duration) -> Result<Vec<Rows>, AppError> {
        let busy = self.entry.shared::<Busy>();
        let Ok(Ok(_turn)) = tokio::time::timeout(TURN, busy.0.acquire()).await else {
            return Err(crowded(self.name()));
        };
        let rows = match self.entry.configured.target.kind {
            TargetKind::Mongodb => mongo::rows(&self.entry, &command.exact, times, within).await?,
            _ => postgres::rows(&self.entry, &command.exact, times, within).await?,
        };
        Ok(rows)
    }
}

/// It was not read to its end: there is more than is stored.
pub(super) fn too_many_rows() -> AppError {
    AppError::new(
        Kind::Refused,
        words!("It gives more than 10,000 rows.", "결과가 10,000행을 넘습니다."),
        words!(
            "Nothing was stored. Write a LIMIT, or cache what is made of the rows.",
            "저장하지 않았습니다. LIMIT을 쓰거나 행을 집계한 결과를 캐시하세요.",
        ),
    )
}

/// More bytes than are stored; `size` where it is known.
pub(super) fn too_large(size: Option<i64>) -> AppError {
    let most = bytes(i64::try_from(MOST_BYTES).unwrap_or(i64::MAX));
    let happened = match size.map(bytes) {
        Some(size) => words!(
            "Its rows are {size}; at most {most} are stored under a key.",
            "결과가 {size}입니다. 키 하나에는 최대 {most}까지 저장합니다."
        ),
        None => words!(
            "Its rows are more than the {most} that are stored under a key.",
            "결과가 키 하나에 저장할 수 있는 {most}를 넘습니다."
        ),
    };
    let next = words!("Nothing was stored. Take fewer rows or columns.", "저장하지 않았습니다. 행이나 열을 줄이세요.");
    AppError::new(Kind::Refused, happened, next)
}

pub(super) fn too_slow(name: &str) -> AppError {
    let seconds = PATIENCE.as_secs();
    AppError::new(
        Kind::Unreachable,
        words!("{name} gave no rows within {seconds} s.", "{name}이(가) {seconds}초 안에 결과를 주지 않았습니다."),
        words!(
            "Nothing was stored. Make the query faster, or let something else fill the key.",
            "저장하지 않았습니다. 쿼리를 빠르게 하거나 다른 방법으로 키를 채우세요.",
        ),
    )
}

fn crowded(name: &str) -> AppError {
    AppError::new(
        Kind::Unreachable,
        words!(
            "{name} is busy with {AT_ONCE} queries that fill the cache.",
            "{name}에서 캐시를 채우는 쿼리 {AT_ONCE}개가 진행 중입니다."
        ),
        Words::new("Try again in a moment.", "잠시 후 다시 시도하세요."),
    )
}
