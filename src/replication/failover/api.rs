//! What a page or a script asks of the failover of slots.

use leptos::prelude::*;

use super::model::Readiness;
use crate::error::AppError;

/// What becomes of each logical slot when a standby is promoted.
///
/// # Errors
/// When not logged in, when there is no such target, or when it does not answer.
#[server(prefix = "/api/replication", endpoint = "read_failover")]
pub async fn read_failover(target: String) -> Result<Readiness, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let fleet = crate::replication::fleet::Fleet::around(&who, &target)?;
    super::postgres::readiness(&fleet).await
}
