//! What a page or a script asks of publications.

use leptos::prelude::*;

use super::model::{Overview, PublicationForm};
use crate::change::Planned;
use crate::error::AppError;

/// The publications of one database, its tables with what stands against publishing them, and what is left behind. An
/// empty database means the target's own.
///
/// # Errors
/// When not logged in, when there is no such target or database, or when it does not answer.
#[server(prefix = "/api/replication", endpoint = "list_publications")]
pub async fn list_publications(target: String, #[server(default)] database: String) -> Result<Overview, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let server = crate::replication::server::Server::to_read(&who, &target)?;
    let peers = crate::replication::logical::postgres::peers_to_read(&who);
    super::postgres::overview(&server, &peers, &database).await
}

/// Plans what a form about publications asks for.
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`list_publications`].
#[server(prefix = "/api/replication", endpoint = "plan_publication")]
pub async fn plan_publication(target: String, database: String, form: PublicationForm) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let server = crate::replication::server::Server::to_change(&who, &target)?;
    let database = crate::replication::logical::postgres::database_of(&server, &database);
    let change = form.parse(server.target().clone(), &database)?;
    let peers = crate::replication::logical::postgres::peers_to_change(&who);
    crate::change::apply::plan(&super::postgres::Publications::of(server, peers), &change).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/replication", endpoint = "apply_publication")]
pub async fn apply_publication(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::Change = crate::change::apply::parse(&change)?;
    let (target, database) = (crate::change::Change::target(&parsed).to_string(), parsed.database().to_string());
    let server = crate::replication::server::Server::to_change(&who, &target)?;
    let peers = crate::replication::logical::postgres::peers_to_change(&who);
    let engine = super::postgres::Publications::of(server, peers);
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, engine, parsed, confirmation).await?;
    let database = crate::text::url_text(&database);
    leptos_axum::redirect(&format!("/replication/publications?target={target}&database={database}&record={record}"));
    Ok(record)
}
