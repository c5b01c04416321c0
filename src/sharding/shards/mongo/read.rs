//! Shards, databases and running changes, as the config servers list them.

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use crate::sharding::mongo::answer::{first_batch, is_true, number, soft};
use crate::sharding::shards::model::{Database, DatabaseList, MOST_SHARDS, PAGE_SIZE, Shard};

/// A database of `config.databases`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    pub primary: String,
    /// Of its version; from 5.0 on. A database that is dropped and made again has another.
    pub uuid: Option<String>,
}

/// All shards, by name.
///
/// # Errors
/// The driver's.
pub async fn shards(client: &Client) -> Result<Vec<Shard>, Error> {
    let limit = i64::try_from(MOST_SHARDS).unwrap_or(i64::MAX);
    let find = doc! {
        "find": "shards", "sort": { "_id": 1 }, "limit": limit, "batchSize": limit, "singleBatch": true,
        "maxTimeMS": 1_000,
    };
    let answer = client.database("config").run_command(find).await?;
    Ok(first_batch(&answer).filter_map(shard).collect())
}

fn shard(row: &Document) -> Option<Shard> {
    let zones = row.get_array("tags").map(Vec::as_slice).unwrap_or_default();
    Some(Shard {
        name: row.get_str("_id").ok()?.to_owned(),
        host: row.get_str("host").unwrap_or_default().to_owned(),
        draining: is_true(row, "draining"),
        zones: zones.iter().filter_map(Bson::as_str).map(str::to_owned).collect(),
    })
}

/// Where a database is at home; none where there is no such database.
///
/// # Errors
/// The driver's.
pub async fn database(client: &Client, name: &str) -> Result<Option<Home>, Error> {
    let find = doc! {
        "find": "databases", "filter": { "_id": name }, "limit": 1, "singleBatch": true, "maxTimeMS": 1_000,
    };
    let answer = client.database("config").run_command(find).await?;
    Ok(first_batch(&answer).next().map(home))
}

fn home(row: &Document) -> Home {
    let uuid = row.get_document("version").ok().and_then(|version| match version.get("uuid") {
        Some(Bson::Binary(binary)) => binary.to_uuid().ok(),
        _ => None,
    });
    Home { primary: row.get_str("primary").unwrap_or_default().to_owned(), uuid: uuid.map(|uuid| uuid.to_string()) }
}

/// A page of databases whose name contains `search`, from the one that follows `after`; only those at home on
/// `primary`, where that is not empty.
///
/// # Errors
/// The driver's.
pub async fn databases(client: &Client, search: &str, primary: &str, after: &str) -> Result<DatabaseList, Error> {
    let mut filter = doc! { "_id": { "$gt": after } };
    if !search.is_empty() {
        filter.insert("$expr", contains(search));
    }
    if !primary.is_empty() {
        filter.insert("primary", primary);
    }
    let page = i64::try_from(PAGE_SIZE).unwrap_or(i64::MAX);
    let find = doc! {
        "find": "databases", "filter": filter, "projection": { "primary": 1 }, "sort": { "_id": 1 },
        "limit": page + 1, "batchSize": page + 1, "singleBatch": true, "maxTimeMS": 1_000,
    };
    let (answer, shards) =
        futures_util::future::try_join(async { client.database("config").run_command(find).await }, shards(client))
            .await?;
    let mut databases: Vec<Database> = first_batch(&answer).filter_map(named).collect();
    let more = databases.len() > PAGE_SIZE;
    databases.truncate(PAGE_SIZE);
    let after = databases.last().filter(|_| more).map(|it| it.name.clone());
    let shards = shards.into_iter().filter(|it| !it.draining).map(|it| it.name).collect();
    Ok(DatabaseList { databases, after, shards })
}

/// Compared in lower case and as text: what was typed is no pattern.
fn contains(search: &str) -> Document {
    let at = doc! { "$indexOfCP": [{ "$toLower": "$_id" }, { "$literal": search.to_lowercase() }] };
    doc! { "$gte": [at, 0] }
}

fn named(row: &Document) -> Option<Database> {
    let name = row.get_str("_id").ok()?.to_owned();
    Some(Database { name, primary: row.get_str("primary").unwrap_or_default().to_owned() })
}

/// The collections that are being resharded; empty where there are none, or the server is too old to do that.
///
/// # Errors
/// When that could not be read: then nobody may say that there are none.
pub async fn resharded(client: &Client) -> Result<Vec<String>, Error> {
    let find = doc! {
        "find": "reshardingOperations", "projection": { "ns": 1, "state": 1 }, "limit": 10, "singleBatch": true,
        "maxTimeMS": 1_000,
    };
    let answer = client.database("config").run_command(find).await?;
    let ended = |row: &&Document| matches!(row.get_str("state"), Ok("done" | "quiesced"));
    let rows = first_batch(&answer).filter(|row| !ended(row));
    Ok(rows.filter_map(|row| row.get_str("ns").ok()).map(str::to_owned).collect())
}

/// The addresses of the config servers, where the router tells them.
///
/// # Errors
/// When the server could not be asked at all.
pub async fn config_hosts(client: &Client) -> Result<String, Error> {
    let answer = soft(client.database("admin").run_command(doc! { "getShardMap": 1 }).await)?;
    let map = answer.as_ref().and_then(|answer| answer.get_document("map").ok());
    Ok(map.and_then(|map| map.get_str("config").ok()).unwrap_or_default().to_owned())
}

/// How many databases are at home on each shard.
///
/// # Errors
/// When the server could not be asked at all.
pub async fn homes(client: &Client) -> Result<std::collections::HashMap<String, i64>, Error> {
    let group = doc! {
        "aggregate": "databases", "pipeline": [{ "$group": { "_id": "$primary", "n": { "$sum": 1 } } }],
        "cursor": { "batchSize": 1_000 }, "maxTimeMS": 500,
    };
    let answer = soft(client.database("config").run_command(group).await)?;
    let rows = answer.iter().flat_map(first_batch);
    Ok(rows.filter_map(|row| Some((row.get_str("_id").ok()?.to_owned(), number(row, "n")?))).collect())
}

/// Free bytes on the disk of each shard that tells, by its `host` of `config.shards`. A database has to be named for
/// the question; which one does not matter.
///
/// # Errors
/// When the server could not be asked at all.
pub async fn disks(client: &Client, database: &str) -> Result<Vec<(String, Stats)>, Error> {
    let command = doc! { "dbStats": 1, "maxTimeMS": 1_000 };
    let answer = soft(client.database(database).run_command(command).await)?;
    let raw = answer.as_ref().and_then(|answer| answer.get_document("raw").ok());
    let rows = raw.into_iter().flatten();
    Ok(rows.filter_map(|(host, row)| Some((host.clone(), stats(row.as_document()?)))).collect())
}

/// What a shard tells of a database, and of its disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Bytes; none where the server does not tell (before 4.4, some storages).
    pub free: Option<i64>,
    /// Collections of the database on this shard.
    pub collections: Option<i64>,
}

fn stats(row: &Document) -> Stats {
    let free = number(row, "fsTotalSize").zip(number(row, "fsUsedSize")).filter(|(total, _)| *total > 0);
    Stats { free: free.map(|(total, used)| (total - used).max(0)), collections: number(row, "collections") }
}

/// What a shard told, found by the name of its replica set: the order of its members may be another.
pub fn of_shard(told: &[(String, Stats)], shard: &Shard) -> Stats {
    let set = |host: &str| host.split('/').next().unwrap_or_default().to_owned();
    told.iter().find(|(host, _)| set(host) == set(&shard.host)).map(|(_, stats)| *stats).unwrap_or_default()
}
