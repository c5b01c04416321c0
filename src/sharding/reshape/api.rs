//! What a page or a script asks about the spread of a collection.

use leptos::prelude::*;

use super::model::Subject;
use super::model::form::ReshapeForm;
use super::model::operation::Operation;
use crate::change::Planned;
use crate::error::AppError;

/// What may be done with one collection, and what stands against it.
///
/// # Errors
/// `Invalid` at `namespace`; when not logged in, when there is no such target, when it is no router, or when it does not
/// answer.
#[server(prefix = "/api/sharding", endpoint = "read_reshape")]
pub async fn read_reshape(target: String, namespace: String) -> Result<Subject, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let namespace = crate::sharding::model::Namespace::parse(namespace.trim());
    let namespace = namespace.map_err(|rule| AppError::invalid("namespace", rule))?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    super::mongo::Reshaper::new(cluster).subject(&namespace).await
}

/// Reshardings, moves and unshardings of the cluster, from the servers' own state, whoever began them. None where the
/// console's user may not see them.
///
/// # Errors
/// When not logged in, when there is no such target, when it is no router, or when it does not answer.
#[server(prefix = "/api/sharding", endpoint = "list_reshaping")]
pub async fn list_reshaping(target: String) -> Result<Option<Vec<Operation>>, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    super::mongo::Reshaper::new(cluster).shown().await
}

/// Plans what a form asks for.
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`read_reshape`].
#[server(prefix = "/api/sharding", endpoint = "plan_reshape")]
pub async fn plan_reshape(target: String, form: ReshapeForm) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_change(&who, &target)?;
    let change = form.parse(cluster.target().clone())?;
    let reshaper = super::mongo::Reshaper::new(cluster);
    crate::change::apply::plan(&reshaper, &reshaper.observed(change).await?).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/sharding", endpoint = "apply_reshape")]
pub async fn apply_reshape(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::change::Change = crate::change::apply::parse(&change)?;
    let target = crate::change::Change::target(&parsed).to_string();
    let namespace = crate::text::url_text(&parsed.namespace().to_string());
    let reshaper = super::mongo::Reshaper::new(crate::sharding::cluster::Cluster::to_change(&who, &target)?);
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, reshaper, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("/sharding/reshape?target={target}&namespace={namespace}&record={record}"));
    Ok(record)
}
