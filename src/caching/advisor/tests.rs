//! The advisor at real servers.

use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{cmd, pipe};

use super::model::Answer;
use super::redis::advise;
use crate::sandbox::lab::redis::Server;

const KEYS: usize = 3_000;
const TTL: u64 = 6;
/// Requests per second.
const REQUESTS: f64 = 1_000.0;

/// An application that asks for keys by Zipf's law and fills the cache after a miss, for as long as it is polled.
async fn application(mut client: MultiplexedConnection, rates: Vec<f64>) {
    let mut bounds = Vec::with_capacity(KEYS);
    let (sum, mut so_far) = (rates.iter().sum::<f64>(), 0.0);
    for rate in rates {
        so_far += rate / sum;
        bounds.push(so_far);
    }
    let (begun, mut asked, mut dice) = (Instant::now(), 0_u64, 7_u64);
    loop {
        let due = (begun.elapsed().as_secs_f64() * REQUESTS) as u64;
        while asked < due {
            let mut keys = Vec::new();
            for _ in 0..(due - asked).min(20) {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let drawn = (dice >> 11) as f64 / (1_u64 << 53) as f64;
                keys.push(bounds.partition_point(|bound| *bound < drawn).min(KEYS - 1));
            }
            asked += keys.len() as u64;
            let mut questions = pipe();
            for key in &keys {
                questions.cmd("GET").arg(format!("z:{key}"));
            }
            let answers: Vec<Option<String>> = questions.query_async(&mut client).await.expect("answers");
            let mut fills = pipe();
            for (key, _) in keys.iter().zip(answers).filter(|(_, answer)| answer.is_none()) {
                fills.cmd("SET").arg(format!("z:{key}")).arg("v").arg("NX").arg("EX").arg(TTL);
            }
            if !fills.is_empty() {
                fills.exec_async(&mut client).await.expect("fills");
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn the_curve_of_a_real_cache_is_that_of_its_load() {
    let server = Server::start().await;
    let rates: Vec<f64> = {
        let sum: f64 = (1..=KEYS).map(|place| 1.0 / place as f64).sum();
        (1..=KEYS).map(|place| REQUESTS / sum / place as f64).collect()
    };
    let working = tokio::spawn(application(server.client().await, rates.clone()));
    // Steady after more than one TTL, when what was filled first has died and comes anew.
    tokio::time::sleep(Duration::from_secs(2 * TTL)).await;
    let advice = advise(&server.entry(), b"", 1_500, 20).await;
    working.abort();
    let Answer::Curve(curve) = &advice.answer else { panic!("{advice:?}") };
    assert!((curve.current - TTL as f64).abs() < 0.2, "{}", curve.current);
    for point in curve.points.iter().filter(|point| point.ttl < 5.0 * TTL as f64) {
        let misses: f64 = rates.iter().map(|rate| rate / (1.0 + rate * point.ttl)).sum();
        let (truth, told) = (1.0 - misses / REQUESTS, point.hits.expect("all keys are of it"));
        let allowed = if (point.ttl - curve.current).abs() < 0.1 { 0.015 } else { 0.04 };
        assert!((told - truth).abs() < allowed, "TTL {}: {told} and not {truth}", point.ttl);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn without_times_of_use_or_with_too_few_keys_it_says_so_and_draws_nothing() {
    let why = async |server: &Server| match advise(&server.entry(), b"", 1_500, 2).await.answer {
        Answer::Unknown(why) => why.en,
        Answer::Curve(curve) => panic!("{curve:?}"),
    };
    let by_count = Server::start_with(&[("maxmemory-policy", "allkeys-lfu")]).await;
    assert!(why(&by_count).await.contains("allkeys-lfu"));
    let empty = Server::start().await;
    assert!(why(&empty).await.contains("Only 0 keys"));
    let mut client = empty.client().await;
    for number in 0..300 {
        cmd("SET").arg(number).arg("v").exec_async(&mut client).await.expect("a key");
    }
    assert!(why(&empty).await.contains("300 of 300 sampled keys have no TTL"));
}
