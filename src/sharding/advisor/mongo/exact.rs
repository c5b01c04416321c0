//! What indexes and a look at all documents say exactly, where there is time for it.

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use crate::sharding::model::{KeyField, Namespace, ShardKey, Spread};
use crate::sharding::mongo::answer::{first_batch, in_time, number};
use crate::sharding::mongo::collection::Index;

/// How long either may take, in milliseconds.
pub(super) const COUNTING: i32 = 1_500;

/// The number of different values of each key that an index begins with; none where there is none, or no time.
///
/// # Errors
/// When the router could not be asked at all.
pub(super) async fn distinct(
    client: &Client,
    namespace: &Namespace,
    keys: &[ShardKey],
    indexes: &[Index],
    deadline: Instant,
) -> Result<Vec<Option<i64>>, Error> {
    let mut counted = Vec::with_capacity(keys.len());
    for key in keys {
        counted.push(one(client, namespace, key, indexes, deadline).await?);
    }
    Ok(counted)
}

async fn one(
    client: &Client,
    namespace: &Namespace,
    key: &ShardKey,
    indexes: &[Index],
    deadline: Instant,
) -> Result<Option<i64>, Error> {
    let Some(index) = indexes.iter().find(|index| covers(index, key)) else { return Ok(None) };
    let group: Bson = match key.fields() {
        [only] => format!("${}", only.field).into(),
        several => {
            let field = |(place, it): (usize, &KeyField)| (format!("k{place}"), Bson::from(format!("${}", it.field)));
            several.iter().enumerate().map(field).collect::<Document>().into()
        }
    };
    let command = doc! {
        "aggregate": namespace.collection(),
        "pipeline": [{ "$group": { "_id": group } }, { "$count": "n" }],
        "hint": &index.name,
        "cursor": {},
        "maxTimeMS": COUNTING,
    };
    let answer = in_time(deadline, client.database(namespace.database()).run_command(command).into_future()).await?;
    Ok(answer.as_ref().and_then(|answer| first_batch(answer).find_map(|row| number(row, "n"))))
}

/// Whether the index has all documents and begins with the fields of the key, as they are.
fn covers(index: &Index, key: &ShardKey) -> bool {
    let begins = key.fields().iter().zip(&index.key).all(|(it, (name, way))| it.field == *name && is_ordered(way));
    let plain = !index.sparse && !index.partial && !index.collated;
    // A hash is not the value; but what is hashed in the key may be plain in the index.
    plain && index.key.len() >= key.fields().len() && begins
}

fn is_ordered(way: &Bson) -> bool {
    matches!(way, Bson::Int32(_) | Bson::Int64(_) | Bson::Double(_))
}

/// Whether a document has an array in one of these keys, by a look at all documents. None: not all could be looked at
/// in time.
///
/// # Errors
/// When the router could not be asked at all.
pub(super) async fn arrays(
    client: &Client,
    namespace: &Namespace,
    keys: &[ShardKey],
    deadline: Instant,
) -> Result<Vec<Option<bool>>, Error> {
    // Mostly there is none, and one look tells it for all.
    match probe(client, namespace, keys, deadline).await? {
        Some(false) => return Ok(vec![Some(false); keys.len()]),
        None => return Ok(vec![None; keys.len()]),
        Some(true) => {}
    }
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        found.push(probe(client, namespace, std::slice::from_ref(key), deadline).await?);
    }
    Ok(found)
}

async fn probe(
    client: &Client,
    namespace: &Namespace,
    keys: &[ShardKey],
    deadline: Instant,
) -> Result<Option<bool>, Error> {
    let paths = keys.iter().flat_map(|key| key.fields()).flat_map(|KeyField { field, .. }| {
        let ends = field.match_indices('.').map(|(end, _)| end).chain([field.len()]);
        ends.map(|end| field[..end].to_owned()).collect::<Vec<_>>()
    });
    let any: Vec<Document> = paths.map(|path| doc! { path: { "$type": "array" } }).collect();
    let command = doc! {
        "find": namespace.collection(), "filter": { "$or": any }, "projection": { "_id": 1 },
        "limit": 1, "singleBatch": true, "maxTimeMS": COUNTING,
    };
    let answer = in_time(deadline, client.database(namespace.database()).run_command(command).into_future()).await?;
    Ok(answer.map(|answer| first_batch(&answer).next().is_some()))
}

/// Whether the key begins with a value and not with its hash.
pub(super) fn begins_ranged(key: &ShardKey) -> bool {
    key.fields().first().is_some_and(|it| it.spread == Spread::Ranged)
}
