//! The chunks of collections that somebody looks at, kept in the console: read once from the lowest key to the highest,
//! and from then on only what changes, at most once a second however many watch.

mod answer;
mod load;
mod shelf;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use bson::Timestamp;
use tokio::sync::Notify;

pub use self::answer::{around, map};
use super::keys::Fields;
use super::mongo::{self, Identity, MOST_CHANGES, Tag};
use super::table::{Changed, Owner, Table};
use crate::auth::session::clock::wall;
use crate::error::{AppError, Kind};
use crate::sharding::cluster::Cluster;
use crate::words;

/// What was asked within this is not asked again: a little less than a second, since pages come once a second.
const FRESH: Duration = Duration::from_millis(900);
/// A page waits no longer than this for chunks that are being read.
const WAIT: Duration = Duration::from_millis(800);
/// What went wrong is told again, rather than tried again, for so long.
const REST: Duration = Duration::from_secs(2);
/// Zones are read so often.
const ZONES_EVERY: Duration = Duration::from_secs(5);
/// A mark on a chunk that is too big changes no version, so all chunks are read again from time to time: so many times
/// rarer than it takes long, and no more often than this.
const AGAIN: u32 = 100;
const AGAIN_AT_MOST: Duration = Duration::from_secs(5);
/// Collections of one target that are remembered, read or not.
const MOST_PLACES: usize = 200;

/// What is kept of one collection.
#[derive(Clone)]
pub struct Kept {
    pub identity: Identity,
    pub fields: Fields,
    pub table: Table,
    pub zones: Zones,
    /// The version of the newest change in it.
    since: Timestamp,
    /// When the catalog was asked for changes last, in milliseconds since 1970.
    pub wall: i64,
    at: Instant,
    /// When all chunks were read last, and how long that took.
    pub read_wall: i64,
    read_at: Instant,
    took: Duration,
    /// Counted once for each state.
    summary: OnceLock<Arc<answer::Summary>>,
}

/// The zones of a collection, and those of each shard.
#[derive(Clone)]
pub struct Zones {
    pub tags: Vec<Tag>,
    pub cut: bool,
    pub of_shards: HashMap<String, Vec<String>>,
    at: Instant,
}

/// What a look finds.
pub enum Seen {
    Reading { read: usize, about: Option<i64> },
    TooMany(i64),
    NotSharded,
    Kept(Arc<Kept>),
}

/// All collections of one target that were looked at. It belongs to the target, and goes with it.
#[derive(Default)]
struct Maps {
    places: Mutex<HashMap<String, Arc<Place>>>,
}

/// One collection.
#[derive(Default)]
struct Place {
    /// Held while the catalog is asked, so that all who come meanwhile get the one answer.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    /// Told when a reading has ended.
    ended: Notify,
}

#[derive(Default)]
struct State {
    kept: Option<Arc<Kept>>,
    reading: Option<Reading>,
    /// How the last reading ended, where it did not end well.
    stopped: Option<(Instant, Stopped)>,
    looked: Option<Instant>,
}

#[derive(Clone)]
enum Stopped {
    TooMany(i64),
    Failed(AppError),
}

#[derive(Clone, Copy, Default)]
struct Reading {
    read: usize,
    about: Option<i64>,
}

impl Place {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Maps {
    fn place(&self, namespace: &str) -> Arc<Place> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= MOST_PLACES {
            places.retain(|_, place| Arc::strong_count(place) > 1 || place.state().kept.is_some());
        }
        Arc::clone(places.entry(namespace.to_owned()).or_default())
    }
}

/// The chunks of a collection as they were at most a second ago; while they are read for the first time, how far that is.
///
/// # Errors
/// As [`Cluster::read`].
pub async fn look(cluster: &Cluster, namespace: &str) -> Result<Seen, AppError> {
    let place = cluster.entry().shared::<Maps>().place(namespace);
    place.state().looked = Some(Instant::now());
    let turn = place.turn.lock().await;
    if let Some(kept) = place.state().kept.clone().filter(|kept| kept.at.elapsed() < FRESH) {
        return Ok(Seen::Kept(kept));
    }
    let name = namespace.to_owned();
    let identity = cluster.read(|client| async move { mongo::identity(&client, &name).await }).await?;
    let Some(identity) = identity else {
        place.state().kept = None;
        return Ok(Seen::NotSharded);
    };
    let kept = place.state().kept.clone().filter(|kept| kept.identity == identity);
    if let Some(kept) = kept
        && let Some(renewed) = renew(cluster, &kept).await?
    {
        let renewed = Arc::new(renewed);
        if renewed.is_due() && place.state().reading.is_none() {
            load::begin(cluster, &place, identity);
        }
        place.state().kept = Some(Arc::clone(&renewed));
        return Ok(Seen::Kept(renewed));
    }
    let stopped = place.state().stopped.clone().filter(|(at, _)| at.elapsed() < REST);
    if let Some((_, stopped)) = stopped {
        return stopped.told();
    }
    // Whoever comes first begins it; the others wait for the same.
    let ended = place.ended.notified();
    let mut ended = std::pin::pin!(ended);
    ended.as_mut().enable();
    if place.state().reading.is_none() {
        place.state().kept = None;
        load::begin(cluster, &place, identity.clone());
    }
    drop(turn);
    // Whether it has ended or not is seen in what is kept.
    let _ = tokio::time::timeout(WAIT, ended).await;
    let state = place.state();
    let kept = state.kept.clone().filter(|kept| kept.identity == identity);
    match (kept, &state.stopped, state.reading) {
        (Some(kept), ..) => Ok(Seen::Kept(kept)),
        (None, _, Some(reading)) => Ok(Seen::Reading { read: reading.read, about: reading.about }),
        (None, Some((_, stopped)), None) => stopped.clone().told(),
        (None, None, None) => Ok(Seen::Reading { read: 0, about: None }),
    }
}

impl Stopped {
    fn told(self) -> Result<Seen, AppError> {
        match self {
            Self::TooMany(chunks) => Ok(Seen::TooMany(chunks)),
            Self::Failed(error) => Err(error),
        }
    }
}

impl Kept {
    /// Whether marks of chunks that are too big may have become old.
    fn is_due(&self) -> bool {
        self.read_at.elapsed() > (self.took * AGAIN).max(AGAIN_AT_MOST)
    }

    /// In memory, in bytes.
    fn bytes(&self) -> usize {
        self.table.bytes()
    }
}

/// What is kept with what has changed since; none where so much has that all must be read anew.
async fn renew(cluster: &Cluster, kept: &Kept) -> Result<Option<Kept>, AppError> {
    let (identity, since) = (kept.identity.clone(), kept.since);
    let zones = (kept.zones.at.elapsed() > ZONES_EVERY).then(|| identity.namespace.clone());
    let wall = wall();
    let (changes, zones) = cluster
        .read(|client| async move {
            let changes = mongo::changes(&client, &identity, since).await?;
            let zones = match zones {
                Some(namespace) => Some(load::zones(&client, &namespace).await?),
                None => None,
            };
            Ok((changes, zones))
        })
        .await?;
    if changes.len() >= MOST_CHANGES {
        return Ok(None);
    }
    let mut renewed = Kept { at: Instant::now(), wall, ..kept.clone() };
    if let Some(zones) = zones {
        renewed.zones = zones;
        renewed.summary = OnceLock::new();
    }
    // The newest change is always told again, so that one alone is none.
    if changes.len() > 1 || changes.iter().any(|chunk| mongo::lastmod(chunk) != Some(since)) {
        renewed.summary = OnceLock::new();
        let end = renewed.fields.greatest();
        for chunk in &changes {
            let changed = changed(&mut renewed, chunk).ok_or_else(unreadable)?;
            renewed.table.replace(&changed, &end);
            renewed.since = mongo::lastmod(chunk).unwrap_or(renewed.since).max(renewed.since);
        }
    }
    Ok(Some(renewed))
}

fn changed(kept: &mut Kept, chunk: &bson::RawDocumentBuf) -> Option<Changed> {
    let bound = |field| kept.fields.packed(chunk.get_document(field).ok()?.as_bytes());
    let (min, max) = (bound("min")?, bound("max")?);
    let shard = kept.table.shard(chunk.get_str("shard").ok()?)?;
    Some(Changed { min, max, owner: Owner::new(shard, chunk.get_bool("jumbo").unwrap_or_default()) })
}

fn unreadable() -> AppError {
    AppError::new(
        Kind::Refused,
        words!(
            "The catalog holds chunks that this console cannot read: their bounds do not fit the shard key, or are out of order.",
            "카탈로그에 이 콘솔이 읽을 수 없는 청크가 있습니다: 경계가 샤드 키와 맞지 않거나 순서가 어긋납니다.",
        ),
        words!(
            "Check config.chunks of this collection by hand (from 7.0: checkMetadataConsistency).",
            "이 컬렉션의 config.chunks를 직접 확인하세요(7.0 이상: checkMetadataConsistency).",
        ),
    )
}
