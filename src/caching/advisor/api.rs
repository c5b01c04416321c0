//! What a page or a script asks of the advisor.

use leptos::prelude::*;

use super::model::Desk;
use crate::error::AppError;

/// What is known for keys that begin with `prefix`: the last advice, and what is being measured.
///
/// # Errors
/// When not logged in, or when there is no such target.
#[server(prefix = "/api/caching", endpoint = "read_ttl_advice")]
pub async fn read_ttl_advice(target: String, #[server(default)] prefix: String) -> Result<Desk, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    Ok(super::redis::Advisor::to_read(&who, &target)?.desk(&prefix))
}

/// Begins to measure, and leads to the page that shows how far it is. Changes nothing at the target; it is asked about
/// 1,500 keys once a second for less than a minute.
///
/// # Errors
/// As [`read_ttl_advice`]; `Invalid` at the field `prefix`; `Conflict` while a measurement is under way.
#[server(prefix = "/api/caching", endpoint = "measure_ttl")]
pub async fn measure_ttl(target: String, #[server(default)] prefix: String) -> Result<(), AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let advisor = super::redis::Advisor::to_read(&who, &target)?;
    let place = super::model::place(advisor.target(), &prefix);
    advisor.start(&prefix)?;
    leptos_axum::redirect(&place);
    Ok(())
}
