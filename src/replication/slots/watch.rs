//! One watcher for each PostgreSQL server: it asks once a second while somebody looks and every 15 s otherwise, and
//! everybody who looks reads what it saw last. What was seen over time gives growth, estimates and history.

mod keep;
mod rate;
mod standbys;
mod track;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

use super::model::{Seen, ServerSeen, Watched};
use super::postgres::{about, list};
use super::volume;
use crate::auth::session::clock::wall;
use crate::error::AppError;
use crate::server::store::Store;
use crate::targets::model::TargetKind;
use crate::targets::postgres;
use crate::targets::registry::{Entry, Registry};
use standbys::Standbys;
use track::Tracks;

/// Somebody who has looked within this is still looking.
const LOOKS: Duration = Duration::from_secs(15);
/// From one question to the next while somebody looks, and while nobody does. A little less than a second, since the
/// beat comes once a second.
const OFTEN: Duration = Duration::from_millis(900);
const SELDOM: Duration = Duration::from_secs(15);
/// What is older than this is not shown, but asked anew: the watcher's beat, and time for an answer.
const FRESH: Duration = Duration::from_secs(2);
/// A server that does not answer is asked again after a time that doubles up to this; whoever looks waits no longer
/// than for the second.
const LONGEST_REST: Duration = Duration::from_secs(60);
const REST_OF_LOOKERS: Duration = Duration::from_secs(5);
/// Version, rights, and how much WAL there is are asked so often.
const ABOUT_EVERY: Duration = Duration::from_secs(30);

/// What a server was seen to have at one time.
pub struct Snapshot {
    /// When it answered, in milliseconds since 1970.
    pub wall: i64,
    /// How long the answer took, in microseconds.
    pub micros: u64,
    pub server: ServerSeen,
    pub slots: Vec<Seen>,
    at: Instant,
}

impl Snapshot {
    /// When the server was asked, for those who read it now.
    pub fn watched(&self) -> Watched {
        let age_millis = u64::try_from(self.at.elapsed().as_millis()).unwrap_or(u64::MAX);
        Watched { at: self.wall, age_millis, micros: self.micros }
    }
}

/// What is known of one server. It belongs to the target, and goes with it.
#[derive(Default)]
pub struct Watch {
    /// Held while the server is asked, so that all who come meanwhile get the one answer.
    turn: tokio::sync::Mutex<Turn>,
    last: Mutex<Option<Answer>>,
    looked: Mutex<Option<Instant>>,
    /// Counts the changes that were made through the console: an answer from before one is not shown after it.
    changes: AtomicU64,
}

#[derive(Default)]
struct Turn {
    tracks: Tracks,
    standbys: Standbys,
    about: Option<(Instant, u64, ServerSeen)>,
}

/// A failure is an answer too: whoever waited for the first one need not wait again.
#[derive(Clone)]
struct Answer {
    asked: Instant,
    /// Those who waited for a slow answer take it, rather than ask again one after the other.
    answered: Instant,
    changes: u64,
    /// In a row.
    failures: u32,
    result: Result<Arc<Snapshot>, AppError>,
}

/// What the server was seen to have, at most 2 s ago. Keeps the watcher asking every second for a while.
///
/// # Errors
/// As [`postgres::read`].
pub async fn look(store: &Store, entry: &Entry) -> Result<Arc<Snapshot>, AppError> {
    let watch = entry.shared::<Watch>();
    *watch.looked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    if let Some(answer) = watch.fresh() {
        return answer.result;
    }
    let mut turn = watch.turn.lock().await;
    // Somebody else may have asked meanwhile.
    if let Some(answer) = watch.fresh() {
        return answer.result;
    }
    watch.ask(&mut turn, store, entry).await
}

impl Watch {
    /// What was seen before a change must not be shown after it. An answer that is on its way goes to those who asked
    /// before, and to nobody after.
    pub fn forget(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    fn last(&self) -> Option<Answer> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fresh(&self) -> Option<Answer> {
        let answer = self.last().filter(|answer| answer.changes == self.changes.load(Ordering::SeqCst))?;
        let longest = if answer.result.is_ok() { FRESH } else { rest(answer.failures).min(REST_OF_LOOKERS) };
        (answer.answered.elapsed() < longest).then_some(answer)
    }

    /// Whether the watcher should ask now.
    fn is_due(&self) -> bool {
        let Some(answer) = self.last() else { return true };
        let looks = self.looked.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|at| at.elapsed() < LOOKS);
        let pause = match (&answer.result, looks) {
            (Err(_), _) => rest(answer.failures),
            (Ok(_), true) => OFTEN,
            (Ok(_), false) => SELDOM,
        };
        answer.asked.elapsed() >= pause
    }

    async fn ask(&self, turn: &mut Turn, store: &Store, entry: &Entry) -> Result<Arc<Snapshot>, AppError> {
        let (asked, changes) = (Instant::now(), self.changes.load(Ordering::SeqCst));
        let result = read(turn, changes, store, entry).await.map(Arc::new);
        let failures = match &result {
            Ok(_) => 0,
            Err(_) => {
                // It may come back as another version.
                turn.about = None;
                self.last().map_or(0, |answer| answer.failures).saturating_add(1)
            }
        };
        let answer = Answer { asked, answered: Instant::now(), changes, failures, result: result.clone() };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        result
    }
}

fn rest(failures: u32) -> Duration {
    Duration::from_secs(1 << failures.min(6)).min(LONGEST_REST)
}

async fn read(turn: &mut Turn, changes: u64, store: &Store, entry: &Entry) -> Result<Snapshot, AppError> {
    let known = turn.about.as_ref().filter(|(at, then, _)| at.elapsed() < ABOUT_EVERY && *then == changes);
    let (anew, mut server) = match known {
        Some((_, _, server)) => (false, server.clone()),
        None => {
            let volume = volume::read(store, &entry.configured.target.id).await?;
            (true, ServerSeen { volume, ..about::about(entry).await? })
        }
    };
    let sql = list::all_sql(server.major);
    let begun = Instant::now();
    let (rows, took) = postgres::read(entry, |client| async move {
        let statement = client.prepare_cached(&sql).await?;
        let sent = Instant::now();
        let rows = client.query(&statement, &[]).await?;
        Ok((rows, sent.elapsed()))
    })
    .await?;
    let slots = list::read_all(&rows, &mut server);
    if anew {
        turn.tracks.measure(&server, &slots);
        turn.about = Some((begun, changes, server.clone()));
    }
    let (at, wall) = (Instant::now(), wall());
    let slots = turn.tracks.learn(at, wall, &server, slots);
    turn.standbys.beat(entry).await;
    Ok(Snapshot { wall, micros: u64::try_from(took.as_micros()).unwrap_or(u64::MAX), server, slots, at })
}

/// The watcher of all servers. It stops when this is dropped.
pub struct Watching {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Starts to watch: all PostgreSQL targets, also those that are added later, until they are removed.
pub fn start(store: &Store, registry: &Registry) -> Watching {
    let (stop, stopped) = oneshot::channel();
    Watching { stop, task: tokio::spawn(watch_all(store.clone(), registry.clone(), stopped)) }
}

impl Watching {
    /// Ends the watcher and waits until what it measured is written, at most 2 s.
    pub async fn stop(self) {
        drop(self.stop);
        if tokio::time::timeout(Duration::from_secs(2), self.task).await.is_err() {
            tracing::warn!("the watcher of the replication slots did not end in time");
        }
    }
}

async fn watch_all(store: Store, registry: Registry, mut stopped: oneshot::Receiver<()>) {
    let mut beat = interval(Duration::from_secs(1));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Those that run are given up when this task ends.
    let mut questions = JoinSet::new();
    let mut keeper = keep::Keeper::default();
    loop {
        tokio::select! {
            _ = beat.tick() => {}
            _ = &mut stopped => break,
        }
        while questions.try_join_next().is_some() {}
        let servers = servers(&registry);
        for entry in &servers {
            let watch = entry.shared::<Watch>();
            if watch.is_due() {
                let (store, entry) = (store.clone(), Arc::clone(entry));
                questions.spawn(async move { ask_unless_asked(&watch, &store, &entry).await });
            }
        }
        keeper.beat(&store, &servers).await;
    }
    keeper.write(&store, &servers(&registry)).await;
}

fn servers(registry: &Registry) -> Vec<Arc<Entry>> {
    let all = registry.all().into_iter();
    all.filter(|entry| entry.configured.target.kind == TargetKind::Postgresql).collect()
}

async fn ask_unless_asked(watch: &Watch, store: &Store, entry: &Entry) {
    if let Ok(mut turn) = watch.turn.try_lock()
        && watch.is_due()
    {
        // What is wrong is told to whoever looks.
        let _ = watch.ask(&mut turn, store, entry).await;
    }
}

#[cfg(test)]
mod tests;
