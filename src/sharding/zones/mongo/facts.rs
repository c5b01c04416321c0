//! What a plan about zones rests on.

use std::collections::BTreeMap;

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use super::capacity::{self, Capacity};
use super::dry_run::{self, Moves};
use crate::sharding::balancer::state::{self, Balancing};
use crate::sharding::mongo::answer::{first_batch, is_true};
use crate::sharding::mongo::sharded::{self, Sharded};
use crate::sharding::preflight::{self, Common, Wanted};
use crate::sharding::zones::model::Change;
use crate::sharding::zones::ranges::{self, Range};

/// Ranges of one collection, or of all, that are read at most.
pub(super) const RANGES: i64 = 2_000;

/// Shards that are read at most.
const SHARDS: i32 = 1_000;

/// Collections of a zone whose chunks are looked at.
const COLLECTIONS: usize = 20;

/// What a plan rests on.
pub struct Facts {
    /// What is looked at before every write.
    pub common: Common,
    pub shards: Vec<Shard>,
    pub balancer: Balancing,
    /// The collection whose ranges are changed; none where it is not sharded, or none is.
    pub sharded: Option<Sharded>,
    /// The ranges of that collection now, sorted.
    pub ranges: Vec<Range>,
    /// For a change of a shard's zones: how many ranges the zone has, by collection.
    pub ranges_of_zone: BTreeMap<String, i64>,
    /// What would have to move after the change.
    pub moves: Moves,
    pub capacity: Capacity,
}

/// A shard as the config servers list it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    pub name: String,
    pub host: String,
    pub zones: Vec<String>,
    pub draining: bool,
}

impl Facts {
    /// The shards of a zone.
    pub fn of_zone(&self, zone: &str) -> Vec<&Shard> {
        self.shards.iter().filter(|shard| shard.zones.iter().any(|it| it == zone)).collect()
    }
}

/// Asks for everything.
///
/// # Errors
/// The driver's.
pub(super) async fn read(client: &Client, change: &Change) -> Result<Facts, Error> {
    let wanted = change.subject().map_or_else(Wanted::cluster, |subject| Wanted::on(&subject.namespace));
    let mut facts = Facts {
        common: preflight::common(client, &wanted).await?,
        balancer: state::read(client).await?,
        capacity: Capacity::default(),
        shards: shards(client).await?,
        sharded: None,
        ranges: Vec::new(),
        ranges_of_zone: BTreeMap::new(),
        moves: Moves::default(),
    };
    match change {
        Change::AddShardToZone { shard, zone, .. } => of_zone(client, &mut facts, shard, zone, true).await?,
        Change::RemoveShardFromZone { shard, zone, .. } => of_zone(client, &mut facts, shard, zone, false).await?,
        _ => of_collection(client, &mut facts, change).await?,
    }
    let database = database(change, &facts);
    facts.capacity = capacity::read(client, &facts.shards, database.as_deref()).await?;
    Ok(facts)
}

/// A database in which data will move.
fn database(change: &Change, facts: &Facts) -> Option<String> {
    match change.subject() {
        Some(subject) => Some(subject.namespace.database().to_owned()),
        None => facts.ranges_of_zone.keys().next().and_then(|name| name.split('.').next()).map(str::to_owned),
    }
}

async fn of_zone(client: &Client, facts: &mut Facts, shard: &str, zone: &str, adds: bool) -> Result<(), Error> {
    for (namespace, _) in tags(client, doc! { "tag": zone }).await? {
        *facts.ranges_of_zone.entry(namespace).or_default() += 1;
    }
    let mut after = facts.shards.clone();
    for it in after.iter_mut().filter(|it| it.name == shard) {
        it.zones.retain(|name| name != zone);
        it.zones.extend(adds.then(|| zone.to_owned()));
    }
    let mut budget = dry_run::CHUNKS;
    for namespace in facts.ranges_of_zone.keys().take(COLLECTIONS) {
        let (sharded, ranges) = ranges_of(client, namespace).await?;
        let Some(sharded) = sharded else { continue };
        let moves = dry_run::read(client, namespace, &sharded, &ranges, &after, budget).await?;
        budget = (budget - moves.looked).max(0);
        facts.moves.add(moves);
    }
    facts.moves.more |= facts.ranges_of_zone.len() > COLLECTIONS;
    Ok(())
}

async fn of_collection(client: &Client, facts: &mut Facts, change: &Change) -> Result<(), Error> {
    let Some(subject) = change.subject() else { return Ok(()) };
    let namespace = subject.namespace.to_string();
    (facts.sharded, facts.ranges) = ranges_of(client, &namespace).await?;
    let Some(sharded) = &facts.sharded else { return Ok(()) };
    let after = ranges::after(&facts.ranges, &change.edit(), sharded.key().as_ref());
    if ranges::first_overlap(&after).is_none() {
        facts.moves = dry_run::read(client, &namespace, sharded, &after, &facts.shards, dry_run::CHUNKS).await?;
    }
    Ok(())
}

/// The collection, if it is sharded, and its ranges, sorted.
///
/// # Errors
/// The driver's.
pub(in crate::sharding) async fn ranges_of(
    client: &Client,
    namespace: &str,
) -> Result<(Option<Sharded>, Vec<Range>), Error> {
    let sharded = sharded::sharded(client, namespace).await?;
    let found = tags(client, doc! { "ns": namespace }).await?;
    let mut ranges: Vec<Range> = found.into_iter().map(|(_, range)| range).collect();
    ranges::sort(&mut ranges);
    Ok((sharded, ranges))
}

/// Ranges with their collections, by collection and lower bound; no more than [`RANGES`] and one.
///
/// # Errors
/// The driver's.
pub(super) async fn tags(client: &Client, filter: Document) -> Result<Vec<(String, Range)>, Error> {
    let find = doc! {
        "find": "tags", "filter": filter, "sort": { "ns": 1, "min": 1 }, "limit": RANGES + 1, "batchSize": RANGES + 1,
        "singleBatch": true, "maxTimeMS": 2_000,
    };
    let answer = client.database("config").run_command(find).await?;
    Ok(first_batch(&answer).filter_map(tag).collect())
}

fn tag(row: &Document) -> Option<(String, Range)> {
    let range = Range {
        min: row.get_document("min").ok()?.clone(),
        max: row.get_document("max").ok()?.clone(),
        zone: row.get_str("tag").ok()?.to_owned(),
    };
    Some((row.get_str("ns").ok()?.to_owned(), range))
}

/// All shards, by name.
///
/// # Errors
/// The driver's.
pub(in crate::sharding) async fn shards(client: &Client) -> Result<Vec<Shard>, Error> {
    let find = doc! {
        "find": "shards", "sort": { "_id": 1 }, "limit": SHARDS, "batchSize": SHARDS, "singleBatch": true,
        "maxTimeMS": 2_000,
    };
    let answer = client.database("config").run_command(find).await?;
    Ok(first_batch(&answer).filter_map(shard).collect())
}

fn shard(row: &Document) -> Option<Shard> {
    let zones = row.get_array("tags").map(Vec::as_slice).unwrap_or_default();
    Some(Shard {
        name: row.get_str("_id").ok()?.to_owned(),
        host: row.get_str("host").unwrap_or_default().to_owned(),
        zones: zones.iter().filter_map(Bson::as_str).map(str::to_owned).collect(),
        draining: is_true(row, "draining"),
    })
}
