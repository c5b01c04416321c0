//! Applies that are under way: what each does or waits for, how far it is, and the wish to stop it. Who looks at its
//! record sees this until the record has its end.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::Underway;
use crate::text::Words;

/// One apply at work. Its engine tells it what goes on; whoever may change the target may ask it to stop.
pub struct Run {
    /// The number of its record; 0 where it has none.
    record: i64,
    target: String,
    title: Words,
    started: Instant,
    told: Mutex<Told>,
    cancellable: AtomicBool,
    cancel: watch::Sender<bool>,
    pausable: AtomicBool,
    pause: watch::Sender<bool>,
}

#[derive(Clone, Default)]
struct Told {
    doing: Words,
    statement: Option<String>,
    done: u64,
    total: Option<u64>,
}

impl Run {
    pub fn new(target: String, title: Words) -> Self {
        Self {
            record: 0,
            target,
            title,
            started: Instant::now(),
            told: Mutex::default(),
            cancellable: AtomicBool::new(false),
            cancel: watch::Sender::new(false),
            pausable: AtomicBool::new(false),
            pause: watch::Sender::new(false),
        }
    }

    /// The same with the number of its record.
    #[must_use]
    pub fn recorded(self, record: i64) -> Self {
        Self { record, ..self }
    }

    /// The number of its record; 0 where it has none.
    pub const fn record(&self) -> i64 {
        self.record
    }

    /// One that began so long ago, in an earlier run of the console.
    pub fn since(target: String, title: Words, ago: Duration) -> Self {
        let now = Instant::now();
        // A machine that was started since has no instant before its start.
        Self { started: now.checked_sub(ago).unwrap_or(now), ..Self::new(target, title) }
    }

    /// Says what is being done, or what is waited for.
    pub fn tell(&self, doing: Words) {
        let mut told = self.told();
        (told.doing, told.statement) = (doing, None);
    }

    /// Says what is waited for, and the statement of another session that it waits for. That is data: only who may
    /// change the target sees it, and no record keeps it.
    pub fn tell_with(&self, doing: Words, statement: Option<String>) {
        let mut told = self.told();
        (told.doing, told.statement) = (doing, statement);
    }

    /// Says how much is done, in the unit that `doing` names.
    pub fn measure(&self, done: u64, total: Option<u64>) {
        let mut told = self.told();
        (told.done, told.total) = (done, total);
    }

    /// From now on the wish to stop is heard, so it may be offered.
    pub fn offer_cancel(&self) {
        self.cancellable.store(true, Ordering::Release);
    }

    /// What follows cannot be stopped any more.
    pub fn withdraw_cancel(&self) {
        self.cancellable.store(false, Ordering::Release);
    }

    /// Asks to stop. False when that is not offered now.
    pub fn cancel(&self) -> bool {
        let offered = self.cancellable.load(Ordering::Acquire);
        if offered {
            self.cancel.send_replace(true);
        }
        offered
    }

    pub fn is_cancelled(&self) -> bool {
        *self.cancel.borrow()
    }

    /// Resolves once somebody has asked to stop.
    pub async fn cancelled(&self) {
        let mut wish = self.cancel.subscribe();
        // The sender lives as long as this, so waiting cannot fail.
        let _ = wish.wait_for(|asked| *asked).await;
    }

    /// From now on the wish to wait is heard, so it may be offered.
    pub fn offer_pause(&self) {
        self.pausable.store(true, Ordering::Release);
    }

    /// What follows cannot wait any more. What waits goes on.
    pub fn withdraw_pause(&self) {
        self.pausable.store(false, Ordering::Release);
        self.pause.send_replace(false);
    }

    /// Asks to wait, or to go on. False when that is not offered now.
    pub fn pause(&self, wait: bool) -> bool {
        let offered = self.pausable.load(Ordering::Acquire);
        if offered {
            self.pause.send_replace(wait);
        }
        offered
    }

    /// Whether somebody has asked it to wait.
    pub fn paused(&self) -> bool {
        *self.pause.borrow()
    }

    /// Resolves once it may go on: at once where nobody has asked it to wait, and when somebody has asked to stop.
    pub async fn unpaused(&self) {
        let mut wish = self.pause.subscribe();
        tokio::select! {
            // The sender lives as long as this, so waiting cannot fail.
            _ = wish.wait_for(|wait| !*wait) => {}
            () = self.cancelled() => {}
        }
    }

    /// What can be told of it now.
    pub fn underway(&self, record: i64) -> Underway {
        let Told { doing, statement, done, total } = self.told().clone();
        Underway {
            record,
            target: self.target.clone(),
            title: self.title.clone(),
            millis: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            doing,
            statement,
            done,
            total,
            cancellable: self.cancellable.load(Ordering::Acquire),
            cancelling: self.is_cancelled(),
            pausable: self.pausable.load(Ordering::Acquire),
            paused: self.paused(),
        }
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All applies under way, by the numbers of their records.
#[derive(Default)]
pub struct Runs {
    runs: Mutex<BTreeMap<i64, Arc<Run>>>,
}

impl Runs {
    pub fn add(&self, record: i64, run: Arc<Run>) {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).insert(record, run);
    }

    pub fn remove(&self, record: i64) {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).remove(&record);
    }

    /// The apply with this record, while it runs.
    pub fn find(&self, record: i64) -> Option<Arc<Run>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).get(&record).cloned()
    }

    /// All that run, oldest first.
    pub fn all(&self) -> Vec<Underway> {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.iter().map(|(record, run)| run.underway(*record)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> Run {
        Run::new("pg".into(), Words::same("t"))
    }

    #[tokio::test]
    async fn the_wish_to_stop_is_heard_only_where_it_is_offered() {
        let run = run();
        assert!(!run.cancel(), "nothing can be stopped yet");
        assert!(!run.is_cancelled());
        run.offer_cancel();
        assert!(run.cancel());
        run.cancelled().await;
        assert!(run.underway(1).cancelling);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_paused_goes_on_when_it_may_and_when_it_is_stopped() {
        let run = run();
        assert!(!run.pause(true), "waiting is not offered yet");
        run.unpaused().await;
        run.offer_pause();
        assert!(run.pause(true));
        assert!(run.underway(1).paused);
        let waiting = tokio::time::timeout(Duration::from_secs(9), run.unpaused());
        assert!(waiting.await.is_err(), "it waits");
        let going_on = async { tokio::join!(run.unpaused(), async { assert!(run.pause(false)) }) };
        going_on.await;
        assert!(run.pause(true));
        run.offer_cancel();
        assert!(run.cancel());
        run.unpaused().await;
    }

    #[test]
    fn what_runs_is_found_by_its_record_until_it_ends() {
        let runs = Runs::default();
        runs.add(7, Arc::new(run()));
        runs.find(7).expect("it runs").measure(3, Some(10));
        assert_eq!(runs.all()[0].done, 3);
        runs.remove(7);
        assert!(runs.find(7).is_none());
    }
}
