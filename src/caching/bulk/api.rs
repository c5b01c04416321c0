//! What a page or a script asks of changes to many keys.

use leptos::prelude::*;

use super::model::{Form, JobView, Preview, Timeline};
use crate::change::Planned;
use crate::error::AppError;

/// What a job with this pattern would meet: a bounded look.
///
/// # Errors
/// `Invalid` at the field `pattern`; when not logged in, when there is no such target, or when it does not answer.
#[server(prefix = "/api/caching", endpoint = "preview_bulk")]
pub async fn preview_bulk(target: String, pattern: String) -> Result<Preview, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let pattern = super::model::Pattern::parse(pattern.trim()).map_err(|rule| AppError::invalid("pattern", rule))?;
    super::redis::Bulk::to_read(&who, &target)?.preview(&pattern).await
}

/// Plans what a form asks for: `action` is `bulk_ttl`, `continue_bulk`, `undo_bulk` or `sweep`.
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`preview_bulk`].
#[server(prefix = "/api/caching", endpoint = "plan_bulk")]
pub async fn plan_bulk(target: String, form: Form) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let bulk = super::redis::Bulk::to_change(&who, &target)?;
    let change = bulk.change(&form)?;
    crate::change::apply::plan(&bulk, &change).await
}

/// Applies a plan that was shown, and leads to the job's page.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/caching", endpoint = "apply_bulk")]
pub async fn apply_bulk(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::Change = crate::change::apply::parse(&change)?;
    let target = crate::change::Change::target(&parsed).to_string();
    let page = if matches!(parsed, super::model::Change::Sweep { .. }) { "storm" } else { "bulk/job" };
    let bulk = super::redis::Bulk::to_change(&who, &target)?;
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, bulk, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("/caching/{page}?target={target}&record={record}"));
    Ok(record)
}

/// What is known of the job with this record.
///
/// # Errors
/// `NotFound` where that is nothing; else as [`preview_bulk`].
#[server(prefix = "/api/caching", endpoint = "read_bulk_job")]
pub async fn read_bulk_job(target: String, record: i64) -> Result<JobView, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let view = super::redis::Bulk::to_read(&who, &target)?.job(record)?;
    Ok(JobView { running: who.state().runs.find(record).is_some(), ..view })
}

/// When the keys of the target die: a bounded look.
///
/// # Errors
/// As [`preview_bulk`].
#[server(prefix = "/api/caching", endpoint = "read_storm")]
pub async fn read_storm(target: String) -> Result<Timeline, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    super::redis::Bulk::to_read(&who, &target)?.timeline().await
}
