//! The list of collections, a page at a time: databases are walked from where the last page ended, and no further
//! than the page reaches.

use std::collections::BTreeSet;
use std::time::Duration;

use bson::{Document, doc};
use futures_util::{StreamExt, TryStreamExt, future, stream};
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use super::model::{Collection, CollectionList, PAGE_SIZE, Sharded};
use crate::error::AppError;
use crate::sharding::cluster::Cluster;
use crate::sharding::mongo::answer::{first_batch, in_time};
use crate::sharding::mongo::catalog;
use crate::sharding::mongo::size::{Size, size};

/// Databases are walked no longer than this; the next page goes on from there.
const WALK: Duration = Duration::from_millis(1_000);
/// One question about one database or collection, in milliseconds.
const QUESTION: u16 = 500;
/// All sizes of a page.
const SIZES: Duration = Duration::from_millis(900);
/// Sizes asked at once.
const AT_ONCE: usize = 4;
/// Databases looked at for one page at most.
const DATABASES: i64 = 1_000;

/// A page of collections whose name contains `search`, from the one that follows `after`.
///
/// # Errors
/// As [`Cluster::read`].
pub async fn list(cluster: &Cluster, search: &str, after: &str) -> Result<CollectionList, AppError> {
    cluster
        .read(|client| async move {
            let page = Walk { search: search.to_lowercase(), start: Place::of(after) }.page(&client).await?;
            details(&client, page).await
        })
        .await
}

/// A collection by its name in two parts, so that they sort as they are walked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Found {
    database: String,
    collection: String,
    time_series: bool,
}

impl Found {
    fn namespace(&self) -> String {
        format!("{}.{}", self.database, self.collection)
    }
}

/// Where a page begins: after one collection, or after a whole database.
#[derive(Debug, Default, PartialEq)]
struct Place {
    database: String,
    collection: Option<String>,
}

impl Place {
    fn of(after: &str) -> Self {
        match after.split_once('.') {
            None => Self { database: after.to_owned(), collection: None },
            Some((database, collection)) => {
                Self { database: database.to_owned(), collection: Some(collection.to_owned()) }
            }
        }
    }

    fn skips(&self, database: &str, collection: &str) -> bool {
        database == self.database && self.collection.as_deref().is_some_and(|last| collection <= last)
    }
}

/// What a walk has found for a page.
#[derive(Debug, Default)]
struct Page {
    found: Vec<Found>,
    after: Option<String>,
    unread: Vec<String>,
}

struct Walk {
    search: String,
    start: Place,
}

impl Walk {
    async fn page(&self, client: &Client) -> Result<Page, Error> {
        let end = Instant::now() + WALK;
        let mut page = Page::default();
        let databases = databases(client, &self.start).await?;
        let most = usize::try_from(DATABASES).unwrap_or(usize::MAX);
        page.after = databases.last().filter(|_| databases.len() >= most).cloned();
        for database in databases {
            let deadline = Instant::now() + Duration::from_millis(QUESTION.into());
            match in_time(deadline, self.first_of(client, &database)).await? {
                Some(found) => page.found.extend(found),
                None => page.unread.push(database.clone()),
            }
            if page.found.len() > PAGE_SIZE {
                page.found.truncate(PAGE_SIZE);
                page.after = page.found.last().map(Found::namespace);
                break;
            }
            if Instant::now() > end {
                page.after = Some(database);
                break;
            }
        }
        Ok(page)
    }

    /// The first collections of a database that belong on the page, at most one more than it holds.
    async fn first_of(&self, client: &Client, database: &str) -> Result<BTreeSet<Found>, Error> {
        let command = doc! { "listCollections": 1, "nameOnly": true, "authorizedCollections": true, "maxTimeMS": i32::from(QUESTION) };
        let mut cursor = client.database(database).run_cursor_command(command).await?;
        let mut first = BTreeSet::new();
        while let Some(row) = cursor.try_next().await? {
            first.extend(self.wanted(database, &row));
            // However many there are, no more are kept than can be shown.
            if first.len() > PAGE_SIZE + 1 {
                first.pop_last();
            }
        }
        Ok(first)
    }

    fn wanted(&self, database: &str, row: &Document) -> Option<Found> {
        let name = row.get_str("name").ok()?;
        let kind = row.get_str("type").unwrap_or("collection");
        if kind == "view" || name.starts_with("system.") || self.start.skips(database, name) {
            return None;
        }
        let found =
            Found { database: database.to_owned(), collection: name.to_owned(), time_series: kind == "timeseries" };
        found.namespace().to_lowercase().contains(&self.search).then_some(found)
    }
}

/// The names of databases from where the page begins, sorted. The config servers know them all, so no shard is asked.
async fn databases(client: &Client, start: &Place) -> Result<Vec<String>, Error> {
    let from = if start.collection.is_some() { "$gte" } else { "$gt" };
    let find = doc! {
        "find": "databases", "filter": { "_id": { from: &start.database, "$nin": ["admin", "config", "local"] } },
        "projection": { "_id": 1 }, "sort": { "_id": 1 }, "batchSize": DATABASES, "limit": DATABASES, "singleBatch": true,
    };
    let answer = client.database("config").run_command(find).await?;
    Ok(first_batch(&answer).filter_map(|row| row.get_str("_id").ok()).map(str::to_owned).collect())
}

async fn details(client: &Client, page: Page) -> Result<CollectionList, Error> {
    let Page { found, after, unread } = page;
    let namespaces: Vec<String> = found.iter().map(Found::namespace).collect();
    let (mut catalog, sizes, (shards, version)) =
        future::try_join3(catalog::sharded(client, &namespaces), sizes(client, &found), shape(client)).await?;
    let collection = |(found, size): (Found, Option<Size>)| {
        let namespace = found.namespace();
        let sharded = catalog.remove(&namespace).map(|entry| Sharded {
            key: catalog::shown_key(&entry.key),
            unique: entry.unique,
            chunks: entry.chunks,
        });
        let (documents, bytes) = (size.map(|size| size.documents), size.map(|size| size.bytes));
        Collection { namespace, sharded, time_series: found.time_series, documents, bytes }
    };
    let collections = found.into_iter().zip(sizes).map(collection).collect();
    Ok(CollectionList { collections, after, unread, shards, version })
}

/// The sizes of a page's collections, in its order.
async fn sizes(client: &Client, found: &[Found]) -> Result<Vec<Option<Size>>, Error> {
    let deadline = Instant::now() + SIZES;
    let mut asked = Vec::new();
    for it in found {
        asked.push(in_time(deadline, size(client, &it.database, &it.collection, QUESTION.into())));
    }
    stream::iter(asked).buffered(AT_ONCE).map_ok(Option::flatten).try_collect().await
}

/// How many shards there are, and the router's version.
async fn shape(client: &Client) -> Result<(i64, String), Error> {
    let build = client.database("admin").run_command(doc! { "buildInfo": 1 }).await?;
    let version = build.get_str("version").unwrap_or("?").to_owned();
    Ok((catalog::shards(client).await?, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_begins_where_the_last_one_ended() {
        let after = Place::of("shop.orders");
        assert!(after.skips("shop", "customers") && after.skips("shop", "orders"));
        assert!(!after.skips("shop", "orders.2024") && !after.skips("web", "customers"));
        assert_eq!(Place::of("shop"), Place { database: "shop".into(), collection: None });
    }
}
