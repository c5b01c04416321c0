//! What moving the primary shard of a database would move and block.

use std::collections::HashSet;
use std::time::Duration;

use bson::{Document, doc};
use futures_util::{StreamExt, TryStreamExt, stream};
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use super::read::{self, Home, Stats};
use crate::sharding::model::Release;
use crate::sharding::mongo::answer::{first_batch, in_time, soft};
use crate::sharding::mongo::settings;
use crate::sharding::mongo::size::{Size, size};
use crate::sharding::shards::model::Shard;

/// What the plan rests on.
#[derive(Clone, Debug, Default)]
pub struct Moving {
    pub home: Option<Home>,
    pub shards: Vec<Shard>,
    pub release: Release,
    /// What would move, by name; none where the collections cannot be listed.
    pub moved: Option<Vec<Moved>>,
    /// Collections of this database that are placed by the catalog, and stay where they are.
    pub placed: usize,
    pub views: usize,
    /// What the shards tell of the database and of their disks.
    pub told: Vec<(String, Stats)>,
    pub resharded: Vec<String>,
}

/// A collection that would move.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moved {
    pub name: String,
    /// None where it was not asked for, or no answer came in time.
    pub size: Option<Size>,
}

/// Collections whose sizes are asked for, and how long that may take in all.
const SIZES: usize = 100;
const SIZING: Duration = Duration::from_millis(900);
const COLLECTIONS: usize = 10_000;

/// # Errors
/// The driver's.
pub async fn moving(client: &Client, database: &str) -> Result<Moving, Error> {
    let (shards, release, resharded) =
        futures_util::future::try_join3(read::shards(client), settings::release(client), read::resharded(client))
            .await?;
    let mut facts = Moving { shards, release, resharded, ..Moving::default() };
    facts.home = read::database(client, database).await?;
    if facts.home.is_none() {
        return Ok(facts);
    }
    let (placed, told) =
        futures_util::future::try_join(placed(client, database), read::disks(client, database)).await?;
    (facts.placed, facts.told) = (placed.len(), told);
    if let Some((names, views)) = soft(listed(client, database).await)? {
        let names = names.into_iter().filter(|name| !placed.contains(name)).collect();
        (facts.moved, facts.views) = (Some(sized(client, database, names).await?), views);
    }
    Ok(facts)
}

/// The collections of a database that the catalog places: the sharded ones, and from 8.0 on those moved by themselves.
async fn placed(client: &Client, database: &str) -> Result<HashSet<String>, Error> {
    let limit = i64::try_from(COLLECTIONS).unwrap_or(i64::MAX);
    // “/” follows “.”, and neither may stand in the name of a database.
    let of_database = doc! { "$gt": format!("{database}."), "$lt": format!("{database}/") };
    let find = doc! {
        "find": "collections", "filter": { "_id": of_database, "dropped": { "$ne": true } }, "projection": { "_id": 1 },
        "limit": limit, "batchSize": limit, "singleBatch": true, "maxTimeMS": 1_000,
    };
    let answer = client.database("config").run_command(find).await?;
    let names = first_batch(&answer).filter_map(|row| row.get_str("_id").ok());
    Ok(names.filter_map(|name| name.get(database.len() + 1..)).map(str::to_owned).collect())
}

/// Names of collections, sorted, and the number of views.
async fn listed(client: &Client, database: &str) -> Result<(Vec<String>, usize), Error> {
    let command = doc! { "listCollections": 1, "nameOnly": true, "authorizedCollections": true, "maxTimeMS": 1_000 };
    let mut cursor = client.database(database).run_cursor_command(command).await?;
    let (mut names, mut views) = (Vec::new(), 0);
    while let Some(row) = cursor.try_next().await? {
        if names.len() >= COLLECTIONS {
            break;
        }
        match own_name(&row) {
            Some(name) => names.push(name),
            None => views += 1,
        }
    }
    names.sort();
    Ok((names, views))
}

/// None for what holds no documents of its own: a view, and the face of a time series.
fn own_name(row: &Document) -> Option<String> {
    let kind = row.get_str("type").unwrap_or("collection");
    (kind == "collection").then(|| row.get_str("name").ok().map(str::to_owned)).flatten()
}

async fn sized(client: &Client, database: &str, names: Vec<String>) -> Result<Vec<Moved>, Error> {
    let deadline = Instant::now() + SIZING;
    let asked = stream::iter(names.into_iter().enumerate()).map(|(place, name)| async move {
        let size = match place < SIZES {
            true => in_time(deadline, size(client, database, &name, 500)).await?.flatten(),
            false => None,
        };
        Ok(Moved { name, size })
    });
    asked.buffered(4).try_collect().await
}
