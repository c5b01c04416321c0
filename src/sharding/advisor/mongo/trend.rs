//! Whether values grow with new documents: the first and the last ones in the order in which they lie on the disk.

use bson::{Bson, Document, doc};
use futures_util::future;
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use super::exact::begins_ranged;
use crate::sharding::advisor::model::Trend;
use crate::sharding::advisor::model::estimate::trend;
use crate::sharding::model::{Namespace, ShardKey};
use crate::sharding::mongo::answer::{first_batch, in_time};
use crate::words;

/// Documents that are read at either end.
const EITHER_END: i64 = 2_000;
/// How long that may take, in milliseconds.
pub(super) const READING: i32 = 1_500;
/// Characters of a text that are compared.
const TEXT: i32 = 64;

/// The trend of each key's first field. `documents` is how many there are.
///
/// # Errors
/// When the router could not be asked at all.
pub(super) async fn of_keys(
    client: &Client,
    namespace: &Namespace,
    keys: &[ShardKey],
    documents: Option<i64>,
    deadline: Instant,
) -> Result<Vec<Trend>, Error> {
    // The two ends must not meet, or a document would be compared with itself.
    let size = documents.map_or(EITHER_END, |all| (all / 3).clamp(1, EITHER_END));
    let database = client.database(namespace.database());
    let end = |direction| {
        let command = reading(namespace, keys, size, direction);
        in_time(deadline, database.run_command(command).into_future())
    };
    let (first, last) = future::try_join(end(1), end(-1)).await?;
    let told = |(place, key): (usize, &ShardKey)| {
        if !begins_ranged(key) {
            return Trend::Hashed;
        }
        let (Some(first), Some(last)) = (&first, &last) else {
            return Trend::Unknown(words!("there was no time for it", "시간 부족"));
        };
        trend(&values(first, place), &values(last, place))
    };
    Ok(keys.iter().enumerate().map(told).collect())
}

fn reading(namespace: &Namespace, keys: &[ShardKey], size: i64, direction: i32) -> Document {
    let first = |(place, key): (usize, &ShardKey)| {
        let path = key.fields().first().map(|it| format!("${}", it.field)).unwrap_or_default();
        (format!("f{place}"), Bson::from(bounded(&path)))
    };
    let mut projection: Document = keys.iter().enumerate().map(first).collect();
    projection.insert("_id", 0);
    doc! {
        "aggregate": namespace.collection(),
        "pipeline": [{ "$limit": size }, { "$project": projection }],
        "hint": { "$natural": direction },
        "cursor": { "batchSize": size },
        "maxTimeMS": READING,
    }
}

/// Only what can be compared leaves the server, and of texts only their beginnings.
fn bounded(path: &str) -> Document {
    let kind = doc! { "$type": path };
    let small = ["int", "long", "double", "bool", "date", "objectId", "timestamp", "binData"];
    doc! { "$switch": {
        "branches": [
            { "case": { "$in": [&kind, small.to_vec()] }, "then": path },
            { "case": { "$eq": [&kind, "decimal"] }, "then": { "$convert": { "input": path, "to": "double", "onError": null } } },
            { "case": { "$eq": [&kind, "string"] }, "then": { "$substrCP": [path, 0, TEXT] } },
        ],
        "default": null,
    } }
}

fn values(answer: &Document, place: usize) -> Vec<Sorted> {
    first_batch(answer).filter_map(|row| row.get(format!("f{place}"))).filter_map(sorted).collect()
}

/// A value in the order in which an index has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sorted {
    Number(Total),
    Text(String),
    Bytes(Vec<u8>),
    Id([u8; 12]),
    Bool(bool),
    Date(i64),
    Timestamp(u32, u32),
}

#[derive(Clone, Copy, Debug)]
struct Total(f64);

impl PartialEq for Total {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Total {}

impl PartialOrd for Total {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Total {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

fn sorted(value: &Bson) -> Option<Sorted> {
    Some(match value {
        Bson::Int32(number) => Sorted::Number(Total(f64::from(*number))),
        Bson::Int64(number) => Sorted::Number(Total(*number as f64)),
        Bson::Double(number) => Sorted::Number(Total(*number)),
        Bson::String(text) => Sorted::Text(text.clone()),
        Bson::Binary(binary) => Sorted::Bytes(binary.bytes.clone()),
        Bson::ObjectId(id) => Sorted::Id(id.bytes()),
        Bson::Boolean(is) => Sorted::Bool(*is),
        Bson::DateTime(date) => Sorted::Date(date.timestamp_millis()),
        Bson::Timestamp(at) => Sorted::Timestamp(at.time, at.increment),
        _ => return None,
    })
}
