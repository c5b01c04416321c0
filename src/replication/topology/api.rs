//! What a page or a script asks of the topology.

use leptos::prelude::*;

use super::model::Topology;
use crate::error::AppError;

/// The cluster around a server, as far as the console knows its servers.
///
/// # Errors
/// When not logged in, when there is no such target, or when it does not answer.
#[server(prefix = "/api/replication", endpoint = "read_topology")]
pub async fn read_topology(target: String) -> Result<Topology, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let fleet = crate::replication::fleet::Fleet::around(&who, &target)?;
    super::postgres::topology(&fleet).await.map(Topology::trimmed)
}
