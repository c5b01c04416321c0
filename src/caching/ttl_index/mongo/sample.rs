//! Documents taken at random: what a field holds, and how old its dates are where no index can tell.

use std::collections::BTreeMap;

use bson::{Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use super::place::Place;
use crate::targets::mongo::answer::{first_batch, soft};

/// Some documents.
#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    /// Documents that were looked at.
    pub size: i64,
    /// What the field holds, the most frequent first.
    pub types: Vec<(String, i64)>,
    /// The earliest date of each document that has one, sorted.
    pub dates: Vec<i64>,
}

impl Sample {
    /// How many of all documents have a date in this part of time; the sample stands for all.
    pub(super) fn estimate(&self, documents: i64, fits: impl Fn(i64) -> bool) -> i64 {
        let hits = self.dates.iter().filter(|date| fits(**date)).count() as f64;
        if self.size == 0 { 0 } else { (hits / self.size as f64 * documents as f64).round() as i64 }
    }
}

/// Takes so many documents. None where it took too long.
///
/// # Errors
/// The driver's.
pub(super) async fn sample(client: &Client, place: &Place, size: i32) -> Result<Option<Sample>, Error> {
    let path = format!("${}", place.field);
    let in_array = doc! { "$filter": { "input": &path, "as": "it", "cond": { "$eq": [{ "$type": "$$it" }, "date"] } } };
    let date = doc! { "$cond": [
        { "$isArray": &path }, { "$min": in_array },
        { "$cond": [{ "$eq": [{ "$type": &path }, "date"] }, &path, null] },
    ] };
    let mut pipeline = vec![
        doc! { "$sample": { "size": size } },
        doc! { "$project": { "_id": 0, "t": { "$type": &path }, "d": date } },
    ];
    if let Some(partial) = place.partial.as_ref().filter(|it| !it.is_empty()) {
        // What is not of this kind does not expire, whatever it holds.
        pipeline.insert(1, doc! { "$match": partial.clone() });
    }
    let command = doc! {
        "aggregate": place.namespace.collection(), "pipeline": pipeline, "cursor": { "batchSize": size },
        "maxTimeMS": 900,
    };
    let answer = soft(client.database(place.namespace.database()).run_command(command).await)?;
    Ok(answer.map(|answer| of_rows(first_batch(&answer), i64::from(size))))
}

fn of_rows<'a>(rows: impl Iterator<Item = &'a Document>, asked: i64) -> Sample {
    let (mut size, mut types, mut dates) = (0, BTreeMap::<String, i64>::new(), Vec::new());
    for row in rows {
        size += 1;
        *types.entry(row.get_str("t").unwrap_or("missing").to_owned()).or_default() += 1;
        if let Ok(date) = row.get_datetime("d") {
            dates.push(date.timestamp_millis());
        }
    }
    let mut types: Vec<(String, i64)> = types.into_iter().collect();
    types.sort_by_key(|(_, count)| -count);
    dates.sort_unstable();
    Sample { size: size.min(asked), types, dates }
}
