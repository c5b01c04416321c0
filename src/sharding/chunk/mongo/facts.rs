//! What a plan about a chunk rests on.

use std::collections::BTreeMap;
use std::time::Duration;

use bson::{Bson, Document, Timestamp, doc};
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use crate::sharding::balancer::state::{self, Balancing};
use crate::sharding::chunk::model::{Change, Measured};
use crate::sharding::model::{Namespace, Release};
use crate::sharding::mongo::answer::{first_batch, in_time, is_true, number};
use crate::sharding::mongo::sharded::Sharded;
use crate::sharding::preflight::{self, Common, Privilege, Wanted};
use crate::sharding::value;
use crate::sharding::zones::mongo::{Shard, ranges_of, shards};
use crate::sharding::zones::ranges::Range;

/// Chunks that are read between two bounds, at most.
const CHUNKS: i32 = 20;

/// How long a chunk may be measured.
const MEASURING: Duration = Duration::from_secs(3);

/// A chunk as the config servers list it.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    pub min: Document,
    pub max: Document,
    pub shard: String,
    pub version: Timestamp,
    pub jumbo: bool,
    /// The latest first; empty before 5.0.
    pub history: Vec<(Timestamp, String)>,
}

/// A chunk and those beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbours {
    pub chunk: Chunk,
    pub previous: Option<Chunk>,
    pub next: Option<Chunk>,
}

/// What a plan rests on.
pub struct Facts {
    /// What is looked at before every write.
    pub common: Common,
    pub release: Release,
    pub shards: Vec<Shard>,
    pub balancer: Balancing,
    /// The size beyond which a chunk of this collection is too big, in bytes.
    pub chunk_bytes: i64,
    pub sharded: Option<Sharded>,
    /// What owns the lower bound of the chunk now.
    pub there: Option<Neighbours>,
    /// The chunks that a merge would make one of.
    pub merged: Vec<Chunk>,
    pub ranges: Vec<Range>,
    pub documents: Documents,
    pub measured: Measured,
    /// Whether all documents of the chunk have one and the same key, so that nothing splits it; none where that is not
    /// known.
    pub one_key: Option<bool>,
}

/// What is known of a collection's documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Documents {
    /// Their average size in bytes.
    pub average: Option<i64>,
    /// Orphans by shard; a shard that does not tell is not in here.
    pub orphans: BTreeMap<String, i64>,
}

impl Chunk {
    fn of(row: &Document) -> Option<Self> {
        let history = row.get_array("history").map(Vec::as_slice).unwrap_or_default();
        let owner = |it: &Document| Some((it.get_timestamp("validAfter").ok()?, it.get_str("shard").ok()?.to_owned()));
        Some(Self {
            min: row.get_document("min").ok()?.clone(),
            max: row.get_document("max").ok()?.clone(),
            shard: row.get_str("shard").ok()?.to_owned(),
            version: row.get_timestamp("lastmod").unwrap_or(Timestamp { time: 0, increment: 0 }),
            jumbo: is_true(row, "jumbo"),
            history: history.iter().filter_map(Bson::as_document).filter_map(owner).collect(),
        })
    }

    /// `[ { a: 1 }, { a: 5 } )`.
    pub fn shown(&self) -> String {
        format!("[ {}, {} )", value::shown_document(&self.min), value::shown_document(&self.max))
    }
}

/// Asks for everything.
///
/// # Errors
/// The driver's.
pub(super) async fn read(client: &Client, change: &Change, min: &Document) -> Result<Facts, Error> {
    let namespace = &change.subject().namespace;
    let balancer = state::read(client).await?;
    let common = preflight::common(client, &wanted(change)).await?;
    let release = common.release;
    let (sharded, ranges) = ranges_of(client, &namespace.to_string()).await?;
    let mut facts = Facts {
        common,
        release,
        shards: shards(client).await?,
        chunk_bytes: sharded.as_ref().and_then(Sharded::chunk_bytes).unwrap_or_else(|| balancer.chunk_bytes()),
        balancer,
        there: None,
        merged: Vec::new(),
        ranges,
        documents: Documents::default(),
        measured: Measured::Unknown,
        one_key: None,
        sharded,
    };
    let Some(sharded) = &facts.sharded else { return Ok(facts) };
    facts.there = neighbours(client, sharded, min).await?;
    if let Change::MergeChunks { from, until, .. } = change
        && let (Ok(from), Ok(until)) = (value::from_canonical(from), value::from_canonical(until))
    {
        facts.merged = between(client, sharded, &from, &until).await?;
    }
    facts.documents = documents(client, namespace).await?;
    if let Some(there) = &facts.there {
        let most = limit(facts.chunk_bytes, facts.documents.average).map_or(MANY, |limit| limit + 1);
        facts.measured = measure(client, &namespace.to_string(), sharded, &there.chunk, most).await?;
        facts.one_key = one_key(client, namespace, sharded, &there.chunk).await?;
    }
    Ok(facts)
}

fn wanted(change: &Change) -> Wanted {
    let namespace = &change.subject().namespace;
    let action = match change {
        Change::SplitChunk { .. } | Change::MergeChunks { .. } => "splitChunk",
        Change::MoveChunk { .. } => "moveChunk",
        Change::ClearJumbo { .. } => "clearJumboFlag",
    };
    Wanted::on(namespace).with(Privilege::on(namespace.database(), namespace.collection(), action))
}

/// Documents that are counted where no limit is known.
pub(super) const MANY: i64 = 1_000_000;

/// Documents with which a chunk can still be moved: twice what one of the usual size holds.
pub(in crate::sharding::chunk) fn limit(chunk_bytes: i64, average: Option<i64>) -> Option<i64> {
    average.filter(|average| *average > 0).map(|average| 2 * (chunk_bytes / average))
}

/// The chunk that owns `key`, and those beside it.
///
/// # Errors
/// The driver's.
pub(super) async fn neighbours(
    client: &Client,
    sharded: &Sharded,
    key: &Document,
) -> Result<Option<Neighbours>, Error> {
    let own = one(client, sharded, doc! { "min": { "$lte": key.clone() } }, -1).await?;
    let Some(chunk) = own else { return Ok(None) };
    let previous = one(client, sharded, doc! { "min": { "$lt": chunk.min.clone() } }, -1).await?;
    let next = one(client, sharded, doc! { "min": { "$gte": chunk.max.clone() } }, 1).await?;
    Ok(Some(Neighbours { chunk, previous, next }))
}

/// The chunks that begin between two bounds, in order; only the first ones.
///
/// # Errors
/// The driver's.
pub(super) async fn between(
    client: &Client,
    sharded: &Sharded,
    from: &Document,
    until: &Document,
) -> Result<Vec<Chunk>, Error> {
    find(client, sharded, doc! { "min": { "$gte": from.clone(), "$lt": until.clone() } }, 1, CHUNKS).await
}

async fn one(client: &Client, sharded: &Sharded, bounds: Document, order: i32) -> Result<Option<Chunk>, Error> {
    Ok(find(client, sharded, bounds, order, 1).await?.pop())
}

async fn find(
    client: &Client,
    sharded: &Sharded,
    bounds: Document,
    order: i32,
    limit: i32,
) -> Result<Vec<Chunk>, Error> {
    let mut filter = sharded.owner();
    filter.extend(bounds);
    let find = doc! {
        "find": "chunks", "filter": filter, "sort": { "min": order }, "limit": limit, "singleBatch": true,
        "maxTimeMS": 2_000,
    };
    let answer = client.database("config").run_command(find).await?;
    Ok(first_batch(&answer).filter_map(Chunk::of).collect())
}

async fn documents(client: &Client, namespace: &Namespace) -> Result<Documents, Error> {
    let stats = doc! {
        "shard": 1, "average": "$storageStats.avgObjSize", "orphans": "$storageStats.numOrphanDocs",
    };
    let command = doc! {
        "aggregate": namespace.collection(),
        "pipeline": [{ "$collStats": { "storageStats": {} } }, { "$project": stats }],
        "cursor": { "batchSize": 1_000 }, "maxTimeMS": 1_000,
    };
    let deadline = Instant::now() + Duration::from_secs(1);
    let database = client.database(namespace.database());
    let answer = in_time(deadline, database.run_command(command).into_future()).await?;
    let mut documents = Documents::default();
    for row in answer.iter().flat_map(first_batch) {
        documents.average = documents.average.max(number(row, "average").filter(|it| *it > 0));
        if let (Ok(shard), Some(orphans)) = (row.get_str("shard"), number(row, "orphans")) {
            documents.orphans.insert(shard.to_owned(), orphans);
        }
    }
    Ok(documents)
}

/// How much a chunk holds, by its index; no more than `most` documents are counted.
///
/// # Errors
/// When the router could not be asked at all.
pub(super) async fn measure(
    client: &Client,
    namespace: &str,
    sharded: &Sharded,
    chunk: &Chunk,
    most: i64,
) -> Result<Measured, Error> {
    let command = doc! {
        "dataSize": namespace, "keyPattern": sharded.key_document(), "min": chunk.min.clone(),
        "max": chunk.max.clone(), "estimate": true, "maxObjects": most,
        "maxTimeMS": i32::try_from(MEASURING.as_millis()).unwrap_or(i32::MAX),
    };
    let database = client.database(namespace.split_once('.').map_or(namespace, |(database, _)| database));
    let answer = in_time(Instant::now() + MEASURING, database.run_command(command).into_future()).await?;
    let Some(answer) = answer else { return Ok(Measured::Unknown) };
    let (Some(documents), Some(bytes)) = (number(&answer, "numObjects"), number(&answer, "size")) else {
        return Ok(Measured::Unknown);
    };
    // The server stops one after the limit, and says so only at times.
    Ok(if documents > most { Measured::MoreThan { documents: most } } else { Measured::Is { documents, bytes } })
}

/// Compares the lowest key of a chunk with the highest one, by the index of the key. Hashes cannot be sorted by, and
/// tell nothing of one value, so a hashed key is left as not known.
async fn one_key(
    client: &Client,
    namespace: &Namespace,
    sharded: &Sharded,
    chunk: &Chunk,
) -> Result<Option<bool>, Error> {
    if sharded.key().is_none_or(|key| key.is_hashed()) {
        return Ok(None);
    }
    let (key, database) = (sharded.key_document(), client.database(namespace.database()));
    let mut found = Vec::new();
    for order in [1, -1] {
        let sort: Document = key.keys().map(|field| (field.clone(), Bson::Int32(order))).collect();
        let mut fields: Document = key.keys().map(|field| (field.clone(), Bson::Int32(1))).collect();
        if !fields.contains_key("_id") {
            fields.insert("_id", 0);
        }
        let find = doc! {
            "find": namespace.collection(), "hint": key.clone(), "min": chunk.min.clone(), "max": chunk.max.clone(),
            "sort": sort, "projection": fields, "limit": 1, "singleBatch": true, "maxTimeMS": 1_000,
        };
        let deadline = Instant::now() + Duration::from_secs(1);
        let asked = database.run_command(find).into_future();
        // Where no index has exactly these fields, the server refuses the hint, and nothing is known.
        let Some(answer) = in_time(deadline, asked).await? else { return Ok(None) };
        found.push(first_batch(&answer).next().cloned());
    }
    Ok(match found.as_slice() {
        [Some(lowest), Some(highest)] => Some(lowest == highest),
        _ => None,
    })
}
