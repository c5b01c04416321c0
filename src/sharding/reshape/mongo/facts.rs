//! What a plan rests on: the cluster, the collection as it is and how it is spread, and what runs. All of it is read
//! within bounds of time and size.

use std::time::Duration;

use bson::{Document, doc};
use futures_util::future;
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use super::operations::operations;
use super::sample::{Sample, sample};
use super::stored::{Stored, free, stored};
use crate::change::Check;
use crate::sharding::model::{Chunks, Identity, Namespace, Release, ShardKey};
use crate::sharding::mongo::answer::{first_batch, in_time, is_true, number, soft};
use crate::sharding::mongo::collection::{self, Index, Listed};
use crate::sharding::mongo::sharded::identity_of;
use crate::sharding::mongo::{catalog, settings};
use crate::sharding::reshape::model::operation::Operation;

/// What a plan rests on.
#[derive(Clone, Debug)]
pub struct Facts {
    pub release: Release,
    /// What is looked at before every write.
    pub common: Vec<Check>,
    pub shards: Vec<Shard>,
    /// None: there is none of this name.
    pub collection: Option<Existing>,
    /// All that run in the cluster. None: that may not be asked.
    pub operations: Option<Vec<Operation>>,
    /// Collections with an index build under way. None: that may not be asked.
    pub builds: Option<Vec<String>>,
    /// `reshardingMinimumOperationDurationMillis`; none where the router does not tell.
    pub minimum: Option<i64>,
}

/// A shard of the cluster.
#[derive(Clone, Debug)]
pub struct Shard {
    pub name: String,
    pub draining: bool,
    /// Free space of its file system in bytes; none where it is not told.
    pub free: Option<i64>,
}

/// The collection as it is.
#[derive(Clone, Debug)]
pub struct Existing {
    pub listed: Listed,
    pub indexes: Vec<Index>,
    /// Indexes by which documents expire, with their time in seconds.
    pub expiring: Vec<(String, i64)>,
    pub empty: bool,
    /// None where not all shards told it in time.
    pub stored: Option<Stored>,
    /// What the config servers know of it; none where it is neither sharded nor tracked.
    pub catalog: Option<Cataloged>,
    pub zones: Vec<Zone>,
    pub chunks: Chunks,
    /// None where no key is asked for, or nothing could be sampled in time.
    pub sample: Option<Sample>,
}

/// A document of `config.collections`.
#[derive(Clone, Debug)]
pub struct Cataloged {
    pub key: Document,
    pub unique: bool,
    pub seen: Identity,
    /// 8.0 lists collections that are not sharded too.
    pub unsplittable: bool,
    /// A resharding is under way.
    pub resharding: bool,
}

/// The range of a zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    pub zone: String,
    pub min: Document,
    pub max: Document,
}

/// Ranges of zones that are read at most; a plan with more is refused.
pub const MOST_ZONES: i32 = 1_000;

impl Existing {
    /// Whether it is spread by a key.
    pub fn sharded(&self) -> Option<&Cataloged> {
        self.catalog.as_ref().filter(|it| !it.unsplittable)
    }

    /// Which collection this is.
    pub fn seen(&self) -> Identity {
        self.catalog.as_ref().map_or_else(
            || Identity { uuid: self.listed.uuid.clone(), epoch: None, timestamp: None },
            |it| it.seen.clone(),
        )
    }
}

/// Asks for everything. `key` is the one that is asked for.
///
/// # Errors
/// The driver's.
pub(super) async fn read(client: &Client, namespace: &Namespace, key: Option<&ShardKey>) -> Result<Facts, Error> {
    let (release, shards, operations, builds, collection) = future::try_join5(
        settings::release(client),
        shards(client, namespace.database()),
        operations(client),
        builds(client),
        existing(client, namespace, key),
    )
    .await?;
    Ok(Facts { release, common: Vec::new(), shards, collection, operations, builds, minimum: minimum(client).await? })
}

/// What the end of an operation rests on. The collection itself is not looked at: a shard that is down must not keep
/// anybody from ending what runs.
///
/// # Errors
/// The driver's.
pub(super) async fn of_operation(client: &Client) -> Result<Facts, Error> {
    let (release, operations) = future::try_join(settings::release(client), operations(client)).await?;
    let (shards, common) = (Vec::new(), Vec::new());
    Ok(Facts { release, common, shards, collection: None, operations, builds: None, minimum: None })
}

async fn shards(client: &Client, database: &str) -> Result<Vec<Shard>, Error> {
    let find = doc! {
        "find": "shards", "sort": { "_id": 1 }, "limit": 1_000, "batchSize": 1_000, "singleBatch": true,
        "maxTimeMS": 1_000,
    };
    let answer = client.database("config").run_command(find).await?;
    let free = in_time(Instant::now() + Duration::from_millis(1_500), free(client, database)).await?;
    let free = free.unwrap_or_default();
    let shard = |row: &Document| {
        let (name, host) = (row.get_str("_id").ok()?, row.get_str("host").unwrap_or_default());
        Some(Shard { name: name.to_owned(), draining: is_true(row, "draining"), free: free.get(host).copied() })
    };
    Ok(first_batch(&answer).filter_map(shard).collect())
}

async fn existing(client: &Client, namespace: &Namespace, key: Option<&ShardKey>) -> Result<Option<Existing>, Error> {
    let Some(listed) = collection::listed(client, namespace).await? else { return Ok(None) };
    if listed.kind != "collection" {
        let (indexes, expiring, zones) = (Vec::new(), Vec::new(), Vec::new());
        let (empty, stored, catalog, chunks) = (true, None, None, Chunks::Unknown);
        return Ok(Some(Existing { listed, indexes, expiring, empty, stored, catalog, zones, chunks, sample: None }));
    }
    let name = [namespace.to_string()];
    let (catalog, indexes, empty, zones, mut counted) = future::try_join5(
        cataloged(client, namespace),
        collection::indexes(client, namespace),
        collection::empty(client, namespace),
        zones(client, namespace),
        catalog::sharded(client, &name),
    )
    .await?;
    let (expiring, stored, sample) = future::try_join3(
        expiring(client, namespace),
        stored(client, namespace),
        sample(client, namespace, key.filter(|_| !empty)),
    )
    .await?;
    let chunks = counted.remove(&name[0]).map_or(Chunks::Unknown, |it| it.chunks);
    Ok(Some(Existing { listed, indexes, expiring, empty, stored, catalog, zones, chunks, sample }))
}

/// What the config servers know of the collection.
///
/// # Errors
/// The driver's.
pub(super) async fn cataloged(client: &Client, namespace: &Namespace) -> Result<Option<Cataloged>, Error> {
    let filter = doc! { "_id": namespace.to_string(), "dropped": { "$ne": true } };
    let find = doc! { "find": "collections", "filter": filter, "limit": 1, "singleBatch": true, "maxTimeMS": 1_000 };
    let answer = client.database("config").run_command(find).await?;
    Ok(first_batch(&answer).next().map(of_catalog))
}

fn of_catalog(row: &Document) -> Cataloged {
    Cataloged {
        key: row.get_document("key").cloned().unwrap_or_default(),
        unique: is_true(row, "unique"),
        seen: identity_of(row),
        unsplittable: is_true(row, "unsplittable"),
        resharding: row.contains_key("reshardingFields"),
    }
}

async fn zones(client: &Client, namespace: &Namespace) -> Result<Vec<Zone>, Error> {
    let find = doc! {
        "find": "tags", "filter": { "ns": namespace.to_string() }, "sort": { "min": 1 }, "limit": MOST_ZONES,
        "batchSize": MOST_ZONES, "singleBatch": true, "maxTimeMS": 1_000,
    };
    // Kept zones are sent along, so none may be missed: what cannot be read is an error here.
    let answer = client.database("config").run_command(find).await?;
    let zone = |row: &Document| {
        Some(Zone {
            zone: row.get_str("tag").ok()?.to_owned(),
            min: row.get_document("min").ok()?.clone(),
            max: row.get_document("max").ok()?.clone(),
        })
    };
    Ok(first_batch(&answer).filter_map(zone).collect())
}

async fn expiring(client: &Client, namespace: &Namespace) -> Result<Vec<(String, i64)>, Error> {
    let command = doc! { "listIndexes": namespace.collection() };
    let answer = soft(client.database(namespace.database()).run_command(command).await)?;
    let index = |row: &Document| Some((row.get_str("name").ok()?.to_owned(), number(row, "expireAfterSeconds")?));
    Ok(answer.iter().flat_map(first_batch).filter_map(index).collect())
}

/// Collections with an index build under way on any shard.
async fn builds(client: &Client) -> Result<Option<Vec<String>>, Error> {
    let command = doc! {
        "aggregate": 1,
        "pipeline": [
            { "$currentOp": { "allUsers": true, "localOps": false } },
            { "$match": { "type": "op", "$or": [
                { "command.createIndexes": { "$exists": true } }, { "desc": { "$regex": "^IndexBuildsCoordinator" } },
            ] } },
            { "$group": { "_id": { "$ifNull": ["$ns", ""] } } },
            { "$limit": 50 },
        ],
        "cursor": { "batchSize": 50 },
        "maxTimeMS": 1_000,
    };
    let answer = soft(client.database("admin").run_command(command).await)?;
    Ok(answer.map(|answer| {
        let names = first_batch(&answer).filter_map(|row| row.get_str("_id").ok());
        names.map(|name| name.trim_end_matches(".$cmd").to_owned()).collect()
    }))
}

/// The config server's value counts; a router that does not know the parameter does not tell.
async fn minimum(client: &Client) -> Result<Option<i64>, Error> {
    let name = "reshardingMinimumOperationDurationMillis";
    let answer = soft(client.database("admin").run_command(doc! { "getParameter": 1, name: 1 }).await)?;
    Ok(answer.and_then(|answer| number(&answer, name)))
}
