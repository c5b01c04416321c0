//! What a page or a script asks of slots.

use leptos::prelude::*;

use super::model::action::{CreationChoices, Peek, SlotDeeds};
use super::model::{SlotList, SlotSeen};
use crate::change::Planned;
use crate::error::AppError;
use crate::replication::finding::Finding;

/// A page of slots, as they were seen at most 2 s ago. `sort` is `name`, `end`, `inactive` or empty: those that hold
/// most WAL first. `kind` is `physical` or `logical`, `shown` is `inactive`, `lost` or `problem`; empty means all.
///
/// # Errors
/// When not logged in, when there is no such target, or when it does not answer.
#[server(prefix = "/api/replication", endpoint = "list_slots")]
pub async fn list_slots(
    target: String,
    #[server(default)] search: String,
    #[server(default)] page: i64,
    #[server(default)] sort: String,
    #[server(default)] kind: String,
    #[server(default)] shown: String,
) -> Result<SlotList, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let question = super::model::Question::parse(&search, page, &sort, &kind, &shown);
    super::look::list(&who, &target, &question).await
}

/// What is wrong with the slots of a server now, the worst first.
///
/// # Errors
/// As [`list_slots`].
#[server(prefix = "/api/replication", endpoint = "list_findings")]
pub async fn list_findings(target: String) -> Result<Vec<Finding>, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    super::look::wrong(&who, &target).await
}

/// All that is known of one slot. `span` is how far back its history goes: `day`, or empty for an hour.
///
/// # Errors
/// As [`list_slots`].
#[server(prefix = "/api/replication", endpoint = "read_slot")]
pub async fn read_slot(target: String, name: String, #[server(default)] span: String) -> Result<SlotSeen, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let span = crate::replication::history::model::Span::parse(&span);
    super::look::slot(&who, &target, &name, span).await
}

/// Keeps how large the volume of the server's WAL is: `200 GiB`, or empty for not known. The database itself is not
/// touched. Leads back to the list; a size that cannot be read stays in its form.
///
/// # Errors
/// When there is no such target, or when nothing could be recorded.
#[server(prefix = "/api/replication", endpoint = "set_wal_volume")]
pub async fn set_wal_volume(target: String, #[server(default)] volume: String) -> Result<(), AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let entered = super::volume::enter(&who, &target, &volume).await;
    let leads = super::model::volume::leads_to(&target, &volume, entered.as_ref().map(|record| *record))?;
    leptos_axum::redirect(&leads);
    Ok(())
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
