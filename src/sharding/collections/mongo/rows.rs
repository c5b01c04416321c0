//! What the catalog says of the collections of a page: keys, chunks counted so far, zones, and whether chunks may move.

use std::collections::HashMap;

use bson::{Document, doc};
use futures_util::future::try_join;
use mongodb::Client;
use mongodb::error::Error;

use super::names::Found;
use crate::sharding::collections::model::Movement;
use crate::sharding::model::{CHUNKS_COUNTED, Chunks, ShardChunks};
use crate::sharding::mongo::answer::{first_batch, is_true, number, soft};

const QUESTION: i32 = 1_000;
/// Ranges of zones that are looked at for each collection.
const RANGES: i64 = 1_000;

/// A sharded collection as the catalog knows it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// The name in the catalog.
    pub(super) id: String,
    pub(super) uuid: String,
    pub(super) key: Document,
    pub(super) unique: bool,
    pub(super) chunks: Chunks,
    /// None where not all chunks were counted.
    pub(super) jumbo: Option<i64>,
    /// Zones, with how many ranges each has.
    pub(super) zones: Vec<(String, i64)>,
    /// The collection's own chunk size.
    pub(super) chunk_bytes: Option<i64>,
    pub(super) movement: Movement,
}

/// The sharded ones among these collections, by the names that people know; the chunks of each are counted no further
/// than `CHUNKS_COUNTED`.
pub(super) async fn rows(client: &Client, found: &[Found]) -> Result<HashMap<String, Row>, Error> {
    rows_to(client, found, CHUNKS_COUNTED).await
}

/// As [`rows`], with `most` chunks counted of each.
pub(super) async fn rows_to(client: &Client, found: &[Found], most: i64) -> Result<HashMap<String, Row>, Error> {
    let config = client.database("config");
    let names: Vec<String> = found.iter().flat_map(|it| [it.namespace(), it.buckets()]).collect();
    let filter = doc! { "_id": { "$in": &names }, "dropped": { "$ne": true }, "unsplittable": { "$ne": true } };
    let limit = i64::try_from(names.len()).unwrap_or(i64::MAX).max(1);
    let find = doc! {
        "find": "collections", "filter": filter, "limit": limit, "batchSize": limit, "singleBatch": true,
        "maxTimeMS": QUESTION,
    };
    let answer = config.run_command(find).await?;
    let documents: Vec<&Document> = first_batch(&answer).collect();
    let (chunks, zones) = try_join(counted(client, &documents, most), zones(client, &documents)).await?;
    let row = |document: &&Document| {
        let mut row = of_catalog(document)?;
        if let Some((counted, jumbo)) = chunks.get(&row.id) {
            (row.chunks, row.jumbo) = (counted.clone(), *jumbo);
        }
        row.zones = zones.get(&row.id).cloned().unwrap_or_default();
        Some((Found::of_catalog(&row.id).namespace(), row))
    };
    Ok(documents.iter().filter_map(row).collect())
}

/// An entry of the catalog of any version. What it does not say yet is unknown.
fn of_catalog(document: &Document) -> Option<Row> {
    let uuid = match document.get("uuid") {
        Some(bson::Bson::Binary(binary)) => binary.to_uuid().ok().map(|uuid| uuid.to_string()),
        _ => None,
    };
    let is_false = |field| document.get_bool(field).is_ok_and(|it| !it);
    Some(Row {
        id: document.get_str("_id").ok()?.to_owned(),
        uuid: uuid.unwrap_or_default(),
        key: document.get_document("key").cloned().unwrap_or_default(),
        unique: is_true(document, "unique"),
        chunks: Chunks::Unknown,
        jumbo: None,
        zones: Vec::new(),
        chunk_bytes: number(document, "maxChunkSizeBytes").filter(|size| *size > 0),
        movement: Movement {
            left_alone: is_true(document, "noBalance"),
            // setAllowMigrations writes the first; a coordinator that must not be disturbed writes the other.
            frozen: is_false("permitMigrations") || is_false("allowMigrations"),
            defragmenting: is_true(document, "defragmentCollection"),
            resharding: document.contains_key("reshardingFields"),
        },
    })
}

/// Chunks by shard, and the jumbo ones where all were counted.
type Counted = HashMap<String, (Chunks, Option<i64>)>;

async fn counted(client: &Client, documents: &[&Document], most: i64) -> Result<Counted, Error> {
    let mut counted = HashMap::new();
    // Chunks belong to a UUID where the collection has a timestamp (5.0 and later, by FCV), else to a name.
    for (by_uuid, field, owner) in [(true, "uuid", "$uuid"), (false, "ns", "$_id")] {
        let names: Vec<&str> = documents
            .iter()
            .filter(|row| row.contains_key("timestamp") == by_uuid)
            .filter_map(|row| row.get_str("_id").ok())
            .collect();
        if !names.is_empty() {
            let answer = soft(client.database("config").run_command(counting(&names, field, owner, most)).await)?;
            counted.extend(answer.iter().flat_map(first_batch).filter_map(|row| chunks_of(row, most)));
        }
    }
    Ok(counted)
}

fn counting(names: &[&str], field: &str, owner: &str, most: i64) -> Document {
    let of_this = doc! { "$match": { "$expr": { "$eq": [format!("${field}"), "$$owner"] } } };
    let jumbo = doc! { "$cond": [{ "$eq": ["$jumbo", true] }, 1, 0] };
    let by_shard = doc! { "$group": { "_id": "$shard", "chunks": { "$sum": 1 }, "jumbo": { "$sum": jumbo } } };
    let count = vec![of_this, doc! { "$limit": most + 1 }, by_shard, doc! { "$sort": { "_id": 1 } }];
    doc! {
        "aggregate": "collections",
        "pipeline": [
            { "$match": { "_id": { "$in": names } } },
            { "$lookup": { "from": "chunks", "let": { "owner": owner }, "pipeline": count, "as": "chunks" } },
            { "$project": { "chunks": 1 } },
        ],
        "cursor": { "batchSize": 1_000 },
        "maxTimeMS": QUESTION,
    }
}

fn chunks_of(row: &Document, most: i64) -> Option<(String, (Chunks, Option<i64>))> {
    let rows: Vec<&Document> = row.get_array("chunks").ok()?.iter().filter_map(bson::Bson::as_document).collect();
    let shard =
        |it: &&Document| Some(ShardChunks { shard: it.get_str("_id").ok()?.to_owned(), chunks: number(it, "chunks")? });
    let shards: Vec<ShardChunks> = rows.iter().filter_map(shard).collect();
    let all: i64 = shards.iter().map(|it| it.chunks).sum();
    let name = row.get_str("_id").ok()?.to_owned();
    if all > most {
        return Some((name, (Chunks::Many, None)));
    }
    let jumbo = rows.iter().filter_map(|it| number(it, "jumbo")).sum();
    Some((name, (Chunks::Counted(shards), Some(jumbo))))
}

async fn zones(client: &Client, documents: &[&Document]) -> Result<HashMap<String, Vec<(String, i64)>>, Error> {
    let names: Vec<&str> = documents.iter().filter_map(|row| row.get_str("_id").ok()).collect();
    let of_this = doc! { "$match": { "$expr": { "$eq": ["$ns", "$$name"] } } };
    let by_zone = doc! { "$group": { "_id": "$tag", "ranges": { "$sum": 1 } } };
    let zones = vec![of_this, doc! { "$limit": RANGES }, by_zone, doc! { "$sort": { "_id": 1 } }];
    let command = doc! {
        "aggregate": "collections",
        "pipeline": [
            { "$match": { "_id": { "$in": names } } },
            { "$lookup": { "from": "tags", "let": { "name": "$_id" }, "pipeline": zones, "as": "zones" } },
            { "$match": { "zones.0": { "$exists": true } } },
            { "$project": { "zones": 1 } },
        ],
        "cursor": { "batchSize": 1_000 },
        "maxTimeMS": QUESTION,
    };
    let answer = soft(client.database("config").run_command(command).await)?;
    let zone = |it: &Document| Some((it.get_str("_id").ok()?.to_owned(), number(it, "ranges")?));
    let row = |row: &Document| {
        let zones = row.get_array("zones").ok()?;
        let zones = zones.iter().filter_map(bson::Bson::as_document).filter_map(zone).collect();
        Some((row.get_str("_id").ok()?.to_owned(), zones))
    };
    Ok(answer.iter().flat_map(first_batch).filter_map(row).collect())
}

/// The shards, and whether each is draining.
pub(super) async fn shards(client: &Client) -> Result<Vec<(String, bool)>, Error> {
    let find = doc! {
        "find": "shards", "projection": { "draining": 1 }, "sort": { "_id": 1 }, "limit": 1_000, "batchSize": 1_000,
        "singleBatch": true,
        "maxTimeMS": QUESTION,
    };
    let answer = client.database("config").run_command(find).await?;
    let shard = |row: &Document| Some((row.get_str("_id").ok()?.to_owned(), is_true(row, "draining")));
    Ok(first_batch(&answer).filter_map(shard).collect())
}

/// Whether the catalog has no more entries than `most`, by its own figure.
pub(super) async fn few(client: &Client, most: i64) -> Result<bool, Error> {
    let command = doc! { "count": "collections", "maxTimeMS": QUESTION };
    let answer = soft(client.database("config").run_command(command).await)?;
    Ok(answer.and_then(|answer| number(&answer, "n")).is_some_and(|count| count <= most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_any_version_is_read() {
        let uuid = bson::Uuid::from_bytes([7; 16]);
        let of_4_4 = doc! {
            "_id": "shop.orders", "lastmodEpoch": bson::oid::ObjectId::from_bytes([1; 12]), "dropped": false,
            "key": { "b": 1.0, "a": 1.0 }, "unique": true, "uuid": uuid, "noBalance": true,
        };
        let row = of_catalog(&of_4_4).expect("a row");
        assert_eq!((row.uuid.as_str(), row.unique), (uuid.to_string().as_str(), true));
        assert!(row.movement.left_alone && !row.movement.frozen);
        let of_6_0 = doc! {
            "_id": "shop.orders", "timestamp": bson::Timestamp { time: 1, increment: 2 }, "key": { "a": "hashed" },
            "permitMigrations": false, "maxChunkSizeBytes": 1_i64 << 20, "defragmentCollection": true,
            "reshardingFields": {},
        };
        let row = of_catalog(&of_6_0).expect("a row");
        let movement = Movement { left_alone: false, frozen: true, defragmenting: true, resharding: true };
        assert_eq!((row.movement, row.chunk_bytes), (movement, Some(1 << 20)));
        assert!(of_catalog(&doc! { "_id": "a.b", "allowMigrations": false }).expect("a row").movement.frozen);
    }

    #[test]
    fn jumbo_chunks_are_told_only_when_all_were_counted() {
        let row = |chunks: i64| {
            doc! { "_id": "a.b", "chunks": [{ "_id": "s1", "chunks": chunks, "jumbo": 3 }, { "_id": "s2", "chunks": 0 }] }
        };
        let (_, (chunks, jumbo)) = chunks_of(&row(10), 10).expect("counted");
        assert!(matches!(chunks, Chunks::Counted(_)) && jumbo == Some(3));
        assert_eq!(chunks_of(&row(11), 10), Some(("a.b".into(), (Chunks::Many, None))));
    }

    #[test]
    fn chunks_are_found_by_uuid_or_by_name() {
        let by_name = counting(&["a.b"], "ns", "$_id", 5).to_string();
        assert!(by_name.contains(r#""$ns""#) && by_name.contains(r#""owner": "$_id""#), "{by_name}");
    }
}
