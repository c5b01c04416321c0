//! What a page or a script asks of policies.

use leptos::prelude::*;

use super::model::Shown;
use crate::change::Planned;
use crate::error::AppError;

/// The policies of a target, each with a bounded look at its keys.
///
/// # Errors
/// When not logged in, or when there is no such target.
#[server(prefix = "/api/caching", endpoint = "list_policies")]
pub async fn list_policies(target: String) -> Result<Vec<Shown>, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    super::stored::shown(&who, &target).await
}

/// Plans what a form asks for: `action` is `add_policy` or `remove_policy`, `rule` is `give` or `cap`.
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`list_policies`].
#[server(prefix = "/api/caching", endpoint = "plan_policy")]
pub async fn plan_policy(
    target: String,
    action: String,
    prefix: String,
    #[server(default)] rule: String,
    #[server(default)] ttl: String,
    #[server(default)] jitter: String,
) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let policies = super::stored::Policies::to_change(&who, &target)?;
    let target = policies.target().clone();
    let change = super::model::Change::from_form(target, &action, &prefix, &rule, &ttl, &jitter)?;
    crate::change::apply::plan(&policies, &change).await
}

/// Applies a plan that was shown, and leads to the policies with its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/caching", endpoint = "apply_policy")]
pub async fn apply_policy(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::Change = crate::change::apply::parse(&change)?;
    let target = crate::change::Change::target(&parsed).to_string();
    let policies = super::stored::Policies::to_change(&who, &target)?;
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, policies, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("/caching/policies?target={target}&record={record}"));
    Ok(record)
}
