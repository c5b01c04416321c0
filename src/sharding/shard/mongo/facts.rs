//! What a plan rests on: the cluster, the collection as it is, and a look at its values. All of it is read within
//! bounds of time and size.

use bson::doc;
use futures_util::future;
use mongodb::Client;
use mongodb::error::Error;

use super::multikey;
use super::values::{Values, values};
use crate::sharding::balancer::state;
use crate::sharding::model::{Namespace, ShardKey, Version};
use crate::sharding::mongo::answer::{first_batch, is_true, number, soft};
use crate::sharding::mongo::catalog::{self, Entry};
use crate::sharding::mongo::collection::{self, Index, Listed};
use crate::sharding::mongo::settings;
use crate::sharding::mongo::size::{Size, size};
use crate::sharding::shard::model::time_series::{Granularity, TimeSeries};
use crate::text::Words;

/// What a plan rests on.
pub struct Facts {
    /// The older of the router's version and the cluster's feature compatibility version.
    pub version: Version,
    pub shards: i64,
    /// Why no data moves now, in a sentence; none where it does, or nobody can tell.
    pub stands_still: Option<Words>,
    /// The size of a chunk beyond which it is split, in bytes.
    pub chunk_bytes: i64,
    /// Whether the database may hold sharded collections. From 6.0 on every database may.
    pub enabled: bool,
    /// A database whose name differs from the wanted one in upper and lower case only.
    pub similar_database: Option<String>,
    /// Ranges of the collection that belong to zones.
    pub zones: i64,
    pub collection: Option<Existing>,
}

/// The collection as it is.
pub struct Existing {
    pub uuid: String,
    /// `collection`, `view` or `timeseries`.
    pub kind: String,
    pub capped: bool,
    /// Whether it compares text by rules of its own, and not byte by byte.
    pub collated: bool,
    /// How it is laid out, where it is a time series.
    pub time_series: Option<TimeSeries>,
    pub sharded: Option<Entry>,
    pub indexes: Vec<Index>,
    /// The names of those that begin with the key and hold, or have held, an array in any of their fields.
    pub multikey: Vec<String>,
    pub empty: bool,
    pub size: Option<Size>,
    pub values: Values,
}

/// Asks for everything.
///
/// # Errors
/// The driver's.
pub(super) async fn read(client: &Client, namespace: &Namespace, key: &ShardKey) -> Result<Facts, Error> {
    let (release, shards, balancer, (enabled, zones), collection) = future::try_join5(
        settings::release(client),
        catalog::shards(client),
        state::read(client),
        future::try_join(enabled(client, namespace.database()), zones(client, namespace)),
        existing(client, namespace, key),
    )
    .await?;
    let similar_database = match collection {
        Some(_) => None,
        None => similar(client, namespace.database()).await?,
    };
    // The router may be newer than what the cluster's features are held at.
    let version =
        if release.fcv.reaches(release.version.major, release.version.minor) { release.version } else { release.fcv };
    Ok(Facts {
        version,
        shards,
        stands_still: (balancer.is_working() == Some(false)).then(|| balancer.told()),
        chunk_bytes: balancer.chunk_bytes(),
        enabled: enabled || version.reaches(6, 0),
        similar_database,
        zones,
        collection,
    })
}

async fn enabled(client: &Client, database: &str) -> Result<bool, Error> {
    let find = doc! { "find": "databases", "filter": { "_id": database }, "limit": 1, "singleBatch": true };
    let answer = soft(client.database("config").run_command(find).await)?;
    Ok(answer.iter().flat_map(first_batch).any(|row| is_true(row, "partitioned")))
}

async fn similar(client: &Client, database: &str) -> Result<Option<String>, Error> {
    let find = doc! {
        "find": "databases", "filter": { "_id": database }, "projection": { "_id": 1 },
        "collation": { "locale": "en", "strength": 2 }, "limit": 10, "singleBatch": true,
    };
    let answer = soft(client.database("config").run_command(find).await)?;
    let mut names = answer.iter().flat_map(first_batch).filter_map(|row| row.get_str("_id").ok());
    Ok(names.find(|name| *name != database && name.eq_ignore_ascii_case(database)).map(str::to_owned))
}

/// Counted no further than a hundred: what matters is whether there are any.
async fn zones(client: &Client, namespace: &Namespace) -> Result<i64, Error> {
    let count = doc! {
        "aggregate": "tags", "cursor": {}, "maxTimeMS": 1_000,
        "pipeline": [{ "$match": { "ns": namespace.to_string() } }, { "$limit": 100 }, { "$count": "n" }],
    };
    let answer = soft(client.database("config").run_command(count).await)?;
    Ok(answer.iter().flat_map(first_batch).find_map(|row| number(row, "n")).unwrap_or_default())
}

/// The UUID of the collection that holds the documents: below a time series there is one of another name.
///
/// # Errors
/// The driver's.
pub(super) async fn uuid(client: &Client, namespace: &Namespace) -> Result<Option<String>, Error> {
    Ok(listed(client, namespace).await?.map(|it| it.uuid))
}

/// How a time series is laid out; none where it is none.
///
/// # Errors
/// The driver's.
pub(super) async fn time_series(client: &Client, namespace: &Namespace) -> Result<Option<TimeSeries>, Error> {
    Ok(collection::listed(client, namespace).await?.as_ref().and_then(layout))
}

/// The name that the catalog knows the collection by.
pub(super) fn stored_name(namespace: &Namespace, time_series: bool) -> String {
    if time_series {
        format!("{}.{BUCKETS}{}", namespace.database(), namespace.collection())
    } else {
        namespace.to_string()
    }
}

const BUCKETS: &str = "system.buckets.";

async fn listed(client: &Client, namespace: &Namespace) -> Result<Option<Listed>, Error> {
    let Some(mut listed) = collection::listed(client, namespace).await? else { return Ok(None) };
    if listed.kind == "timeseries" && listed.uuid.is_empty() {
        let buckets = format!("{BUCKETS}{}", namespace.collection());
        let command = doc! { "listCollections": 1, "filter": { "name": buckets }, "maxTimeMS": 1_000 };
        let answer = client.database(namespace.database()).run_command(command).await?;
        listed.uuid = first_batch(&answer).next().map(collection::uuid_of).unwrap_or_default();
    }
    Ok(Some(listed))
}

fn layout(listed: &Listed) -> Option<TimeSeries> {
    let layout = listed.options.get_document("timeseries").ok()?;
    let text = |field| layout.get_str(field).unwrap_or_default();
    TimeSeries::new(text("timeField"), text("metaField"), Granularity::read(text("granularity"))).ok()
}

async fn existing(client: &Client, namespace: &Namespace, key: &ShardKey) -> Result<Option<Existing>, Error> {
    let Some(listed) = listed(client, namespace).await? else { return Ok(None) };
    let mut existing = Existing {
        time_series: layout(&listed),
        uuid: listed.uuid,
        kind: listed.kind,
        capped: listed.capped,
        collated: listed.collated,
        sharded: None,
        indexes: Vec::new(),
        multikey: Vec::new(),
        empty: true,
        size: None,
        values: Values::default(),
    };
    let series = existing.time_series.is_some();
    if existing.kind != "collection" && !series {
        return Ok(Some(existing));
    }
    let name = stored_name(namespace, series);
    let (mut sharded, indexes, empty) = future::try_join3(
        catalog::sharded(client, std::slice::from_ref(&name)),
        collection::indexes(client, namespace),
        collection::empty(client, namespace),
    )
    .await?;
    existing.sharded = sharded.remove(&name);
    (existing.indexes, existing.empty) = (indexes, empty);
    if empty || existing.sharded.is_some() {
        return Ok(Some(existing));
    }
    existing.values = values(client, namespace, key).await?;
    // What the storage counts of a time series are its buckets.
    if !series {
        (existing.size, existing.multikey) = future::try_join(
            size(client, namespace.database(), namespace.collection(), 500),
            multikey::names(client, namespace, key, &existing.indexes),
        )
        .await?;
    }
    Ok(Some(existing))
}
