//! What a page or a script asks of one key.

use leptos::prelude::*;

use super::model::{KeySeen, Value};
use crate::change::Planned;
use crate::error::AppError;

/// What is known of a key, without its value.
///
/// # Errors
/// `Invalid` at the field `key`; when not logged in, when there is no such target, or when it does not answer.
#[server(prefix = "/api/caching", endpoint = "read_key")]
pub async fn read_key(target: String, key: String) -> Result<KeySeen, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let key = crate::caching::model::Key::parse(&key).map_err(|rule| AppError::invalid("key", rule))?;
    super::redis::Keeper::to_read(&who, &target, key)?.seen().await
}

/// How much there is of its value: bytes of a string, elements of anything else; none where there is no key.
///
/// # Errors
/// As [`read_key`].
#[server(prefix = "/api/caching", endpoint = "measure_key")]
pub async fn measure_key(target: String, key: String) -> Result<Option<i64>, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let key = crate::caching::model::Key::parse(&key).map_err(|rule| AppError::invalid("key", rule))?;
    super::redis::Keeper::to_read(&who, &target, key)?.size().await
}

/// The first of its value. Reading it makes the key used.
///
/// # Errors
/// As [`read_key`].
#[server(prefix = "/api/caching", endpoint = "read_value")]
pub async fn read_value(target: String, key: String) -> Result<Value, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let key = crate::caching::model::Key::parse(&key).map_err(|rule| AppError::invalid("key", rule))?;
    super::redis::Keeper::of(&who, &target, key)?.value().await
}

/// Plans what a form asks for; the arguments are the fields of [`super::model::Form`].
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`read_key`].
#[server(prefix = "/api/caching", endpoint = "plan_key")]
pub async fn plan_key(
    target: String,
    action: String,
    key: String,
    #[server(default)] ttl: String,
    #[server(default)] only: String,
    #[server(default)] at: String,
    #[server(default)] value: String,
    #[server(default)] seen: String,
    #[server(default)] dies: String,
) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let name = crate::caching::model::Key::parse(&key).map_err(|rule| AppError::invalid("key", rule))?;
    let keeper = super::redis::Keeper::of(&who, &target, name)?;
    let form = super::model::Form { action, key, ttl, only, at, value, seen, dies };
    crate::change::apply::plan(&keeper, &form.change(keeper.target().clone())?).await
}

/// Applies a plan that was shown, and leads to its record, with when the key was to die before.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/caching", endpoint = "apply_key")]
pub async fn apply_key(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::Change = crate::change::apply::parse(&change)?;
    let (place, of_ttl) = (parsed.place(), parsed.is_of_ttl());
    let target = crate::change::Change::target(&parsed).to_string();
    let keeper = super::redis::Keeper::of(&who, &target, parsed.key().clone())?;
    // What cannot be asked now is not told as the way back.
    let was = if of_ttl { keeper.dies().await.ok().filter(|dies| *dies >= -1) } else { None };
    let was = was.map_or_else(String::new, |was| format!("&was={was}"));
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, keeper, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("{place}{was}&record={record}"));
    Ok(record)
}
