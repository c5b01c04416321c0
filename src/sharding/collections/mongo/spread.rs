//! What each shard has of one collection, as its storage keeps count of it; no document is read. Where a page needs
//! that of many, it is read in the background and remembered for a minute.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bson::{Document, doc};
use futures_util::{StreamExt, stream};
use mongodb::Client;
use mongodb::error::Error;
use tokio::sync::Notify;

use super::names::Found;
use crate::sharding::cluster::Cluster;
use crate::sharding::model::{Held, OnShard};
use crate::sharding::mongo::answer::{first_batch, number, soft};
use crate::targets::registry::Entry;

/// One collection of a page, in milliseconds.
const QUESTION: i32 = 1_000;
/// All of a page.
const DEADLINE: Duration = Duration::from_secs(10);
const AT_ONCE: usize = 3;
const FRESH: Duration = Duration::from_secs(60);
/// Collections that are remembered.
const MOST: usize = 5_000;

/// What each shard has of it. None when a shard does not answer within `millis` milliseconds, or the role may not ask.
///
/// # Errors
/// When the router could not be asked at all.
pub(super) async fn spread(
    client: &Client,
    found: &Found,
    sharded: bool,
    millis: i32,
) -> Result<Option<Vec<OnShard>>, Error> {
    let stats = doc! {
        "shard": 1, "host": 1,
        "count": "$storageStats.count", "size": "$storageStats.size", "orphans": "$storageStats.numOrphanDocs",
    };
    let command = doc! {
        "aggregate": &found.collection,
        "pipeline": [{ "$collStats": { "storageStats": {} } }, { "$project": stats }],
        "cursor": { "batchSize": 1_000 },
        "maxTimeMS": millis,
    };
    let answer = soft(client.database(&found.database).run_command(command).await)?;
    Ok(answer.map(|answer| first_batch(&answer).map(|row| on_shard(row, sharded)).collect()))
}

fn on_shard(row: &Document, sharded: bool) -> OnShard {
    let shard = row.get_str("shard").or_else(|_| row.get_str("host")).unwrap_or("?");
    let (count, size) = (number(row, "count"), number(row, "size"));
    // Only what is sharded can have moved away.
    let orphans = number(row, "orphans").or(if sharded { None } else { Some(0) });
    let held = match (count, size, orphans) {
        (_, Some(size), Some(0)) => Held::Apart { owned: size, orphaned: 0 },
        (Some(count), Some(size), Some(orphans)) => {
            // Orphans are taken to be as big as the others.
            let orphaned = i128::from(size) * i128::from(orphans.clamp(0, count)) / i128::from(count.max(1));
            let orphaned = i64::try_from(orphaned).unwrap_or_default();
            Held::Apart { owned: size - orphaned, orphaned }
        }
        (_, Some(size), _) => Held::Together(size),
        _ => Held::Unknown,
    };
    let documents = count.zip(orphans).map(|(count, orphans)| (count - orphans).max(0));
    OnShard { shard: shard.to_owned(), chunks: None, documents, orphans, held }
}

/// What is known of these collections. Those that are not known are asked for in the background, and waited for as
/// long as `patience`.
///
/// Each is given with whether it is sharded.
pub(super) async fn of(
    entry: &Arc<Entry>,
    wanted: Vec<(Found, bool)>,
    patience: Duration,
) -> HashMap<String, Vec<OnShard>> {
    let remembered = entry.shared::<Remembered>();
    let done = remembered.done.notified();
    let mut done = std::pin::pin!(done);
    done.as_mut().enable();
    let missing = remembered.missing(&wanted);
    if !missing.is_empty() {
        if remembered.begins() {
            tokio::spawn(read(Arc::clone(entry), Arc::clone(&remembered), missing));
        }
        let _ = tokio::time::timeout(patience, done).await;
    }
    let state = remembered.state();
    let known = |(found, _): &(Found, bool)| {
        let name = found.namespace();
        let (_, spread) = state.known.get(&name)?;
        Some((name, spread.clone()?))
    };
    wanted.iter().filter_map(known).collect()
}

async fn read(entry: Arc<Entry>, remembered: Arc<Remembered>, missing: Vec<(Found, bool)>) {
    let keep = Arc::clone(&remembered);
    let cluster = Cluster::at(entry);
    let asked = cluster.read_aside(DEADLINE, |client| async move {
        let mut answers = stream::iter(missing)
            .map(|(found, sharded)| {
                let client = client.clone();
                async move {
                    let limit = Duration::from_millis(QUESTION.unsigned_abs().into());
                    let asked = tokio::time::timeout(limit, spread(&client, &found, sharded, QUESTION)).await;
                    (found.namespace(), asked.ok().and_then(Result::ok).flatten())
                }
            })
            .buffer_unordered(AT_ONCE);
        while let Some((name, spread)) = answers.next().await {
            keep.put(name, spread);
        }
        Ok(())
    });
    // What came before it failed is kept, and the rest stays unknown until the next look.
    let _ = asked.await;
    remembered.state().running = false;
    remembered.done.notify_waiters();
}

#[derive(Default)]
struct Remembered {
    state: Mutex<State>,
    done: Notify,
}

#[derive(Default)]
struct State {
    /// None: it was asked for and not told.
    known: HashMap<String, (Instant, Option<Vec<OnShard>>)>,
    running: bool,
}

impl Remembered {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn missing(&self, wanted: &[(Found, bool)]) -> Vec<(Found, bool)> {
        let state = self.state();
        let fresh = |(found, _): &&(Found, bool)| {
            state.known.get(&found.namespace()).is_some_and(|(at, _)| at.elapsed() < FRESH)
        };
        wanted.iter().filter(|it| !fresh(it)).cloned().collect()
    }

    fn begins(&self) -> bool {
        !std::mem::replace(&mut self.state().running, true)
    }

    fn put(&self, name: String, spread: Option<Vec<OnShard>>) {
        let mut state = self.state();
        if state.known.len() >= MOST {
            state.known.clear();
        }
        state.known.insert(name, (Instant::now(), spread));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orphans_are_told_apart_where_the_server_does() {
        let row = doc! { "shard": "s1", "count": 100, "size": 1_000, "orphans": 25_i64 };
        let read = on_shard(&row, true);
        assert_eq!(read.held, Held::Apart { owned: 750, orphaned: 250 });
        assert_eq!((read.documents, read.orphans), (Some(75), Some(25)));
    }

    #[test]
    fn before_6_0_orphans_of_a_sharded_collection_are_unknown_and_never_none() {
        let row = doc! { "shard": "s1", "count": 100, "size": 1_000 };
        let read = on_shard(&row, true);
        assert_eq!((read.held, read.documents, read.orphans), (Held::Together(1_000), None, None));
        let alone = on_shard(&row, false);
        assert_eq!((alone.held, alone.documents), (Held::Apart { owned: 1_000, orphaned: 0 }, Some(100)));
        assert_eq!(on_shard(&doc! {}, true).held, Held::Unknown);
    }
}
