//! Reads all chunks of a collection, in a task of its own: no page waits for it, and it ends when nobody looks any more.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bson::RawDocumentBuf;
use mongodb::Client;
use mongodb::error::Error;
use tokio::sync::Semaphore;

use super::{Kept, Place, Reading, Stopped, Zones, shelf, unreadable};
use crate::auth::session::clock::wall;
use crate::error::{AppError, Kind};
use crate::sharding::chunks::keys::Fields;
use crate::sharding::chunks::model::MOST_CHUNKS;
use crate::sharding::chunks::mongo::{self, Identity, PAGE};
use crate::sharding::chunks::table::Loading;
use crate::sharding::cluster::Cluster;
use crate::words;

/// A reading takes no longer than this.
const LONGEST: Duration = Duration::from_secs(180);
/// It ends when nobody has looked for so long.
const LOOKS: Duration = Duration::from_secs(30);
/// Readings at once, of all targets.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// A page is tried so often, with a pause, since other questions to the router may be in the way.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(300);

/// Begins to read; the caller has seen that nobody does.
pub(super) fn begin(cluster: &Cluster, place: &Arc<Place>, identity: Identity) {
    place.state().reading = Some(Reading::default());
    let (cluster, place) = (cluster.clone(), Arc::clone(place));
    tokio::spawn(async move {
        let ended = match tokio::time::timeout(LONGEST, load(&cluster, &place, identity)).await {
            Ok(ended) => ended,
            Err(_) => Err(Stopped::Failed(too_slow(cluster.name()))),
        };
        let mut state = place.state();
        state.reading = None;
        match ended {
            Ok(kept) => {
                state.kept = Some(Arc::new(kept));
                state.stopped = None;
            }
            Err(stopped) => state.stopped = Some((Instant::now(), stopped)),
        }
        drop(state);
        shelf::put(&place);
        place.ended.notify_waiters();
    });
}

async fn load(cluster: &Cluster, place: &Place, identity: Identity) -> Result<Kept, Stopped> {
    let _one = AT_ONCE.acquire().await;
    let (begun, read_wall) = (Instant::now(), wall());
    let of = identity.clone();
    // Whatever changes from here on is read once more as a change.
    let first = cluster.read(|client| async move {
        let since = mongo::newest(&client, &of).await?;
        Ok((since, zones(&client, &of.namespace).await?))
    });
    let (since, zones) = first.await.map_err(Stopped::Failed)?;
    let fields = Fields::of(&identity.key);
    let mut loading = Loading::default();
    let (mut about, mut counted) = (None, false);
    loop {
        let chunks = page(cluster, &identity, &fields, &loading).await.map_err(Stopped::Failed)?;
        for chunk in &chunks {
            take(&mut loading, &fields, chunk).ok_or_else(|| Stopped::Failed(unreadable()))?;
        }
        if chunks.len() < PAGE {
            break;
        }
        // Once: where it takes too long, it does so after every page.
        if !counted {
            counted = true;
            let of = identity.clone();
            about = cluster.read(|client| async move { mongo::count(&client, &of).await }).await.unwrap_or(None);
        }
        refuse_too_many(&loading, about)?;
        let mut state = place.state();
        state.reading = Some(Reading { read: loading.len(), about });
        if state.looked.is_none_or(|looked| looked.elapsed() > LOOKS) {
            return Err(Stopped::Failed(left_alone(cluster.name())));
        }
    }
    if loading.is_empty() {
        return Err(Stopped::Failed(unreadable()));
    }
    let table = loading.finish();
    let (read_at, took) = (Instant::now(), begun.elapsed());
    // What changed meanwhile is not in it yet, so it is as old as its beginning.
    let (at, wall, summary) = (begun, read_wall, OnceLock::new());
    Ok(Kept { identity, fields, table, zones, since, wall, at, read_wall, read_at, took, summary })
}

fn refuse_too_many(loading: &Loading, about: Option<i64>) -> Result<(), Stopped> {
    let most = i64::try_from(MOST_CHUNKS).unwrap_or(i64::MAX);
    let read = i64::try_from(loading.len()).unwrap_or(i64::MAX);
    match about.unwrap_or(read).max(read) {
        chunks if chunks > most => Err(Stopped::TooMany(chunks)),
        // Keys that are long texts take more memory than their number tells.
        chunks if loading.bytes() > shelf::MOST_BYTES / 2 => Err(Stopped::TooMany(chunks)),
        _ => Ok(()),
    }
}

async fn page(
    cluster: &Cluster,
    identity: &Identity,
    fields: &Fields,
    loading: &Loading,
) -> Result<Vec<RawDocumentBuf>, AppError> {
    let after = loading.last().map(|key| fields.document(key));
    let mut tries = 0;
    loop {
        let (of, after) = (identity.clone(), after.clone());
        let read = cluster.read(|client| async move { mongo::page(&client, &of, after.as_ref()).await }).await;
        tries += 1;
        match read {
            Err(error) if error.kind == Kind::Unreachable && tries < TRIES => tokio::time::sleep(PAUSE).await,
            read => return read,
        }
    }
}

fn take(loading: &mut Loading, fields: &Fields, chunk: &RawDocumentBuf) -> Option<()> {
    let min = fields.packed(chunk.get_document("min").ok()?.as_bytes())?;
    let jumbo = chunk.get_bool("jumbo").unwrap_or_default();
    loading.push(&min, chunk.get_str("shard").ok()?, jumbo).then_some(())
}

/// The zones of a collection as they are now.
pub(super) async fn zones(client: &Client, namespace: &str) -> Result<Zones, Error> {
    let (tags, cut) = mongo::tags(client, namespace).await?;
    let of_shards = mongo::shard_zones(client).await?;
    Ok(Zones { tags, cut, of_shards, at: Instant::now() })
}

fn too_slow(name: &str) -> AppError {
    AppError::new(
        Kind::Unreachable,
        words!("The chunks could not be read from {name} in time.", "{name}에서 청크를 제시간에 읽지 못했습니다."),
        words!("Try again when the cluster is less busy.", "클러스터가 한가할 때 다시 시도하세요."),
    )
}

fn left_alone(name: &str) -> AppError {
    AppError::new(
        Kind::Conflict,
        words!(
            "Reading the chunks of {name} ended, since nobody looked.",
            "보는 사람이 없어 {name}의 청크 읽기를 멈췄습니다."
        ),
        words!("Reload the page.", "페이지를 새로 고치세요."),
    )
}
