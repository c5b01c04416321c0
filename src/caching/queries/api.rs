//! What a page or a script asks of cached queries.

use leptos::prelude::*;

use super::model::{Answer, Form, Listed, One};
use crate::change::Planned;
use crate::error::AppError;

/// All queries whose answers the console keeps in this cache, with how each stands. Nothing is run.
///
/// # Errors
/// When not logged in, or when there is no such target.
#[server(prefix = "/api/caching", endpoint = "list_queries")]
pub async fn list_queries(target: String) -> Result<Vec<Listed>, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    super::look::list(&super::desk::Desk::of(&who, &target)?).await
}

/// One query: by its name, or by the key that its rows were stored under once. Its text and the value are there only
/// for who may see values.
///
/// # Errors
/// `NotFound` when there is none; else as [`list_queries`].
#[server(prefix = "/api/caching", endpoint = "read_query")]
pub async fn read_query(
    target: String,
    #[server(default)] name: String,
    #[server(default)] key: String,
) -> Result<One, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let sees_values = who.operator().role.has(crate::auth::model::Right::Change);
    super::look::one(&super::desk::Desk::of(&who, &target)?, &name, &key, sees_values).await
}

/// The form of a query that the console keeps, filled.
///
/// # Errors
/// `NotFound` when there is none; else as [`list_queries`].
#[server(prefix = "/api/caching", endpoint = "open_query_form")]
pub async fn open_query_form(target: String, name: String) -> Result<Form, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let kept = super::look::kept(&super::desk::Desk::of(&who, &target)?, &name).await?;
    Ok(Form::of(&kept.recipe))
}

/// Plans what a form asks for; its fields are those of [`Form`].
///
/// # Errors
/// `Invalid` at the field that cannot be used; else as [`list_queries`].
#[server(prefix = "/api/caching", endpoint = "plan_query")]
pub async fn plan_query(target: String, form: Form) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let desk = super::desk::Desk::of(&who, &target)?;
    let known = super::look::known(&desk, &form).await?;
    let change = form.parse(desk.target().clone(), known.as_ref())?;
    crate::change::apply::plan(&super::desk::Work::new(desk), &change).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/caching", endpoint = "apply_query")]
pub async fn apply_query(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::Change = crate::change::apply::parse(&change)?;
    let place = parsed.place();
    let desk = super::desk::Desk::of(&who, crate::change::Change::target(&parsed).as_str())?;
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, super::desk::Work::new(desk), parsed, confirmation).await?;
    leptos_axum::redirect(&format!("{place}&record={record}"));
    Ok(record)
}

/// Runs a query that the console keeps: its rows, from the cache or from the database. What may be stored by this was
/// settled when the query was written down.
///
/// # Errors
/// `NotFound` when there is none; that the cache does not answer; where it holds nothing, what the database says.
#[server(prefix = "/api/caching", endpoint = "run_query")]
pub async fn run_query(name: String) -> Result<Answer, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let kept = super::look::by_name(&who.state().store, &name).await?;
    super::flight::run(&super::desk::Desk::of(&who, kept.recipe.target.as_str())?, &kept.recipe).await
}

/// Measures a query at its database and in the cache, several times each, and leads to its page, which tells what came
/// of it.
///
/// # Errors
/// As [`open_query_form`].
#[server(prefix = "/api/caching", endpoint = "measure_query")]
pub async fn measure_query(target: String, name: String) -> Result<(), AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let desk = super::desk::Desk::of(&who, &target)?;
    super::look::measure(&desk, &name).await?;
    leptos_axum::redirect(&format!("/caching/query?target={}&name={}", desk.target(), crate::text::url_text(&name)));
    Ok(())
}
