//! What the console keeps of cached queries: those with a name, and of any key the query that was last stored there.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::model::{Counts, Filled, Measured, QueryName, Recipe};
use crate::caching::model::Key;
use crate::error::AppError;
use crate::server::store::Store;
use crate::targets::model::TargetId;

/// Queries that are kept at most.
pub const MOST: i64 = 200;

/// A query with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub recipe: Recipe,
    pub counts: Counts,
    pub since: i64,
    pub filled: Option<Filled>,
    pub measured: Option<Measured>,
}

/// A query whose rows were last stored under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    pub source: String,
    pub query: String,
    /// Seconds.
    pub ttl: i64,
    pub micros: u64,
    pub at: i64,
}

const NOW: &str = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
const COLUMNS: &str = "recipe, since, hits, stales, misses, failures, filled, measured";

/// Writes a query down under its name. Counts and times begin anew, since they tell of what was there before.
///
/// # Errors
/// When the store fails.
pub async fn save(store: &Store, recipe: &Recipe, name: &QueryName) -> Result<(), AppError> {
    let (name, target, key) = (name.to_string(), recipe.target.to_string(), recipe.key.to_string());
    let text = json(recipe);
    let write = move |connection: &mut Connection| {
        let sql = format!(
            "INSERT INTO named_query (name, target, key, recipe, since) VALUES (?1, ?2, ?3, ?4, {NOW}) \
             ON CONFLICT (name) DO UPDATE SET target = excluded.target, key = excluded.key, recipe = excluded.recipe, \
             since = excluded.since, hits = 0, stales = 0, misses = 0, failures = 0, filled = NULL, measured = NULL \
             WHERE recipe <> excluded.recipe"
        );
        connection.execute(&sql, params![name, target, key, text])
    };
    store.with(write).await.map(|_| ())
}

/// Forgets a query.
///
/// # Errors
/// When the store fails.
pub async fn forget(store: &Store, name: &QueryName) -> Result<(), AppError> {
    let name = name.to_string();
    store
        .with(move |connection| connection.execute("DELETE FROM named_query WHERE name = ?1", [name]))
        .await
        .map(|_| ())
}

/// The query of this name.
///
/// # Errors
/// When the store fails.
pub async fn find(store: &Store, name: &QueryName) -> Result<Option<Kept>, AppError> {
    let name = name.to_string();
    let sql = format!("SELECT {COLUMNS} FROM named_query WHERE name = ?1");
    store
        .with(move |connection| connection.prepare_cached(&sql)?.query_row([name], kept).optional())
        .await
        .map(Option::flatten)
}

/// The query whose answers are under this key of this cache.
///
/// # Errors
/// When the store fails.
pub async fn of_key(store: &Store, target: &TargetId, key: &Key) -> Result<Option<Kept>, AppError> {
    let (target, key) = (target.to_string(), key.to_string());
    let sql = format!("SELECT {COLUMNS} FROM named_query WHERE target = ?1 AND key = ?2");
    store.with(move |connection| connection.query_row(&sql, [target, key], kept).optional()).await.map(Option::flatten)
}

/// All queries whose answers are in this cache, by name.
///
/// # Errors
/// When the store fails.
pub async fn list(store: &Store, target: &TargetId) -> Result<Vec<Kept>, AppError> {
    let target = target.to_string();
    let sql = format!("SELECT {COLUMNS} FROM named_query WHERE target = ?1 ORDER BY name LIMIT {MOST}");
    let rows = move |connection: &mut Connection| {
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([target], kept)?;
        rows.collect::<rusqlite::Result<Vec<Option<Kept>>>>()
    };
    Ok(store.with(rows).await?.into_iter().flatten().collect())
}

/// How many there are, of all caches.
///
/// # Errors
/// When the store fails.
pub async fn number(store: &Store) -> Result<i64, AppError> {
    store.with(|connection| connection.query_row("SELECT count(*) FROM named_query", [], |row| row.get(0))).await
}

/// None of what a later version wrote.
fn kept(row: &Row<'_>) -> rusqlite::Result<Option<Kept>> {
    let Some(recipe) = parsed(Some(row.get(0)?)) else { return Ok(None) };
    let counts = Counts { hits: row.get(2)?, stales: row.get(3)?, misses: row.get(4)?, failures: row.get(5)? };
    Ok(Some(Kept { recipe, since: row.get(1)?, counts, filled: parsed(row.get(6)?), measured: parsed(row.get(7)?) }))
}

/// Adds runs to those that were counted.
///
/// # Errors
/// When the store fails.
pub async fn count(store: &Store, name: &QueryName, counts: Counts) -> Result<(), AppError> {
    const SQL: &str = "UPDATE named_query SET hits = hits + ?2, stales = stales + ?3, misses = misses + ?4, \
                       failures = failures + ?5 WHERE name = ?1";
    let name = name.to_string();
    let Counts { hits, stales, misses, failures } = counts;
    store
        .with(move |connection| connection.execute(SQL, params![name, hits, stales, misses, failures]))
        .await
        .map(|_| ())
}

/// Writes down what was stored last, also for the page of the key.
///
/// # Errors
/// When the store fails.
pub async fn filled(store: &Store, recipe: &Recipe, filled: Filled) -> Result<(), AppError> {
    const OF_KEY: &str = "INSERT INTO cached_query (target, key, source, query, ttl, micros, at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (target, key) DO UPDATE SET source = excluded.source, \
         query = excluded.query, ttl = excluded.ttl, micros = excluded.micros, at = excluded.at";
    let recipe = recipe.clone();
    let write = move |connection: &mut Connection| {
        if let Some(name) = &recipe.name {
            let sql = "UPDATE named_query SET filled = ?2 WHERE name = ?1";
            connection.execute(sql, params![name.as_str(), json(&filled)])?;
        }
        let (target, key, source) = (recipe.target.as_str(), recipe.key.as_str(), recipe.source.as_str());
        let micros = i64::try_from(filled.source_micros).unwrap_or(i64::MAX);
        connection.execute(
            OF_KEY,
            params![target, key, source, recipe.query.typed(), recipe.ttl.seconds(), micros, filled.at],
        )
    };
    store.with(write).await.map(|_| ())
}

/// The query whose rows this console last stored under a key.
///
/// # Errors
/// When the store fails.
pub async fn remembered(store: &Store, target: &TargetId, key: &Key) -> Result<Option<Remembered>, AppError> {
    const SQL: &str = "SELECT source, query, ttl, micros, at FROM cached_query WHERE target = ?1 AND key = ?2";
    let (target, key) = (target.to_string(), key.to_string());
    let read = |row: &Row<'_>| {
        let micros = u64::try_from(row.get::<_, i64>(3)?).unwrap_or_default();
        Ok(Remembered { source: row.get(0)?, query: row.get(1)?, ttl: row.get(2)?, micros, at: row.get(4)? })
    };
    store.with(move |connection| connection.query_row(SQL, [target, key], read).optional()).await
}

/// Writes down what was measured.
///
/// # Errors
/// When the store fails.
pub async fn measured(store: &Store, name: &QueryName, measured: &Measured) -> Result<(), AppError> {
    let (name, text) = (name.to_string(), json(measured));
    let sql = "UPDATE named_query SET measured = ?2 WHERE name = ?1";
    store.with(move |connection| connection.execute(sql, [name, text])).await.map(|_| ())
}

/// As it stands in the store and, of a recipe, in a plan.
pub fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn parsed<T: DeserializeOwned>(text: Option<String>) -> Option<T> {
    serde_json::from_str(&text?).ok()
}
