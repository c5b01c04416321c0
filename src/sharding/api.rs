//! What a page or a script asks of sharding.

use leptos::prelude::*;

use super::model::CollectionList;
use crate::change::Planned;
use crate::error::AppError;

/// A page of collections by name, from the one that follows `after`.
///
/// # Errors
/// When not logged in, when there is no such target, when it is no router, or when it does not answer.
#[server(prefix = "/api/sharding", endpoint = "list_collections")]
pub async fn list_collections(
    target: String,
    #[server(default)] search: String,
    #[server(default)] after: String,
) -> Result<CollectionList, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    super::mongo::list(&who, &target, &search, &after).await
}

/// Plans what a form asks for: `action` is `shard_collection`, `spread` is `ranged` or `hashed`.
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`list_collections`].
#[server(prefix = "/api/sharding", endpoint = "plan_change")]
pub async fn plan_change(
    target: String,
    action: String,
    namespace: String,
    key: String,
    #[server(default)] spread: String,
    #[server(default)] unique: String,
) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let server = super::mongo::Mongo::of(&who, &target)?;
    let target = server.target().clone();
    let change = super::model::Change::from_form(target, &action, &namespace, &key, &spread, &unique)?;
    crate::change::apply::plan(&server, &server.observed(change).await?).await
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
    let server = super::mongo::Mongo::of(&who, &target)?;
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, server, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("/sharding?target={target}&record={record}"));
    Ok(record)
}
