//! What a page or a script asks of the oldest transactions.

use leptos::prelude::*;

use super::model::Horizon;
use crate::error::AppError;

/// Who keeps VACUUM from cleaning up, without what sessions run.
///
/// # Errors
/// When not logged in, when there is no such target, or when it does not answer.
#[server(prefix = "/api/replication", endpoint = "read_horizon")]
pub async fn read_horizon(target: String) -> Result<Horizon, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let fleet = crate::replication::fleet::Fleet::around(&who, &target)?;
    super::postgres::horizon(&fleet).await.map(Horizon::without_queries)
}

/// The same with the beginning of what sessions run, which is data.
///
/// # Errors
/// `Forbidden` for those who only read; else as [`read_horizon`].
#[server(prefix = "/api/replication", endpoint = "read_horizon_queries")]
pub async fn read_horizon_queries(target: String) -> Result<Horizon, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let fleet = crate::replication::fleet::Fleet::for_changes(&who, &target)?;
    super::postgres::horizon(&fleet).await
}
