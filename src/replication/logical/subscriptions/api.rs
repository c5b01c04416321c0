//! What a page or a script asks of subscriptions.

use leptos::prelude::*;

use super::model::form::SubscriptionForm;
use super::model::seen::{Offered, Overview};
use crate::change::Planned;
use crate::error::AppError;

/// The subscriptions of one database, with how far each table is and what the publishers say, as far as they are known
/// targets. An empty database means the target's own.
///
/// # Errors
/// When not logged in, when there is no such target or database, or when it does not answer.
#[server(prefix = "/api/replication", endpoint = "list_subscriptions")]
pub async fn list_subscriptions(target: String, #[server(default)] database: String) -> Result<Overview, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let server = crate::replication::server::Server::to_read(&who, &target)?;
    let peers = crate::replication::logical::postgres::peers_to_read(&who);
    super::postgres::overview(&server, &peers, &database).await
}

/// The databases of a publisher, and the publications of one of them.
///
/// # Errors
/// As [`list_subscriptions`].
#[server(prefix = "/api/replication", endpoint = "list_offered")]
pub async fn list_offered(target: String, #[server(default)] database: String) -> Result<Offered, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let server = crate::replication::server::Server::to_read(&who, &target)?;
    super::postgres::offered(&server, &database).await
}

/// Plans what a form about subscriptions asks for.
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`list_subscriptions`].
#[server(prefix = "/api/replication", endpoint = "plan_subscription")]
pub async fn plan_subscription(target: String, database: String, form: SubscriptionForm) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let server = crate::replication::server::Server::to_change(&who, &target)?;
    let database = crate::replication::logical::postgres::database_of(&server, &database);
    let peers = crate::replication::logical::postgres::peers_to_change(&who);
    let publisher = super::postgres::known(&peers, &form.publisher);
    let change = form.parse(server.target().clone(), &database, publisher.as_ref())?;
    let engine = super::postgres::Subscriptions::of(server, peers, &who.operator().name);
    crate::change::apply::plan(&engine, &change).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/replication", endpoint = "apply_subscription")]
pub async fn apply_subscription(
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
    let engine = super::postgres::Subscriptions::of(server, peers, &who.operator().name);
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, engine, parsed, confirmation).await?;
    let database = crate::text::url_text(&database);
    leptos_axum::redirect(&format!("/replication/subscriptions?target={target}&database={database}&record={record}"));
    Ok(record)
}

/// Keeps a password that was typed for a publisher, and leads back to the form with its key. The password itself comes
/// back nowhere.
///
/// # Errors
/// `Invalid` where no password was typed or the form cannot be used; else as [`list_subscriptions`].
#[server(prefix = "/api/replication", endpoint = "keep_password")]
pub async fn keep_password(
    target: String,
    #[server(default)] database: String,
    password: String,
    form: SubscriptionForm,
) -> Result<(), AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let server = crate::replication::server::Server::to_change(&who, &target)?;
    let peers = crate::replication::logical::postgres::peers_to_change(&who);
    let form = super::postgres::keep(&server, &peers, &who.operator().name, form, &database, password)?;
    let (target, database) = (server.target().to_string(), crate::text::url_text(&database));
    let rest = form.to_query();
    leptos_axum::redirect(&format!("/replication/subscriptions?target={target}&database={database}{rest}"));
    Ok(())
}
