//! What a page or a script asks of collections.

use leptos::prelude::*;

use super::model::{CollectionList, One};
use crate::error::AppError;

/// A page of collections, from the one that follows `after`. `sharded` is `yes`, `no` or empty for both; `sort` is
/// `name`, `sharded` (those first) or `owned` (bytes); `order` is `desc` for the other way round.
///
/// # Errors
/// When not logged in, when there is no such target, when it is no router, or when it does not answer.
#[server(prefix = "/api/sharding", endpoint = "list_collections")]
pub async fn list_collections(
    target: String,
    #[server(default)] search: String,
    #[server(default)] sharded: String,
    #[server(default)] sort: String,
    #[server(default)] order: String,
    #[server(default)] after: String,
) -> Result<CollectionList, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    super::mongo::list(&cluster, &super::model::Question::read(&search, &sharded, &sort, &order, &after)).await
}

/// One collection: how it lies on the shards, and what can be done to it.
///
/// # Errors
/// As [`list_collections`]; also when the name can be none of a collection.
#[server(prefix = "/api/sharding", endpoint = "read_collection")]
pub async fn read_collection(target: String, namespace: String) -> Result<One, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    super::mongo::one::read(&cluster, &namespace).await
}
