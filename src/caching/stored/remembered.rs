//! The queries whose results this console stored, so that the time from the cache can be shown beside the database's.

use rusqlite::params;

use super::model::CachedQuery;
use crate::caching::model::Key;
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
