//! What the wizard asks.

use leptos::prelude::*;

use super::model::{Step, Way};
use crate::error::AppError;

/// The steps from two servers to a logical copy, each with how far it is now. Both servers are looked at; nothing is
/// changed.
///
/// # Errors
/// `Invalid` at the field that cannot be used; when not logged in, or when a server does not answer.
#[server(prefix = "/api/replication", endpoint = "logical_steps")]
pub async fn logical_steps(way: Way) -> Result<Vec<Step>, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let peers = super::postgres::peers_to_read(&who);
    let server = crate::replication::server::Server::to_read(&who, &way.subscriber)?;
    super::plan::steps(server, peers, &way).await
}
