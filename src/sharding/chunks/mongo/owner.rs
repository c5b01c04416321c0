//! The chunk that a document's key falls into: one short question to the catalog, without reading the map.

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use super::Identity;
use crate::sharding::hashed::hashed;
use crate::sharding::mongo::answer::{first_batch, is_true};
use crate::sharding::order::compare_bounds;
use crate::text::Words;
use crate::words;

/// The values of the key that a document has.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyOf {
    /// With hashes in the place of what is hashed.
    pub key: Document,
    /// Fields that the document lacks; they count as null.
    pub missing: Vec<String>,
}

/// A chunk with its bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    pub min: Document,
    pub max: Document,
    pub shard: String,
    pub jumbo: bool,
}

/// # Errors
/// Why the document can be in no chunk.
pub fn key_of(of: &Identity, document: &Document) -> Result<KeyOf, Words> {
    let mut key = Document::new();
    let mut missing = Vec::new();
    for field in of.key.keys() {
        if of.holds_buckets() && field.starts_with("control.") {
            return Err(words!(
                "The key holds the time of buckets ({field}): from a measurement alone nobody can tell its bucket.",
                "키에 버킷의 시각({field})이 있어 측정값만으로는 어느 버킷인지 알 수 없습니다.",
            ));
        }
        let path = of.path_of(field);
        // What is copied from the map has the names of the buckets.
        let value = match at_path(document, &path)?.or(at_path(document, field)?) {
            Some(value) => value.clone(),
            None => {
                missing.push(path);
                Bson::Null
            }
        };
        let value = if of.hashed() == Some(field) { Bson::Int64(hashed(&value)) } else { value };
        key.insert(field.clone(), value);
    }
    if missing.len() == of.key.len() {
        let fields = missing.join(", ");
        return Err(words!(
            "The document has no field of the shard key: {fields}.",
            "문서에 샤드 키 필드가 없습니다: {fields}.",
        ));
    }
    Ok(KeyOf { key, missing })
}

/// The value at a path of a key, given nested or, as mongosh prints bounds, with its dots.
fn at_path<'a>(document: &'a Document, path: &str) -> Result<Option<&'a Bson>, Words> {
    if let Some(value) = document.get(path) {
        return scalar(path, value).map(Some);
    }
    let Some((first, rest)) = path.split_once('.') else { return Ok(None) };
    match document.get(first) {
        Some(Bson::Document(inner)) => at_path(inner, rest),
        Some(Bson::Array(_)) => Err(no_array(first)),
        _ => Ok(None),
    }
}

fn scalar<'a>(field: &str, value: &'a Bson) -> Result<&'a Bson, Words> {
    match value {
        Bson::Array(_) => Err(no_array(field)),
        _ => Ok(value),
    }
}

fn no_array(field: &str) -> Words {
    words!(
        "{field} is an array. MongoDB takes no document into a sharded collection whose key holds one.",
        "{field}이(가) 배열입니다. 샤드 키에 배열이 있는 문서는 샤딩된 컬렉션에 들어갈 수 없습니다.",
    )
}

/// The chunk that holds a key.
///
/// # Errors
/// The driver's.
pub async fn chunk(client: &Client, of: &Identity, key: &Document) -> Result<Option<Chunk>, Error> {
    let mut filter = of.filter();
    filter.insert("min", doc! { "$lte": key });
    let find = doc! {
        "find": "chunks", "filter": filter, "sort": { "min": -1 }, "limit": 1, "singleBatch": true, "maxTimeMS": 1_000,
    };
    let answer = client.database("config").run_command(find).await?;
    let found = first_batch(&answer).next().and_then(read);
    Ok(found.filter(|chunk| compare_bounds(key, &chunk.max).is_lt()))
}

fn read(row: &Document) -> Option<Chunk> {
    Some(Chunk {
        min: row.get_document("min").ok()?.clone(),
        max: row.get_document("max").ok()?.clone(),
        shard: row.get_str("shard").ok()?.to_owned(),
        jumbo: is_true(row, "jumbo"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(key: Document) -> Identity {
        Identity::of("a.b", &doc! { "key": key }).expect("an entry of 4.4")
    }

    #[test]
    fn a_key_is_taken_out_of_a_document_in_the_order_of_the_key() {
        let document = doc! { "b": 2, "a": { "x": 1_i64, "y": 3 }, "c": 4 };
        let found = key_of(&of(doc! { "a.x": 1, "b": 1 }), &document).expect("a key");
        assert_eq!((found.key, found.missing), (doc! { "a.x": 1_i64, "b": 2 }, Vec::new()));
        let found = key_of(&of(doc! { "b": "hashed", "z": 1 }), &document).expect("a key");
        assert_eq!(found.key, doc! { "b": hashed(&Bson::Int32(2)), "z": Bson::Null });
        assert_eq!(found.missing, ["z"]);
        let dotted = key_of(&of(doc! { "a.x": 1 }), &doc! { "a.x": 5 }).expect("a bound's own form");
        assert_eq!(dotted.key, doc! { "a.x": 5 });
    }

    #[test]
    fn a_document_that_no_chunk_can_hold_is_told_why() {
        let told = |key: Document, document: Document| key_of(&of(key), &document).expect_err("refused").en;
        assert!(told(doc! { "a": 1 }, doc! { "a": [1] }).contains("an array"));
        assert!(told(doc! { "a.x": 1 }, doc! { "a": [{ "x": 1 }] }).contains("an array"));
        assert!(told(doc! { "a": 1, "b": 1 }, doc! { "c": 1 }).contains("no field of the shard key: a, b"));
    }
}
