//! Whether each shard answers, and which version it is. A router tells neither, but it explains a query: the plan names
//! the server that made it. The query asks for a collection that is not there, so nothing is looked at.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bson::{Bson, Document, doc};
use futures_util::{StreamExt, TryStreamExt, stream};
use mongodb::Client;
use mongodb::error::{Error, ErrorKind};
use tokio::time::error::Elapsed;

use crate::error::AppError;
use crate::sharding::cluster::Cluster;
use crate::sharding::model::Version;
use crate::sharding::mongo::answer::first_batch;
use crate::sharding::overview::model::Answer;
use crate::targets::registry::Entry;

/// One shard.
const QUESTION: Duration = Duration::from_millis(1_000);
/// Shards that are asked at once.
const AT_ONCE: usize = 3;
/// All of them.
const DEADLINE: Duration = Duration::from_secs(60);
/// Sharded collections by which shards are asked that have no database.
const COLLECTIONS: usize = 3;
/// Of a name that nobody gives to a collection.
const NOWHERE: &str = "outgrow.is.there";

#[derive(Debug, Default)]
pub(super) struct Probed {
    /// By shard.
    pub(super) answers: BTreeMap<String, Answer>,
    pub(super) config: Option<Version>,
}

pub(super) async fn read(entry: Arc<Entry>) -> Result<Probed, AppError> {
    Cluster::at(entry).read_aside(DEADLINE, |client| async move { all(&client).await }).await
}

async fn all(client: &Client) -> Result<Probed, Error> {
    let shards = names(client, doc! { "find": "shards", "projection": { "_id": 1 } }).await?;
    let each = shards.into_iter().map(|shard| async move {
        let answer = ask(client, &shard).await?;
        Ok::<_, Error>((shard, answer))
    });
    // Each begins only when there is a connection for it: one that is silent is no reason to call another one so.
    let mut answers: BTreeMap<String, Answer> = stream::iter(each).buffer_unordered(AT_ONCE).try_collect().await?;
    if answers.values().any(|answer| *answer == Answer::NotAsked) {
        together(client, &mut answers).await?;
    }
    let config = explained(client, "config", "shards").await?;
    let config = if let Answer::Answers(version) = config { Some(version) } else { None };
    Ok(Probed { answers, config })
}

async fn ask(client: &Client, shard: &str) -> Result<Answer, Error> {
    let of_shard = doc! { "find": "databases", "filter": { "primary": shard }, "projection": { "_id": 1 } };
    match names(client, of_shard).await?.first() {
        Some(database) => explained(client, database, NOWHERE).await,
        None => Ok(Answer::NotAsked),
    }
}

/// Asks those that are the primary shard of no database, by sharded collections that they may have chunks of. Where
/// another shard keeps such a question from being answered, nothing is learnt.
async fn together(client: &Client, answers: &mut BTreeMap<String, Answer>) -> Result<(), Error> {
    let sharded = doc! { "unsplittable": { "$ne": true }, "dropped": { "$ne": true } };
    let find = doc! { "find": "collections", "filter": sharded, "projection": { "_id": 1 } };
    for name in names(client, find).await?.iter().take(COLLECTIONS) {
        let Some((database, collection)) = name.split_once('.') else { continue };
        let Ok(Ok(plan)) = explain(client, database, collection).await else { continue };
        for part in parts(&plan) {
            let (Ok(shard), Some(version)) = (part.get_str("shardName"), version(part)) else { continue };
            if let Some(answer) = answers.get_mut(shard).filter(|answer| **answer == Answer::NotAsked) {
                *answer = Answer::Answers(version);
            }
        }
    }
    Ok(())
}

/// What a router tells of how it would look for any document.
async fn explain(client: &Client, database: &str, collection: &str) -> Result<Result<Document, Error>, Elapsed> {
    let millis = i32::try_from(QUESTION.as_millis()).unwrap_or(i32::MAX);
    let find = doc! { "find": collection, "limit": 1 };
    let command = doc! { "explain": find, "verbosity": "queryPlanner", "maxTimeMS": millis };
    tokio::time::timeout(QUESTION, client.database(database).run_command(command).into_future()).await
}

async fn explained(client: &Client, database: &str, collection: &str) -> Result<Answer, Error> {
    const NO_PERMISSION: i32 = 13;
    match explain(client, database, collection).await {
        Ok(Ok(plan)) => Ok(Answer::Answers(server(&plan).unwrap_or_default())),
        Ok(Err(error)) => match error.kind.as_ref() {
            ErrorKind::Command(command) if command.code == NO_PERMISSION => Ok(Answer::NotAsked),
            ErrorKind::Command(_) => Ok(Answer::Silent),
            _ => Err(error),
        },
        Err(_) => Ok(Answer::Silent),
    }
}

/// The version of the server that made the plan: at the top, or in the part of its shard.
fn server(plan: &Document) -> Option<Version> {
    parts(plan).find_map(version).or_else(|| version(plan))
}

/// What each shard says of its part.
fn parts(plan: &Document) -> impl Iterator<Item = &Document> {
    let planner = plan.get_document("queryPlanner").and_then(|it| it.get_document("winningPlan"));
    let shards = planner.and_then(|it| it.get_array("shards")).map(Vec::as_slice).unwrap_or_default();
    shards.iter().filter_map(Bson::as_document)
}

fn version(part: &Document) -> Option<Version> {
    let info = part.get_document("serverInfo").ok()?;
    info.get_str("version").ok().map(Version::read)
}

async fn names(client: &Client, mut find: Document) -> Result<Vec<String>, Error> {
    find.extend(doc! { "limit": 1_000, "batchSize": 1_000, "singleBatch": true, "maxTimeMS": 2_000 });
    let answer = client.database("config").run_command(find).await?;
    Ok(first_batch(&answer).filter_map(|row| row.get_str("_id").ok()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_shards_and_not_the_routers() {
        let of_shard = doc! { "shardName": "s1", "serverInfo": { "host": "a", "port": 1, "version": "7.0.2" } };
        let plan = doc! {
            "queryPlanner": { "mongosPlannerVersion": 1, "winningPlan": { "stage": "SINGLE_SHARD", "shards": [of_shard] } },
            "serverInfo": { "version": "8.0.1" },
        };
        assert_eq!(server(&plan), Some(Version::new(7, 0, 2)));
        assert_eq!(server(&doc! { "serverInfo": { "version": "6.0.5" } }), Some(Version::new(6, 0, 5)));
        assert_eq!(server(&doc! {}), None);
    }
}
