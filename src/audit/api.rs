//! Reading the record.

use leptos::prelude::*;

use super::model::{Page, Record};
use crate::error::AppError;

/// A page of attempts, newest first: those with a number below `before`, or the newest.
///
/// # Errors
/// When not logged in.
#[server(prefix = "/api/audit", endpoint = "list_records")]
pub async fn list_records(#[server(default)] before: Option<i64>) -> Result<Page, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    super::journal::list(&who.state().store, before, 50).await
}

/// One attempt as a whole.
///
/// # Errors
/// When not logged in; `NotFound` when no attempt has this number.
#[server(prefix = "/api/audit", endpoint = "read_record")]
pub async fn read_record(id: i64) -> Result<Record, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let sees_data = who.operator().role.has(crate::auth::model::Right::Change);
    let underway = who.state().runs.find(id).map(|run| run.underway(id));
    let underway = underway.map(|it| crate::change::Underway { statement: it.statement.filter(|_| sees_data), ..it });
    let record = super::journal::read(&who.state().store, id).await?;
    let record = if sees_data { record } else { record.without_data() };
    Ok(Record { underway: underway.filter(|_| record.report.is_none()), ..record })
}

/// Asks an attempt that still runs to stop, and leads to its record. What became of it is told there.
///
/// # Errors
/// When not logged in or without the right to change; `Conflict` when it cannot be stopped, or not any more.
#[server(prefix = "/api/audit", endpoint = "cancel_run")]
pub async fn cancel_run(id: i64) -> Result<(), AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    super::journal::cancel(&who, id).await?;
    leptos_axum::redirect(&format!("/audit?record={id}"));
    Ok(())
}

/// Asks an attempt that still runs to wait, or to go on where `resume` is said, and leads to its record.
///
/// # Errors
/// When not logged in or without the right to change; `Conflict` when it cannot wait, or has ended.
#[server(prefix = "/api/audit", endpoint = "pause_run")]
pub async fn pause_run(id: i64, #[server(default)] resume: bool) -> Result<(), AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    super::journal::pause(&who, id, !resume).await?;
    leptos_axum::redirect(&format!("/audit?record={id}"));
    Ok(())
}
