//! What a page or a script asks of collections.

use leptos::prelude::*;

use super::model::CollectionList;
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
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    super::mongo::list(&cluster, &search, &after).await
}
