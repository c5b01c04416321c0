//! What a page or a script asks of the balancer.

use leptos::prelude::*;

use super::model::{Balancing, OfCollection};
use crate::change::Planned;
use crate::error::AppError;

/// The balancer as it is now.
///
/// # Errors
/// When not logged in, when there is no such target, when it is no router, or when it does not answer.
#[server(prefix = "/api/sharding", endpoint = "read_balancer")]
pub async fn read_balancer(target: String) -> Result<Balancing, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    super::mongo::Keeper::new(cluster).shown().await
}

/// What the balancer may do with one collection.
///
/// # Errors
/// `NotFound`, at the field `namespace`, where it is not sharded; else as [`read_balancer`].
#[server(prefix = "/api/sharding", endpoint = "read_balancing_of")]
pub async fn read_balancing_of(target: String, namespace: String) -> Result<OfCollection, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    super::mongo::Keeper::new(cluster).collection(&namespace).await
}

/// Plans what a form asks for. `action` is one of those of [`super::model::Change::from_form`]; `start` and `stop` are
/// `HH:MM`, `mib` is a size of chunks in MiB.
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`read_balancer`].
#[server(prefix = "/api/sharding", endpoint = "plan_balancer")]
pub async fn plan_balancer(
    target: String,
    action: String,
    #[server(default)] namespace: String,
    #[server(default)] start: String,
    #[server(default)] stop: String,
    #[server(default)] mib: String,
) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_change(&who, &target)?;
    let target = cluster.target().clone();
    let change = super::model::Change::from_form(target, &action, &namespace, &start, &stop, &mib)?;
    let keeper = super::mongo::Keeper::new(cluster);
    crate::change::apply::plan(&keeper, &keeper.observed(change).await?).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/sharding", endpoint = "apply_balancer")]
pub async fn apply_balancer(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::Change = crate::change::apply::parse(&change)?;
    let target = crate::change::Change::target(&parsed).to_string();
    let back = parsed.collection().map(|(name, _)| crate::text::url_text(&name.to_string()));
    let back = back.map_or_else(String::new, |name| format!("&namespace={name}"));
    let keeper = super::mongo::Keeper::new(crate::sharding::cluster::Cluster::to_change(&who, &target)?);
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, keeper, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("/sharding/balancer?target={target}{back}&record={record}"));
    Ok(record)
}
