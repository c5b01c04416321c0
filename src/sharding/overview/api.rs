//! What a page or a script asks of a cluster as a whole.

use leptos::prelude::*;

use super::model::Overview;
use crate::error::AppError;

/// The cluster as it is now. It is asked at most once a second, however many look.
///
/// # Errors
/// When not logged in, when there is no such target, when it is no router, or when it does not answer.
#[server(prefix = "/api/sharding", endpoint = "read_cluster")]
pub async fn read_cluster(target: String) -> Result<Overview, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    super::mongo::read(&cluster).await
}
