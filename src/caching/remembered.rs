//! The queries whose results this console stored, so that the time from the cache can be shown beside the database's.

use rusqlite::{OptionalExtension, params};

use super::model::{CachedQuery, Key};
use crate::error::AppError;
use crate::server::store::Store;
use crate::targets::model::TargetId;

/// Remembers the query of a key; a later one takes its place.
///
/// # Errors
/// When the store cannot be written.
pub async fn keep(store: &Store, target: &TargetId, key: &Key, cached: CachedQuery) -> Result<(), AppError> {
    let (target, key) = (target.to_string(), key.to_string());
    let micros = i64::try_from(cached.micros).unwrap_or(i64::MAX);
    store
        .with(move |connection| {
            connection.execute(
                "INSERT INTO cached_query (target, key, source, query, ttl, micros, at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, CAST(unixepoch('subsec') * 1000 AS INTEGER)) \
                 ON CONFLICT (target, key) DO UPDATE SET source = excluded.source, query = excluded.query, \
                 ttl = excluded.ttl, micros = excluded.micros, at = excluded.at",
                params![target, key, cached.source, cached.query, cached.ttl, micros],
            )?;
            Ok(())
        })
        .await
}

/// The query whose result was stored under the key.
///
/// # Errors
/// When the store cannot be read.
pub async fn find(store: &Store, target: &TargetId, key: &Key) -> Result<Option<CachedQuery>, AppError> {
    let (target, key) = (target.to_string(), key.to_string());
    store
        .with(move |connection| {
            connection
                .query_row(
                    "SELECT source, query, ttl, micros, at FROM cached_query \
                     WHERE target = ?1 AND key = ?2",
                    params![target, key],
                    |row| {
                        Ok(CachedQuery {
                            source: row.get(0)?,
                            query: row.get(1)?,
                            ttl: row.get(2)?,
                            micros: u64::try_from(row.get::<_, i64>(3)?).unwrap_or_default(),
                            at: row.get(4)?,
                        })
                    },
                )
                .optional()
        })
        .await
}
