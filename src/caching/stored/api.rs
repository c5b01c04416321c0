//! What a page or a script asks of stored queries.

use leptos::prelude::*;

use crate::change::Planned;
use crate::error::AppError;

/// Plans what a form asks for: the result of a query under a key.
///
/// # Errors
/// `Invalid` at the field that cannot be used; else when the target does not answer.
#[server(prefix = "/api/caching", endpoint = "plan_change")]
pub async fn plan_change(
    target: String,
    #[server(default)] action: String,
    key: String,
    #[server(default)] ttl: String,
    #[server(default)] source: String,
    #[server(default)] query: String,
) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let cache = super::redis::Cache::of(&who, &target)?;
    let target = cache.target().clone();
    if !matches!(action.as_str(), "" | "store_query") {
        return Err(AppError::invalid("action", crate::words!("There is no such action.", "그런 작업은 없습니다.")));
    }
    let change = super::model::Change::from_form(target, &key, &ttl, &source, &query)?;
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
