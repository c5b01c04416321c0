//! What a page or a script asks of a cache as a whole.

use leptos::prelude::*;

use super::model::history::History;
use super::model::{Overview, Picture};
use crate::error::AppError;
use crate::finding::Finding;

/// The cache as it is now. Its servers are asked at most once a second, however many look.
///
/// # Errors
/// When not logged in, when there is no such target, or when no server of it answers.
#[server(prefix = "/api/caching", endpoint = "read_cache")]
pub async fn read_cache(target: String) -> Result<Overview, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    super::redis::Cache::to_read(&who, &target)?.overview().await
}

/// What is wrong with the cache, the worst first.
///
/// # Errors
/// As [`read_cache`].
#[server(prefix = "/api/caching", endpoint = "list_findings")]
pub async fn list_findings(target: String) -> Result<Vec<Finding>, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    super::redis::Cache::to_read(&who, &target)?.overview().await.map(|seen| seen.findings)
}

/// What lives how long, drawn from a sample that is at most 30 s old while somebody looks.
///
/// # Errors
/// As [`read_cache`].
#[server(prefix = "/api/caching", endpoint = "read_ttl_picture")]
pub async fn read_ttl_picture(target: String) -> Result<Picture, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    super::redis::Cache::to_read(&who, &target)?.picture().await
}

/// What was measured while somebody looked. `span` is `day`, or empty for an hour.
///
/// # Errors
/// When not logged in, when there is no such target, or when the store fails.
#[server(prefix = "/api/caching", endpoint = "read_cache_history")]
pub async fn read_cache_history(target: String, #[server(default)] span: String) -> Result<History, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cache = super::redis::Cache::to_read(&who, &target)?;
    super::history::read(cache.store(), cache.target(), super::model::history::Span::parse(&span)).await
}
