//! What a page or a script asks of caching.

use leptos::prelude::*;

use super::model::{KeyList, KeyState};
use crate::change::Planned;
use crate::error::AppError;

/// Some keys that begin with `prefix`, with their times to live but not their values.
///
/// # Errors
/// When not logged in, when there is no such target, or when it does not answer.
#[server(prefix = "/api/caching", endpoint = "list_keys")]
pub async fn list_keys(
    target: String,
    #[server(default)] prefix: String,
    #[server(default)] cursor: String,
) -> Result<KeyList, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    super::redis::list(&who, &target, &prefix, &cursor).await
}

/// One key with the first of its value.
///
/// # Errors
/// `Invalid` at the field `key`; else as [`list_keys`].
#[server(prefix = "/api/caching", endpoint = "read_key")]
pub async fn read_key(target: String, key: String) -> Result<KeyState, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let key = super::model::Key::parse(&key).map_err(|rule| AppError::invalid("key", rule))?;
    super::redis::read(&who, &target, &key).await
}

/// Plans what a form asks for: `action` is `set_ttl`, `persist_key` or `store_query`.
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`list_keys`].
#[server(prefix = "/api/caching", endpoint = "plan_change")]
pub async fn plan_change(
    target: String,
    action: String,
    key: String,
    #[server(default)] ttl: String,
    #[server(default)] source: String,
    #[server(default)] query: String,
) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let cache = super::redis::Cache::of(&who, &target)?;
    let target = cache.target().clone();
    let change = super::model::Change::from_form(target, &action, &key, &ttl, &source, &query)?;
    crate::change::apply::plan(&cache, &change).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/caching", endpoint = "apply_change")]
pub async fn apply_change(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::Change = crate::change::apply::parse(&change)?;
    let place = parsed.place();
    let cache = super::redis::Cache::of(&who, crate::change::Change::target(&parsed).as_str())?;
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, cache, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("{place}&record={record}"));
    Ok(record)
}
