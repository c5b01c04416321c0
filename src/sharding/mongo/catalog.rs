//! What the config servers know of sharded collections and their chunks.

use std::collections::HashMap;

use bson::{Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use super::answer::{first_batch, number, soft};
use crate::sharding::model::{CHUNKS_COUNTED, Chunks, KeyField, ShardChunks, ShardKey, Spread};

/// How long the chunks of a page of collections may be counted, in milliseconds.
const COUNTING: i32 = 1_000;

/// A sharded collection.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: Document,
    pub unique: bool,
    pub chunks: Chunks,
}

/// The sharded ones among these collections, by their names.
///
/// # Errors
/// The driver's.
pub(in crate::sharding) async fn sharded(
    client: &Client,
    namespaces: &[String],
) -> Result<HashMap<String, Entry>, Error> {
    let config = client.database("config");
    // A document of 8.0 may stand for a collection that is only tracked, not sharded.
    let filter = doc! { "_id": { "$in": namespaces }, "dropped": { "$ne": true }, "unsplittable": { "$ne": true } };
    let limit = i64::try_from(namespaces.len()).unwrap_or(i64::MAX).max(1);
    let find = doc! { "find": "collections", "filter": filter, "limit": limit, "singleBatch": true };
    let answer = config.run_command(find).await?;
    let rows: Vec<&Document> = first_batch(&answer).collect();
    let mut chunks = HashMap::new();
    // Chunks belong to a UUID where the collection has a timestamp (5.0 and later, by FCV), else to a name.
    for (by_uuid, field, owner) in [(true, "uuid", "$uuid"), (false, "ns", "$_id")] {
        let names: Vec<&str> = rows
            .iter()
            .filter(|row| row.contains_key("timestamp") == by_uuid)
            .filter_map(|row| row.get_str("_id").ok())
            .collect();
        if !names.is_empty() {
            let counted = soft(config.run_command(counting(&names, field, owner)).await)?;
            chunks.extend(counted.iter().flat_map(first_batch).filter_map(counted_chunks));
        }
    }
    Ok(rows.into_iter().filter_map(|row| entry(row, &mut chunks)).collect())
}

fn entry(row: &Document, chunks: &mut HashMap<String, Chunks>) -> Option<(String, Entry)> {
    let name = row.get_str("_id").ok()?.to_owned();
    let key = row.get_document("key").cloned().unwrap_or_default();
    let unique = row.get_bool("unique").unwrap_or_default();
    let chunks = chunks.remove(&name).unwrap_or(Chunks::Unknown);
    Some((name, Entry { key, unique, chunks }))
}

/// Counts chunks by shard, no further than [`CHUNKS_COUNTED`] for each collection.
fn counting(names: &[&str], field: &str, owner: &str) -> Document {
    let of_this = doc! { "$match": { "$expr": { "$eq": [format!("${field}"), "$$owner"] } } };
    let by_shard = doc! { "$group": { "_id": "$shard", "chunks": { "$sum": 1 } } };
    let count = vec![of_this, doc! { "$limit": CHUNKS_COUNTED + 1 }, by_shard, doc! { "$sort": { "_id": 1 } }];
    doc! {
        "aggregate": "collections",
        "pipeline": [
            { "$match": { "_id": { "$in": names } } },
            { "$lookup": { "from": "chunks", "let": { "owner": owner }, "pipeline": count, "as": "chunks" } },
            { "$project": { "chunks": 1 } },
        ],
        "cursor": { "batchSize": 1_000 },
        "maxTimeMS": COUNTING,
    }
}

fn counted_chunks(row: &Document) -> Option<(String, Chunks)> {
    let rows = row.get_array("chunks").ok()?;
    let shards: Vec<ShardChunks> = rows
        .iter()
        .filter_map(|it| it.as_document())
        .filter_map(|it| Some(ShardChunks { shard: it.get_str("_id").ok()?.to_owned(), chunks: number(it, "chunks")? }))
        .collect();
    let all: i64 = shards.iter().map(|it| it.chunks).sum();
    let chunks = if all > CHUNKS_COUNTED { Chunks::Many } else { Chunks::Counted(shards) };
    Some((row.get_str("_id").ok()?.to_owned(), chunks))
}

/// The number of shards.
///
/// # Errors
/// The driver's.
pub(in crate::sharding) async fn shards(client: &Client) -> Result<i64, Error> {
    let command: Document = doc! { "aggregate": "shards", "pipeline": [{ "$count": "n" }], "cursor": {} };
    let answer = client.database("config").run_command(command).await?;
    Ok(first_batch(&answer).find_map(|row| number(row, "n")).unwrap_or_default())
}

/// A key as the catalog holds it; none where it is of a kind that this version does not know.
pub fn key_of(document: &Document) -> Option<ShardKey> {
    let field = |field: &String| {
        let spread = if document.get_str(field).is_ok_and(|kind| kind == "hashed") {
            Spread::Hashed
        } else {
            ascending(document, field)?
        };
        Some(KeyField { field: field.clone(), spread })
    };
    ShardKey::new(document.keys().map(field).collect::<Option<_>>()?).ok()
}

fn ascending(document: &Document, field: &str) -> Option<Spread> {
    (number(document, field) == Some(1)).then_some(Spread::Ranged)
}

/// A key in an operator's words, also one of a kind that this version does not know.
pub fn shown_key(document: &Document) -> String {
    key_of(document).map_or_else(|| document.to_string(), |key| key.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_the_catalog_is_read_whatever_its_numbers_are() {
        let read = |document| key_of(&document).map(|key| key.to_string());
        assert_eq!(read(doc! { "b": 1, "a": 1.0 }).as_deref(), Some("{ b: 1, a: 1 }"));
        assert_eq!(read(doc! { "a": 1_i64, "b": "hashed" }).as_deref(), Some("{ a: 1, b: \"hashed\" }"));
        assert_eq!(read(doc! { "a": -1 }), None);
        assert_eq!(read(doc! { "a": "text" }), None);
    }

    #[test]
    fn chunks_beyond_the_limit_are_told_as_many() {
        let row = |chunks: i64| doc! { "_id": "a.b", "chunks": [{ "_id": "s1", "chunks": chunks }] };
        let counted = vec![ShardChunks { shard: "s1".into(), chunks: 2_000 }];
        assert_eq!(counted_chunks(&row(2_000)), Some(("a.b".into(), Chunks::Counted(counted))));
        assert_eq!(counted_chunks(&row(2_001)), Some(("a.b".into(), Chunks::Many)));
    }
}
