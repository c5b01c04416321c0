//! What a page or a script asks of one chunk.

use leptos::prelude::*;

use super::model::{ChunkForm, ChunkSeen};
use crate::change::Planned;
use crate::error::AppError;

/// The chunk that begins at `min` (canonical extended JSON), or that owns it. With `measure` at `yes`, how much it holds.
///
/// # Errors
/// `Invalid` at the field that cannot be used; `NotFound` where the collection is not sharded; else when there is no such
/// target, when it is no router, or when it does not answer.
#[server(prefix = "/api/sharding", endpoint = "read_chunk")]
pub async fn read_chunk(
    target: String,
    namespace: String,
    min: String,
    #[server(default)] measure: String,
) -> Result<ChunkSeen, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let chunks = super::mongo::Chunks::of(crate::sharding::cluster::Cluster::to_read(&who, &target)?);
    chunks.look(&namespace, &min, measure == "yes").await
}

/// Plans what a form about a chunk asks for.
///
/// # Errors
/// As [`read_chunk`].
#[server(prefix = "/api/sharding", endpoint = "plan_chunk")]
pub async fn plan_chunk(target: String, form: ChunkForm) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let chunks = super::mongo::Chunks::of(crate::sharding::cluster::Cluster::to_change(&who, &target)?);
    let change = chunks.observed(form).await?;
    crate::change::apply::plan(&chunks, &change).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/sharding", endpoint = "apply_chunk")]
pub async fn apply_chunk(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::Change = crate::change::apply::parse(&change)?;
    let target = crate::change::Change::target(&parsed).to_string();
    let chunks = super::mongo::Chunks::of(crate::sharding::cluster::Cluster::to_change(&who, &target)?);
    let subject = parsed.subject();
    let namespace = crate::text::url_text(&subject.namespace.to_string());
    let min = crate::text::url_text(parsed.begins_at());
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, chunks, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("/sharding/chunk?target={target}&namespace={namespace}&min={min}&record={record}"));
    Ok(record)
}
