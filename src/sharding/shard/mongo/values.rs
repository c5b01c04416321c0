//! A bounded look at the values that a key would have. Values themselves are data and are not kept: only shares are.

use std::time::Duration;

use bson::{Bson, Document, doc};
use futures_util::future;
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use crate::sharding::model::{Namespace, ShardKey};
use crate::sharding::mongo::answer::{first_batch, in_time, number};

/// Documents in a sample at most.
const SAMPLED: i32 = 1_000;
/// How long sampling may take, in milliseconds.
const SAMPLING: i32 = 1_500;
/// How long arrays may be looked for, in milliseconds.
const PROBING: i32 = 700;
/// How long either may take, should the server forget those limits.
const LOOK: Duration = Duration::from_millis(1_800);

/// What was found of the key's values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// Whether a document has an array in the key. None: not all documents could be looked at in time.
    pub arrays: Option<bool>,
    /// None where no sample could be taken in time.
    pub sample: Option<Sample>,
}

/// What a random sample of documents showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    pub documents: i64,
    /// Different values of the whole key.
    pub different: i64,
    /// Documents that have the most frequent value.
    pub top: i64,
    /// Documents that lack a field of the key, or have null in it.
    pub incomplete: i64,
    /// Types of the first field, as the server names them.
    pub types: Vec<String>,
}

/// Looks for arrays, and takes a sample.
///
/// # Errors
/// When the router could not be asked at all.
pub(super) async fn values(client: &Client, namespace: &Namespace, key: &ShardKey) -> Result<Values, Error> {
    let database = client.database(namespace.database());
    let deadline = Instant::now() + LOOK;
    let (arrays, sample) = future::try_join(
        in_time(deadline, database.run_command(probe(namespace, key)).into_future()),
        in_time(deadline, database.run_command(sampling(namespace, key)).into_future()),
    )
    .await?;
    let arrays = arrays.map(|answer| first_batch(&answer).next().is_some());
    let sample = sample.and_then(|answer| first_batch(&answer).next().map(sample_of));
    Ok(Values { arrays, sample })
}

/// Asks for one document with an array in the key or on the way to it.
fn probe(namespace: &Namespace, key: &ShardKey) -> Document {
    let paths = key.fields().iter().flat_map(|it| {
        let ends = it.field.match_indices('.').map(|(end, _)| end).chain([it.field.len()]);
        ends.map(|end| it.field[..end].to_owned()).collect::<Vec<_>>()
    });
    let any: Vec<Document> = paths.map(|path| doc! { path: { "$type": "array" } }).collect();
    doc! {
        "find": namespace.collection(), "filter": { "$or": any }, "projection": { "_id": 1 },
        "limit": 1, "singleBatch": true, "maxTimeMS": PROBING,
    }
}

fn sampling(namespace: &Namespace, key: &ShardKey) -> Document {
    let path = |place: usize| format!("${}", key.fields()[place].field);
    let whole: Document = (0..key.fields().len()).map(|place| (format!("f{place}"), Bson::from(path(place)))).collect();
    let absent: Vec<Document> = (0..key.fields().len())
        .map(|place| doc! { "$in": [{ "$type": path(place) }, ["missing", "null", "undefined"]] })
        .collect();
    doc! {
        "aggregate": namespace.collection(),
        "pipeline": [
            { "$sample": { "size": SAMPLED } },
            { "$project": {
                "_id": 0, "key": whole, "incomplete": { "$cond": [{ "$or": absent }, 1, 0] },
                "type": { "$type": path(0) },
            } },
            { "$group": {
                "_id": "$key", "n": { "$sum": 1 }, "incomplete": { "$sum": "$incomplete" },
                "types": { "$addToSet": "$type" },
            } },
            { "$group": {
                "_id": null, "documents": { "$sum": "$n" }, "different": { "$sum": 1 }, "top": { "$max": "$n" },
                "incomplete": { "$sum": "$incomplete" }, "types": { "$addToSet": { "$arrayElemAt": ["$types", 0] } },
            } },
        ],
        "cursor": {},
        "maxTimeMS": SAMPLING,
    }
}

fn sample_of(row: &Document) -> Sample {
    let count = |field| number(row, field).unwrap_or_default();
    let types = row.get_array("types").map(Vec::as_slice).unwrap_or_default();
    Sample {
        documents: count("documents"),
        different: count("different"),
        top: count("top"),
        incomplete: count("incomplete"),
        types: types.iter().filter_map(Bson::as_str).map(str::to_owned).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_looked_for_on_the_way_too() {
        let namespace = Namespace::parse("a.b").expect("a valid name");
        let key = ShardKey::parse("x.y.z, w", false).expect("a valid key");
        let probe = probe(&namespace, &key);
        let any = probe.get_document("filter").and_then(|filter| filter.get_array("$or")).expect("a list");
        let paths: Vec<&String> = any.iter().filter_map(Bson::as_document).flat_map(Document::keys).collect();
        assert_eq!(paths, ["x", "x.y", "x.y.z", "w"]);
    }
}
