//! Some keys as a fair sample of all. SCAN walks a hash table whose order is a seeded hash of the names: it has nothing
//! to do with their age, their TTL or their application, so keys that stand in a row in it are as good as drawn by lot.
//! There is no way to begin at a random place that the server promises to honour; so each sample goes on where the one
//! before has ended, and begins again at the end. A keyspace that is small enough is walked as a whole.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::{RedisError, RedisResult};
use tokio::sync::Mutex;

use crate::auth::session::clock::wall;
use crate::caching::overview::model::Picture;
use crate::caching::overview::model::picture::{Sampled, picture};
use crate::error::AppError;
use crate::targets::redis::{Link, Node, at, nodes};
use crate::targets::registry::Entry;

/// Keys of a sample, of all servers together.
const KEYS: usize = 2_000;
/// What one look at the hash table walks past, and looks at one server.
const AT_ONCE: usize = 250;
const LOOKS: usize = 60;
/// A sample counts as fresh for so long.
const FRESH: Duration = Duration::from_secs(30);

/// The last picture of a target.
#[derive(Default)]
struct Pictures {
    turn: Mutex<BTreeMap<Node, u64>>,
    last: std::sync::Mutex<Last>,
}

#[derive(Clone, Default)]
struct Last {
    picture: Option<(Instant, Arc<Picture>)>,
    trouble: Option<AppError>,
    asked: Option<Instant>,
}

impl Pictures {
    fn last(&self) -> std::sync::MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn is_fresh(&self) -> bool {
        self.last().asked.is_some_and(|at| at.elapsed() < FRESH)
    }
}

/// The picture that is known, and why there is no newer one. An old one is taken anew in the background; only the
/// first one is waited for.
pub(super) async fn pictured(entry: &Arc<Entry>) -> (Option<Picture>, Option<AppError>) {
    let pictures = entry.shared::<Pictures>();
    if !pictures.is_fresh() {
        let of_task = (Arc::clone(entry), Arc::clone(&pictures));
        let taking = tokio::spawn(async move { take(&of_task.0, &of_task.1).await });
        if pictures.last().picture.is_none() {
            let _ = taking.await;
        }
    }
    let last = pictures.last().clone();
    let aged = |(at, picture): (Instant, Arc<Picture>)| Picture {
        age: i64::try_from(at.elapsed().as_millis()).unwrap_or(i64::MAX),
        ..Picture::clone(&picture)
    };
    (last.picture.map(aged), last.trouble)
}

async fn take(entry: &Arc<Entry>, pictures: &Pictures) {
    let mut cursors = pictures.turn.lock().await;
    // Somebody else may have taken it meanwhile.
    if pictures.is_fresh() {
        return;
    }
    let taken = sampled(entry, &mut cursors).await;
    let mut last = pictures.last();
    last.asked = Some(Instant::now());
    match taken {
        Ok(picture) => {
            last.picture = Some((Instant::now(), Arc::new(picture)));
            last.trouble = None;
        }
        Err(error) => last.trouble = Some(error),
    }
}

async fn sampled(entry: &Entry, cursors: &mut BTreeMap<Node, u64>) -> Result<Picture, AppError> {
    let nodes = nodes(entry).await?;
    let mut sizes = Vec::with_capacity(nodes.len());
    for node in &nodes {
        let size: i64 = at(entry, node, |mut link| async move { link.ask(&redis::cmd("DBSIZE")).await }).await?;
        sizes.push(usize::try_from(size).unwrap_or(0));
    }
    let all: usize = sizes.iter().sum();
    let (mut sample, mut hidden, mut whole, taken_at) = (Vec::new(), 0, true, wall());
    for (node, size) in nodes.iter().zip(sizes) {
        let most = if all <= KEYS { size } else { (KEYS * size).div_ceil(all) };
        let from = if size <= most { 0 } else { cursors.get(node).copied().unwrap_or(0) };
        let part = at(entry, node, |link| walk(link, from, most.max(1), size <= most)).await?;
        cursors.insert(node.clone(), part.cursor);
        whole &= part.whole;
        hidden += part.hidden;
        // Of a whole walk each key stands for itself, else for as many as there are for each that was looked at.
        let seen = part.keys.len() as f64 + part.hidden as f64;
        let weight = if part.whole { 1.0 } else { (size as f64 / seen.max(1.0)).max(1.0) };
        sample.extend(part.keys.into_iter().map(|key| Sampled { weight, ..key }));
    }
    let total = if whole { sample.len() as i64 + hidden } else { i64::try_from(all).unwrap_or(i64::MAX) };
    Ok(Picture { at: taken_at, ..picture(&sample, total, hidden, whole) })
}

struct Part {
    keys: Vec<Sampled>,
    hidden: i64,
    cursor: u64,
    whole: bool,
}

/// Walks from a place on until there are enough keys. `all` takes what there is, from the beginning to the end.
async fn walk(mut link: Link, from: u64, most: usize, all: bool) -> Result<Part, RedisError> {
    let mut part = Part { keys: Vec::new(), hidden: 0, cursor: from, whole: false };
    let mut met: HashSet<Vec<u8>> = HashSet::new();
    for _ in 0..LOOKS {
        let scan = redis::cmd("SCAN").arg(part.cursor).arg("COUNT").arg(AT_ONCE).clone();
        let (next, names): (u64, Vec<Vec<u8>>) = link.ask(&scan).await?;
        part.cursor = next;
        let new: Vec<Vec<u8>> = names.into_iter().filter(|name| met.insert(name.clone())).collect();
        look(&mut link, new, &mut part).await?;
        part.whole = next == 0 && from == 0;
        if part.whole || (!all && part.keys.len() >= most) {
            break;
        }
    }
    Ok(part)
}

/// Asks when each key dies and what it takes. A key that the console's user may not look at is not named.
async fn look(link: &mut Link, names: Vec<Vec<u8>>, part: &mut Part) -> Result<(), RedisError> {
    let mut pipe = redis::pipe();
    pipe.ignore_errors();
    for name in &names {
        pipe.cmd("PTTL").arg(name).cmd("MEMORY").arg("USAGE").arg(name);
    }
    let answers: Vec<RedisResult<Option<i64>>> = link.ask_all(&pipe).await?;
    for (key, answers) in names.into_iter().zip(answers.chunks(2)) {
        let bytes = answers.get(1).and_then(|answer| answer.as_ref().ok().copied().flatten());
        match answers.first() {
            Some(Ok(Some(-1))) => part.keys.push(Sampled { key, left: None, bytes, weight: 1.0 }),
            Some(Ok(Some(left))) if *left >= 0 => {
                part.keys.push(Sampled { key, left: Some(*left), bytes, weight: 1.0 });
            }
            // It has died since it was met.
            Some(Ok(_)) => {}
            _ => part.hidden += 1,
        }
    }
    Ok(())
}
