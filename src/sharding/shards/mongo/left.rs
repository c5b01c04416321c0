//! What is left on shards that are being drained. All of them are asked about at once, and no document of a user's
//! collection is read.

mod stuck;

use std::collections::HashMap;

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use self::stuck::{jumbo, zoned};
use crate::sharding::mongo::answer::{first_batch, is_true, number, soft};
use crate::sharding::shards::model::Shard;
use crate::sharding::shards::model::drain::{CollectionLeft, Held, Left, MOST_NAMED};
use crate::sharding::sizes::own_name;

/// Bytes of sharded collections by shard: owned, and moved away but not deleted yet.
pub type BytesByShard = HashMap<String, (i64, i64)>;

/// Collections that are looked at; a cluster with more is told as not known rather than as empty.
const COLLECTIONS: i64 = 20_000;
/// One count, in milliseconds.
const COUNTING: i32 = 1_500;
/// Jumbo chunks that are counted at most, and key ranges of zones that are looked at.
const JUMBO: i64 = 1_000;
const RANGES: i64 = 50;

/// A collection of the catalog, and how its chunks are found.
struct Owner {
    namespace: String,
    /// `uuid` or `ns`.
    field: &'static str,
    id: Bson,
    /// It is in the catalog, but not sharded (8.0 and later).
    single: bool,
    held: Held,
}

/// What is left on each of these shards, in their order; without bytes, which take longer.
///
/// # Errors
/// The driver's.
pub async fn left(client: &Client, shards: &[Shard], all: &[Shard]) -> Result<Vec<Left>, Error> {
    let owners = owners(client).await?;
    let mut found = Vec::new();
    let counted = match &owners {
        Some(owners) => counted(client, owners, shards).await?,
        None => None,
    };
    for shard in shards {
        let mut left = Left { shard: shard.name.clone(), ..Left::default() };
        (left.databases, left.more_databases) = databases(client, &shard.name).await?;
        if let (Some(owners), Some(counted)) = (&owners, &counted) {
            fill(&mut left, owners, counted);
            jumbo(client, &mut left, owners).await?;
            zoned(client, &mut left, owners, all).await?;
            call_by_own_names(&mut left);
        }
        found.push(left);
    }
    Ok(found)
}

/// Only now: chunks and ranges are found by the names of the catalog.
fn call_by_own_names(left: &mut Left) {
    for it in &mut left.collections {
        (it.namespace, it.time_series) = own_name(&it.namespace);
    }
    for name in &mut left.single {
        *name = own_name(name).0;
    }
}

async fn owners(client: &Client) -> Result<Option<Vec<Owner>>, Error> {
    let wanted = [
        "uuid",
        "timestamp",
        "unsplittable",
        "noBalance",
        "permitMigrations",
        "allowMigrations",
        "defragmentCollection",
        "reshardingFields.state",
    ];
    let projection: Document = wanted.iter().map(|field| ((*field).to_owned(), Bson::Int32(1))).collect();
    let find = doc! {
        "find": "collections", "filter": { "dropped": { "$ne": true } }, "projection": projection,
        "limit": COLLECTIONS + 1, "batchSize": COLLECTIONS + 1, "singleBatch": true, "maxTimeMS": COUNTING,
    };
    let Some(answer) = soft(client.database("config").run_command(find).await)? else { return Ok(None) };
    let owners: Vec<Owner> = first_batch(&answer).filter_map(owner).collect();
    Ok((owners.len() as i64 <= COLLECTIONS).then_some(owners))
}

fn owner(row: &Document) -> Option<Owner> {
    let namespace = row.get_str("_id").ok()?.to_owned();
    // Chunks belong to a UUID where the collection has a timestamp (5.0 and later, by FCV), else to a name.
    let (field, id) = match row.get("uuid").filter(|_| row.contains_key("timestamp")) {
        Some(uuid) => ("uuid", uuid.clone()),
        None => ("ns", Bson::from(namespace.clone())),
    };
    Some(Owner { namespace, field, id, single: is_true(row, "unsplittable"), held: held(row) })
}

fn held(row: &Document) -> Held {
    let is_false = |field: &str| row.get_bool(field).is_ok_and(|value| !value);
    if row.contains_key("reshardingFields") {
        Held::Resharded
    } else if is_false("permitMigrations") || is_false("allowMigrations") {
        Held::Frozen
    } else if is_true(row, "noBalance") {
        Held::NoBalance
    } else if is_true(row, "defragmentCollection") {
        Held::Defragmented
    } else {
        Held::Free
    }
}

/// Chunks by shard and place in `owners`. None where they could not be counted in time.
async fn counted(
    client: &Client,
    owners: &[Owner],
    shards: &[Shard],
) -> Result<Option<HashMap<(String, usize), i64>>, Error> {
    let names: Vec<&str> = shards.iter().map(|it| it.name.as_str()).collect();
    let mut counted = HashMap::new();
    for field in ["uuid", "ns"] {
        let of_field: Vec<usize> = (0..owners.len()).filter(|at| owners[*at].field == field).collect();
        if of_field.is_empty() {
            continue;
        }
        let ids: Vec<Bson> = of_field.iter().map(|at| owners[*at].id.clone()).collect();
        let places: HashMap<String, usize> = of_field.iter().map(|at| (owners[*at].id.to_string(), *at)).collect();
        let id = format!("${field}");
        // The index on collection and shard holds all that is asked for, so no chunk itself is read.
        let command = doc! {
            "aggregate": "chunks",
            "pipeline": [
                { "$match": { field: { "$in": ids }, "shard": { "$in": &names } } },
                { "$group": { "_id": { "owner": id, "shard": "$shard" }, "n": { "$sum": 1 } } },
            ],
            "cursor": { "batchSize": 100_000 }, "maxTimeMS": COUNTING,
        };
        let Some(answer) = soft(client.database("config").run_command(command).await)? else { return Ok(None) };
        for row in first_batch(&answer) {
            let Ok(id) = row.get_document("_id") else { continue };
            let place = id.get("owner").and_then(|owner| places.get(&owner.to_string()));
            if let (Some(place), Ok(shard), Some(n)) = (place, id.get_str("shard"), number(row, "n")) {
                counted.insert((shard.to_owned(), *place), n);
            }
        }
    }
    Ok(Some(counted))
}

fn fill(left: &mut Left, owners: &[Owner], counted: &HashMap<(String, usize), i64>) {
    let of_shard = counted.iter().filter(|((shard, _), n)| *shard == left.shard && **n > 0);
    let mut all = 0;
    for ((_, place), n) in of_shard {
        let Owner { namespace, single, held, .. } = &owners[*place];
        all += n;
        if *single {
            left.single.push(namespace.clone());
        } else {
            let namespace = namespace.clone();
            left.collections.push(CollectionLeft { namespace, chunks: *n, held: *held, ..CollectionLeft::default() });
        }
    }
    left.chunks = Some(all);
    left.single.sort();
    left.collections.sort_by(|a, b| b.chunks.cmp(&a.chunks).then_with(|| a.namespace.cmp(&b.namespace)));
}

async fn databases(client: &Client, shard: &str) -> Result<(Option<Vec<String>>, bool), Error> {
    let limit = i64::try_from(MOST_NAMED).unwrap_or(i64::MAX) + 1;
    let find = doc! {
        "find": "databases", "filter": { "primary": shard }, "projection": { "_id": 1 }, "sort": { "_id": 1 },
        "limit": limit, "singleBatch": true, "maxTimeMS": 1_000,
    };
    let Some(answer) = soft(client.database("config").run_command(find).await)? else { return Ok((None, false)) };
    let mut names: Vec<String> =
        first_batch(&answer).filter_map(|row| row.get_str("_id").ok()).map(str::to_owned).collect();
    let more = names.len() > MOST_NAMED;
    names.truncate(MOST_NAMED);
    Ok((Some(names), more))
}

/// Bytes of sharded collections by shard: owned, and moved away but not deleted yet. None before 6.0.3, and where the
/// cluster does not answer in time.
///
/// # Errors
/// When the server could not be asked at all.
pub async fn bytes(client: &Client) -> Result<Option<BytesByShard>, Error> {
    let command = doc! {
        "aggregate": 1,
        "pipeline": [
            { "$shardedDataDistribution": {} },
            { "$unwind": "$shards" },
            { "$group": {
                "_id": "$shards.shardName",
                "owned": { "$sum": "$shards.ownedSizeBytes" },
                "orphaned": { "$sum": "$shards.orphanedSizeBytes" },
            } },
        ],
        "cursor": { "batchSize": 1_000 }, "maxTimeMS": 1_000,
    };
    let Some(answer) = soft(client.database("admin").run_command(command).await)? else { return Ok(None) };
    let row = |row: &Document| {
        let name = row.get_str("_id").ok()?.to_owned();
        Some((name, (number(row, "owned")?, number(row, "orphaned").unwrap_or_default())))
    };
    Ok(Some(first_batch(&answer).filter_map(row).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_the_balancer_from_a_collection_is_read() {
        assert_eq!(held(&doc! {}), Held::Free);
        assert_eq!(held(&doc! { "permitMigrations": true, "noBalance": false }), Held::Free);
        assert_eq!(held(&doc! { "permitMigrations": false, "noBalance": true }), Held::Frozen);
        assert_eq!(held(&doc! { "noBalance": true }), Held::NoBalance);
        assert_eq!(held(&doc! { "defragmentCollection": true }), Held::Defragmented);
        assert_eq!(held(&doc! { "reshardingFields": {} }), Held::Resharded);
    }

    #[test]
    fn chunks_are_found_by_name_where_the_collection_has_no_timestamp() {
        let uuid = bson::Uuid::from_bytes([7; 16]);
        let old = owner(&doc! { "_id": "a.b", "uuid": uuid }).expect("a collection");
        assert_eq!((old.field, old.id), ("ns", Bson::from("a.b")));
        let new = doc! { "_id": "a.b", "uuid": uuid, "timestamp": bson::Timestamp { time: 1, increment: 1 } };
        assert_eq!(owner(&new).expect("a collection").field, "uuid");
    }
}
