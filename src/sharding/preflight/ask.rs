//! The questions, all at once, and what is made of their answers.

use std::collections::BTreeMap;
use std::time::Duration;

use bson::{Bson, Document, doc};
use futures_util::future;
use mongodb::Client;
use mongodb::error::{Error, ErrorKind};
use tokio::time::Instant;

use super::{Running, Seen, ShardState, Wanted, privileges, running, versions};
use crate::sharding::model::{Identity, Namespace, Release, Version};
use crate::sharding::mongo::answer::{first_batch, in_time, is_true, soft};
use crate::sharding::mongo::sharded::identity_of;
use crate::sharding::mongo::{collection, settings};

pub(super) struct Found {
    pub(super) release: Release,
    pub(super) shards: Vec<ShardState>,
    pub(super) routers: BTreeMap<Version, u32>,
    pub(super) running: Option<Vec<Running>>,
    pub(super) privileges: Option<Vec<Document>>,
    pub(super) collections: BTreeMap<String, Seen>,
}

/// Shards have this long to answer. Those that live do so in a few milliseconds.
const SHARDS: Duration = Duration::from_millis(1_500);

pub(super) async fn all(client: &Client, wanted: &Wanted) -> Result<Found, Error> {
    let (admin, config) = (client.database("admin"), client.database("config"));
    let names: Vec<String> = wanted.namespaces.iter().filter(|it| it.contains('.')).cloned().collect();
    let deadline = Instant::now() + SHARDS;
    let status = doc! { "connectionStatus": 1, "showPrivileges": true, "maxTimeMS": 1_000 };
    let (release, shards, routers, collections, (operations, explained), status, pools) = tokio::try_join!(
        settings::release(client),
        async { soft(config.run_command(all_shards()).await) },
        async { soft(config.run_command(live_routers()).await) },
        collections(client, &names),
        of_shards(client, &names, deadline),
        async { soft(admin.run_command(status).await) },
        async { in_time(deadline, admin.run_command(doc! { "connPoolStats": 1 }).into_future()).await },
    )?;
    let explained = explained.as_ref().map(versions::explained).unwrap_or_default();
    let answered = match &operations {
        Operations::Told(_) => Some(true),
        Operations::Silent => Some(false),
        Operations::Unknown => None,
    };
    let sets = pools.as_ref().map(primaries).unwrap_or_default();
    let state = |row: &Document| shard(row, answered, &sets, &explained);
    Ok(Found {
        release,
        shards: shards.iter().flat_map(first_batch).filter_map(state).collect(),
        routers: routers.iter().flat_map(first_batch).fold(BTreeMap::new(), count_version),
        running: match operations {
            Operations::Told(running) => Some(running),
            Operations::Silent | Operations::Unknown => None,
        },
        privileges: status.as_ref().and_then(privileges::held),
        collections,
    })
}

fn all_shards() -> Document {
    doc! {
        "find": "shards", "sort": { "_id": 1 }, "limit": 1_000, "batchSize": 1_000, "singleBatch": true,
        "maxTimeMS": 1_000,
    }
}

/// Routers write down twice a minute that they are there, and what they are.
fn live_routers() -> Document {
    let lately = doc! { "$expr": { "$gt": ["$ping", { "$subtract": ["$$NOW", 60_000] }] } };
    doc! {
        "find": "mongos", "filter": lately, "projection": { "mongoVersion": 1 },
        "limit": 1_000, "batchSize": 1_000, "singleBatch": true, "maxTimeMS": 1_000,
    }
}

fn count_version(mut counted: BTreeMap<Version, u32>, row: &Document) -> BTreeMap<Version, u32> {
    if let Ok(version) = row.get_str("mongoVersion") {
        *counted.entry(Version::read(version)).or_default() += 1;
    }
    counted
}

/// What the shards answered about their work.
enum Operations {
    Told(Vec<Running>),
    /// One of them did not answer in time.
    Silent,
    /// The console's user may not ask.
    Unknown,
}

/// What only the shards know: their work, and their versions. These are the questions that one that is down holds up.
async fn of_shards(
    client: &Client,
    names: &[String],
    deadline: Instant,
) -> Result<(Operations, Option<Document>), Error> {
    let millis = SHARDS.as_millis() as i32;
    let (admin, config) = (client.database("admin"), client.database("config"));
    let work = admin.run_command(running::question(millis)).into_future();
    let (work, explained) = future::join(
        tokio::time::timeout_at(deadline, work),
        in_time(deadline, config.run_command(explain("system.sessions", millis)).into_future()),
    )
    .await;
    let mut explained = explained?;
    if explained.as_ref().is_none_or(|it| versions::explained(it).is_empty())
        && let Some(namespace) = names.first().and_then(|it| Namespace::parse(it).ok())
    {
        let command = explain(namespace.collection(), millis);
        explained = in_time(deadline, client.database(namespace.database()).run_command(command).into_future()).await?;
    }
    Ok((operations(work.ok())?, explained))
}

/// Sessions are spread over all shards, so their collection is known by all; else the one in question is asked for.
fn explain(collection: &str, millis: i32) -> Document {
    doc! { "explain": { "find": collection }, "verbosity": "queryPlanner", "maxTimeMS": millis }
}

fn operations(answer: Option<Result<Document, Error>>) -> Result<Operations, Error> {
    const MAY_NOT: i32 = 13;
    match answer {
        None => Ok(Operations::Silent),
        Some(Ok(answer)) => Ok(Operations::Told(running::of_rows(first_batch(&answer)))),
        Some(Err(error)) => match error.kind.as_ref() {
            ErrorKind::Command(command) if command.code == MAY_NOT => Ok(Operations::Unknown),
            ErrorKind::Command(_) => Ok(Operations::Silent),
            _ => Err(error),
        },
    }
}

/// Whether each replica set that the router watches has a primary that answers it.
pub(super) fn primaries(stats: &Document) -> BTreeMap<String, bool> {
    let sets = stats.get_document("replicaSets").into_iter().flatten();
    sets.filter_map(|(name, set)| {
        let hosts = set.as_document()?.get_array("hosts").ok()?;
        let leads = |host: &Bson| host.as_document().is_some_and(|it| is_true(it, "ok") && is_true(it, "ismaster"));
        Some((name.clone(), hosts.iter().any(leads)))
    })
    .collect()
}

/// Where all answered, this one did. Where one did not, the router's own watch says whether it may be this one.
fn shard(
    row: &Document,
    all_answered: Option<bool>,
    sets: &BTreeMap<String, bool>,
    explained: &BTreeMap<String, Version>,
) -> Option<ShardState> {
    let name = row.get_str("_id").ok()?.to_owned();
    let host = row.get_str("host").unwrap_or_default().to_owned();
    let watched = sets.get(host.split('/').next().unwrap_or_default()).copied();
    let version = explained.get(&name).copied();
    let answers = match all_answered {
        Some(true) => Some(true),
        _ => watched.filter(|answers| !answers || all_answered.is_none() || version.is_some()),
    };
    Some(ShardState { draining: is_true(row, "draining"), name, host, answers, version })
}

/// Which collections these names mean. One that is not sharded is asked of its shard, which may be down.
pub(super) async fn collections(client: &Client, names: &[String]) -> Result<BTreeMap<String, Seen>, Error> {
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let filter = doc! { "_id": { "$in": names }, "dropped": { "$ne": true }, "unsplittable": { "$ne": true } };
    let find = doc! {
        "find": "collections", "filter": filter,
        "projection": { "uuid": 1, "lastmodEpoch": 1, "timestamp": 1 },
        "limit": names.len() as i64, "singleBatch": true, "maxTimeMS": 1_000,
    };
    let answer = client.database("config").run_command(find).await?;
    let mut found: BTreeMap<String, Seen> = first_batch(&answer).filter_map(sharded).collect();
    let deadline = Instant::now() + SHARDS;
    for name in names.iter().filter(|it| !found.contains_key(*it)).cloned().collect::<Vec<_>>() {
        let seen = unsharded(client, &name, deadline).await?;
        found.insert(name, seen);
    }
    Ok(found)
}

fn sharded(row: &Document) -> Option<(String, Seen)> {
    Some((row.get_str("_id").ok()?.to_owned(), Seen::Is(identity_of(row))))
}

async fn unsharded(client: &Client, name: &str, deadline: Instant) -> Result<Seen, Error> {
    let Ok(namespace) = Namespace::parse(name) else { return Ok(Seen::None) };
    let listed = in_time(deadline, collection::listed(client, &namespace)).await?;
    Ok(match listed {
        None => Seen::Unknown,
        Some(None) => Seen::None,
        Some(Some(it)) => Seen::Is(Identity { uuid: it.uuid, ..Identity::default() }),
    })
}
