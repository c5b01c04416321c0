//! What a page or a script asks of TTL indexes.

use leptos::prelude::*;

use super::model::{Listing, Preview, Subject};
use crate::change::Planned;
use crate::error::AppError;
use crate::finding::Finding;

/// All TTL indexes of a target, or of one `database`, with what is due in each.
///
/// # Errors
/// When not logged in, when there is no such target, or when it does not answer.
#[server(prefix = "/api/caching", endpoint = "list_ttl_indexes")]
pub async fn list_ttl_indexes(target: String, #[server(default)] database: String) -> Result<Listing, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let keeper = super::mongo::Keeper::to_read(&who, &target)?;
    keeper.list(super::model::change::database(&database)?).await
}

/// What is wrong with TTL indexes, or worth knowing; as [`list_ttl_indexes`].
///
/// # Errors
/// As [`list_ttl_indexes`].
#[server(prefix = "/api/caching", endpoint = "list_ttl_findings")]
pub async fn list_findings(target: String, #[server(default)] database: String) -> Result<Vec<Finding>, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let keeper = super::mongo::Keeper::to_read(&who, &target)?;
    let listing = keeper.list(super::model::change::database(&database)?).await?;
    Ok(super::model::findings::of(keeper.target().as_str(), &listing))
}

/// One index and what it would delete with these seconds; without them, with its own. An empty name means a clustered or
/// time-series collection itself.
///
/// # Errors
/// `Invalid` at the field that cannot be used; `NotFound` where there is no such index; else as [`list_ttl_indexes`].
#[server(prefix = "/api/caching", endpoint = "preview_ttl_index")]
pub async fn preview_ttl_index(
    target: String,
    namespace: String,
    #[server(default)] name: String,
    #[server(default)] when: String,
    #[server(default)] seconds: String,
) -> Result<(Subject, Option<Preview>), AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let namespace = super::model::change::namespace(&namespace)?;
    let wanted = super::model::Seconds::wanted(&when, &seconds)?;
    let (subject, preview) = super::mongo::Keeper::to_read(&who, &target)?.look(&namespace, &name, wanted).await?;
    Ok((super::mongo::present(subject)?, preview))
}

/// Plans what a form asks for: `action` is one of those of [`super::model::Change::from_form`].
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`list_ttl_indexes`].
#[server(prefix = "/api/caching", endpoint = "plan_ttl_index")]
pub async fn plan_ttl_index(
    target: String,
    action: String,
    namespace: String,
    #[server(default)] name: String,
    #[server(default)] field: String,
    #[server(default)] when: String,
    #[server(default)] seconds: String,
    #[server(default)] most: String,
    #[server(default)] stop: String,
) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let keeper = super::mongo::Keeper::to_change(&who, &target)?;
    let form = super::model::Form { namespace, name, field, when, seconds, most, stop };
    let change = super::model::Change::from_form(keeper.target().clone(), &action, &form)?;
    crate::change::apply::plan(&keeper, &keeper.observed(change).await?).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/caching", endpoint = "apply_ttl_index")]
pub async fn apply_ttl_index(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::Change = crate::change::apply::parse(&change)?;
    let keeper = super::mongo::Keeper::to_change(&who, parsed.target.as_str())?.with(&parsed);
    let place = parsed.place();
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, keeper, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("{place}&record={record}"));
    Ok(record)
}
