//! Running a query that the console keeps: from the cache where the answer is fresh; from the cache, and fetched anew
//! behind that, where it is old; from the database where there is none. However many ask, one fetches: in this console by
//! one flight for all, among several consoles by a lock in the cache.

mod lock;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use serde_json::Value;

use self::lock::Lock;
use super::desk::Desk;
use super::model::{Answer, Counts, Present, QueryName, Recipe, State};
use super::{redis, shape, store};
use crate::error::{AppError, Kind};
use crate::words;

/// A lock that is not released by then is another's. Longer than all that its holder waits for: a look at the key (4 s),
/// its turn at the source (5 s), logging in and the query (16 s), and storing the rows (4 s).
const LOCKED: Duration = Duration::from_secs(30);
/// Whoever finds nothing waits for another's fetch no longer than this: long enough to take over from one that died.
const WAIT: Duration = Duration::from_secs(35);
/// How often somebody who waits for another console looks.
const LOOK: Duration = Duration::from_millis(25);
/// After a failure at the source it is left alone for this long, while an old answer can be served.
pub(super) const REST: Duration = Duration::from_secs(5);
/// Where there is nothing to serve, those who ask within this time are told of the failure before them.
const PAUSE: Duration = Duration::from_secs(1);

/// Fetches of one cache that are under way, and what is remembered between runs.
#[derive(Default)]
pub(super) struct Flights {
    running: Mutex<HashMap<QueryName, Running>>,
    failed: Mutex<HashMap<QueryName, (Instant, AppError)>>,
    counts: Mutex<HashMap<QueryName, Counts>>,
    pub(super) measuring: Mutex<HashSet<QueryName>>,
}

/// The rows; none where another console fetches them and nobody here waits.
type Landed = Result<Option<Arc<Value>>, AppError>;
type Flight = Shared<BoxFuture<'static, Landed>>;

/// A fetch that is under way.
struct Running {
    recipe: Recipe,
    flight: Flight,
    /// Set once what it brings is too old to be stored. It also tells this fetch from others.
    overtaken: Arc<AtomicBool>,
}

/// Runs a query that the console keeps.
///
/// # Errors
/// That the cache does not answer; where it holds nothing, what the source says; where it holds something else than
/// rows, that.
pub async fn run(desk: &Desk, recipe: &Recipe) -> Result<Answer, AppError> {
    let name = recipe.name.clone().ok_or_else(gone)?;
    let start = Instant::now();
    let flights = desk.entry.shared::<Flights>();
    let (lifetime, value) = redis::read(&desk.entry, &recipe.key).await?;
    let present = Present::of(lifetime, recipe);
    flights.count(&name, |counts| match present.state {
        State::Hit => counts.hits += 1,
        State::Stale => counts.stales += 1,
        State::Miss => counts.misses += 1,
    });
    let (rows, age, said) = match present.state {
        State::Miss => {
            if let Some(error) = flights.failure(&name, PAUSE) {
                return Err(error);
            }
            let rows = fetched(desk, recipe, &name).await?;
            (Value::clone(&rows), Some(0), None)
        }
        state => {
            let mut said = None;
            if state == State::Stale {
                said = flights.failure(&name, REST).map(|error| error.happened);
                if said.is_none() {
                    let _behind = flight(desk, recipe, &name, false);
                }
            }
            (shape::read(&value).ok_or_else(|| no_rows(recipe))?, present.age, said)
        }
    };
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    Ok(Answer { name, state: present.state, rows, age, micros, said })
}

/// Waits for rows that somebody fetches, here or in another console.
pub(super) async fn fetched(desk: &Desk, recipe: &Recipe, name: &QueryName) -> Result<Arc<Value>, AppError> {
    let give_up = Instant::now() + WAIT;
    while Instant::now() < give_up {
        if let Some(rows) = flight(desk, recipe, name, true).await? {
            return Ok(rows);
        }
    }
    Err(waited(recipe))
}

/// The fetch that is under way, or a new one. One that nobody waits for ends when another console is at it.
fn flight(desk: &Desk, recipe: &Recipe, name: &QueryName, patient: bool) -> Flight {
    let flights = desk.entry.shared::<Flights>();
    let mut running = flights.running();
    let is_the_same = |it: &&Running| it.recipe == *recipe && !it.overtaken.load(Ordering::Relaxed);
    if let Some(known) = running.get(name).filter(is_the_same) {
        return known.flight.clone();
    }
    let overtaken = Arc::new(AtomicBool::new(false));
    let (work, of) = ((desk.clone(), recipe.clone(), name.clone(), Arc::clone(&overtaken)), Arc::clone(&flights));
    // A task of its own: whoever asked may go away, and others wait for it too.
    let task = tokio::spawn(async move {
        let (desk, recipe, name, overtaken) = work;
        let _ended = Ended { flights: Arc::clone(&of), name: name.clone(), overtaken: Arc::clone(&overtaken) };
        let landed = fly(&desk, &recipe, patient, &overtaken).await;
        if !overtaken.load(Ordering::Relaxed) {
            of.learn(&name, &landed);
        }
        of.write_down(&desk, &name).await;
        landed
    });
    let flight = task.map(|landed| landed.unwrap_or_else(|_| Err(broken()))).boxed().shared();
    running.insert(name.clone(), Running { recipe: recipe.clone(), flight: flight.clone(), overtaken });
    flight
}

/// Takes the flight off the list, also when it panics.
struct Ended {
    flights: Arc<Flights>,
    name: QueryName,
    overtaken: Arc<AtomicBool>,
}

impl Drop for Ended {
    fn drop(&mut self) {
        let mut running = self.flights.running();
        // Another one may have begun since this one was overtaken.
        if running.get(&self.name).is_some_and(|it| Arc::ptr_eq(&it.overtaken, &self.overtaken)) {
            running.remove(&self.name);
        }
    }
}

async fn fly(desk: &Desk, recipe: &Recipe, patient: bool, overtaken: &AtomicBool) -> Landed {
    let lock = Lock::of(&desk.entry, &recipe.key, LOCKED);
    let give_up = Instant::now() + WAIT;
    while !lock.take().await? {
        if !patient {
            return Ok(None);
        }
        if Instant::now() > give_up {
            return Err(waited(recipe));
        }
        tokio::time::sleep(LOOK).await;
        if let Some(rows) = there(desk, recipe, false).await? {
            return Ok(Some(rows));
        }
    }
    // Another console may have been done with it a moment before.
    let landed = match there(desk, recipe, true).await {
        Ok(Some(rows)) => Ok(Some(rows)),
        Ok(None) => fill(desk, recipe, overtaken).await.map(Some),
        Err(error) => Err(error),
    };
    lock.release().await;
    landed
}

/// The rows that are in the cache; `fresh` ones only, if so wanted.
async fn there(desk: &Desk, recipe: &Recipe, fresh: bool) -> Landed {
    let (lifetime, value) = redis::read(&desk.entry, &recipe.key).await?;
    match Present::of(lifetime, recipe).state {
        State::Miss => Ok(None),
        State::Stale if fresh => Ok(None),
        _ => shape::read(&value).map(|rows| Some(Arc::new(rows))).ok_or_else(|| no_rows(recipe)),
    }
}

async fn fill(desk: &Desk, recipe: &Recipe, overtaken: &AtomicBool) -> Result<Arc<Value>, AppError> {
    let source = desk.source(recipe)?;
    let rows = source.rows(&source.command(&recipe.query)?).await?;
    let value = serde_json::from_str(&rows.json).map_err(|_| broken())?;
    // Whoever has asked before gets these rows; whoever asks from now on must not.
    if !overtaken.load(Ordering::Relaxed) {
        desk.put(recipe, rows).await?;
    }
    Ok(Arc::new(value))
}

impl Flights {
    fn running(&self) -> MutexGuard<'_, HashMap<QueryName, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, name: &QueryName, add: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        add(counts.entry(name.clone()).or_default());
    }

    /// How the last fetch failed, where that was within so long.
    pub(super) fn failure(&self, name: &QueryName, within: Duration) -> Option<AppError> {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.retain(|_, (at, _)| at.elapsed() < REST);
        failed.get(name).filter(|(at, _)| at.elapsed() < within).map(|(_, error)| error.clone())
    }

    fn learn(&self, name: &QueryName, landed: &Landed) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        match landed {
            Ok(_) => {
                failed.remove(name);
            }
            Err(error) => {
                failed.insert(name.clone(), (Instant::now(), error.clone()));
                drop(failed);
                self.count(name, |counts| counts.failures += 1);
            }
        }
    }

    /// What was counted since it was last written down.
    pub(super) fn counted(&self, name: &QueryName) -> Counts {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).get(name).copied().unwrap_or_default()
    }

    /// Adds what was counted to what the store has. A failure of the store is logged there, and loses these counts.
    pub(super) async fn write_down(&self, desk: &Desk, name: &QueryName) {
        let counted = self.counts.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        if let Some(counts) = counted {
            let _ = store::count(&desk.store, name, counts).await;
        }
    }

    /// What is being fetched now is not stored any more, since a newer answer, or none, takes the place of it.
    pub(super) fn overtake(&self, name: &QueryName) {
        if let Some(running) = self.running().get(name) {
            running.overtaken.store(true, Ordering::Relaxed);
        }
    }

    /// Nothing of a query that was written down anew is true any more.
    pub(super) fn forget(&self, name: &QueryName) {
        self.overtake(name);
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

fn gone() -> AppError {
    AppError::not_found(words!("There is no cached query of this name.", "이 이름의 쿼리 캐시가 없습니다."))
}

fn no_rows(recipe: &Recipe) -> AppError {
    let key = &recipe.key;
    AppError::new(
        Kind::Conflict,
        words!("{key} holds something that is no rows of ours.", "{key}에 이 콘솔이 저장한 결과가 아닌 값이 있습니다."),
        words!("Invalidate it, or choose another key.", "무효화하거나 다른 키를 선택하세요."),
    )
}

fn waited(recipe: &Recipe) -> AppError {
    let (key, seconds) = (&recipe.key, WAIT.as_secs());
    AppError::new(
        Kind::Unreachable,
        words!(
            "Another console fetches {key}, and was not done within {seconds} s.",
            "다른 콘솔이 {key}을(를) 채우고 있으며 {seconds}초 안에 끝나지 않았습니다."
        ),
        words!("Try again in a moment.", "잠시 후 다시 시도하세요."),
    )
}

fn broken() -> AppError {
    AppError::new(
        Kind::Internal,
        words!("The console failed at fetching the rows.", "콘솔이 결과를 가져오지 못했습니다."),
        words!("Try again; the console's log says more.", "다시 시도하세요. 콘솔 로그에 자세한 내용이 있습니다."),
    )
}
