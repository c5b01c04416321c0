//! What the catalog says of the collections of a page: keys, chunks counted so far, zones, and whether chunks may move.

use std::collections::HashMap;

use bson::{Bson, Document, doc};
use futures_util::future::try_join;
use mongodb::Client;
use mongodb::error::Error;

use super::names::Found;
use crate::sharding::collections::model::Movement;
use crate::sharding::model::{Chunks, ShardChunks};
use crate::sharding::mongo::answer::{first_batch, is_true, number, soft};

const QUESTION: i32 = 1_000;
/// Ranges of zones that are looked at for all collections of a page.
const RANGES: i64 = 50_000;

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
/// than `most`.
pub(super) async fn rows(client: &Client, found: &[Found], most: i64) -> Result<HashMap<String, Row>, Error> {
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
        Some(Bson::Binary(binary)) => binary.to_uuid().ok().map(|uuid| uuid.to_string()),
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

/// Chunks by shard, and the jumbo ones where all were looked at.
type Counted = HashMap<String, (Chunks, Option<i64>)>;

/// Chunks are counted in an index, which does not say whether they are jumbo: so many of a page are looked at for that.
const LOOKED_AT: i64 = 2_000;

async fn counted(client: &Client, documents: &[&Document], most: i64) -> Result<Counted, Error> {
    let mut counted = HashMap::new();
    // Chunks belong to a UUID where the collection has a timestamp (5.0 and later, by FCV), else to a name.
    for (by_uuid, field, owner) in [(true, "uuid", "uuid"), (false, "ns", "_id")] {
        let rows: Vec<&Document> =
            documents.iter().filter(|row| row.contains_key("timestamp") == by_uuid).copied().collect();
        if rows.is_empty() {
            continue;
        }
        let names: Vec<&str> = rows.iter().filter_map(|row| row.get_str("_id").ok()).collect();
        let config = client.database("config");
        let answer = soft(config.run_command(counting(&names, field, owner, most)).await)?;
        let mut chunks: HashMap<String, Chunks> =
            answer.iter().flat_map(first_batch).filter_map(|row| chunks_of(row, most)).collect();
        let looked_at = fitting(&rows, &chunks, LOOKED_AT.max(most / names.len() as i64));
        let owners: Vec<Bson> = looked_at.iter().filter_map(|row| row.get(owner).cloned()).collect();
        let answer = soft(config.run_command(counting_jumbo(owners, field)).await)?;
        let jumbo = answer.as_ref().map(jumbo_of).unwrap_or_default();
        let names = looked_at.iter().filter_map(|row| Some((row.get_str("_id").ok()?, row.get(owner)?)));
        let marked: HashMap<&str, i64> = names
            .map(|(name, it)| (name, jumbo.iter().find(|(owner, _)| owner == it).map_or(0, |(_, n)| *n)))
            .collect();
        counted.extend(chunks.drain().map(|(name, chunks)| {
            let jumbo = marked.get(name.as_str()).copied().filter(|_| answer.is_some());
            (name, (chunks, jumbo))
        }));
    }
    Ok(counted)
}

/// Those of these collections whose chunks can all be looked at, when no more than `most` are for all of them.
fn fitting<'a>(rows: &[&'a Document], chunks: &HashMap<String, Chunks>, most: i64) -> Vec<&'a Document> {
    let mut left = most;
    let fits = |row: &&&Document| match row.get_str("_id").ok().and_then(|name| chunks.get(name)) {
        Some(Chunks::Counted(shards)) => {
            let chunks: i64 = shards.iter().map(|it| it.chunks).sum();
            let fits = chunks <= left;
            left -= if fits { chunks } else { 0 };
            fits
        }
        _ => false,
    };
    rows.iter().filter(fits).copied().collect()
}

fn counting(names: &[&str], field: &str, owner: &str, most: i64) -> Document {
    let by_shard = doc! { "$group": { "_id": "$shard", "chunks": { "$sum": 1 } } };
    let mut count = vec![doc! { "$limit": most + 1 }, by_shard, doc! { "$sort": { "_id": 1 } }];
    let mut lookup = doc! { "from": "chunks", "as": "chunks" };
    if field == "uuid" {
        // Known from 5.0 on, where chunks belong to a UUID. It costs half of an expression.
        count.insert(0, doc! { "$project": { "_id": 0, "uuid": 1, "shard": 1 } });
        lookup.extend(doc! { "localField": owner, "foreignField": field });
    } else {
        count.insert(0, doc! { "$match": { "$expr": { "$eq": [format!("${field}"), "$$owner"] } } });
        lookup.insert("let", doc! { "owner": format!("${owner}") });
    }
    lookup.insert("pipeline", count);
    doc! {
        "aggregate": "collections",
        "pipeline": [
            { "$match": { "_id": { "$in": names } } },
            { "$lookup": lookup },
            { "$project": { "chunks": 1 } },
        ],
        "cursor": { "batchSize": 1_000 },
        "maxTimeMS": QUESTION,
    }
}

fn chunks_of(row: &Document, most: i64) -> Option<(String, Chunks)> {
    let rows = row.get_array("chunks").ok()?.iter().filter_map(Bson::as_document);
    let shard =
        |it: &Document| Some(ShardChunks { shard: it.get_str("_id").ok()?.to_owned(), chunks: number(it, "chunks")? });
    let shards: Vec<ShardChunks> = rows.filter_map(shard).collect();
    let all: i64 = shards.iter().map(|it| it.chunks).sum();
    let chunks = if all > most { Chunks::Many } else { Chunks::Counted(shards) };
    Some((row.get_str("_id").ok()?.to_owned(), chunks))
}

fn counting_jumbo(owners: Vec<Bson>, field: &str) -> Document {
    doc! {
        "aggregate": "chunks",
        "pipeline": [
            { "$match": { field: { "$in": owners }, "jumbo": true } },
            { "$group": { "_id": format!("${field}"), "jumbo": { "$sum": 1 } } },
        ],
        "cursor": { "batchSize": 1_000 },
        "maxTimeMS": QUESTION,
    }
}

fn jumbo_of(answer: &Document) -> Vec<(Bson, i64)> {
    first_batch(answer).filter_map(|row| Some((row.get("_id")?.clone(), number(row, "jumbo")?))).collect()
}

/// Ranges are counted in an index, for all of a page in one go.
async fn zones(client: &Client, documents: &[&Document]) -> Result<HashMap<String, Vec<(String, i64)>>, Error> {
    let names: Vec<&str> = documents.iter().filter_map(|row| row.get_str("_id").ok()).collect();
    let command = doc! {
        "aggregate": "tags",
        "pipeline": [
            { "$match": { "ns": { "$in": names } } },
            { "$limit": RANGES },
            { "$group": { "_id": { "ns": "$ns", "tag": "$tag" }, "ranges": { "$sum": 1 } } },
            { "$sort": { "_id": 1 } },
        ],
        "cursor": { "batchSize": 10_000 },
        "maxTimeMS": QUESTION,
    };
    let answer = soft(client.database("config").run_command(command).await)?;
    let mut zones: HashMap<String, Vec<(String, i64)>> = HashMap::new();
    for row in answer.iter().flat_map(first_batch) {
        let Ok(of) = row.get_document("_id") else { continue };
        if let (Ok(name), Ok(zone), Some(ranges)) = (of.get_str("ns"), of.get_str("tag"), number(row, "ranges")) {
            zones.entry(name.to_owned()).or_default().push((zone.to_owned(), ranges));
        }
    }
    Ok(zones)
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
    fn chunks_beyond_the_limit_are_told_as_many() {
        let row = |chunks: i64| doc! { "_id": "a.b", "chunks": [{ "_id": "s1", "chunks": chunks }] };
        let (name, chunks) = chunks_of(&row(10), 10).expect("counted");
        assert!(name == "a.b" && matches!(chunks, Chunks::Counted(_)));
        assert_eq!(chunks_of(&row(11), 10), Some(("a.b".into(), Chunks::Many)));
    }

    #[test]
    fn jumbo_marks_are_looked_for_where_all_of_a_page_are_few() {
        let (small, big, other) = (doc! { "_id": "a.small" }, doc! { "_id": "a.big" }, doc! { "_id": "a.other" });
        let chunks = |chunks| Chunks::Counted(vec![ShardChunks { shard: "s1".into(), chunks }]);
        let counted = HashMap::from([
            ("a.small".to_owned(), chunks(3)),
            ("a.big".to_owned(), chunks(9)),
            ("a.other".to_owned(), chunks(7)),
        ]);
        assert_eq!(fitting(&[&small, &big, &other], &counted, 10), [&small, &other]);
        assert!(fitting(&[&small], &HashMap::from([("a.small".to_owned(), Chunks::Many)]), 10).is_empty());
    }

    #[test]
    fn chunks_are_found_by_uuid_or_by_name() {
        let by_name = counting(&["a.b"], "ns", "_id", 5).to_string();
        assert!(by_name.contains(r#""$ns""#) && by_name.contains(r#""owner": "$_id""#), "{by_name}");
        let by_uuid = counting(&["a.b"], "uuid", "uuid", 5).to_string();
        assert!(by_uuid.contains(r#""localField": "uuid""#), "{by_uuid}");
    }
}
