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
    super::journal::read(&who.state().store, id).await
}
