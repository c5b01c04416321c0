//! Splitting, moving and merging chunks. The public commands name a chunk by a document in it;
//! the internal ones want its exact bounds and its owner.

use bson::{Bson, Document, doc};

use super::answer::{Answer, Failure, bad_value, missing_field, raw, refused, strip_internals};
use super::dispatch::Request;
use super::metadata::{Chunk, Collection, first_batch, majority};
use super::relay::Relay;
use super::sharding::{copy, on_config_quietly, only_on_admin};

pub(super) async fn split(relay: &mut Relay, request: &Request) -> Answer {
    only_on_admin(request)?;
    let body = request.decoded()?;
    let collection = relay.sharded(request.subject()).await?;
    let (chunk, at) = match body.get_document("middle") {
        Ok(middle) => {
            check_fields(middle, &collection)?;
            (relay.chunk_holding(&collection, middle).await?, middle.clone())
        }
        Err(_) => {
            let chunk = named_chunk(relay, &collection, &body).await?;
            let middle = median(relay, &collection, &chunk).await?;
            (chunk, middle)
        }
    };
    let command = doc! {
        "splitChunk": &collection.namespace, "from": &chunk.shard,
        "keyPattern": collection.key.clone(), "epoch": collection.epoch,
        "timestamp": collection.timestamp, "min": chunk.min, "max": chunk.max,
        "splitKeys": [at],
    };
    on_owner(relay, &chunk.shard, command).await
}

pub(super) async fn move_chunk(relay: &mut Relay, request: &Request) -> Answer {
    only_on_admin(request)?;
    let body = request.decoded()?;
    let to = body.get_str("to").map_err(|_| missing_field("moveChunk", "to"))?;
    let collection = relay.sharded(request.subject()).await?;
    let chunk = named_chunk(relay, &collection, &body).await?;
    let wait = ["waitForDelete", "_waitForDelete"];
    let wait = wait.iter().any(|it| body.get_bool(it).unwrap_or(false));
    let command = doc! {
        "_configsvrMoveRange": &collection.namespace, "toShard": to,
        "min": chunk.min, "max": chunk.max, "forceJumbo": force_jumbo(&body),
        "waitForDelete": wait, "writeConcern": majority(),
    };
    on_config_quietly(relay, command, &body).await
}

pub(super) async fn move_range(relay: &mut Relay, request: &Request) -> Answer {
    only_on_admin(request)?;
    let body = request.decoded()?;
    let to = body.get_str("toShard").map_err(|_| missing_field("moveRange", "toShard"))?;
    let mut command = doc! {
        "_configsvrMoveRange": request.subject(), "toShard": to,
        "forceJumbo": force_jumbo(&body), "writeConcern": majority(),
    };
    copy(&body, &mut command, &["min", "max", "waitForDelete", "secondaryThrottle"]);
    on_config_quietly(relay, command, &body).await
}

pub(super) async fn merge(relay: &mut Relay, request: &Request) -> Answer {
    only_on_admin(request)?;
    let body = request.decoded()?;
    let collection = relay.sharded(request.subject()).await?;
    let (min, max) = bounds(&body).ok_or_else(|| missing_field("mergeChunks", "bounds"))?;
    let chunk = relay.chunk_holding(&collection, min).await?;
    let command = doc! {
        "mergeChunks": &collection.namespace, "bounds": [min.clone(), max.clone()],
        "shardName": &chunk.shard, "epoch": collection.epoch,
        "timestamp": collection.timestamp, "config": relay.shared.config_set.clone(),
    };
    on_owner(relay, &chunk.shard, command).await
}

pub(super) async fn clear_jumbo(relay: &mut Relay, request: &Request) -> Answer {
    only_on_admin(request)?;
    let body = request.decoded()?;
    let collection = relay.sharded(request.subject()).await?;
    let chunk = named_chunk(relay, &collection, &body).await?;
    let command = doc! {
        "_configsvrClearJumboFlag": &collection.namespace, "epoch": collection.epoch,
        "minKey": chunk.min, "maxKey": chunk.max, "writeConcern": majority(),
    };
    on_config_quietly(relay, command, &body).await
}

/// The chunk that `find: {…}` or `bounds: [min, max]` names.
async fn named_chunk(relay: &mut Relay, collection: &Collection, body: &Document) -> Result<Chunk, Failure> {
    if let Some((min, max)) = bounds(body) {
        return relay.chunk_between(collection, min, max).await;
    }
    let query = body.get_document("find");
    let query = query.map_err(|_| bad_value("need to specify find or bounds"))?;
    let key = key_value(relay, collection, query).await?;
    relay.chunk_holding(collection, &key).await
}

/// The shard key value of a query that gives every field of the key.
async fn key_value(relay: &mut Relay, collection: &Collection, query: &Document) -> Result<Document, Failure> {
    let mut key = Document::new();
    for (field, kind) in &collection.key {
        let value = at_path(query, field).ok_or_else(|| {
            let text = format!("no shard key found in chunk query {query}");
            refused(61, "ShardKeyNotFound", text)
        })?;
        let value = match kind.as_str() {
            Some("hashed") => hashed(relay, value).await?,
            _ => value.clone(),
        };
        key.insert(field.clone(), value);
    }
    Ok(key)
}

/// A value's hash as the server computes it, so that nothing here can disagree with it.
async fn hashed(relay: &mut Relay, value: &Bson) -> Result<Bson, Failure> {
    let pipeline = vec![
        doc! { "$documents": [{}] },
        doc! { "$project": { "hash": { "$toHashedIndexKey": { "$literal": value.clone() } } } },
    ];
    let command = doc! { "aggregate": 1, "pipeline": pipeline, "cursor": {} };
    let answer = relay.run_on_config(command).await?;
    let hash = first_batch(&answer).first().and_then(|it| it.get("hash").cloned());
    hash.ok_or_else(|| bad_value("the config server returned no hash"))
}

/// Where the server would cut a chunk in two halves.
async fn median(relay: &mut Relay, collection: &Collection, chunk: &Chunk) -> Result<Document, Failure> {
    let command = doc! {
        "splitVector": &collection.namespace, "keyPattern": collection.key.clone(),
        "min": chunk.min.clone(), "max": chunk.max.clone(), "force": true,
    };
    let owner = relay.shard(&chunk.shard).await?;
    let answer = relay.run(&owner.replica_set, "admin", command).await?;
    let keys = answer.get_array("splitKeys").map(Vec::as_slice).unwrap_or_default();
    let middle = keys.first().and_then(Bson::as_document).cloned();
    middle.ok_or_else(|| {
        let text = format!("chunk [{}, {}) has no key to split at", chunk.min, chunk.max);
        refused(87, "CannotSplit", text)
    })
}

async fn on_owner(relay: &mut Relay, shard: &str, command: Document) -> Answer {
    let owner = relay.shard(shard).await?;
    raw(&strip_internals(relay.run(&owner.replica_set, "admin", command).await?))
}

fn check_fields(bound: &Document, collection: &Collection) -> Result<(), Failure> {
    if bound.keys().eq(collection.key.keys()) {
        return Ok(());
    }
    let key = &collection.key;
    let text = format!("field names of bound {bound} do not match those of keyPattern {key}");
    Err(refused(16634, "Location16634", text))
}

fn bounds(body: &Document) -> Option<(&Document, &Document)> {
    let [min, max] = body.get_array("bounds").ok()?.as_slice() else {
        return None;
    };
    Some((min.as_document()?, max.as_document()?))
}

/// The internal command has a number where the public one has a yes or no: 1 is "by hand".
fn force_jumbo(body: &Document) -> i32 {
    i32::from(body.get_bool("forceJumbo").unwrap_or(false))
}

/// The value at a dotted path, given either dotted or nested.
fn at_path<'a>(document: &'a Document, path: &str) -> Option<&'a Bson> {
    if let Some(value) = document.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.')?;
    at_path(document.get_document(first).ok()?, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_dotted_and_nested() {
        let document = doc! { "a": { "b": { "c": 1 } }, "d.e": 2 };
        assert_eq!(at_path(&document, "a.b.c"), Some(&Bson::Int32(1)));
        assert_eq!(at_path(&document, "d.e"), Some(&Bson::Int32(2)));
        assert_eq!(at_path(&document, "a.x"), None);
    }

    #[test]
    fn bounds_are_two_documents() {
        assert!(bounds(&doc! { "bounds": [{ "a": 1 }, { "a": 2 }] }).is_some());
        assert!(bounds(&doc! { "bounds": [{ "a": 1 }] }).is_none());
        assert!(bounds(&doc! { "bounds": [1, 2] }).is_none());
        assert!(bounds(&doc! {}).is_none());
    }

    #[test]
    fn force_jumbo_is_a_number() {
        assert_eq!(force_jumbo(&doc! { "forceJumbo": true }), 1);
        assert_eq!(force_jumbo(&doc! {}), 0);
    }
}
