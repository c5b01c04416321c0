//! What a page or a script asks while a replica is being added.

use leptos::prelude::*;

use super::model::Steps;
use super::model::replica::Asked;
use crate::change::Planned;
use crate::error::AppError;

/// All steps to the replica, as they are now.
///
/// # Errors
/// `Invalid` at the field that cannot be used; when not logged in, when there is no such target, or when it does not
/// answer.
#[server(prefix = "/api/replication", endpoint = "read_replica_steps")]
pub async fn read_replica_steps(target: String, #[server(default)] asked: Asked) -> Result<Steps, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let wizard = super::postgres::Wizard::of(crate::replication::server::Server::to_read(&who, &target)?);
    let known = wizard.replica(&asked)?.known.map(|known| known.to_string());
    let known =
        known.map(|known| crate::replication::server::Server::to_read(&who, &known).map_err(|error| error.at("known")));
    wizard.steps(&asked, known.transpose()?).await
}

/// Plans what a link asks for: `action` is `create_role` or `reload`.
///
/// # Errors
/// As [`read_replica_steps`].
#[server(prefix = "/api/replication", endpoint = "plan_replica")]
pub async fn plan_replica(
    target: String,
    action: String,
    #[server(default)] asked: Asked,
) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let server = crate::replication::server::Server::to_change(&who, &target)?;
    let change = super::model::change::Change::from_form(server.target().clone(), &action, asked)?;
    crate::change::apply::plan(&super::postgres::Wizard::of(server), &change).await
}

/// Applies a plan that was shown, and leads back to the steps.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/replication", endpoint = "apply_replica")]
pub async fn apply_replica(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::change::Change = crate::change::apply::parse(&change)?;
    let (target, asked) = (crate::change::Change::target(&parsed).to_string(), parsed.asked().clone());
    let wizard = super::postgres::Wizard::of(crate::replication::server::Server::to_change(&who, &target)?);
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, wizard, parsed, confirmation).await?;
    leptos_axum::redirect(&asked.address(&target, record));
    Ok(record)
}
