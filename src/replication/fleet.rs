//! One question to a server and to the other PostgreSQL servers that the console knows, side by side. Each is asked at
//! most once a second, however many people look, and one that does not answer keeps nobody waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::{BoxFuture, join_all};
use tokio::sync::Mutex;

use crate::auth::session::{Authorized, Changes, Needs, Reads};
use crate::error::{AppError, Kind};
use crate::targets::model::{Target, TargetKind};
use crate::targets::registry::Entry;
use crate::words;

/// A question: what is asked of a server.
pub type Ask<T> = fn(Arc<Entry>) -> BoxFuture<'static, Result<T, AppError>>;

/// What one server said.
pub struct Heard<T> {
    pub target: Target,
    pub answer: Result<T, AppError>,
}

/// An answer counts as fresh for so long.
const FRESH: Duration = Duration::from_millis(900);
/// Another server is waited for so long, and one that did not answer the last time hardly at all. It is asked all the
/// same: an answer that comes later is there for the next look.
const PATIENCE: Duration = Duration::from_millis(700);
const IMPATIENCE: Duration = Duration::from_millis(150);
/// Other servers that are asked at most.
const PEERS: usize = 64;

/// A server, and the others that the console knows.
pub struct Fleet {
    here: Arc<Entry>,
    peers: Vec<Arc<Entry>>,
    /// PostgreSQL targets beyond those that are asked.
    left_out: usize,
}

impl Fleet {
    /// For somebody who looks at `target`; with an empty name, at the first one.
    ///
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn around(who: &Authorized<Reads>, target: &str) -> Result<Self, AppError> {
        Self::known_to(who, target)
    }

    /// For somebody who may change `target`, and so may see data.
    ///
    /// # Errors
    /// As [`Fleet::around`].
    pub fn for_changes(who: &Authorized<Changes>, target: &str) -> Result<Self, AppError> {
        Self::known_to(who, target)
    }

    fn known_to<R: Needs>(who: &Authorized<R>, target: &str) -> Result<Self, AppError> {
        let registry = &who.state().registry;
        Ok(Self::of(registry.find(target, TargetKind::Postgresql)?, registry.all()))
    }

    /// For the console's own watching, and for tests. What is no other PostgreSQL server is left out.
    pub(in crate::replication) fn of(here: Arc<Entry>, mut peers: Vec<Arc<Entry>>) -> Self {
        let own = &here.configured.target.id;
        peers.retain(|entry| {
            let target = &entry.configured.target;
            target.kind == TargetKind::Postgresql && target.id != *own
        });
        let left_out = peers.len().saturating_sub(PEERS);
        peers.truncate(PEERS);
        Self { here, peers, left_out }
    }

    pub fn here(&self) -> &Target {
        &self.here.configured.target
    }

    pub const fn left_out(&self) -> usize {
        self.left_out
    }

    /// Asks the server itself, which is waited for, and all others, which are not waited for long.
    ///
    /// # Errors
    /// Only what the server itself says.
    pub async fn ask<T>(&self, ask: Ask<T>) -> Result<(T, Vec<Heard<T>>), AppError>
    where
        T: Clone + Send + Sync + 'static,
    {
        let here = told(Arc::clone(&self.here), ask);
        let peers = join_all(self.peers.iter().map(|entry| heard(entry, ask)));
        let (here, peers) = tokio::join!(here, peers);
        Ok((here?, peers))
    }

    /// As [`Fleet::ask`], of these targets only.
    ///
    /// # Errors
    /// As [`Fleet::ask`].
    pub async fn ask_some<T>(&self, ask: Ask<T>, of: &[&Target]) -> Result<(T, Vec<Heard<T>>), AppError>
    where
        T: Clone + Send + Sync + 'static,
    {
        let asked = |entry: &&Arc<Entry>| of.iter().any(|target| target.id == entry.configured.target.id);
        let peers = self.peers.iter().filter(asked).cloned().collect();
        Self { here: Arc::clone(&self.here), peers, left_out: 0 }.ask(ask).await
    }
}

/// The last answer to a question. A failure is an answer too: whoever waited with the first one need not wait again.
struct Memory<T> {
    last: Mutex<Option<(Instant, Result<T, AppError>)>>,
}

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self { last: Mutex::default() }
    }
}

/// Whether a server did not answer the last time, whatever it was asked.
#[derive(Default)]
struct Silent(AtomicBool);

async fn heard<T>(entry: &Arc<Entry>, ask: Ask<T>) -> Heard<T>
where
    T: Clone + Send + Sync + 'static,
{
    let silent = entry.shared::<Silent>();
    let patience = if silent.0.load(Ordering::Relaxed) { IMPATIENCE } else { PATIENCE };
    let answer = tokio::time::timeout(patience, told(Arc::clone(entry), ask)).await;
    let target = entry.configured.target.clone();
    let answer = answer.unwrap_or_else(|_| {
        silent.0.store(true, Ordering::Relaxed);
        Err(too_slow(&target))
    });
    Heard { target, answer }
}

/// Asks in a task of its own, so that the answer is remembered also when nobody waits for it any more.
async fn told<T>(entry: Arc<Entry>, ask: Ask<T>) -> Result<T, AppError>
where
    T: Clone + Send + Sync + 'static,
{
    let target = entry.configured.target.clone();
    let asked = tokio::spawn(async move {
        let memory = entry.shared::<Memory<T>>();
        let mut last = memory.last.lock().await;
        if let Some((at, answer)) = &*last
            && at.elapsed() < FRESH
        {
            return answer.clone();
        }
        let answer = ask(Arc::clone(&entry)).await;
        let silent = answer.as_ref().is_err_and(|error| error.kind == Kind::Unreachable);
        entry.shared::<Silent>().0.store(silent, Ordering::Relaxed);
        *last = Some((Instant::now(), answer.clone()));
        answer
    });
    asked.await.unwrap_or_else(|error| {
        let incident = crate::server::incident(&error, target.id.as_str());
        Err(AppError { incident: Some(incident), ..too_slow(&target) })
    })
}

fn too_slow(target: &Target) -> AppError {
    let name = &target.name;
    AppError::new(
        Kind::Unreachable,
        words!("{name} did not answer in time.", "{name}이(가) 제시간에 응답하지 않았습니다."),
        words!("Check that the server runs and can be reached.", "서버가 실행 중이고 연결 가능한지 확인하세요."),
    )
}
