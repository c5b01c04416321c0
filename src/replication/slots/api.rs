//! What a page or a script asks of slots.

use leptos::prelude::*;

use super::model::SlotList;
use crate::change::Planned;
use crate::error::AppError;

/// A page of slots, those that hold most WAL first.
///
/// # Errors
/// When not logged in, when there is no such target, or when it does not answer.
#[server(prefix = "/api/replication", endpoint = "list_slots")]
pub async fn list_slots(
    target: String,
    #[server(default)] search: String,
    #[server(default)] page: i64,
) -> Result<SlotList, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    super::postgres::list::list(&who, &target, &search, page).await
}

/// Plans what a form asks for: `action` is `create_slot` or `drop_slot`.
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`list_slots`].
#[server(prefix = "/api/replication", endpoint = "plan_change")]
pub async fn plan_change(
    target: String,
    action: String,
    name: String,
    #[server(default)] reserve: String,
    #[server(default)] restart_lsn: String,
) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let server = crate::replication::server::Server::to_change(&who, &target)?;
    let target = server.target().clone();
    let change = super::model::Change::from_form(target, &action, &name, &reserve, &restart_lsn)?;
    crate::change::apply::plan(&super::postgres::Slots::of(server), &change).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/replication", endpoint = "apply_change")]
pub async fn apply_change(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::Change = crate::change::apply::parse(&change)?;
    let target = crate::change::Change::target(&parsed).to_string();
    let server = crate::replication::server::Server::to_change(&who, &target)?;
    let slots = super::postgres::Slots::of(server);
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, slots, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("/replication?target={target}&record={record}"));
    Ok(record)
}
