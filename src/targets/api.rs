//! What the overview asks.

use leptos::prelude::*;

use super::model::{Entered, Target, TargetState};
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
    Ok(who.state().registry.all().iter().map(|entry| entry.configured.target.clone()).collect())
}

/// All targets for the settings, with where each was entered.
///
/// # Errors
/// When the account is no admin.
#[server(prefix = "/api/targets", endpoint = "list_entered")]
pub async fn list_entered() -> Result<Vec<Entered>, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Administers>().await?;
    super::entered::list(&who).await
}

/// Tries a target and, when it answers or `anyway` is `yes`, keeps it. Leads to the record of the attempt, which says
/// what came of it; a target that was refused can be corrected there without typing it again, but for the password.
///
/// # Errors
/// Only when nothing could be recorded.
#[server(prefix = "/api/targets", endpoint = "add_target")]
pub async fn add_target(
    id: String,
    kind: String,
    host: String,
    port: String,
    #[server(default)] name: String,
    #[server(default)] user: String,
    #[server(default)] password: String,
    #[server(default)] database: String,
    #[server(default)] anyway: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Administers>().await?;
    let form = super::model::TargetForm { id, kind, name, host, port, user, database };
    let record = super::entered::add(&who, &form, password, anyway == "yes").await?;
    leptos_axum::redirect(&format!(
        "/settings?record={}{}",
        record.id,
        if record.done { String::new() } else { form.to_query() }
    ));
    Ok(record.id)
}

/// Forgets a target that was entered on the settings page. The database itself is not touched.
///
/// # Errors
/// Only when nothing could be recorded.
#[server(prefix = "/api/targets", endpoint = "remove_target")]
pub async fn remove_target(id: String) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Administers>().await?;
    let record = super::entered::remove(&who, &id).await?;
    leptos_axum::redirect(&format!("/settings?record={record}"));
    Ok(record)
}
