//! The list of collections, a page at a time. Names come from the config servers and, for what is not sharded, from the
//! databases themselves; bytes from readings in the background, so that a page is as quick with five thousand
//! collections as with ten.

mod names;
pub mod one;
mod owned;
mod rows;
mod sharded;
mod spread;
mod walk;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{try_join, try_join3};
use mongodb::Client;
use mongodb::error::Error;

use self::names::{Found, Names};
use self::rows::Row;
use super::model::{Bytes, CHUNKS_LISTED, Collection, CollectionList, Question, Sharded, Sort, Which};
use crate::error::AppError;
use crate::sharding::cluster::Cluster;
use crate::sharding::model::{Chunks, Held, OnShard, Release, balances_bytes, judge};
use crate::sharding::mongo::{catalog, settings};
use crate::sharding::overview::mongo::{FOR_BYTES, SMALL, millis};
use crate::sharding::remembered::{Latest, asked};
use crate::sharding::sizes::{Sizes, sizes};
use crate::targets::registry::Entry;

/// The version of a cluster is taken to be the same for so long.
const ABOUT: Duration = Duration::from_secs(5);

/// A page of collections.
///
/// # Errors
/// As [`Cluster::read`].
pub async fn list(cluster: &Cluster, question: &Question) -> Result<CollectionList, AppError> {
    let About { release, few } = asked(cluster.entry(), ABOUT, |entry| Box::pin(about(entry))).await?;
    // A small cluster tells its bytes at once, so whoever looks first gets them.
    let patience = if few && balances_bytes(release) { FOR_BYTES } else { Duration::ZERO };
    let read = sizes(cluster.entry(), patience).await;
    let known = read.known.as_ref().map(|(_, sizes)| Arc::clone(sizes)).filter(|sizes| sizes.offered);
    let by_bytes = question.sort == Sort::Owned && question.which != Which::Unsharded;
    let sorted = !by_bytes || known.is_some();
    let of_walk = known.clone();
    let (names, facts) = cluster
        .read(|client| async move {
            let names = names(&client, question, release, of_walk.as_deref()).await?;
            let facts = facts(&client, &names.found, release).await?;
            Ok((names, facts))
        })
        .await?;
    // What is not sharded, and all of an older cluster, is asked for by itself.
    let is_sharded = |found: &Found| facts.rows.contains_key(&found.namespace());
    let alone: Vec<(Found, bool)> = names
        .found
        .iter()
        .map(|found| (found.clone(), is_sharded(found)))
        .filter(|(_, sharded)| !sharded || !balances_bytes(release))
        .collect();
    let alone = spread::of(cluster.entry(), alone, FOR_BYTES).await;
    let collections = names
        .found
        .iter()
        .map(|found| {
            let name = found.namespace();
            let row = facts.rows.get(&name);
            let spread = match (row, &known) {
                (Some(row), Some(sizes)) => Some(sizes.collections.get(&row.id).cloned().unwrap_or_default()),
                _ => alone.get(&name).cloned(),
            };
            facts.collection(found, row, spread, release)
        })
        .collect();
    let (shards, version) = (i64::try_from(facts.shards.len()).unwrap_or(i64::MAX), release.version.to_string());
    let (after, unread) = (names.after, names.unread);
    Ok(CollectionList { collections, after, unread, shards, version, bytes: told(&read, release), sorted })
}

/// What hardly changes, and is asked for by every page.
#[derive(Clone, Copy)]
struct About {
    release: Release,
    /// Whether there are few sharded collections.
    few: bool,
}

async fn about(entry: Arc<Entry>) -> Result<About, AppError> {
    let cluster = Cluster::at(entry);
    cluster
        .read(|client| async move {
            let (release, few) = try_join(settings::release(&client), rows::few(&client, SMALL)).await?;
            Ok(About { release, few })
        })
        .await
}

fn told(read: &Latest<Sizes>, release: Release) -> Bytes {
    Bytes {
        offered: balances_bytes(release),
        age: read.known.as_ref().filter(|(_, sizes)| sizes.offered).map(|(age, _)| millis(*age)),
        trouble: read.trouble.as_ref().map(|error| error.happened.clone()),
    }
}

async fn names(client: &Client, question: &Question, release: Release, sizes: Option<&Sizes>) -> Result<Names, Error> {
    match (question.sort, question.which, sizes) {
        (Sort::Owned, Which::All | Which::Sharded, Some(sizes)) => Ok(owned::page(question, sizes)),
        (_, Which::Sharded, _) | (Sort::Owned, Which::All, None) => {
            sharded::page(client, question, release, &question.after).await
        }
        (Sort::Sharded, Which::All, _) => sharded_first(client, question, release).await,
        _ => walk::page(client, question, release, &question.after, question.which).await,
    }
}

/// All sharded ones, then the others. The place says which of the two it is in.
async fn sharded_first(client: &Client, question: &Question, release: Release) -> Result<Names, Error> {
    // No database's name can begin with it.
    const SECOND: char = '/';
    let mark = |place: Option<String>| place.map(|place| format!("{SECOND}{place}"));
    if let Some(after) = question.after.strip_prefix(SECOND) {
        let second = walk::page(client, question, release, after, Which::Unsharded).await?;
        return Ok(Names { after: mark(second.after), ..second });
    }
    let first = sharded::page(client, question, release, &question.after).await?;
    if first.after.is_some() {
        return Ok(first);
    }
    let second = walk::page(client, question, release, "", Which::Unsharded).await?;
    let room = super::model::PAGE_SIZE.saturating_sub(first.found.len());
    let cut = second.found.len() > room;
    let mut found = first.found;
    found.extend(second.found.into_iter().take(room));
    let last = found.last().map(Found::namespace);
    let last = if room == 0 { Some(String::new()) } else { last };
    Ok(Names { found, after: if cut { mark(last) } else { mark(second.after) }, unread: second.unread })
}

/// What the catalog says of a page's collections.
struct Facts {
    rows: std::collections::HashMap<String, Row>,
    shards: Vec<(String, bool)>,
    chunk_bytes: i64,
}

async fn facts(client: &Client, found: &[Found], release: Release) -> Result<Facts, Error> {
    let (rows, shards, settings) =
        try_join3(rows::rows(client, found, CHUNKS_LISTED), rows::shards(client), settings::settings(client)).await?;
    Ok(Facts { rows, shards, chunk_bytes: settings::chunk_bytes(&settings, release.version) })
}

impl Facts {
    fn collection(
        &self,
        found: &Found,
        row: Option<&Row>,
        spread: Option<Vec<OnShard>>,
        release: Release,
    ) -> Collection {
        let known = spread.is_some();
        let spread = spread.unwrap_or_default();
        let held = match known {
            true => spread.iter().map(|it| it.held).fold(Held::Apart { owned: 0, orphaned: 0 }, Held::plus),
            false => Held::Unknown,
        };
        let documents = known.then(|| spread.iter().map(|it| it.documents).sum::<Option<i64>>()).flatten();
        Collection {
            namespace: found.namespace(),
            sharded: row.map(|row| self.sharded(row, spread, known, release)),
            time_series: found.time_series,
            documents,
            held,
        }
    }

    fn sharded(&self, row: &Row, spread: Vec<OnShard>, known: bool, release: Release) -> Sharded {
        let names: Vec<&str> =
            self.shards.iter().filter(|(_, draining)| !draining).map(|(name, _)| name.as_str()).collect();
        let spread = match (balances_bytes(release), &row.chunks) {
            (true, _) if known => spread,
            (false, Chunks::Counted(chunks)) => names.iter().map(|name| counted(name, chunks)).collect(),
            _ => names.iter().map(|name| OnShard::unknown(name)).collect(),
        };
        let chunk_bytes = row.chunk_bytes.unwrap_or(self.chunk_bytes);
        Sharded {
            key: catalog::shown_key(&row.key),
            unique: row.unique,
            chunks: row.chunks.clone(),
            jumbo: row.jumbo,
            zones: row.zones.iter().map(|(zone, _)| zone.clone()).collect(),
            evenness: judge(release, &spread, &names, chunk_bytes, !row.zones.is_empty()),
            movement: row.movement,
        }
    }
}

/// What a shard has by its chunks alone.
fn counted(shard: &str, chunks: &[crate::sharding::model::ShardChunks]) -> OnShard {
    let chunks = chunks.iter().find(|it| it.shard == shard).map_or(0, |it| it.chunks);
    OnShard { chunks: Some(chunks), ..OnShard::unknown(shard) }
}
