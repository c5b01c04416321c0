//! What the overview asks.

use leptos::prelude::*;

use super::model::{Target, TargetState};
use crate::error::AppError;

/// All targets with what each says now. Asked side by side, so a dead one costs 3 s and no more.
///
/// # Errors
/// When not logged in.
#[server(prefix = "/api/targets", endpoint = "list_targets")]
pub async fn list_targets() -> Result<Vec<TargetState>, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    Ok(super::registry::states(&who).await)
}

/// The targets by name only; no database is asked.
///
/// # Errors
/// When not logged in.
#[server(prefix = "/api/targets", endpoint = "list_names")]
pub async fn list_names() -> Result<Vec<Target>, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    Ok(who.state().registry.all().map(|entry| entry.configured.target.clone()).collect())
}
