//! The sharded collections of all databases, by name. The config servers' own index has them in order, so a page costs
//! the same wherever it begins.

use bson::{Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use super::names::{Found, Names, literal};
use crate::sharding::collections::model::{PAGE_SIZE, Question};
use crate::sharding::model::Release;
use crate::sharding::mongo::answer::first_batch;

const QUESTION: i32 = 1_000;
/// Time series that are read at once.
const SERIES: usize = 500;
/// Time series are known by where they keep their documents.
const BUCKETS: &str = r"^[^.]+\.system\.buckets\.";

/// The page that follows `after`.
pub(super) async fn page(client: &Client, question: &Question, release: Release, after: &str) -> Result<Names, Error> {
    let range = Range { after: after.to_owned(), database: None, descending: question.descending };
    Ok(Names::cut(first(client, question, release, &range).await?, Vec::new()))
}

/// A part of the catalog, in one of two directions.
pub(super) struct Range {
    /// The name as people call it; empty at the beginning.
    pub(super) after: String,
    /// Of this database only.
    pub(super) database: Option<String>,
    pub(super) descending: bool,
}

/// The first of them in order, at most one more than a page holds.
pub(super) async fn first(
    client: &Client,
    question: &Question,
    release: Release,
    range: &Range,
) -> Result<Vec<Found>, Error> {
    let mut conditions = vec![doc! { "_id": { "$not": { "$regex": BUCKETS } } }];
    if !question.search.is_empty() {
        conditions.push(doc! { "_id": { "$regex": literal(&question.search), "$options": "i" } });
    }
    let mut found = ids(client, range, &range.after, conditions, PAGE_SIZE + 1).await?;
    // Time series can be sharded since 5.1.
    if release.version.reaches(5, 1) {
        found.extend(series(client, question, range).await?);
        found.sort_by(|one, other| {
            let order = one.namespace().cmp(&other.namespace());
            if range.descending { order.reverse() } else { order }
        });
        found.truncate(PAGE_SIZE + 1);
    }
    Ok(found)
}

/// The time series among them. All of one database have the same words before their name, and no database's name has a
/// dot, so the order of the catalog is that of the names that people know.
async fn series(client: &Client, question: &Question, range: &Range) -> Result<Vec<Found>, Error> {
    let mut found: Vec<Found> = Vec::new();
    let mut after = if range.after.is_empty() { String::new() } else { Found::of_catalog(&range.after).buckets() };
    loop {
        let some = ids(client, range, &after, vec![doc! { "_id": { "$regex": BUCKETS } }], SERIES).await?;
        let whole = some.len() < SERIES;
        after = some.last().map(Found::buckets).unwrap_or_default();
        found.extend(some.into_iter().filter(|it| question.wants(&it.namespace())));
        if whole || found.len() > PAGE_SIZE {
            return Ok(found);
        }
    }
}

async fn ids(
    client: &Client,
    range: &Range,
    after: &str,
    mut conditions: Vec<Document>,
    most: usize,
) -> Result<Vec<Found>, Error> {
    if let Some(database) = &range.database {
        // A slash is the sign that follows a dot.
        conditions.push(doc! { "_id": { "$gt": format!("{database}."), "$lt": format!("{database}/") } });
    }
    if !after.is_empty() {
        conditions.push(doc! { "_id": { if range.descending { "$lt" } else { "$gt" }: after } });
    }
    // A document of 8.0 may stand for a collection that is only tracked, not sharded.
    conditions.push(doc! { "dropped": { "$ne": true }, "unsplittable": { "$ne": true } });
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let find = doc! {
        "find": "collections", "filter": { "$and": conditions }, "projection": { "_id": 1 },
        "sort": { "_id": if range.descending { -1 } else { 1 } }, "limit": most, "batchSize": most, "singleBatch": true,
        "maxTimeMS": QUESTION,
    };
    let answer = client.database("config").run_command(find).await?;
    Ok(first_batch(&answer).filter_map(|row| row.get_str("_id").ok()).map(Found::of_catalog).collect())
}

/// All sharded collections of one database, by the name that people know.
pub(super) async fn all_of(client: &Client, database: &str) -> Result<Vec<String>, Error> {
    let range = Range { after: String::new(), database: Some(database.to_owned()), descending: false };
    let found = ids(client, &range, "", Vec::new(), 100_000).await?;
    Ok(found.into_iter().map(|it| it.collection).collect())
}
