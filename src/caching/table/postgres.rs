//! What is asked of and sent to a database with cache tables.

mod read;
mod send;

use std::sync::Arc;

use super::model::{Change, Entry as CacheEntry, Facts, Form, Shown, TableName, Tables, findings};
use crate::auth::session::{Authorized, Changes, Reads};
use crate::caching::model::Ttl;
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::AppError;
use crate::targets::model::{TargetId, TargetKind};
use crate::targets::registry::Entry;
use crate::targets::{postgres, sql};
use crate::text::Words;
use crate::words;
pub(super) use read::extending;
pub(super) use send::PORTION;

/// The cache tables of one target's database.
pub struct CacheTables {
    entry: Arc<Entry>,
}

/// What a plan rests on.
pub struct Seen {
    pub facts: Facts,
    /// The entry that is changed, with the moment at which it expires and a digest of its value as they stand.
    pub entry: Option<(CacheEntry, String, String)>,
    /// Entries that a change of many would touch.
    pub matched: Option<super::model::Counted>,
    /// Whether keys of sessions, locks or queues are among the first of them.
    pub protected: bool,
}

impl CacheTables {
    /// For somebody who looks.
    ///
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn to_read(who: &Authorized<Reads>, target: &str) -> Result<Self, AppError> {
        Ok(Self { entry: who.state().registry.find(target, TargetKind::Postgresql)? })
    }

    /// For somebody who changes.
    ///
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn to_change(who: &Authorized<Changes>, target: &str) -> Result<Self, AppError> {
        Ok(Self { entry: who.state().registry.find(target, TargetKind::Postgresql)? })
    }

    #[cfg(test)]
    pub(super) fn at(entry: Arc<Entry>) -> Self {
        Self { entry }
    }

    pub fn target(&self) -> &TargetId {
        &self.entry.configured.target.id
    }

    /// All tables that are exactly Django's.
    ///
    /// # Errors
    /// As [`postgres::read`].
    pub async fn list(&self) -> Result<Tables, AppError> {
        read::tables(&self.entry).await
    }

    /// One table with some of its rows, without values.
    ///
    /// # Errors
    /// `NotFound` where it is none of Django's; else as [`postgres::read`].
    pub async fn shown(&self, table: &TableName, prefix: &str, after: &str) -> Result<Shown, AppError> {
        let facts = read::facts(&self.entry, table).await?;
        let (rows, next) = read::rows(&self.entry, table, prefix, after).await?;
        let findings = findings(self.target().as_str(), &facts);
        Ok(Shown { facts, findings, rows, next })
    }

    /// One row with its value, for somebody who may change it.
    ///
    /// # Errors
    /// `NotFound` where there is none; else as [`postgres::read`].
    pub async fn one(&self, _who: &Authorized<Changes>, table: &TableName, key: &str) -> Result<CacheEntry, AppError> {
        // Only a table of Django's shape is looked into.
        read::table(&self.entry, table).await?;
        read::entry(&self.entry, table, key).await?.map(|(entry, ..)| entry).ok_or_else(|| missing(key))
    }

    /// The change that a form asks for.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used; else as [`postgres::read`].
    pub async fn change(&self, form: &Form) -> Result<Change, AppError> {
        // The clock is the server's: that of the console may differ.
        let seconds = Ttl::parse(&form.ttl).map_or(0, Ttl::seconds);
        let until = read::moment(&self.entry, seconds).await?;
        form.parse(self.target().clone(), |_| until)
    }

    async fn seen(&self, change: &Change) -> Result<Seen, AppError> {
        let table = change.table();
        let facts = read::facts(&self.entry, table).await?;
        let entry = match change.key() {
            Some(key) => Some(read::entry(&self.entry, table, key).await?.ok_or_else(|| missing(key))?),
            None => None,
        };
        let (matched, protected) = match change {
            Change::ExtendEntries { prefix, until, .. } => {
                let matched = read::extendable(&self.entry, table, prefix, until).await?;
                let (first, _) = read::rows(&self.entry, table, prefix, "").await?;
                (Some(matched), first.iter().any(|row| row.family.is_some_and(|it| it.protected())))
            }
            Change::PurgeExpired { .. } => (read::expired(&self.entry, table).await.map(Some)?, false),
            _ => (None, false),
        };
        Ok(Seen { facts, entry, matched, protected })
    }
}

fn missing(key: &str) -> AppError {
    let key = super::model::short(key);
    AppError::not_found(words!("There is no entry {key}.", "항목 {key}이(가) 없습니다.")).at("key")
}

/// One row with its value, for tests.
#[cfg(test)]
pub(super) async fn seen(engine: &CacheTables, table: &TableName, key: &str) -> CacheEntry {
    read::entry(&engine.entry, table, key).await.expect("an answer").expect("an entry").0
}

/// The table as it stands in a statement.
pub(super) fn quoted(table: &TableName) -> String {
    sql::qualified(&table.schema, &table.name)
}

/// The beginning of a key as a pattern of LIKE with the escape `!`.
pub(super) fn like(prefix: &str) -> String {
    let mut pattern = String::with_capacity(prefix.len() + 2);
    for character in prefix.chars() {
        if matches!(character, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    sql::literal(&pattern)
}

impl Engine<Change> for CacheTables {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        super::plan::plan(change, &self.seen(change).await?)
    }

    async fn run(&self, command: &Command, run: &Run) -> Result<Words, AppError> {
        send::send(&self.entry, command, run).await
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        read::back(&self.entry, change).await
    }
}

/// A question of this engine.
async fn ask(entry: &Entry, sql: String) -> Result<Vec<tokio_postgres::Row>, AppError> {
    postgres::read(entry, |client| async move { client.query(sql.as_str(), &[]).await }).await
}
