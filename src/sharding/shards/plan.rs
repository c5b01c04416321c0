//! What each change to the shards of a cluster would do, found out beforehand.

mod add;
mod commit;
mod common;
mod drain;
mod primary;
mod stop;

#[cfg(test)]
mod tests;

use super::model::change::Change;
use super::mongo::{Shards, facts, primary as moving};
use crate::change::Plan;
use crate::error::AppError;

/// Plans a change.
///
/// # Errors
/// When the cluster cannot be asked, or is none.
pub async fn plan(shards: &Shards, change: &Change) -> Result<Plan, AppError> {
    let at = shards.cluster().name();
    Ok(match change {
        Change::AddShard { set, name, .. } => {
            let facts = shards.read(async |client| facts::adding(client).await).await?;
            add::plan(at, set, name.as_deref(), &facts)
        }
        Change::StartDraining { shard, host, .. } => {
            let facts = shards.read(async |client| facts::going(client, shard).await).await?;
            drain::plan(at, shard, host, &facts)
        }
        Change::StopDraining { shard, host, .. } => {
            let facts = shards.read(async |client| facts::going(client, shard).await).await?;
            stop::plan(at, shard, host, &facts)
        }
        Change::CommitRemoval { shard, host, .. } => {
            let facts = shards.read(async |client| facts::going(client, shard).await).await?;
            commit::plan(at, shard, host, &facts)
        }
        Change::MovePrimary { database, to, from, uuid, .. } => {
            let facts = shards.read(async |client| moving::moving(client, database).await).await?;
            primary::plan(at, &primary::Wanted { database, to, from, uuid: uuid.as_deref() }, &facts)
        }
    })
}
