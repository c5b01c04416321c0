//! The most frequent values of a key. They are data: only who may change the cluster sees them.

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use super::sample::{Extent, SAMPLING};
use crate::sharding::advisor::model::CommonValue;
use crate::sharding::model::{Namespace, ShardKey};
use crate::sharding::mongo::answer::{first_batch, number, soft};
use crate::sharding::value::shown_document;

/// Values that are told.
const TOLD: i64 = 5;
/// Characters of a value that are shown.
const SHOWN: usize = 120;

/// The most frequent values with their shares; none where there was no time, or none was seen twice.
///
/// # Errors
/// When the router could not be asked at all.
pub(super) async fn common(
    client: &Client,
    namespace: &Namespace,
    key: &ShardKey,
    extent: Extent,
) -> Result<Vec<CommonValue>, Error> {
    let value = |(place, path): (usize, String)| (format!("k{place}"), Bson::from(doc! { "$ifNull": [path, null] }));
    let paths = key.fields().iter().map(|it| format!("${}", it.field));
    let group: Document = paths.enumerate().map(value).collect();
    let command = doc! {
        "aggregate": namespace.collection(),
        "pipeline": [
            extent.stage(),
            { "$group": { "_id": group, "n": { "$sum": 1 } } },
            { "$group": { "_id": null, "all": { "$sum": "$n" }, "values": { "$push": "$$ROOT" } } },
            { "$unwind": "$values" },
            { "$match": { "values.n": { "$gt": 1 } } },
            { "$sort": { "values.n": -1, "values._id": 1 } },
            { "$limit": TOLD },
        ],
        "cursor": {},
        "maxTimeMS": SAMPLING,
    };
    let answer = soft(client.database(namespace.database()).run_command(command).await)?;
    Ok(answer.iter().flat_map(first_batch).filter_map(|row| told(row, key)).collect())
}

fn told(row: &Document, key: &ShardKey) -> Option<CommonValue> {
    let found = row.get_document("values").ok()?;
    let values = found.get_document("_id").ok()?;
    let named = key.fields().iter().zip(values).map(|(it, (_, value))| (it.field.clone(), value.clone()));
    let shown = shown_document(&named.collect());
    let value = if shown.chars().count() > SHOWN { shown.chars().take(SHOWN).chain(['…']).collect() } else { shown };
    Some(CommonValue { value, share: number(found, "n")? as f64 * 100.0 / number(row, "all")?.max(1) as f64 })
}
