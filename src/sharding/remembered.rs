//! What a cluster has answered, kept for a while: however many people look, each question is under way once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex as Lock, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, Notify};

use crate::error::{AppError, Kind};
use crate::targets::registry::Entry;
use crate::words;

/// A question: what is asked of a cluster.
pub(in crate::sharding) type Ask<T> = fn(Arc<Entry>) -> BoxFuture<'static, Result<T, AppError>>;

/// The answer to a question that is asked at most once in `fresh`. It is asked in a task of its own, so that whoever
/// goes away does not take the answer from those who wait with them. A failure is an answer too.
///
/// # Errors
/// What the question says.
pub(in crate::sharding) async fn asked<T>(entry: &Arc<Entry>, fresh: Duration, ask: Ask<T>) -> Result<T, AppError>
where
    T: Clone + Send + Sync + 'static,
{
    let of_task = Arc::clone(entry);
    let answer = tokio::spawn(async move {
        let memory = of_task.shared::<Memory<T>>();
        let mut last = memory.0.lock().await;
        let changes = of_task.shared::<Changes>().0.load(Ordering::Acquire);
        if let Some((at, of, answer)) = &*last
            && at.elapsed() < fresh
            && *of == changes
        {
            return answer.clone();
        }
        let answer = ask(Arc::clone(&of_task)).await;
        *last = Some((Instant::now(), changes, answer.clone()));
        answer
    });
    answer.await.unwrap_or_else(|error| Err(broken(entry, &error)))
}

/// The console has sent something to the cluster: nobody is shown what was before.
pub(in crate::sharding) fn changed(entry: &Entry) {
    entry.shared::<Changes>().0.fetch_add(1, Ordering::AcqRel);
}

/// How often the console has changed the cluster.
#[derive(Default)]
struct Changes(AtomicU64);

/// An answer: when it came, after how many changes it was asked for, and what it is.
type Answer<T> = (Instant, u64, Result<T, AppError>);

/// The last answer.
struct Memory<T>(Mutex<Option<Answer<T>>>);

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// What is known of something that takes long to read.
pub(in crate::sharding) struct Latest<T> {
    /// The last reading that succeeded, and how old it is.
    pub(in crate::sharding) known: Option<(Duration, Arc<T>)>,
    /// Why the last reading failed.
    pub(in crate::sharding) trouble: Option<AppError>,
}

/// What is known now. When that is older than `every`, a new reading begins in the background, and nobody waits for
/// it; only where nothing is known yet it is waited for as long as `patience`.
pub(in crate::sharding) async fn latest<T>(
    entry: &Arc<Entry>,
    every: Duration,
    patience: Duration,
    ask: Ask<T>,
) -> Latest<T>
where
    T: Send + Sync + 'static,
{
    let background = entry.shared::<Background<T>>();
    let done = background.done.notified();
    let mut done = std::pin::pin!(done);
    // Whoever ends between the look and the waiting is heard all the same.
    done.as_mut().enable();
    if background.begins(every) {
        tokio::spawn(read(Arc::clone(entry), Arc::clone(&background), ask));
    }
    if background.is_first() {
        let _ = tokio::time::timeout(patience, done).await;
    }
    let state = background.state();
    let known = state.known.as_ref().map(|(at, known)| (at.elapsed(), Arc::clone(known)));
    Latest { known, trouble: state.trouble.clone() }
}

async fn read<T: Send + Sync + 'static>(entry: Arc<Entry>, background: Arc<Background<T>>, ask: Ask<T>) {
    // In a task of its own, so that a panic in it does not leave the reading under way for ever.
    let answer = tokio::spawn(ask(Arc::clone(&entry))).await;
    let answer = answer.unwrap_or_else(|error| Err(broken(&entry, &error)));
    {
        let mut state = background.state();
        state.running = false;
        match answer {
            Ok(known) => {
                state.known = Some((Instant::now(), Arc::new(known)));
                state.trouble = None;
            }
            Err(error) => state.trouble = Some(error),
        }
    }
    background.done.notify_waiters();
}

struct Background<T> {
    state: Lock<State<T>>,
    done: Notify,
}

struct State<T> {
    known: Option<(Instant, Arc<T>)>,
    trouble: Option<AppError>,
    running: bool,
    begun: Option<Instant>,
}

impl<T> Default for Background<T> {
    fn default() -> Self {
        let state = State { known: None, trouble: None, running: false, begun: None };
        Self { state: Lock::new(state), done: Notify::new() }
    }
}

impl<T> Background<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the first reading is under way.
    fn is_first(&self) -> bool {
        let state = self.state();
        state.running && state.known.is_none()
    }

    /// Whether whoever asks has to read.
    fn begins(&self, every: Duration) -> bool {
        let mut state = self.state();
        let begins = !state.running && state.begun.is_none_or(|begun| begun.elapsed() >= every);
        if begins {
            state.running = true;
            state.begun = Some(Instant::now());
        }
        begins
    }
}

fn broken(entry: &Entry, error: &tokio::task::JoinError) -> AppError {
    let name = &entry.configured.target.name;
    let mut told = AppError::new(
        Kind::Internal,
        words!("The console failed while it read {name}.", "{name}을(를) 읽는 중 콘솔에 오류가 발생했습니다."),
        words!("Try again; the log holds the reason.", "다시 시도하세요. 이유는 로그에 있습니다."),
    );
    told.incident = Some(crate::server::incident(error, name));
    told
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::targets::model::{Target, TargetId, TargetKind};
    use crate::targets::registry::Configured;

    fn entry() -> Arc<Entry> {
        let target = Target {
            id: TargetId::parse("a").expect("a valid name"),
            kind: TargetKind::Mongodb,
            name: "A".into(),
            host: "127.0.0.1".into(),
            port: 1,
        };
        Arc::new(Entry::alone(Configured { target, user: None, password: None, database: None, tls: None }))
    }

    #[tokio::test]
    async fn many_who_look_ask_once() {
        static ASKED: AtomicU32 = AtomicU32::new(0);
        let ask: Ask<u32> = |_| Box::pin(async { Ok(ASKED.fetch_add(1, Ordering::SeqCst)) });
        let entry = entry();
        let all = (0..20).map(|_| asked(&entry, Duration::from_secs(60), ask));
        let answers = futures_util::future::join_all(all).await;
        assert!(answers.iter().all(|answer| *answer == Ok(0)), "{answers:?}");
        assert_eq!(asked(&entry, Duration::ZERO, ask).await, Ok(1));
    }

    #[tokio::test]
    async fn what_takes_long_is_read_once_and_a_failure_leaves_what_is_known() {
        static ASKED: AtomicU32 = AtomicU32::new(0);
        let ask: Ask<String> = |_| {
            Box::pin(async {
                match ASKED.fetch_add(1, Ordering::SeqCst) {
                    0 => Ok("known".to_owned()),
                    _ => Err(AppError::not_found(words!("gone", "gone"))),
                }
            })
        };
        let (entry, minute) = (entry(), Duration::from_secs(60));
        let all = (0..20).map(|_| latest(&entry, minute, minute, ask));
        for seen in futures_util::future::join_all(all).await {
            assert_eq!(seen.known.map(|(_, known)| known.to_string()).as_deref(), Some("known"));
        }
        assert_eq!(ASKED.load(Ordering::SeqCst), 1);
        let failed = async || latest(&entry, Duration::ZERO, Duration::ZERO, ask).await;
        while failed().await.trouble.is_none() {
            tokio::task::yield_now().await;
        }
        assert!(failed().await.known.is_some(), "what was known stays");
    }

    #[tokio::test]
    async fn nobody_waits_longer_than_their_patience() {
        let ask: Ask<u8> = |_| Box::pin(std::future::pending());
        let begun = Instant::now();
        let seen = latest(&entry(), Duration::from_secs(60), Duration::from_millis(30), ask).await;
        assert!(seen.known.is_none() && begun.elapsed() < Duration::from_secs(5));
    }
}
