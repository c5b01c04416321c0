//! How much each shard holds and how much room it has, as far as it tells.

use std::collections::BTreeMap;
use std::time::Duration;

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use super::facts::Shard;
use crate::sharding::mongo::answer::{first_batch, in_time, number};

/// Bytes by shard. What is not in here is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capacity {
    /// On disk, compressed, with what is orphaned.
    pub stored: BTreeMap<String, i64>,
    /// Free on the file system of the primary.
    pub free: BTreeMap<String, i64>,
}

const QUESTION: Duration = Duration::from_millis(1_000);
const MILLIS: i32 = 1_000;

/// Asks the shards. `database` is one that is on many of them: a shard tells its file system only of a database that it
/// has; where none is named, the largest one is asked for.
///
/// # Errors
/// When the router could not be asked at all.
pub(super) async fn read(client: &Client, shards: &[Shard], database: Option<&str>) -> Result<Capacity, Error> {
    let deadline = Instant::now() + 2 * QUESTION;
    let list = doc! { "listDatabases": 1, "maxTimeMS": MILLIS };
    let listed = in_time(deadline, client.database("admin").run_command(list).into_future()).await?.unwrap_or_default();
    let databases = listed.get_array("databases").map(Vec::as_slice).unwrap_or_default();
    let databases: Vec<&Document> = databases.iter().filter_map(Bson::as_document).collect();
    let mut capacity = Capacity { stored: stored(&databases), ..Capacity::default() };
    let Some(database) = database.or_else(|| largest(&databases)) else { return Ok(capacity) };
    let stats = doc! { "dbStats": 1, "maxTimeMS": MILLIS };
    let stats =
        in_time(deadline, client.database(database).run_command(stats).into_future()).await?.unwrap_or_default();
    for (host, of_shard) in stats.get_document("raw").into_iter().flatten() {
        let shard = shards.iter().find(|it| it.host == *host);
        let (Some(shard), Some(row)) = (shard, of_shard.as_document()) else { continue };
        // A shard that does not have the database says 0.
        if let (Some(total), Some(used)) = (number(row, "fsTotalSize").filter(|it| *it > 0), number(row, "fsUsedSize"))
        {
            capacity.free.insert(shard.name.clone(), total - used);
        }
    }
    Ok(capacity)
}

fn stored(databases: &[&Document]) -> BTreeMap<String, i64> {
    let mut stored = BTreeMap::new();
    for of_shards in databases.iter().filter_map(|it| it.get_document("shards").ok()) {
        for shard in of_shards.keys() {
            *stored.entry(shard.clone()).or_default() += number(of_shards, shard).unwrap_or_default();
        }
    }
    stored
}

fn largest<'a>(databases: &[&'a Document]) -> Option<&'a str> {
    let own = |it: &&&Document| matches!(it.get_str("name"), Ok("admin" | "config" | "local"));
    let largest = databases.iter().filter(|it| !own(it)).max_by_key(|it| number(it, "sizeOnDisk"));
    largest.and_then(|it| it.get_str("name").ok())
}

/// How many bytes of one collection each shard owns; empty where that cannot be told in time. Orphans are left out
/// where they are known (6.0 and later).
///
/// # Errors
/// When the router could not be asked at all.
pub(super) async fn owned(client: &Client, database: &str, collection: &str) -> Result<BTreeMap<String, i64>, Error> {
    let stats = doc! {
        "shard": 1, "count": "$storageStats.count", "size": "$storageStats.size",
        "orphans": "$storageStats.numOrphanDocs",
    };
    let command = doc! {
        "aggregate": collection,
        "pipeline": [{ "$collStats": { "storageStats": {} } }, { "$project": stats }],
        "cursor": { "batchSize": 1_000 },
        "maxTimeMS": MILLIS,
    };
    let answer =
        in_time(Instant::now() + QUESTION, client.database(database).run_command(command).into_future()).await?;
    Ok(answer.iter().flat_map(first_batch).filter_map(of_shard).collect())
}

fn of_shard(row: &Document) -> Option<(String, i64)> {
    let count = number(row, "count").unwrap_or_default();
    let owned = (count - number(row, "orphans").unwrap_or_default()).max(0);
    let bytes = i128::from(number(row, "size")?) * i128::from(owned) / i128::from(count.max(1));
    Some((row.get_str("shard").ok()?.to_owned(), i64::try_from(bytes).unwrap_or(i64::MAX)))
}
