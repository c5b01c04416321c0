//! What a page or a script asks in order to shard a collection.

use leptos::prelude::*;

use super::model::form::ShardForm;
use super::model::offer::Offer;
use crate::change::Planned;
use crate::error::AppError;

/// What the form needs when it is opened: what this cluster can do, and which collection is there now under the name
/// that it is opened for, if any.
///
/// # Errors
/// When there is no such target, when it is no router, or when it does not answer.
#[server(prefix = "/api/sharding", endpoint = "open_shard_form")]
pub async fn open_shard_form(target: String, #[server(default)] namespace: String) -> Result<Offer, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_change(&who, &target)?;
    super::mongo::Sharder::new(cluster).offer(&namespace).await
}

/// Plans what a form asks for: `action` is `shard_collection`, `spread` is `ranged` or `hashed`.
///
/// # Errors
/// `Invalid` at the field that cannot be used; else when there is no such target, when it is no router, or when it does
/// not answer.
#[server(prefix = "/api/sharding", endpoint = "plan_change")]
pub async fn plan_change(target: String, form: ShardForm) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_change(&who, &target)?;
    let change = form.parse(cluster.target().clone())?;
    let sharder = super::mongo::Sharder::new(cluster);
    crate::change::apply::plan(&sharder, &sharder.observed(change).await?).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/sharding", endpoint = "apply_change")]
pub async fn apply_change(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::Change = crate::change::apply::parse(&change)?;
    let target = crate::change::Change::target(&parsed).to_string();
    let super::model::Change::ShardCollection { namespace, .. } = &parsed;
    let namespace = crate::text::url_text(&namespace.to_string());
    let sharder = super::mongo::Sharder::new(crate::sharding::cluster::Cluster::to_change(&who, &target)?);
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, sharder, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("/sharding/collection?target={target}&namespace={namespace}&record={record}"));
    Ok(record)
}
