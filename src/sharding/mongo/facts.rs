//! What a plan rests on: the cluster, the collection as it is, and a look at its values. All of it is read within
//! bounds of time and size.

use bson::{Document, doc};
use futures_util::future;
use mongodb::Client;
use mongodb::error::{Error, ErrorKind};

use super::answer::{first_batch, number, soft};
use super::catalog::Entry;
use super::size::{Size, size};
use super::values::{Values, values};
use super::{catalog, list};
use crate::sharding::model::{Namespace, ShardKey};

/// Major and minor version: 6.0.
pub type Version = (u32, u32);

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

/// An index of the collection.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    pub name: String,
    pub key: Document,
    pub unique: bool,
    pub sparse: bool,
    pub partial: bool,
    pub collated: bool,
}

/// Asks for everything.
///
/// # Errors
/// The driver's.
pub(super) async fn read(client: &Client, namespace: &Namespace, key: &ShardKey) -> Result<Facts, Error> {
    let (version, shards, settings, enabled, collection) = future::try_join5(
        version(client),
        list::shards(client),
        settings(client),
        enabled(client, namespace.database()),
        collection(client, namespace, key),
    )
    .await?;
    let similar_database = match collection {
        Some(_) => None,
        None => similar(client, namespace.database()).await?,
    };
    Ok(Facts {
        version,
        shards,
        balancing: is_balancing(&settings),
        chunk_bytes: chunk_bytes(&settings, version),
        enabled: enabled || version >= (6, 0),
        similar_database,
        collection,
    })
}

async fn version(client: &Client) -> Result<Version, Error> {
    let admin = client.database("admin");
    let build = admin.run_command(doc! { "buildInfo": 1 }).await?;
    let router = parsed(build.get_str("version").unwrap_or_default());
    // A router has no feature compatibility version of its own; the config server's document says the cluster's.
    let find = doc! {
        "find": "system.version", "filter": { "_id": "featureCompatibilityVersion" },
        "limit": 1, "singleBatch": true,
    };
    let answer = soft(admin.run_command(find).await)?;
    let row = answer.as_ref().and_then(|answer| first_batch(answer).next());
    let cluster = row.and_then(|row| row.get_str("version").ok()).map_or(router, parsed);
    Ok(router.min(cluster))
}

fn parsed(version: &str) -> Version {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or_default());
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// What is set for the whole cluster about chunks and balancing; empty where nothing is, or it may not be read.
async fn settings(client: &Client) -> Result<Vec<Document>, Error> {
    let filter = doc! { "_id": { "$in": ["balancer", "chunksize"] } };
    let find = doc! { "find": "settings", "filter": filter, "limit": 2, "singleBatch": true };
    let answer = soft(client.database("config").run_command(find).await)?;
    Ok(answer.iter().flat_map(first_batch).cloned().collect())
}

/// Where nothing is set, the balancer is on.
fn is_balancing(settings: &[Document]) -> bool {
    let mut of_balancer = settings.iter().filter(|row| is_named(row, "balancer"));
    !of_balancer.any(|row| is_true(row, "stopped") || row.get_str("mode").is_ok_and(|mode| mode == "off"))
}

/// The setting is in MiB; its default doubled in 6.0.
fn chunk_bytes(settings: &[Document], version: Version) -> i64 {
    let set = settings.iter().find(|row| is_named(row, "chunksize")).and_then(|row| number(row, "value"));
    let usual = if version >= (6, 0) { 128 } else { 64 };
    set.filter(|mib| (1..=1024).contains(mib)).unwrap_or(usual) << 20
}

fn is_named(row: &Document, name: &str) -> bool {
    row.get_str("_id").is_ok_and(|id| id == name)
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

/// The collection's row in the list of its database.
async fn listed(client: &Client, namespace: &Namespace) -> Result<Option<Document>, Error> {
    let command = doc! { "listCollections": 1, "filter": { "name": namespace.collection() } };
    let answer = client.database(namespace.database()).run_command(command).await?;
    Ok(first_batch(&answer).next().cloned())
}

/// The UUID of a collection; none where there is no collection.
///
/// # Errors
/// The driver's.
pub(super) async fn uuid(client: &Client, namespace: &Namespace) -> Result<Option<String>, Error> {
    Ok(listed(client, namespace).await?.map(|row| uuid_of(&row)))
}

/// Empty for a view, which has none.
fn uuid_of(row: &Document) -> String {
    let binary = row.get_document("info").ok().and_then(|info| match info.get("uuid") {
        Some(bson::Bson::Binary(binary)) => binary.to_uuid().ok(),
        _ => None,
    });
    binary.map(|uuid| uuid.to_string()).unwrap_or_default()
}

async fn collection(client: &Client, namespace: &Namespace, key: &ShardKey) -> Result<Option<Existing>, Error> {
    let Some(row) = listed(client, namespace).await? else { return Ok(None) };
    let options = row.get_document("options").cloned().unwrap_or_default();
    let mut existing = Existing {
        uuid: uuid_of(&row),
        kind: row.get_str("type").unwrap_or("collection").to_owned(),
        capped: is_true(&options, "capped"),
        collated: is_collated(&options),
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
    let (mut sharded, indexes, empty) =
        future::try_join3(catalog::sharded(client, &full_name), indexes(client, namespace), empty(client, namespace))
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

fn is_true(row: &Document, field: &str) -> bool {
    row.get_bool(field).unwrap_or_default()
}

fn is_collated(options: &Document) -> bool {
    options
        .get_document("collation")
        .is_ok_and(|collation| !collation.get_str("locale").is_ok_and(|locale| locale == "simple"))
}

async fn empty(client: &Client, namespace: &Namespace) -> Result<bool, Error> {
    let find = doc! {
        "find": namespace.collection(), "projection": { "_id": 1 }, "limit": 1, "singleBatch": true, "maxTimeMS": 1_000,
    };
    let answer = client.database(namespace.database()).run_command(find).await?;
    Ok(first_batch(&answer).next().is_none())
}

async fn indexes(client: &Client, namespace: &Namespace) -> Result<Vec<Index>, Error> {
    const NO_COLLECTION: i32 = 26;
    // A collection has at most 64 indexes, so the first batch has them all.
    let command = doc! { "listIndexes": namespace.collection() };
    match client.database(namespace.database()).run_command(command).await {
        Ok(answer) => Ok(first_batch(&answer).map(index).collect()),
        Err(error) => match error.kind.as_ref() {
            ErrorKind::Command(command) if command.code == NO_COLLECTION => Ok(Vec::new()),
            _ => Err(error),
        },
    }
}

fn index(row: &Document) -> Index {
    Index {
        name: row.get_str("name").unwrap_or_default().to_owned(),
        key: row.get_document("key").cloned().unwrap_or_default(),
        unique: row.get_bool("unique").unwrap_or_default(),
        sparse: row.get_bool("sparse").unwrap_or_default(),
        partial: row.contains_key("partialFilterExpression"),
        collated: is_collated(row),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_its_first_two_numbers() {
        assert_eq!(parsed("6.0.5"), (6, 0));
        assert_eq!(parsed("8.2.0-rc1"), (8, 2));
        assert_eq!(parsed("5.0"), (5, 0));
        assert_eq!(parsed(""), (0, 0));
    }

    #[test]
    fn what_is_not_set_or_wrong_is_the_default() {
        assert!(is_balancing(&[]) && is_balancing(&[doc! { "_id": "balancer", "activeWindow": {} }]));
        assert!(!is_balancing(&[doc! { "_id": "balancer", "stopped": true }]));
        assert!(!is_balancing(&[doc! { "_id": "balancer", "mode": "off" }]));
        assert_eq!(chunk_bytes(&[], (6, 0)), 128 << 20);
        assert_eq!(chunk_bytes(&[doc! { "_id": "chunksize", "value": 1 }], (6, 0)), 1 << 20);
        assert_eq!(chunk_bytes(&[doc! { "_id": "chunksize", "value": 0 }], (5, 0)), 64 << 20);
    }

    #[test]
    fn the_uuid_is_read_as_text() {
        let uuid = bson::Uuid::from_bytes([7; 16]);
        assert_eq!(uuid_of(&doc! { "info": { "uuid": uuid } }), uuid.to_string());
        assert_eq!(uuid_of(&doc! { "info": { "readOnly": true } }), "");
    }
}
