//! A bounded look at what a new key would be made of. Values are data and are not kept: only how many there are is.

use std::time::Duration;

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use crate::sharding::model::{Namespace, ShardKey};
use crate::sharding::mongo::answer::{first_batch, in_time, number};

/// Documents that are looked at.
const SAMPLED: i32 = 1_000;
/// Milliseconds.
const SAMPLING: i32 = 1_200;

/// What a random sample of documents showed of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    pub documents: i64,
    /// Different values of the whole key.
    pub different: i64,
    /// Documents that lack a field of the key, or have null in it.
    pub incomplete: i64,
    /// Documents with an array in a field of the key.
    pub arrays: i64,
}

/// Takes a sample; none without a key, or where there was no time.
///
/// # Errors
/// When the router could not be asked at all.
pub(super) async fn sample(
    client: &Client,
    namespace: &Namespace,
    key: Option<&ShardKey>,
) -> Result<Option<Sample>, Error> {
    let Some(key) = key else { return Ok(None) };
    let deadline = Instant::now() + Duration::from_millis(1_500);
    let database = client.database(namespace.database());
    let answer = in_time(deadline, database.run_command(sampling(namespace, key)).into_future()).await?;
    Ok(answer.and_then(|answer| first_batch(&answer).next().map(of_row)))
}

fn sampling(namespace: &Namespace, key: &ShardKey) -> Document {
    let paths: Vec<String> = key.fields().iter().map(|it| format!("${}", it.field)).collect();
    let of_type = |types: &[&str]| -> Vec<Document> {
        paths.iter().map(|path| doc! { "$in": [{ "$type": path }, types.to_vec()] }).collect()
    };
    let whole: Document =
        paths.iter().enumerate().map(|(place, path)| (format!("f{place}"), Bson::from(path.as_str()))).collect();
    doc! {
        "aggregate": namespace.collection(),
        "pipeline": [
            { "$sample": { "size": SAMPLED } },
            { "$project": {
                "_id": 0, "key": whole,
                "incomplete": { "$cond": [{ "$or": of_type(&["missing", "null", "undefined"]) }, 1, 0] },
                "array": { "$cond": [{ "$or": of_type(&["array"]) }, 1, 0] },
            } },
            { "$group": {
                "_id": "$key", "n": { "$sum": 1 }, "incomplete": { "$sum": "$incomplete" },
                "arrays": { "$sum": "$array" },
            } },
            { "$group": {
                "_id": null, "documents": { "$sum": "$n" }, "different": { "$sum": 1 },
                "incomplete": { "$sum": "$incomplete" }, "arrays": { "$sum": "$arrays" },
            } },
        ],
        "cursor": {},
        "maxTimeMS": SAMPLING,
    }
}

fn of_row(row: &Document) -> Sample {
    let count = |field| number(row, field).unwrap_or_default();
    Sample {
        documents: count("documents"),
        different: count("different"),
        incomplete: count("incomplete"),
        arrays: count("arrays"),
    }
}
