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
use crate::sharding::model::Release;
use crate::sharding::preflight::{self, Privilege, Wanted};

/// Plans a change. What is looked at before every write comes first; a plan that a check forbids sends nothing.
///
/// # Errors
/// When the cluster cannot be asked, or is none.
pub async fn plan(shards: &Shards, change: &Change) -> Result<Plan, AppError> {
    let wanted = wanted(change);
    let common = shards.read(async |client| preflight::common(client, &wanted).await).await?;
    let mut plan = of(shards, change, common.release).await?;
    plan.checks.splice(0..0, common.checks());
    Ok(common::without_effect(plan))
}

fn wanted(change: &Change) -> Wanted {
    match change {
        Change::AddShard { .. } => Wanted::cluster().with(Privilege::on_cluster("addShard")),
        Change::StartDraining { .. } | Change::StopDraining { .. } | Change::CommitRemoval { .. } => {
            Wanted::cluster().with(Privilege::on_cluster("removeShard"))
        }
        Change::MovePrimary { database, .. } => {
            let wanted = Wanted { namespaces: vec![database.clone()], privileges: Vec::new() };
            wanted.with(Privilege::on(database, "", "moveChunk"))
        }
    }
}

/// The plan, with the checks of its own.
async fn of(shards: &Shards, change: &Change, release: Release) -> Result<Plan, AppError> {
    let at = shards.cluster().name();
    let going = async |shard: &str| {
        let mut facts = shards.read(async |client| facts::going(client, shard).await).await?;
        facts.cluster.release = release;
        Ok::<_, AppError>(facts)
    };
    Ok(match change {
        Change::AddShard { set, name, .. } => {
            let mut facts = shards.read(async |client| facts::adding(client).await).await?;
            facts.cluster.release = release;
            add::plan(at, set, name.as_deref(), &facts)
        }
        Change::StartDraining { shard, host, .. } => drain::plan(at, shard, host, &going(shard).await?),
        Change::StopDraining { shard, host, .. } => stop::plan(at, shard, host, &going(shard).await?),
        Change::CommitRemoval { shard, host, .. } => commit::plan(at, shard, host, &going(shard).await?),
        Change::MovePrimary { database, to, from, uuid, .. } => {
            let facts = shards.read(async |client| moving::moving(client, database).await).await?;
            primary::plan(at, &primary::Wanted { database, to, from, uuid: uuid.as_deref() }, &facts)
        }
    })
}
