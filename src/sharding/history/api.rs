//! What a page or a script asks of the history.

use leptos::prelude::*;

use super::model::History;
use crate::error::AppError;

/// What the cluster's logs hold of the last 24 h; of one collection, or of all where none is named.
///
/// # Errors
/// When not logged in, when there is no such target, when it is no router, or when it does not answer.
#[server(prefix = "/api/sharding", endpoint = "read_history")]
pub async fn read_history(target: String, #[server(default)] namespace: String) -> Result<History, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    super::mongo::history(&cluster, &namespace).await
}
