//! What the plans about shards rest on. All of it is read within bounds of time and size.

use bson::doc;
use futures_util::future;
use mongodb::Client;
use mongodb::error::Error;

use super::balancing::balancing;
use super::left;
use super::read::{self, Stats};
use crate::sharding::model::Release;
use crate::sharding::mongo::answer::{first_batch, soft};
use crate::sharding::mongo::settings;
use crate::sharding::shards::model::Shard;
use crate::sharding::shards::model::drain::{Balancing, Left};

/// The cluster as every plan about its shards has to know it.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    pub shards: Vec<Shard>,
    pub release: Release,
    /// Collections that are being resharded; adding or removing a shard makes that fail.
    pub resharded: Vec<String>,
    pub balancing: Balancing,
}

impl Cluster {
    pub fn shard(&self, name: &str) -> Option<&Shard> {
        self.shards.iter().find(|it| it.name == name)
    }

    /// The shards that would take what another one gives away.
    pub fn takers<'a>(&'a self, but: &'a str) -> impl Iterator<Item = &'a Shard> {
        self.shards.iter().filter(move |it| it.name != but && !it.draining)
    }
}

/// What a new shard has to fit to.
#[derive(Clone, Debug, Default)]
pub struct Adding {
    pub cluster: Cluster,
    /// The addresses of the config servers, where they are known.
    pub config: String,
}

/// What is on a shard that is to go, or goes.
#[derive(Clone, Debug, Default)]
pub struct Going {
    pub cluster: Cluster,
    pub left: Left,
    /// Zones that have key ranges and no other shard that stays; none where that is not known.
    pub zones: Option<Vec<String>>,
    /// What the shards tell of their disks.
    pub disks: Vec<(String, Stats)>,
}

/// # Errors
/// The driver's.
pub async fn adding(client: &Client) -> Result<Adding, Error> {
    let (cluster, config) = future::try_join(cluster(client), read::config_hosts(client)).await?;
    Ok(Adding { cluster, config })
}

/// # Errors
/// The driver's.
pub async fn going(client: &Client, shard: &str) -> Result<Going, Error> {
    let cluster = cluster(client).await?;
    let Some(found) = cluster.shard(shard).cloned() else { return Ok(Going { cluster, ..Going::default() }) };
    // What is left is judged as if it were being drained already.
    let gone = Shard { draining: true, ..found.clone() };
    let all: Vec<Shard> =
        cluster.shards.iter().map(|it| if it.name == shard { gone.clone() } else { it.clone() }).collect();
    let any = left_of(client, &gone, &all);
    let (mut left, zones, bytes) = future::try_join3(any, zones(client, &gone, &all), left::bytes(client)).await?;
    set_bytes(&mut left, bytes.as_ref());
    // Any database does; one that exists is known to every version.
    let database = left.databases.iter().flatten().next().map_or("config", String::as_str);
    let disks = read::disks(client, database).await?;
    Ok(Going { cluster, left, zones, disks })
}

async fn cluster(client: &Client) -> Result<Cluster, Error> {
    let (shards, release, resharded, balancing) =
        future::try_join4(read::shards(client), settings::release(client), read::resharded(client), balancing(client))
            .await?;
    Ok(Cluster { shards, release, resharded, balancing })
}

async fn left_of(client: &Client, shard: &Shard, all: &[Shard]) -> Result<Left, Error> {
    let found = left::left(client, std::slice::from_ref(shard), all).await?;
    Ok(found.into_iter().next().unwrap_or_default())
}

/// Adds the bytes that are known to what is left.
pub fn set_bytes(left: &mut Left, bytes: Option<&left::BytesByShard>) {
    // A shard that has no sharded collection is not in the list.
    let known = bytes.map(|bytes| bytes.get(&left.shard).copied().unwrap_or_default());
    (left.owned, left.orphaned) = (known.map(|it| it.0), known.map(|it| it.1));
}

/// The zones of a shard that have key ranges and no other shard that stays; none where that was not told.
async fn zones(client: &Client, shard: &Shard, all: &[Shard]) -> Result<Option<Vec<String>>, Error> {
    let kept = |zone: &String| all.iter().any(|it| !it.draining && it.zones.contains(zone));
    let alone: Vec<&String> = shard.zones.iter().filter(|zone| !kept(zone)).collect();
    if alone.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let used = doc! {
        "aggregate": "tags",
        "pipeline": [{ "$match": { "tag": { "$in": alone } } }, { "$group": { "_id": "$tag" } }, { "$sort": { "_id": 1 } }],
        "cursor": { "batchSize": 1_000 }, "maxTimeMS": 1_000,
    };
    let answer = soft(client.database("config").run_command(used).await)?;
    let names = |answer| first_batch(answer).filter_map(|row| row.get_str("_id").ok()).map(str::to_owned).collect();
    Ok(answer.as_ref().map(names))
}
