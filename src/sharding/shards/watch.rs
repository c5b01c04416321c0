//! What the shards of a cluster look like now, asked once for all who look, and remembered so far that one can tell how
//! fast a draining goes. Looking changes nothing: before 8.2 the command that tells is also the one that starts.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use mongodb::Client;
use mongodb::error::Error;
use tokio::sync::Mutex;

use super::model::drain::{Left, Seen, judge};
use super::model::pace::Samples;
use super::model::{Shard, ShardList};
use super::mongo::balancing::balancing;
use super::mongo::facts::set_bytes;
use super::mongo::left::BytesByShard;
use super::mongo::tried::tried;
use super::mongo::{Shards, left, read};
use crate::error::AppError;
use crate::sharding::model::offered::Generation;
use crate::sharding::mongo::settings;
use crate::targets::registry::Entry;

/// An answer is told again for so long, and for longer where it was costly.
const FRESH: Duration = Duration::from_millis(1_500);
const TIMES_COST: u32 = 10;
/// Bytes are asked of all shards, for every collection.
const BYTES: Duration = Duration::from_secs(30);

/// What is remembered of one cluster.
#[derive(Default)]
struct Watch {
    /// Held while the cluster is asked, so that it is asked once.
    memory: Mutex<Memory>,
    /// Grows with every change that this console sends.
    changes: AtomicU64,
}

#[derive(Default)]
struct Memory {
    last: Option<Answer>,
    samples: HashMap<String, Samples>,
    /// Asked when; none where nobody could tell.
    bytes: Option<(Instant, Option<BytesByShard>)>,
}

struct Answer {
    at: Instant,
    /// After which change.
    change: u64,
    cost: Duration,
    list: ShardList,
}

/// The shards, and what is left on those that are being drained.
///
/// # Errors
/// As [`crate::sharding::cluster::Cluster::read`].
pub async fn look(shards: &Shards) -> Result<ShardList, AppError> {
    let watch: Arc<Watch> = shards.cluster().entry().shared();
    let mut memory = watch.memory.lock().await;
    let change = watch.changes.load(Ordering::Acquire);
    if let Some(last) = memory.last.as_ref().filter(|last| last.is_fresh(change)) {
        return Ok(last.list.clone());
    }
    let at = Instant::now();
    let target = shards.cluster().target().to_string();
    let list = shards.read(async |client| ask(client, &target, &mut memory).await).await?;
    memory.last = Some(Answer { at: Instant::now(), change, cost: at.elapsed(), list: list.clone() });
    Ok(list)
}

/// The next look asks anew.
pub fn forget(entry: &Entry) {
    entry.shared::<Watch>().changes.fetch_add(1, Ordering::AcqRel);
}

impl Answer {
    fn is_fresh(&self, change: u64) -> bool {
        self.change == change && self.at.elapsed() < FRESH.max(self.cost * TIMES_COST)
    }
}

async fn ask(client: &Client, target: &str, memory: &mut Memory) -> Result<ShardList, Error> {
    let (shards, release) = futures_util::future::try_join(read::shards(client), settings::release(client)).await?;
    let going: Vec<Shard> = shards.iter().filter(|it| it.draining).cloned().collect();
    memory.samples.retain(|name, _| going.iter().any(|it| it.name == *name));
    if going.is_empty() {
        return Ok(ShardList { shards, release, drains: Vec::new() });
    }
    let takers = takers(client, &shards).await?;
    let balancing = balancing(client).await?;
    let mut drains = Vec::new();
    for mut left in left::left(client, &going, &shards).await? {
        set_bytes(&mut left, bytes(client, memory).await?);
        let tried = tried(client, &left.shard, now()).await?;
        let pace = memory.sampled(&left).pace();
        let (balancing, takers) = (balancing.clone(), takers.clone());
        let removal = Generation::of_removal(release);
        drains.push(judge(Seen { target: target.to_owned(), removal, left, pace, balancing, takers, tried }));
    }
    Ok(ShardList { shards, release, drains })
}

/// The shards that stay, the one with least databases first.
async fn takers(client: &Client, shards: &[Shard]) -> Result<Vec<String>, Error> {
    let homes = read::homes(client).await?;
    let mut takers: Vec<String> = shards.iter().filter(|it| !it.draining).map(|it| it.name.clone()).collect();
    takers.sort_by_key(|name| homes.get(name).copied().unwrap_or_default());
    Ok(takers)
}

async fn bytes<'a>(client: &Client, memory: &'a mut Memory) -> Result<Option<&'a BytesByShard>, Error> {
    if memory.bytes.as_ref().is_none_or(|(at, _)| at.elapsed() > BYTES) {
        memory.bytes = Some((Instant::now(), left::bytes(client).await?));
    }
    Ok(memory.bytes.as_ref().and_then(|(_, bytes)| bytes.as_ref()))
}

impl Memory {
    fn sampled(&mut self, left: &Left) -> &Samples {
        let samples = self.samples.entry(left.shard.clone()).or_default();
        if let Some(chunks) = left.chunks {
            samples.add(now(), chunks);
        }
        samples
    }
}

/// In milliseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
