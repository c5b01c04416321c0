//! What a page or a script asks of a server's settings.

use leptos::prelude::*;

use super::model::Settings;
use crate::change::Planned;
use crate::error::AppError;

/// The settings that decide replication.
///
/// # Errors
/// When not logged in, when there is no such target, or when it does not answer.
#[server(prefix = "/api/replication", endpoint = "list_settings")]
pub async fn list_settings(target: String) -> Result<Settings, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let server = crate::replication::server::Server::to_read(&who, &target)?;
    super::postgres::Settings::on(&who.state().store, server).await?.list().await
}

/// Plans what a form asks for: `action` is `set_setting` or `reset_setting`.
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`list_settings`].
#[server(prefix = "/api/replication", endpoint = "plan_setting")]
pub async fn plan_setting(
    target: String,
    action: String,
    name: String,
    #[server(default)] value: String,
) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let server = crate::replication::server::Server::to_change(&who, &target)?;
    let change = super::model::change::Change::from_form(server.target().clone(), &action, &name, &value)?;
    let settings = super::postgres::Settings::on(&who.state().store, server).await?;
    crate::change::apply::plan(&settings, &change).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/replication", endpoint = "apply_setting")]
pub async fn apply_setting(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::change::Change = crate::change::apply::parse(&change)?;
    let target = crate::change::Change::target(&parsed).to_string();
    let server = crate::replication::server::Server::to_change(&who, &target)?;
    let settings = super::postgres::Settings::on(&who.state().store, server).await?;
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, settings, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("/replication/settings?target={target}&record={record}"));
    Ok(record)
}
