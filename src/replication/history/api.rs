//! What a page or a script asks of the history.

use leptos::prelude::*;

use super::model::LagHistory;
use crate::error::AppError;

/// How far behind the standbys of a server were. `span` is how far back that goes: `day`, or empty for an hour.
///
/// # Errors
/// When not logged in, when there is no such target, or when the store fails.
#[server(prefix = "/api/replication", endpoint = "read_lag_history")]
pub async fn read_lag_history(target: String, #[server(default)] span: String) -> Result<LagHistory, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let server = crate::replication::server::Server::to_read(&who, &target)?;
    super::look::lag(&who.state().store, server.target(), super::model::Span::parse(&span)).await
}
