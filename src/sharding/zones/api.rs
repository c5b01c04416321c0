//! What a page or a script asks of zones.

use leptos::prelude::*;

use super::model::{CollectionZones, ZoneForm, ZonesSeen};
use crate::change::Planned;
use crate::error::AppError;

/// The zones of a cluster, their shards, and how many ranges they have.
///
/// # Errors
/// When there is no such target, when it is no router, or when it does not answer.
#[server(prefix = "/api/sharding", endpoint = "list_zones")]
pub async fn list_zones(target: String) -> Result<ZonesSeen, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    super::mongo::Zones::of(cluster).list().await
}

/// The ranges of one collection in the order of its key. `key` is the one that it is to get, where it is not sharded.
///
/// # Errors
/// `Invalid` at `namespace`; else as [`list_zones`].
#[server(prefix = "/api/sharding", endpoint = "read_zone_ranges")]
pub async fn read_zone_ranges(
    target: String,
    namespace: String,
    #[server(default)] key: String,
) -> Result<CollectionZones, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    super::mongo::Zones::of(cluster).of_collection(&namespace, &key).await
}

/// Plans what a form about zones asks for.
///
/// # Errors
/// `Invalid` at the field that cannot be used (`min.0` is the first field of the lower bound); else as [`list_zones`].
#[server(prefix = "/api/sharding", endpoint = "plan_zone")]
pub async fn plan_zone(target: String, form: ZoneForm) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let zones = super::mongo::Zones::of(crate::sharding::cluster::Cluster::to_change(&who, &target)?);
    let change = zones.observed(form).await?;
    crate::change::apply::plan(&zones, &change).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/sharding", endpoint = "apply_zone")]
pub async fn apply_zone(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::Change = crate::change::apply::parse(&change)?;
    let target = crate::change::Change::target(&parsed).to_string();
    let zones = super::mongo::Zones::of(crate::sharding::cluster::Cluster::to_change(&who, &target)?);
    let namespace = parsed.subject().map(|it| crate::text::url_text(&it.namespace.to_string())).unwrap_or_default();
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, zones, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("/sharding/zones?target={target}&namespace={namespace}&record={record}"));
    Ok(record)
}
