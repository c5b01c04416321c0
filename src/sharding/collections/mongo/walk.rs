//! Collections of all kinds, database after database. What is not sharded is known to its own database only, so the
//! databases are asked from where the last page ended, and no further than the page reaches.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bson::{Document, doc};
use futures_util::{StreamExt, TryStreamExt, stream};
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use super::names::{Found, Names};
use super::sharded::{Range, all_of, first};
use crate::sharding::collections::model::{PAGE_SIZE, Question, Which};
use crate::sharding::model::Release;
use crate::sharding::mongo::answer::{first_batch, in_time};

/// Databases are walked no longer than this; the next page goes on from there.
const WALK: Duration = Duration::from_millis(1_000);
/// One question about one database, in milliseconds.
const QUESTION: u16 = 500;
/// Databases asked at once.
const AT_ONCE: usize = 3;
/// Databases looked at for one page at most.
const DATABASES: i64 = 1_000;

/// The page that follows `after`.
pub(super) async fn page(
    client: &Client,
    question: &Question,
    release: Release,
    after: &str,
    which: Which,
) -> Result<Names, Error> {
    let start = Place::of(after);
    let walk = Walk { client, question, release, which, start, silent: Mutex::default() };
    walk.page().await
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

    fn skips(&self, database: &str, collection: &str, descending: bool) -> bool {
        database == self.database
            && self
                .collection
                .as_deref()
                .is_some_and(|last| if descending { collection >= last } else { collection <= last })
    }
}

struct Walk<'a> {
    client: &'a Client,
    question: &'a Question,
    release: Release,
    which: Which,
    start: Place,
    /// Shards that have not answered during this walk: their other databases are not asked.
    silent: Mutex<HashSet<String>>,
}

struct Database {
    name: String,
    /// Its primary shard, which knows its collections.
    primary: String,
}

impl Walk<'_> {
    async fn page(&self) -> Result<Names, Error> {
        let end = Instant::now() + WALK;
        let databases = self.databases().await?;
        let most = usize::try_from(DATABASES).unwrap_or(usize::MAX);
        let more = databases.last().filter(|_| databases.len() >= most).map(|it| it.name.clone());
        let mut answers = stream::iter(databases)
            .map(|database| async move {
                let listed = self.of_database(&database).await?;
                Ok::<_, Error>((database.name, listed))
            })
            .buffered(AT_ONCE);
        let (mut found, mut unread) = (Vec::new(), Vec::new());
        while let Some((database, (names, whole))) = answers.try_next().await? {
            found.extend(names);
            if !whole {
                unread.push(database.clone());
            }
            if found.len() > PAGE_SIZE {
                return Ok(Names::cut(found, unread));
            }
            if Instant::now() > end {
                return Ok(Names { found, after: Some(database), unread });
            }
        }
        Ok(Names { found, after: more, unread })
    }

    /// Databases from where the page begins, in order. The config servers know them all, so no shard is asked. `config`
    /// has a sharded collection of MongoDB's own and is not in their list.
    async fn databases(&self) -> Result<Vec<Database>, Error> {
        let (descending, start) = (self.question.descending, &self.start);
        let from = match (descending, start.collection.is_some()) {
            (false, true) => "$gte",
            (false, false) => "$gt",
            (true, true) => "$lte",
            (true, false) => "$lt",
        };
        let mut filter = doc! { "_id": { "$nin": ["admin", "config", "local"] } };
        if !start.database.is_empty() {
            filter = doc! { "$and": [filter, { "_id": { from: &start.database } }] };
        }
        let find = doc! {
            "find": "databases", "filter": filter, "projection": { "primary": 1 },
            "sort": { "_id": if descending { -1 } else { 1 } }, "batchSize": DATABASES, "limit": DATABASES,
            "singleBatch": true, "maxTimeMS": i32::from(QUESTION),
        };
        let answer = self.client.database("config").run_command(find).await?;
        let database = |row: &Document| {
            let text = |field| row.get_str(field).unwrap_or_default().to_owned();
            Database { name: text("_id"), primary: text("primary") }
        };
        let mut all: Vec<Database> = first_batch(&answer).map(database).collect();
        self.add_config(&mut all);
        Ok(all)
    }

    fn add_config(&self, all: &mut Vec<Database>) {
        let own = Database { name: "config".to_owned(), primary: String::new() };
        let (start, descending) = (&self.start, self.question.descending);
        let order = own.name.as_str().cmp(start.database.as_str());
        let order = if descending { order.reverse() } else { order };
        let begun = start.database.is_empty() || order.is_gt() || order.is_eq() && start.collection.is_some();
        if !begun || self.which == Which::Unsharded {
            return;
        }
        let place = all.partition_point(|it| if descending { it.name > own.name } else { it.name < own.name });
        // Behind a full list it may belong to a later page.
        let full = i64::try_from(all.len()).is_ok_and(|len| len >= DATABASES);
        if place < all.len() || !full {
            all.insert(place, own);
        }
    }

    /// The first collections of a database that belong on the page, and whether all that it has were asked for.
    async fn of_database(&self, database: &Database) -> Result<(Vec<Found>, bool), Error> {
        let mut first_ones = BTreeSet::new();
        if self.which == Which::All {
            let here = database.name == self.start.database;
            let after = self.start.collection.as_ref().filter(|_| here);
            let after = after.map(|last| format!("{}.{last}", database.name)).unwrap_or_default();
            let range = Range { after, database: Some(database.name.clone()), descending: self.question.descending };
            first_ones.extend(first(self.client, self.question, self.release, &range).await?);
        }
        if database.primary.is_empty() {
            return Ok((self.in_order(first_ones), true));
        }
        let whole = self.listed(database, &mut first_ones).await?;
        Ok((self.in_order(first_ones), whole))
    }

    fn in_order(&self, found: BTreeSet<Found>) -> Vec<Found> {
        if self.question.descending { found.into_iter().rev().collect() } else { found.into_iter().collect() }
    }

    /// Adds what the database itself lists. False when it did not answer.
    async fn listed(&self, database: &Database, found: &mut BTreeSet<Found>) -> Result<bool, Error> {
        if self.silent().contains(&database.primary) {
            return Ok(false);
        }
        let deadline = Instant::now() + Duration::from_millis(QUESTION.into());
        let Some(listed) = in_time(deadline, self.ask(&database.name)).await? else {
            self.silent().insert(database.primary.clone());
            return Ok(false);
        };
        // A sharded one may be known by its series and listed as one: it is the same.
        found.retain(|it| !listed.iter().any(|other| other.collection == it.collection));
        found.extend(listed);
        while found.len() > PAGE_SIZE + 1 {
            if self.question.descending {
                found.pop_first()
            } else {
                found.pop_last()
            };
        }
        Ok(true)
    }

    async fn ask(&self, database: &str) -> Result<BTreeSet<Found>, Error> {
        let sharded: HashSet<String> = match self.which {
            Which::Unsharded => all_of(self.client, database).await?.into_iter().collect(),
            Which::All | Which::Sharded => HashSet::new(),
        };
        let command = doc! {
            "listCollections": 1, "nameOnly": true, "authorizedCollections": true, "maxTimeMS": i32::from(QUESTION),
        };
        let mut cursor = self.client.database(database).run_cursor_command(command).await?;
        let mut first = BTreeSet::new();
        while let Some(row) = cursor.try_next().await? {
            first.extend(self.wanted(database, &row).filter(|it| !sharded.contains(&it.collection)));
            // However many there are, no more are kept than can be shown.
            if first.len() > PAGE_SIZE + 1 {
                if self.question.descending {
                    first.pop_first()
                } else {
                    first.pop_last()
                };
            }
        }
        Ok(first)
    }

    fn wanted(&self, database: &str, row: &Document) -> Option<Found> {
        let name = row.get_str("name").ok()?;
        let kind = row.get_str("type").unwrap_or("collection");
        let skips = self.start.skips(database, name, self.question.descending);
        if kind == "view" || name.starts_with("system.") || skips {
            return None;
        }
        let found =
            Found { database: database.to_owned(), collection: name.to_owned(), time_series: kind == "timeseries" };
        self.question.wants(&found.namespace()).then_some(found)
    }

    fn silent(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_begins_where_the_last_one_ended() {
        let after = Place::of("shop.orders");
        assert!(after.skips("shop", "customers", false) && after.skips("shop", "orders", false));
        assert!(!after.skips("shop", "orders.2024", false) && !after.skips("web", "customers", false));
        assert!(after.skips("shop", "orders.2024", true) && !after.skips("shop", "customers", true));
        assert_eq!(Place::of("shop"), Place { database: "shop".into(), collection: None });
    }
}
