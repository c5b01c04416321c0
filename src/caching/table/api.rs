//! What a page or a script asks of cache tables.

use leptos::prelude::*;

use super::model::{Entry, Form, Shown, Tables};
use crate::change::Planned;
use crate::error::AppError;

/// The tables of a database that are exactly as Django's `createcachetable` makes them.
///
/// # Errors
/// When not logged in, when there is no such target, or when it does not answer.
#[server(prefix = "/api/caching", endpoint = "list_cache_tables")]
pub async fn list_cache_tables(target: String) -> Result<Tables, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    super::postgres::CacheTables::to_read(&who, &target)?.list().await
}

/// One table, `schema.name`, with 50 of its rows after the key `after`, without their values.
///
/// # Errors
/// `NotFound` at the field `table` where it is no cache table; else as [`list_cache_tables`].
#[server(prefix = "/api/caching", endpoint = "read_cache_table")]
pub async fn read_cache_table(
    target: String,
    table: String,
    #[server(default)] prefix: String,
    #[server(default)] after: String,
) -> Result<Shown, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let table = super::model::TableName::parse(&table).map_err(|rule| AppError::invalid("table", rule))?;
    super::postgres::CacheTables::to_read(&who, &target)?.shown(&table, &prefix, &after).await
}

/// One entry with its value.
///
/// # Errors
/// `NotFound` at the field `key` where there is none; else as [`read_cache_table`].
#[server(prefix = "/api/caching", endpoint = "read_cache_entry")]
pub async fn read_cache_entry(target: String, table: String, key: String) -> Result<Entry, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let table = super::model::TableName::parse(&table).map_err(|rule| AppError::invalid("table", rule))?;
    super::postgres::CacheTables::to_change(&who, &target)?.one(&who, &table, &key).await
}

/// Plans what a form about a cache table asks for.
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`read_cache_table`].
#[server(prefix = "/api/caching", endpoint = "plan_cache_table")]
pub async fn plan_cache_table(target: String, form: Form) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let engine = super::postgres::CacheTables::to_change(&who, &target)?;
    let change = engine.change(&form).await?;
    crate::change::apply::plan(&engine, &change).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/caching", endpoint = "apply_cache_table")]
pub async fn apply_cache_table(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::Change = crate::change::apply::parse(&change)?;
    let place = parsed.place();
    let engine = super::postgres::CacheTables::to_change(&who, crate::change::Change::target(&parsed).as_str())?;
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, engine, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("{place}&record={record}"));
    Ok(record)
}
