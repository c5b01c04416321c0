//! What of it the balancer will not move: chunks that are too big, and those that no other shard may have.

use std::collections::HashMap;

use bson::{Bson, doc};
use mongodb::Client;
use mongodb::error::Error;

use super::{COUNTING, JUMBO, Owner, RANGES};
use crate::sharding::mongo::answer::{first_batch, number, soft};
use crate::sharding::shards::model::Shard;
use crate::sharding::shards::model::drain::Left;
use crate::sharding::value::canonical;

pub(super) async fn jumbo(client: &Client, left: &mut Left, owners: &[Owner]) -> Result<(), Error> {
    if left.collections.is_empty() {
        left.jumbo = Some(0);
        return Ok(());
    }
    let mut all = 0;
    for field in ["uuid", "ns"] {
        let here: HashMap<String, &Owner> = owners
            .iter()
            .filter(|it| it.field == field && left.collections.iter().any(|with| with.namespace == it.namespace))
            .map(|it| (it.id.to_string(), it))
            .collect();
        if here.is_empty() {
            continue;
        }
        let ids: Vec<Bson> = here.values().map(|it| it.id.clone()).collect();
        let command = doc! {
            "aggregate": "chunks",
            "pipeline": [
                { "$match": { field: { "$in": ids }, "shard": &left.shard, "jumbo": true } },
                { "$limit": JUMBO },
                { "$group": { "_id": format!("${field}"), "n": { "$sum": 1 }, "min": { "$first": "$min" } } },
            ],
            "cursor": { "batchSize": 1_000 }, "maxTimeMS": COUNTING,
        };
        let Some(answer) = soft(client.database("config").run_command(command).await)? else { return Ok(()) };
        for row in first_batch(&answer) {
            let owner = row.get("_id").and_then(|id| here.get(&id.to_string()));
            let (Some(owner), Some(n)) = (owner, number(row, "n")) else { continue };
            all += n;
            if let Some(it) = left.collections.iter_mut().find(|it| it.namespace == owner.namespace) {
                it.jumbo = n;
                it.jumbo_at = row.get_document("min").map(canonical).unwrap_or_default();
            }
        }
    }
    left.jumbo = Some(all);
    Ok(())
}

/// Counts the chunks whose zone no shard that stays belongs to.
pub(super) async fn zoned(client: &Client, left: &mut Left, owners: &[Owner], all: &[Shard]) -> Result<(), Error> {
    let stays: Vec<&str> =
        all.iter().filter(|it| !it.draining).flat_map(|it| it.zones.iter().map(String::as_str)).collect();
    let names: Vec<&str> = left.collections.iter().map(|it| it.namespace.as_str()).collect();
    if names.is_empty() {
        return Ok(());
    }
    let find = doc! {
        "find": "tags", "filter": { "ns": { "$in": names }, "tag": { "$nin": stays } }, "limit": RANGES,
        "singleBatch": true, "maxTimeMS": 500,
    };
    let Some(answer) = soft(client.database("config").run_command(find).await)? else { return Ok(()) };
    for row in first_batch(&answer) {
        let (Ok(namespace), Ok(min), Ok(max)) = (row.get_str("ns"), row.get_document("min"), row.get_document("max"))
        else {
            continue;
        };
        let Some(owner) = owners.iter().find(|it| it.namespace == namespace) else { continue };
        // Chunks do not reach over the end of a zone once the balancer has been at them.
        let here = doc! {
            owner.field: owner.id.clone(), "shard": &left.shard, "min": { "$gte": min.clone(), "$lt": max.clone() },
        };
        let count = doc! {
            "aggregate": "chunks",
            "pipeline": [{ "$match": here }, { "$limit": 100_000 }, { "$count": "n" }],
            "cursor": {}, "maxTimeMS": 500,
        };
        let counted = soft(client.database("config").run_command(count).await)?;
        let n = counted.iter().flat_map(first_batch).find_map(|row| number(row, "n")).unwrap_or_default();
        if let Some(it) = left.collections.iter_mut().find(|it| it.namespace == namespace && n > 0) {
            it.zoned += n;
            let zone = row.get_str("tag").unwrap_or_default();
            if !it.zones.iter().any(|known| known == zone) {
                it.zones.push(zone.to_owned());
            }
        }
    }
    Ok(())
}
