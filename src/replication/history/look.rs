//! Answers for those who look at history, out of the console's store: no database is asked.

use super::model::{LagHistory, Span, StandbyLag};
use super::store::{self, STANDBY_LAG};
use crate::auth::session::clock::wall;
use crate::error::AppError;
use crate::server::store::Store;
use crate::targets::model::TargetId;

/// Standbys that are shown: those that were furthest behind.
const SHOWN: usize = 12;

/// How far behind the standbys of a server were, by name.
///
/// # Errors
/// When the store fails.
pub async fn lag(store: &Store, target: &TargetId, span: Span) -> Result<LagHistory, AppError> {
    let (series, all) = store::read_worst(store, target.as_str(), STANDBY_LAG, span, SHOWN).await?;
    let left_out = all.saturating_sub(series.len());
    let standbys = series.into_iter().map(|(name, points)| StandbyLag { name, points }).collect();
    Ok(LagHistory { standbys, left_out, at: wall() })
}
