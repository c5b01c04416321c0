//! What a page or a script asks about the console's rights.

use leptos::prelude::*;

use super::model::Access;
use crate::error::AppError;

/// What the console's user may do with keys of `prefix` now, what it lacks, and the access list that gives it.
///
/// # Errors
/// `Invalid` at `prefix` where no access list can hold it; when not logged in, when there is no such target, or when it
/// does not answer.
#[server(prefix = "/api/caching", endpoint = "read_access")]
pub async fn read_access(target: String, #[server(default)] prefix: String) -> Result<Access, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let prefix = super::model::parse_prefix(&prefix).map_err(|rule| AppError::invalid("prefix", rule))?;
    super::redis::access(&who, &target, &prefix).await
}
