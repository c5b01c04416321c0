//! What a page or a script asks of slots.

use leptos::prelude::*;

use super::model::SlotList;
use super::model::action::{CreationChoices, Peek, SlotDeeds};
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

/// What the form for a new slot offers on this server.
///
/// # Errors
/// As [`list_slots`].
#[server(prefix = "/api/replication", endpoint = "read_choices")]
pub async fn read_choices(target: String) -> Result<CreationChoices, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let server = crate::replication::server::Server::to_read(&who, &target)?;
    super::postgres::Slots::among(&who, server).creation_choices().await
}

/// What can be done with a slot, and what cannot and why; none where there is no such slot.
///
/// # Errors
/// As [`list_slots`].
#[server(prefix = "/api/replication", endpoint = "read_deeds")]
pub async fn read_deeds(target: String, name: String) -> Result<Option<SlotDeeds>, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let server = crate::replication::server::Server::to_read(&who, &target)?;
    let name = super::model::SlotName::parse(&name).map_err(|rule| AppError::invalid("name", rule))?;
    super::postgres::Slots::among(&who, server).deeds(&name).await
}

/// The next changes that a logical slot holds for its consumer. They stay there. It is data, so that it needs the right
/// to change, and the record tells that somebody looked.
///
/// # Errors
/// When the slot cannot be looked at now; else as [`list_slots`].
#[server(prefix = "/api/replication", endpoint = "peek_slot")]
pub async fn peek_slot(target: String, name: String) -> Result<Peek, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let server = crate::replication::server::Server::to_change(&who, &target)?;
    let name = super::model::SlotName::parse(&name).map_err(|rule| AppError::invalid("name", rule))?;
    super::postgres::peek::peek(&who, &super::postgres::Slots::of(server), &name).await
}

/// Plans what a form asks for. `action` is `create_slot`, `drop_slot`, `evict_slot`, `copy_slot`, `advance_slot`,
/// `recreate_slot` or `log_snapshot`; the other fields are those of [`super::model::ChangeForm`].
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`list_slots`].
#[server(prefix = "/api/replication", endpoint = "plan_change")]
pub async fn plan_change(
    target: String,
    action: String,
    #[server(default)] name: String,
    #[server(default)] kind: String,
    #[server(default)] reserve: String,
    #[server(default)] plugin: String,
    #[server(default)] database: String,
    #[server(default)] two_phase: String,
    #[server(default)] failover: String,
    #[server(default)] restart_lsn: String,
    #[server(default)] copy: String,
    #[server(default)] to: String,
    #[server(default)] fence: String,
    #[server(default)] gap: String,
) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let server = crate::replication::server::Server::to_change(&who, &target)?;
    #[rustfmt::skip]
    let form = super::model::ChangeForm {
        action, name, kind, reserve, plugin, database, two_phase, failover, restart_lsn, copy, to, fence, gap,
    };
    let change = form.parse(server.target().clone())?;
    crate::change::apply::plan(&super::postgres::Slots::among(&who, server), &change).await
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
    let slots = super::postgres::Slots::among(&who, crate::replication::server::Server::to_change(&who, &target)?);
    let page = parsed.page_after();
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, slots, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("{page}&record={record}"));
    Ok(record)
}
