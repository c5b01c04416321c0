//! Reads a collection's chunks and zones in the catalog (`config`): page by page from the lowest key, and then only what
//! has changed. Nothing is counted or skipped over, so that every question stays short however many chunks there are.

pub mod owner;

use std::collections::HashMap;
use std::time::Duration;

use bson::{Bson, Document, RawDocumentBuf, Timestamp, doc};
use futures_util::TryStreamExt;
use mongodb::error::Error;
use mongodb::options::ReadConcern;
use mongodb::{Client, Collection};

use super::model::{MOST_CHUNKS, MOST_ZONES};
use crate::sharding::mongo::answer::{first_batch, number, soft};

/// Chunks of one page: some 3 MB.
pub const PAGE: usize = 20_000;
/// Changes that are read at once; where there are more, all chunks are read anew.
pub const MOST_CHANGES: usize = 50_000;
/// One question, at the server.
const QUESTION: Duration = Duration::from_millis(2_500);

/// A sharded collection as its chunks know it. When any of this differs, all its chunks are others.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    pub namespace: String,
    /// By which field chunks belong to it: `uuid` where the catalog's entry has a timestamp (5.0 and later, by FCV),
    /// else `ns`.
    field: &'static str,
    value: Bson,
    pub key: Document,
    epoch: Option<Bson>,
    timestamp: Option<Bson>,
    /// Of the buckets of a time series: the field of a measurement that they call `meta`.
    meta: Option<String>,
}

impl Identity {
    pub(super) fn of(namespace: &str, row: &Document) -> Option<Self> {
        let timestamp = row.get("timestamp").cloned();
        let (field, value) = match &timestamp {
            Some(_) => ("uuid", row.get("uuid")?.clone()),
            None => ("ns", Bson::from(namespace)),
        };
        let key = row.get_document("key").ok()?.clone();
        let epoch = row.get("lastmodEpoch").cloned();
        let series = row.get_document("timeseriesFields").ok();
        let meta = series.and_then(|it| it.get_str("metaField").ok()).map(str::to_owned);
        Some(Self { namespace: namespace.to_owned(), field, value, key, epoch, timestamp, meta })
    }

    /// Its chunks.
    fn filter(&self) -> Document {
        let mut filter = Document::new();
        filter.insert(self.field, self.value.clone());
        filter
    }

    /// Whether its documents are the buckets of a time series.
    pub fn holds_buckets(&self) -> bool {
        self.namespace.split_once('.').is_some_and(|(_, collection)| collection.starts_with("system.buckets."))
    }

    /// Where a field of the key stands in a document as a person writes it: a measurement has a name of its own for what
    /// its bucket calls `meta`.
    pub fn path_of(&self, field: &str) -> String {
        match (field.strip_prefix("meta"), &self.meta) {
            (Some(rest), Some(meta)) if self.holds_buckets() && (rest.is_empty() || rest.starts_with('.')) => {
                format!("{meta}{rest}")
            }
            _ => field.to_owned(),
        }
    }

    /// The field of the key that is hashed.
    pub fn hashed(&self) -> Option<&str> {
        let hashed = self.key.iter().find(|(_, kind)| kind.as_str() == Some("hashed"));
        hashed.map(|(field, _)| field.as_str())
    }
}

/// A range of keys with its zone, as the catalog has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tag {
    pub zone: String,
    pub min: Document,
    pub max: Document,
}

/// The name by which the catalog knows a time series of this name; none where there can be none.
pub fn buckets_of(namespace: &str) -> Option<String> {
    let (database, collection) = namespace.split_once('.')?;
    (!collection.starts_with("system.")).then(|| format!("{database}.system.buckets.{collection}"))
}

/// The collection, or the buckets of the time series of this name; none where it is not sharded.
///
/// # Errors
/// The driver's.
pub async fn identity(client: &Client, namespace: &str) -> Result<Option<Identity>, Error> {
    let own = listed(client, namespace).await?;
    match buckets_of(namespace) {
        Some(buckets) if own.is_none() => listed(client, &buckets).await,
        _ => Ok(own),
    }
}

async fn listed(client: &Client, namespace: &str) -> Result<Option<Identity>, Error> {
    let filter = doc! { "_id": namespace, "dropped": { "$ne": true }, "unsplittable": { "$ne": true } };
    // Its chunks are read no sooner than a majority has them, and so is it.
    let find = doc! {
        "find": "collections", "filter": filter, "limit": 1, "singleBatch": true, "maxTimeMS": 1_000,
        "readConcern": { "level": "majority" },
    };
    let answer = client.database("config").run_command(find).await?;
    Ok(first_batch(&answer).next().and_then(|row| Identity::of(namespace, row)))
}

/// The version of the newest change.
///
/// # Errors
/// The driver's.
pub async fn newest(client: &Client, of: &Identity) -> Result<Timestamp, Error> {
    let chunks = chunks(client);
    let find = chunks.find_one(of.filter()).sort(doc! { "lastmod": -1 }).projection(doc! { "lastmod": 1 });
    let row = find.max_time(QUESTION).read_concern(ReadConcern::majority()).await?;
    Ok(row.as_ref().and_then(lastmod).unwrap_or(Timestamp { time: 0, increment: 0 }))
}

/// How many chunks there are, no further than one more than are read; none where that takes too long.
///
/// # Errors
/// When the server could not be asked at all.
pub async fn count(client: &Client, of: &Identity) -> Result<Option<i64>, Error> {
    let most = i64::try_from(MOST_CHUNKS).unwrap_or(i64::MAX);
    let command = doc! { "count": "chunks", "query": of.filter(), "limit": most + 1, "maxTimeMS": 1_500 };
    let answer = soft(client.database("config").run_command(command).await)?;
    Ok(answer.and_then(|answer| number(&answer, "n")))
}

/// Chunks in their order, from the one that follows the bound `after`.
///
/// # Errors
/// The driver's.
pub async fn page(client: &Client, of: &Identity, after: Option<&Document>) -> Result<Vec<RawDocumentBuf>, Error> {
    let mut filter = of.filter();
    if let Some(after) = after {
        filter.insert("min", doc! { "$gt": after });
    }
    let projection = doc! { "_id": 0, "min": 1, "shard": 1, "jumbo": 1 };
    read(client, filter, doc! { "min": 1 }, projection, PAGE).await
}

/// What changed since a version, the oldest change first, with the change of that version itself.
///
/// # Errors
/// The driver's.
pub async fn changes(client: &Client, of: &Identity, since: Timestamp) -> Result<Vec<RawDocumentBuf>, Error> {
    let mut filter = of.filter();
    filter.insert("lastmod", doc! { "$gte": since });
    let projection = doc! { "_id": 0, "min": 1, "max": 1, "shard": 1, "jumbo": 1, "lastmod": 1 };
    read(client, filter, doc! { "lastmod": 1 }, projection, MOST_CHANGES).await
}

async fn read(
    client: &Client,
    filter: Document,
    sort: Document,
    projection: Document,
    most: usize,
) -> Result<Vec<RawDocumentBuf>, Error> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let chunks = chunks(client);
    let find = chunks.find(filter).sort(sort).projection(projection).limit(limit);
    let batch = u32::try_from(most).unwrap_or(u32::MAX);
    let cursor = find.batch_size(batch).max_time(QUESTION).read_concern(ReadConcern::majority()).await?;
    cursor.try_collect().await
}

fn chunks(client: &Client) -> Collection<RawDocumentBuf> {
    client.database("config").collection("chunks")
}

/// The version of a chunk.
pub fn lastmod(chunk: &RawDocumentBuf) -> Option<Timestamp> {
    chunk.get_timestamp("lastmod").ok()
}

/// The zones' ranges of a collection in their order, and whether there are more than are read; none where they may not
/// be read.
///
/// # Errors
/// When the server could not be asked at all.
pub async fn tags(client: &Client, namespace: &str) -> Result<(Vec<Tag>, bool), Error> {
    let find = doc! {
        "find": "tags", "filter": { "ns": namespace }, "sort": { "min": 1 }, "limit": MOST_ZONES + 1,
        "batchSize": MOST_ZONES + 1, "singleBatch": true, "maxTimeMS": 1_000,
    };
    let answer = soft(client.database("config").run_command(find).await)?;
    let mut tags: Vec<Tag> = answer.iter().flat_map(first_batch).filter_map(tag).collect();
    let most = usize::try_from(MOST_ZONES).unwrap_or(usize::MAX);
    let cut = tags.len() > most;
    tags.truncate(most);
    Ok((tags, cut))
}

fn tag(row: &Document) -> Option<Tag> {
    let bound = |field| row.get_document(field).ok().cloned();
    Some(Tag { zone: row.get_str("tag").ok()?.to_owned(), min: bound("min")?, max: bound("max")? })
}

/// The zones of each shard, by its name.
///
/// # Errors
/// The driver's.
pub async fn shard_zones(client: &Client) -> Result<HashMap<String, Vec<String>>, Error> {
    let find = doc! { "find": "shards", "limit": 1_000, "batchSize": 1_000, "singleBatch": true, "maxTimeMS": 1_000 };
    let answer = client.database("config").run_command(find).await?;
    let zones = |row: &Document| -> Vec<String> {
        let tags = row.get_array("tags").map(Vec::as_slice).unwrap_or_default();
        tags.iter().filter_map(Bson::as_str).map(str::to_owned).collect()
    };
    Ok(first_batch(&answer).filter_map(|row| Some((row.get_str("_id").ok()?.to_owned(), zones(row)))).collect())
}
