//! A chunk that really is too big: one value of the key outgrows the chunk size, and the balancer itself finds that out.
//! And what a move is answered while the receiving shard still deletes what it had of these keys.

use bson::{Bson, Document, doc};

use super::{Fixture, NAMESPACE, at_key, blocked, form, moving};
use crate::change::apply::carry_out;
use crate::change::{Outcome, Plan, Verdict};
use crate::sandbox::lab::eventually;
use crate::sandbox::lab::mongo::Cluster as Lab;
use crate::sharding::chunk::model::Measured;
use crate::sharding::chunks::look as map;
use crate::sharding::chunks::model::Look;
use crate::sharding::value::canonical;

const BALANCER_ROUNDS: u64 = 90;

/// Sets the size of the collection's chunks.
async fn chunk_mib(it: &Fixture, mib: i32) {
    it.admin(doc! { "configureCollectionBalancing": NAMESPACE, "chunkSize": mib }).await.expect("set");
}

/// 8 MB of one key in a chunk of its own, of a collection whose chunks are to have 1 MiB. The rest is on the other shard,
/// so that the balancer has nothing but this to move.
async fn one_value(it: &Fixture) {
    it.admin(doc! { "split": NAMESPACE, "middle": { "a": 5_000 } }).await.expect("split");
    it.admin(doc! { "split": NAMESPACE, "middle": { "a": 5_001 } }).await.expect("split");
    it.done(moving(Bson::MinKey, "shard2")).await;
    let same = (0..80).map(|n| doc! { "a": 5_000, "n": n, "text": "x".repeat(100_000) });
    it.client.database("k").collection::<Document>("c").insert_many(same).await.expect("inserted");
    chunk_mib(it, 1).await;
}

async fn is_marked(it: &Fixture) -> bool {
    it.listed().await.iter().any(|(min, _, jumbo)| *min == Bson::Int32(5_000) && *jumbo)
}

/// Lets the balancer work until it has marked the chunk.
async fn marked_by_the_balancer(it: &Fixture) {
    it.admin(doc! { "balancerStart": 1 }).await.expect("started");
    eventually("the balancer has marked it", BALANCER_ROUNDS, async || is_marked(it).await).await;
    it.admin(doc! { "balancerStop": 1 }).await.expect("stopped");
}

async fn marks_on_the_map(it: &Fixture) -> i64 {
    for _ in 0..100 {
        match map::chunks(it.chunks.cluster(), NAMESPACE, "", "").await.expect("it answers") {
            Look::Map(map) => return map.jumbo,
            Look::Reading { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    panic!("it is never read");
}

fn advised(plan: &Plan, verdict: Verdict, text: &str) {
    let found: Vec<_> = plan.checks.iter().filter(|it| it.verdict == verdict).collect();
    assert!(found.iter().any(|it| it.found.en.contains(text) || it.advice.en.contains(text)), "{text}: {found:?}");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_the_balancer_finds_too_big_is_told_as_such_and_only_a_bigger_chunk_size_helps() {
    let it = Fixture::new().await;
    one_value(&it).await;
    marked_by_the_balancer(&it).await;
    let at = canonical(&doc! { "a": 5_000 });
    let seen = it.chunks.look(NAMESPACE, &at, true).await.expect("a chunk");
    assert!(seen.chunk.jumbo && seen.chunk_bytes == 1 << 20, "{seen:?}");
    assert!(matches!(seen.measured, Some(Measured::Is { documents: 80, bytes: 8_000_000.. })), "{:?}", seen.measured);
    assert_eq!(marks_on_the_map(&it).await, 1);

    blocked(&it.plan(form("split_chunk", 5_000)).await, "one and the same key");
    let split = doc! { "split": NAMESPACE, "bounds": [{ "a": 5_000 }, { "a": 5_001 }] };
    assert_eq!(it.admin(split).await, Err(87), "the shard finds no key to split at");
    advised(&it.plan(moving(5_000, "shard2")).await, Verdict::Block, "It cannot be split");
    let raw = doc! { "moveRange": NAMESPACE, "min": { "a": 5_000 }, "max": { "a": 5_001 }, "toShard": "shard2" };
    assert_eq!(it.admin(raw).await, Err(153));

    let plan = it.plan(form("clear_jumbo", 5_000)).await;
    assert!(!plan.blocked());
    advised(&plan, Verdict::Warn, "is marked again at the next attempt");
    it.done(form("clear_jumbo", 5_000)).await;
    assert!(!is_marked(&it).await, "the config server shows no mark any more");
    assert!(!it.chunks.look(NAMESPACE, &at, false).await.expect("a chunk").chunk.jumbo);
    // As the plan has told.
    marked_by_the_balancer(&it).await;
    chunk_mib(&it, 16).await;
    it.done(form("clear_jumbo", 5_000)).await;
    it.done(moving(5_000, "shard2")).await;
    assert!(it.listed().await.contains(&(5_000.into(), "shard2".to_owned(), false)));
    assert_eq!(it.on("shard2").await, 1_080);
}

/// This is what 6.0 answers where older versions said ChunkRangeCleanupPending (200).
#[tokio::test]
#[ignore = "starts real databases"]
async fn a_move_back_before_the_leftovers_are_deleted_is_warned_of_and_its_failure_told() {
    let slow = [("orphanCleanupDelaySecs", "900"), ("receiveChunkWaitForRangeDeleterTimeoutMS", "1000")];
    let it = Fixture::of(Lab::start_with(2, &slow).await).await;
    it.done(at_key(Bson::MinKey, "500")).await;
    it.done(moving(500, "shard2")).await;
    let back = || moving(500, "shard1");
    advised(&it.plan(back()).await, Verdict::Warn, "shard1 still has 500 orphans of this collection to delete");
    let report = carry_out(&it.chunks, &it.change(back()).await).await;
    assert_eq!(report.outcome, Outcome::Failed, "{report:?}");
    let told = serde_json::to_string(&report).expect("JSON");
    assert!(told.contains("still deletes documents of these keys"), "{told}");
    assert!(it.listed().await.contains(&(500.into(), "shard2".to_owned(), false)), "it stays where it was");
    let raw = doc! { "moveRange": NAMESPACE, "min": { "a": 500 }, "max": { "a": Bson::MaxKey }, "toShard": "shard1" };
    assert_eq!(it.admin(raw).await, Err(96), "and not 200");
}
