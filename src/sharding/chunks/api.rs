//! What a page or a script asks of a collection's chunks.

use leptos::prelude::*;

use super::model::{Found, Look};
use crate::error::AppError;

/// The chunks of a collection, from one bound to another; both are canonical extended JSON, and without them the map is
/// of all chunks. While they are read for the first time, how far that is.
///
/// # Errors
/// When not logged in, when there is no such target, when it is no router, when a bound cannot be read, or when the
/// cluster does not answer.
#[server(prefix = "/api/sharding", endpoint = "read_chunks")]
pub async fn read_chunks(
    target: String,
    namespace: String,
    #[server(default)] from: String,
    #[server(default)] to: String,
) -> Result<Look, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    super::look::chunks(&cluster, &namespace, &from, &to).await
}

/// The chunk in which a document lives, by its values of the shard key, as mongosh takes them.
///
/// # Errors
/// As [`read_chunks`].
#[server(prefix = "/api/sharding", endpoint = "find_chunk")]
pub async fn find_chunk(target: String, namespace: String, document: String) -> Result<Found, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    super::look::place(&cluster, &namespace, &document).await
}
