//! How fast, and how gently. Figures count in release builds only; the sums count in all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::lab::*;
use crate::caching::bulk::model::Only;
use crate::sandbox::lab::redis::Server;

/// How long a GET takes another client, in microseconds, as long as `stop` is not set.
async fn probe(lab: &Lab, stop: &AtomicBool) -> Vec<u128> {
    let mut client = lab.server.client().await;
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let began = Instant::now();
        let _: Option<String> = redis::cmd("GET").arg("key:0000").query_async(&mut client).await.expect("an answer");
        times.push(began.elapsed().as_micros());
        tokio::time::sleep(Duration::from_micros(500)).await;
    }
    times.sort_unstable();
    times
}

fn p99(times: &[u128]) -> u128 {
    times.get(times.len() * 99 / 100).copied().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_hundred_thousand_keys_are_changed_and_taken_back() {
    let keys: i64 = std::env::var("OUTGROW_BULK_KEYS").ok().and_then(|it| it.parse().ok()).unwrap_or(100_000);
    let lab = Lab::new("speed", Server::start().await);
    lab.fill(usize::try_from(keys).expect("small"), |place| [-1, 1_000][place % 2]).await;
    let stop = Arc::new(AtomicBool::new(false));
    let (idle, ()) = tokio::join!(probe(&lab, &stop), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stop.store(true, Ordering::Relaxed);
    });
    stop.store(false, Ordering::Relaxed);
    let timed = async {
        let began = Instant::now();
        let (view, _) = lab.whole(&job("key:*", "7200", Only::All)).await;
        let took = began.elapsed();
        stop.store(true, Ordering::Relaxed);
        (view, took)
    };
    let ((view, took), busy) = tokio::join!(timed, probe(&lab, &stop));
    assert_eq!((view.counts.changed, view.counts.adds_up()), (keys, true));
    let began = Instant::now();
    let undone = lab.undo(view.record, None).await.undone;
    let back = began.elapsed();
    assert_eq!(undone.restored, keys);
    let rate = |took: Duration| keys as f64 / took.as_secs_f64();
    println!(
        "{keys} keys: {took:?} ({:.0}/s), back in {back:?} ({:.0}/s), journal {} bytes; p99 {} µs idle, {} µs beside it, \
         at most {} µs",
        rate(took),
        rate(back),
        view.journal.unwrap_or_default(),
        p99(&idle),
        p99(&busy),
        busy.last().copied().unwrap_or_default(),
    );
}
