//! What a plan rests on: the cluster, the collection as it is, and a look at its values. All of it is read within
//! bounds of time and size.

use bson::doc;
use futures_util::future;
use mongodb::Client;
use mongodb::error::Error;

use super::values::{Values, values};
use crate::sharding::model::{Namespace, ShardKey, Version};
use crate::sharding::mongo::answer::{first_batch, is_true, soft};
use crate::sharding::mongo::catalog::{self, Entry};
use crate::sharding::mongo::collection::{self, Index};
use crate::sharding::mongo::settings;
use crate::sharding::mongo::size::{Size, size};

/// What a plan rests on.
pub struct Facts {
    /// The older of the router's version and the cluster's feature compatibility version.
    pub version: Version,
    pub shards: i64,
    /// Whether the balancer is switched on.
    pub balancing: bool,
    /// The size of a chunk beyond which it is split, in bytes.
    pub chunk_bytes: i64,
    /// Whether the database may hold sharded collections. From 6.0 on every database may.
    pub enabled: bool,
    /// A database whose name differs from the wanted one in upper and lower case only.
    pub similar_database: Option<String>,
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
    pub sharded: Option<Entry>,
    pub indexes: Vec<Index>,
    pub empty: bool,
    pub size: Option<Size>,
    pub values: Values,
}

/// Asks for everything.
///
/// # Errors
/// The driver's.
pub(super) async fn read(client: &Client, namespace: &Namespace, key: &ShardKey) -> Result<Facts, Error> {
    let (release, shards, settings, enabled, collection) = future::try_join5(
        settings::release(client),
        catalog::shards(client),
        settings::settings(client),
        enabled(client, namespace.database()),
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
        balancing: settings::is_balancing(&settings),
        chunk_bytes: settings::chunk_bytes(&settings, version),
        enabled: enabled || version.reaches(6, 0),
        similar_database,
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

async fn existing(client: &Client, namespace: &Namespace, key: &ShardKey) -> Result<Option<Existing>, Error> {
    let Some(listed) = collection::listed(client, namespace).await? else { return Ok(None) };
    let mut existing = Existing {
        uuid: listed.uuid,
        kind: listed.kind,
        capped: listed.capped,
        collated: listed.collated,
        sharded: None,
        indexes: Vec::new(),
        empty: true,
        size: None,
        values: Values::default(),
    };
    if existing.kind != "collection" {
        return Ok(Some(existing));
    }
    let full_name = [namespace.to_string()];
    let (mut sharded, indexes, empty) = future::try_join3(
        catalog::sharded(client, &full_name),
        collection::indexes(client, namespace),
        collection::empty(client, namespace),
    )
    .await?;
    existing.sharded = sharded.remove(&full_name[0]);
    (existing.indexes, existing.empty) = (indexes, empty);
    if !empty && existing.sharded.is_none() {
        (existing.size, existing.values) = future::try_join(
            size(client, namespace.database(), namespace.collection(), 500),
            values(client, namespace, key),
        )
        .await?;
    }
    Ok(Some(existing))
}
