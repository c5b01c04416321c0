//! A chunk as its page shows it.

use bson::Document;
use mongodb::Client;
use mongodb::error::Error;

use super::facts::{self, Chunk};
use crate::sharding::balancer::state;
use crate::sharding::chunk::model::{ChunkInfo, ChunkSeen, Offered, Owner};
use crate::sharding::chunks::mongo::buckets_of;
use crate::sharding::model::Release;
use crate::sharding::model::offered::Operation;
use crate::sharding::order::compare_bounds;
use crate::sharding::value;
use crate::sharding::zones::mongo::{Shard, ranges_of, shards};
use crate::sharding::zones::ranges::{Range, over};

/// The chunk that owns `min`, of the collection or of the buckets of a time series of its name; none where neither is
/// sharded.
///
/// # Errors
/// The driver's.
pub(super) async fn read(
    client: Client,
    mut namespace: String,
    min: Document,
    measure: bool,
) -> Result<Option<ChunkSeen>, Error> {
    let (mut sharded, mut ranges) = ranges_of(&client, &namespace).await?;
    if sharded.is_none()
        && let Some(buckets) = buckets_of(&namespace)
    {
        (sharded, ranges) = ranges_of(&client, &buckets).await?;
        namespace = buckets;
    }
    let Some(sharded) = sharded else { return Ok(None) };
    let Some(there) = facts::neighbours(&client, &sharded, &min).await? else { return Ok(None) };
    let shards = shards(&client).await?;
    let balancer = state::read(&client).await?;
    let measured = match measure {
        true => Some(facts::measure(&client, &namespace, &sharded, &there.chunk, facts::MANY).await?),
        false => None,
    };
    let info = |chunk: &Chunk| info(chunk, &ranges, &shards);
    Ok(Some(ChunkSeen {
        namespace,
        key: sharded.key(),
        chunk: info(&there.chunk),
        moved_on: compare_bounds(&there.chunk.min, &min).is_ne(),
        previous: there.previous.as_ref().map(info),
        next: there.next.as_ref().map(info),
        shards: shards.iter().map(|it| it.name.clone()).collect(),
        chunk_bytes: sharded.chunk_bytes().unwrap_or_else(|| balancer.chunk_bytes()),
        measured,
        balancer: balancer.told(),
        offered: offered(balancer.release),
    }))
}

fn info(chunk: &Chunk, ranges: &[Range], shards: &[Shard]) -> ChunkInfo {
    let mut zones: Vec<String> = over(ranges, &chunk.min, &chunk.max).map(|range| range.zone.clone()).collect();
    zones.dedup();
    let allows = |zone: &String| {
        let mut homes = shards.iter().filter(|it| it.zones.contains(zone)).peekable();
        homes.peek().is_none() || homes.any(|it| it.name == chunk.shard)
    };
    ChunkInfo {
        min: value::wire_document(&chunk.min),
        max: value::wire_document(&chunk.max),
        shard: chunk.shard.clone(),
        misplaced: !zones.iter().all(allows),
        zones,
        jumbo: chunk.jumbo,
        version: format!("{}|{}", chunk.version.time, chunk.version.increment),
        history: chunk.history.iter().map(|(since, shard)| owner(since.time, shard)).collect(),
    }
}

fn owner(since: u32, shard: &str) -> Owner {
    Owner { shard: shard.to_owned(), since: i64::from(since) }
}

fn offered(release: Release) -> Offered {
    let why_not = |operation: Operation| operation.offered(release).err();
    let range = why_not(Operation::MoveRange);
    Offered {
        split: why_not(Operation::SplitChunk),
        // Either of the two commands will do.
        moving: range.and_then(|_| why_not(Operation::MoveChunk)),
        force_jumbo: why_not(Operation::MoveJumboChunk),
        merge: why_not(Operation::MergeChunks),
        clear_jumbo: why_not(Operation::ClearJumbo),
    }
}
