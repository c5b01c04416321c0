//! What a page or a script asks of the keys of a target.

use leptos::prelude::*;

use super::model::Looked;
use crate::error::AppError;

/// The tree and the list of the keys that begin with `prefix`, from a bounded look. Names and times, no values. The
/// arguments are those of [`super::model::Question::parse`].
///
/// # Errors
/// `Invalid` at the field that cannot be used; when not logged in, when there is no such target, or when it does not
/// answer.
#[server(prefix = "/api/caching", endpoint = "list_keys")]
pub async fn list_keys(
    target: String,
    #[server(default)] prefix: String,
    #[server(default)] kind: String,
    #[server(default)] ttl: String,
    #[server(default)] sort: String,
    #[server(default)] after: String,
    #[server(default)] page: String,
) -> Result<Looked, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let asked = super::model::Question::parse(&prefix, &kind, &ttl, &sort, &after, &page)?;
    super::redis::Keys::of(&who, &target)?.look(&asked).await
}
