//! What a page or a script asks of the shards of a cluster.

use leptos::prelude::*;

use super::model::{DatabaseList, ShardList};
use crate::change::Planned;
use crate::error::AppError;

/// The shards, and what is left on those that are being drained. Asking starts nothing.
///
/// # Errors
/// When not logged in, when there is no such target, when it is no router, or when it does not answer.
#[server(prefix = "/api/sharding", endpoint = "list_shards")]
pub async fn list_shards(target: String) -> Result<ShardList, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    super::watch::look(&super::mongo::Shards::new(cluster)).await
}

/// A page of databases by name, from the one that follows `after`: those whose name contains `search` and, where
/// `primary` names a shard, that are at home there.
///
/// # Errors
/// As [`list_shards`].
#[server(prefix = "/api/sharding", endpoint = "list_primaries")]
pub async fn list_primaries(
    target: String,
    #[server(default)] search: String,
    #[server(default)] primary: String,
    #[server(default)] after: String,
) -> Result<DatabaseList, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let shards = super::mongo::Shards::new(crate::sharding::cluster::Cluster::to_read(&who, &target)?);
    shards.read(async |client| super::mongo::read::databases(client, &search, &primary, &after).await).await
}

/// Plans what a form asks for: `action` is `add_shard` (with `hosts` and `name`), `remove_shard` or `start_draining`,
/// `stop_draining`, `commit_removal` (with `shard`), or `move_primary` (with `database` and `to`).
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`list_shards`].
#[server(prefix = "/api/sharding", endpoint = "plan_shards")]
pub async fn plan_shards(
    target: String,
    action: String,
    #[server(default)] hosts: String,
    #[server(default)] name: String,
    #[server(default)] shard: String,
    #[server(default)] database: String,
    #[server(default)] to: String,
) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_change(&who, &target)?;
    let form = super::model::change::Form { action, hosts, name, shard, database, to };
    let change = form.read(cluster.target().clone())?;
    let shards = super::mongo::Shards::new(cluster);
    crate::change::apply::plan(&shards, &shards.observed(change).await?).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/sharding", endpoint = "apply_shards")]
pub async fn apply_shards(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::change::Change = crate::change::apply::parse(&change)?;
    let target = crate::change::Change::target(&parsed).to_string();
    let shards = super::mongo::Shards::new(crate::sharding::cluster::Cluster::to_change(&who, &target)?);
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, shards, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("/sharding/shards?target={target}&record={record}"));
    Ok(record)
}
