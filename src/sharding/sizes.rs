//! The bytes of all sharded collections on all shards. To know them every shard looks at all its collections, so they
//! are read in the background, at most once a minute while somebody looks, and shown with their age.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use bson::{Document, doc};
use futures_util::TryStreamExt;
use mongodb::Client;
use mongodb::error::Error;

use super::cluster::Cluster;
use super::model::{Evenness, Held, Measure, OnShard, balances_bytes, judge};
use super::mongo::answer::{first_batch, is_true, number, soft};
use super::mongo::settings;
use super::remembered::{Latest, latest};
use crate::error::AppError;
use crate::targets::registry::Entry;

/// A reading is used for so long.
pub(in crate::sharding) const EVERY: Duration = Duration::from_secs(60);
/// What all shards together may take, in milliseconds.
const MOST: i32 = 20_000;
/// The whole reading.
const DEADLINE: Duration = Duration::from_secs(30);
/// Collections of which the bytes are kept at most.
const COLLECTIONS: usize = 100_000;
/// Ranges of zones that are looked at.
const RANGES: i64 = 20_000;

/// What was read.
#[derive(Debug, Default)]
pub(in crate::sharding) struct Sizes {
    /// False where this version cannot tell the bytes of all collections at once (before 6.0.3).
    pub(in crate::sharding) offered: bool,
    /// By the name in the catalog. What a collection has no line of, it has not.
    pub(in crate::sharding) collections: BTreeMap<String, Vec<OnShard>>,
    /// All sharded collections together, by shard.
    pub(in crate::sharding) shards: BTreeMap<String, Held>,
    /// Used and all bytes of each shard's file system, where a router could tell.
    pub(in crate::sharding) disks: BTreeMap<String, (i64, i64)>,
    /// The most uneven first, by the names that people call them by.
    pub(in crate::sharding) uneven: Vec<(String, Measure)>,
    /// Zones that have ranges.
    pub(in crate::sharding) zones: BTreeSet<String>,
}

/// The name that people call a collection of the catalog by, and whether it is a time series: the catalog knows that by
/// where it keeps its documents.
pub(in crate::sharding) fn own_name(id: &str) -> (String, bool) {
    let series =
        id.split_once('.').and_then(|(database, rest)| Some((database, rest.strip_prefix("system.buckets.")?)));
    match series {
        Some((database, collection)) => (format!("{database}.{collection}"), true),
        None => (id.to_owned(), false),
    }
}

/// What is known of the cluster's bytes; a first reading is waited for as long as `patience`.
pub(in crate::sharding) async fn sizes(entry: &Arc<Entry>, patience: Duration) -> Latest<Sizes> {
    latest(entry, EVERY, patience, |entry| Box::pin(read(entry))).await
}

async fn read(entry: Arc<Entry>) -> Result<Sizes, AppError> {
    Cluster::at(entry).read_aside(DEADLINE, |client| async move { all(&client).await }).await
}

async fn all(client: &Client) -> Result<Sizes, Error> {
    let release = settings::release(client).await?;
    let shards = rows(client, "shards", doc! {}, 1_000).await?;
    let disks = disks(client, &shards).await?;
    let zones = zones(client).await?;
    if !balances_bytes(release) {
        return Ok(Sizes { disks, zones, ..Sizes::default() });
    }
    let collections = distribution(client).await?;
    let chunk_bytes = settings::chunk_bytes(&settings::settings(client).await?, release.version);
    let own = rows(client, "collections", doc! { "maxChunkSizeBytes": { "$gt": 0 } }, 10_000).await?;
    let own: HashMap<&str, i64> =
        own.iter().filter_map(|row| Some((row.get_str("_id").ok()?, number(row, "maxChunkSizeBytes")?))).collect();
    let zoned = zoned(client).await?;
    let names: Vec<&str> =
        shards.iter().filter(|row| !is_true(row, "draining")).filter_map(|row| row.get_str("_id").ok()).collect();
    let mut uneven: Vec<(String, Measure)> = collections
        .iter()
        .filter_map(|(name, spread)| {
            let size = own.get(name.as_str()).copied().unwrap_or(chunk_bytes);
            match judge(release, spread, &names, size, zoned.contains(name)) {
                Evenness::Uneven(measure) => Some((own_name(name).0, measure)),
                _ => None,
            }
        })
        .collect();
    uneven.sort_by_key(|(_, measure)| std::cmp::Reverse(measure.difference));
    let shards =
        shards.iter().filter_map(|row| row.get_str("_id").ok()).map(|id| (id.to_owned(), sum(&collections, id)));
    Ok(Sizes { offered: true, shards: shards.collect(), collections, disks, uneven, zones })
}

fn sum(collections: &BTreeMap<String, Vec<OnShard>>, shard: &str) -> Held {
    let of_shard = collections.values().flatten().filter(|it| it.shard == shard).map(|it| it.held);
    of_shard.fold(Held::Apart { owned: 0, orphaned: 0 }, Held::plus)
}

async fn distribution(client: &Client) -> Result<BTreeMap<String, Vec<OnShard>>, Error> {
    let command = doc! {
        "aggregate": 1, "pipeline": [{ "$shardedDataDistribution": {} }], "cursor": { "batchSize": 1_000 },
        "maxTimeMS": MOST,
    };
    let mut cursor = client.database("admin").run_cursor_command(command).await?;
    let mut collections = BTreeMap::new();
    while let Some(row) = cursor.try_next().await? {
        let Ok(name) = row.get_str("ns") else { continue };
        let shards = row.get_array("shards").map(Vec::as_slice).unwrap_or_default();
        collections.insert(name.to_owned(), shards.iter().filter_map(|it| on_shard(it.as_document()?)).collect());
        if collections.len() >= COLLECTIONS {
            break;
        }
    }
    Ok(collections)
}

fn on_shard(row: &Document) -> Option<OnShard> {
    let held = match (number(row, "ownedSizeBytes"), number(row, "orphanedSizeBytes")) {
        (Some(owned), Some(orphaned)) => Held::Apart { owned, orphaned },
        _ => Held::Unknown,
    };
    Some(OnShard {
        shard: row.get_str("shardName").ok()?.to_owned(),
        chunks: None,
        documents: number(row, "numOwnedDocuments"),
        orphans: number(row, "numOrphanedDocs"),
        held,
    })
}

/// The file systems of the shards, as the statistics of a database tell them. A shard knows its own only where it has
/// something of that database, so each is asked with one whose primary shard it is.
async fn disks(client: &Client, shards: &[Document]) -> Result<BTreeMap<String, (i64, i64)>, Error> {
    let mut disks = BTreeMap::new();
    for shard in shards {
        let Ok(id) = shard.get_str("_id") else { continue };
        if disks.contains_key(id) {
            continue;
        }
        let found = rows(client, "databases", doc! { "primary": id }, 1).await?;
        let Some(database) = found.first().and_then(|row| row.get_str("_id").ok()) else { continue };
        let command = doc! { "dbStats": 1, "freeStorage": 0, "maxTimeMS": 5_000 };
        let Some(answer) = soft(client.database(database).run_command(command).await)? else { continue };
        let Ok(each) = answer.get_document("raw") else { continue };
        for other in shards {
            let (Ok(id), Ok(host)) = (other.get_str("_id"), other.get_str("host")) else { continue };
            if let Some(disk) = each.get_document(host).ok().and_then(disk) {
                disks.insert(id.to_owned(), disk);
            }
        }
    }
    Ok(disks)
}

/// A shard that has nothing of the database answers with zeros.
fn disk(stats: &Document) -> Option<(i64, i64)> {
    let (used, total) = (number(stats, "fsUsedSize")?, number(stats, "fsTotalSize")?);
    (total > 0).then_some((used, total))
}

async fn zones(client: &Client) -> Result<BTreeSet<String>, Error> {
    grouped(client, vec![doc! { "$limit": RANGES }, doc! { "$group": { "_id": "$tag" } }]).await
}

/// The collections that have zones. The index on the name answers it without looking at every range.
async fn zoned(client: &Client) -> Result<BTreeSet<String>, Error> {
    grouped(client, vec![doc! { "$sort": { "ns": 1 } }, doc! { "$group": { "_id": "$ns" } }]).await
}

async fn grouped(client: &Client, pipeline: Vec<Document>) -> Result<BTreeSet<String>, Error> {
    let command =
        doc! { "aggregate": "tags", "pipeline": pipeline, "cursor": { "batchSize": 10_000 }, "maxTimeMS": 2_000 };
    let answer = soft(client.database("config").run_command(command).await)?;
    let rows = answer.iter().flat_map(first_batch);
    Ok(rows.filter_map(|row| row.get_str("_id").ok()).map(str::to_owned).collect())
}

async fn rows(client: &Client, name: &str, filter: Document, most: i64) -> Result<Vec<Document>, Error> {
    let find = doc! {
        "find": name, "filter": filter, "limit": most, "batchSize": most, "singleBatch": true, "maxTimeMS": 2_000,
    };
    let answer = client.database("config").run_command(find).await?;
    Ok(first_batch(&answer).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_distribution_is_read() {
        let row = doc! {
            "shardName": "s1", "numOrphanedDocs": 3, "numOwnedDocuments": 5055_i64,
            "ownedSizeBytes": 839_130, "orphanedSizeBytes": 498.0,
        };
        let read = on_shard(&row).expect("a shard");
        assert_eq!(read.held, Held::Apart { owned: 839_130, orphaned: 498 });
        assert_eq!((read.documents, read.orphans), (Some(5055), Some(3)));
        assert_eq!(on_shard(&doc! { "shardName": "s1" }).expect("a shard").held, Held::Unknown);
    }

    #[test]
    fn a_time_series_is_called_by_its_own_name() {
        assert_eq!(own_name("web.system.buckets.hits.daily"), ("web.hits.daily".to_owned(), true));
        assert_eq!(own_name("web.hits"), ("web.hits".to_owned(), false));
    }

    #[test]
    fn a_shard_without_the_database_does_not_know_its_disk() {
        assert_eq!(disk(&doc! { "fsUsedSize": 0, "fsTotalSize": 0 }), None);
        assert_eq!(disk(&doc! { "fsUsedSize": 5.0, "fsTotalSize": 9.0 }), Some((5, 9)));
    }
}
