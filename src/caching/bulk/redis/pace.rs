//! How fast a job may go: its rate, its pause, and the replicas that have to follow.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::work::BATCH;
use crate::caching::bulk::model::Rate;
use crate::change::run::Run;

/// How often what waits for a replica looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

pub(super) struct Pace {
    rate: Option<Rate>,
    next: Mutex<Instant>,
    held: AtomicBool,
}

impl Pace {
    pub(super) fn new(rate: Option<Rate>) -> Self {
        Self { rate, next: Mutex::new(Instant::now()), held: AtomicBool::new(false) }
    }

    /// Keys in one portion: a slow job sends small ones often.
    pub(super) fn portion(&self) -> usize {
        self.rate.map_or(BATCH, |rate| (rate.per_second() as usize / 20).clamp(1, BATCH))
    }

    /// Makes the job wait for its replicas, or lets it go on.
    pub(super) fn hold(&self, held: bool) {
        self.held.store(held, Ordering::Release);
    }

    pub(super) fn is_held(&self) -> bool {
        self.held.load(Ordering::Acquire)
    }

    /// Waits until so many keys may be sent. False when the job is to stop.
    pub(super) async fn ready(&self, keys: usize, run: &Run) -> bool {
        run.unpaused().await;
        while self.is_held() && !run.is_cancelled() {
            sleep(LOOK_AGAIN).await;
        }
        if let Some(at) = self.slot(keys) {
            tokio::select! {
                () = sleep_until(at) => {}
                () = run.cancelled() => {}
            }
        }
        // It may have been paused while it waited for its turn.
        run.unpaused().await;
        !run.is_cancelled()
    }

    /// When so many keys may be sent; none: at once.
    fn slot(&self, keys: usize) -> Option<Instant> {
        let rate = self.rate?;
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        // What was not used while it waited is not made up for.
        let at = (*next).max(Instant::now());
        *next = at + Duration::from_secs_f64(keys as f64 / f64::from(rate.per_second()));
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Words;

    #[tokio::test(start_paused = true)]
    async fn a_rate_is_kept() {
        let pace = Pace::new(Rate::parse("100").expect("a rate"));
        let run = Run::new("t".into(), Words::same("t"));
        let began = Instant::now();
        for _ in 0..40 {
            assert!(pace.ready(pace.portion(), &run).await);
        }
        let seconds = began.elapsed().as_secs_f64();
        assert!((1.9..2.1).contains(&seconds), "200 keys at 100 a second took {seconds} s");
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_replica_or_for_its_turn_hears_the_wish_to_stop() {
        let pace = Pace::new(Rate::parse("10").expect("a rate"));
        let run = Run::new("t".into(), Words::same("t"));
        run.offer_cancel();
        pace.hold(true);
        let waiting = async { tokio::join!(pace.ready(1, &run), async { assert!(run.cancel()) }).0 };
        let began = Instant::now();
        assert!(!waiting.await);
        assert!(began.elapsed() <= Duration::from_millis(100));
    }
}
