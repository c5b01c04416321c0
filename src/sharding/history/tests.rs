//! What is told of the logs: of documents as 4.4 to 7.0 write them, and of a real cluster.

use bson::{Bson, DateTime, Document, doc};

use super::model::{Ending, History};
use super::tell;

const NOW: i64 = 1_800_000_000_000;

/// An entry of the log, `ago` milliseconds old.
fn entry(what: &str, ago: i64, namespace: &str, details: Document) -> Document {
    doc! {
        "_id": format!("host-{ago}"), "server": "host", "clientAddr": "", "time": DateTime::from_millis(NOW - ago),
        "what": what, "ns": namespace, "details": details,
    }
}

fn bounds(from: &str, to: &str) -> Document {
    doc! { "min": { "k": Bson::MinKey }, "max": { "k": 10 }, "from": from, "to": to }
}

fn with(mut details: Document, more: Document) -> Document {
    details.extend(more);
    details
}

/// As the log is read: the newest first.
fn told(mut entries: Vec<Document>) -> History {
    entries.reverse();
    tell::history(&entries, NOW - super::model::DAY)
}

fn aborted(ago: i64, from: &str, to: &str, text: &str) -> Document {
    let more = doc! { "step 1 of 6": 0, "step 2 of 6": 3, "note": "aborted", "errmsg": text };
    entry("moveChunk.from", ago, "a.b", with(bounds(from, to), more))
}

#[test]
fn two_different_errors_that_happened_as_often_stay_two() {
    let history = told(vec![
        aborted(9_000, "s1", "s2", "ChunkTooBig: Cannot move chunk: the maximum number of documents …"),
        aborted(8_000, "s1", "s2", "Data transfer error :: caused by :: HostUnreachable: Connection refused"),
        aborted(7_000, "s1", "s2", "ChunkTooBig: Cannot move chunk"),
        aborted(6_000, "s1", "s2", "Data transfer error :: caused by :: HostUnreachable: Connection refused"),
        aborted(5_000, "s2", "s1", "ChunkTooBig: Cannot move chunk"),
    ]);
    let counts: Vec<(i64, &str)> = history.failures.iter().map(|it| (it.count, it.from.as_str())).collect();
    assert_eq!(history.failures.len(), 3, "{:?}", history.failures);
    assert_eq!(counts.iter().filter(|(count, from)| (*count, *from) == (2, "s1")).count(), 2);
    let (one, other) = (&history.failures[0], &history.failures[1]);
    assert_ne!(one.cause, other.cause);
    assert!(history.failures.iter().all(|it| !it.cause.en.contains("Connection refused") && !it.next.en.is_empty()));
    let first = history.failures.iter().find(|it| it.first == NOW - 9_000).expect("the first of two");
    assert_eq!(first.last, NOW - 7_000);
}

#[test]
fn a_text_that_is_not_known_is_not_shown() {
    let secret = "the document { card: 4111 } could not be written";
    let history = told(vec![aborted(10, "s1", "s2", secret), aborted(9, "s1", "s2", "StrangeThing: { card: 4111 }")]);
    let shown = serde_json::to_string(&history).expect("JSON");
    assert!(!shown.contains("4111"), "{shown}");
    assert!(shown.contains("StrangeThing"), "the name of the code is told");
    assert_eq!(history.failures.len(), 2);
}

#[test]
fn the_entries_of_one_move_are_one_move_with_its_steps() {
    for (of, commit) in [
        // 4.4 and 5.0 tell what was copied in numbers of two kinds.
        (7_u8, doc! { "counts": { "cloned": 12_i64, "clonedBytes": 3_400_i64, "catchup": 0_i64, "steady": 0_i64 } }),
        (8, doc! { "counts": { "cloned": 12, "clonedBytes": 3_400, "catchup": 0, "steady": 0 } }),
    ] {
        let mut taking = doc! {};
        for step in 1..=of {
            taking.insert(format!("step {step} of {of}"), i64::from(step));
        }
        taking.insert("note", "success");
        let giving = doc! { "step 1 of 6": 0, "step 2 of 6": 3_i64, "step 3 of 6": 4.0, "step 4 of 6": 5, "step 5 of 6": 6, "step 6 of 6": 7, "note": "success" };
        let history = told(vec![
            entry("moveChunk.start", 900, "a.b", bounds("s1", "s2")),
            entry("moveChunk.to", 800, "a.b", with(taking, bounds("s1", "s2"))),
            entry("moveChunk.commit", 700, "a.b", with(bounds("s1", "s2"), commit)),
            entry("moveChunk.from", 600, "a.b", with(giving, bounds("s1", "s2"))),
            // The same chunk goes back, and goes again.
            entry("moveChunk.start", 500, "a.b", bounds("s2", "s1")),
            entry("moveChunk.start", 400, "a.b", bounds("s1", "s2")),
            entry("moveChunk.error", 300, "a.b", bounds("s1", "s2")),
        ]);
        let ends: Vec<&Ending> = history.moves.iter().map(|it| &it.end).collect();
        assert!(matches!(ends[..], [Ending::Failed(_), Ending::Open, Ending::Done]), "{ends:?}");
        let done = &history.moves[2];
        assert_eq!((done.documents, done.bytes), (Some(12), Some(3_400)));
        assert_eq!((done.first, done.last), (NOW - 900, NOW - 600));
        assert_eq!(done.giving.iter().map(|step| step.took).sum::<i64>(), 25);
        assert_eq!((done.taking.len(), done.taking[0].of), (usize::from(of), of));
        assert_eq!(history.failures.len(), 1);
    }
}

#[test]
fn a_move_of_6_0_that_tells_no_text_is_told_by_how_far_it_came() {
    let stopped = |steps: Document, ago: i64| {
        vec![
            entry("moveChunk.start", ago + 2, "a.b", bounds("s1", "s2")),
            entry("moveChunk.error", ago + 1, "a.b", bounds("s1", "s2")),
            entry("moveChunk.from", ago, "a.b", with(with(steps, bounds("s1", "s2")), doc! { "note": "aborted" })),
        ]
    };
    let early = doc! { "step 1 of 6": 0, "step 2 of 6": 3 };
    let late = doc! { "step 1 of 6": 0, "step 2 of 6": 3, "step 3 of 6": 9 };
    let history = told([stopped(early, 100), stopped(late, 50)].concat());
    assert_eq!((history.moves.len(), history.failures.len()), (2, 2));
    let causes: Vec<&str> = history.failures.iter().map(|it| it.cause.en.as_str()).collect();
    assert!(
        causes.iter().any(|it| it.contains("step 3 of 6")) && causes.iter().any(|it| it.contains("step 4 of 6")),
        "{causes:?}"
    );
}

#[test]
fn what_is_older_than_a_day_is_no_failure_of_today() {
    let history = told(vec![aborted(super::model::DAY + 1, "s1", "s2", "ChunkTooBig: x")]);
    assert_eq!((history.failures.len(), history.moves.len()), (0, 1));
}

#[test]
fn splits_merges_and_reshardings_are_told_as_4_4_to_7_0_log_them() {
    let part = |min: i32, max: i32| doc! { "min": { "k": min }, "max": { "k": max } };
    let state = |old: &str, new: &str| doc! { "oldState": old, "newState": new, "namespace": "a.b" };
    let history = told(vec![
        entry("split", 90, "a.b", doc! { "before": part(0, 9), "left": part(0, 5), "right": part(5, 9) }),
        entry("multi-split", 80, "a.b", doc! { "before": part(0, 9), "number": 2, "of": 3, "chunk": part(3, 6) }),
        entry("merge", 70, "a.b", doc! { "merged": [part(0, 5), part(5, 9)] }),
        entry("merge", 60, "a.b", doc! { "min": { "k": 0 }, "max": { "k": 9 }, "numChunks": 2, "owningShard": "s1" }),
        entry("resharding.coordinator.transition", 50, "a.b", state("cloning", "aborting")),
        entry("somethingNew<b>", 40, "a.b", doc! { "secret": "4111" }),
    ]);
    let told: Vec<String> = history.events.iter().map(|it| format!("{}: {}", it.what.en, it.detail.en)).collect();
    assert_eq!(
        told,
        [
            "somethingNewb: ",
            "Resharding: cloning → aborting",
            "Chunks merged: 2 chunks { k: 0 } – { k: 9 }",
            "Chunks merged: 2 chunks ",
            "Chunk split: piece 2 of 3: { k: 3 } – { k: 6 }",
            "Chunk split: at { k: 5 }",
        ]
    );
    assert!(history.failures[0].cause.en.contains("cloning"));
}

#[test]
fn rounds_of_the_balancer_are_counted_and_their_errors_told() {
    let round = |ago: i64, details: Document| entry("balancer.round", ago, "", details);
    let entries = [
        round(10, doc! { "executionTimeMillis": 9, "errorOccurred": false, "candidateChunks": 2, "chunksMoved": 1 }),
        round(20, doc! { "executionTimeMillis": 9, "errorOccured": true, "errmsg": "LockBusy: somebody" }),
        entry("balancer.stop", 30, "", doc! {}),
    ];
    let rounds = tell::rounds(Some(&entries), 0);
    assert_eq!((rounds.rounds, rounds.moved, rounds.failed, rounds.last), (2, 1, 1, Some(NOW - 10)));
    assert_eq!(tell::failed_rounds(&entries, 0).len(), 1);
    assert!(tell::rounds(None, 0).unread);
}

#[cfg(feature = "sandbox")]
mod real {
    use super::*;
    use crate::sandbox::lab::eventually;
    use crate::sandbox::lab::mongo::Cluster as Lab;
    use crate::sharding::cluster::Cluster;
    use crate::sharding::history::model::End;
    use crate::sharding::history::mongo::history;

    #[tokio::test]
    #[ignore = "starts real databases"]
    async fn a_real_move_that_fails_and_one_that_succeeds_are_told() {
        let lab = Lab::start(2).await;
        let (cluster, client) = (Cluster::at(lab.entry()), lab.client().await);
        let admin = client.database("admin");
        let run = async |command: Document| admin.run_command(command).await;
        run(doc! { "balancerStop": 1 }).await.expect("stopped");
        let size = doc! { "$set": { "value": 1 } };
        let settings = client.database("config").collection::<Document>("settings");
        settings.update_one(doc! { "_id": "chunksize" }, size).upsert(true).await.expect("1 MiB");
        for collection in ["big", "small"] {
            run(doc! { "shardCollection": format!("h.{collection}"), "key": { "k": 1 } }).await.expect("sharded");
        }
        let text = "x".repeat(1_000);
        let big = client.database("h").collection::<Document>("big");
        big.insert_many((0..5_000).map(|_| doc! { "k": 7, "text": &text })).await.expect("inserted");
        let whole = [doc! { "k": Bson::MinKey }, doc! { "k": Bson::MaxKey }];
        let listed = client.database("config").collection::<Document>("databases").find_one(doc! { "_id": "h" }).await;
        let owner = listed.expect("it answers").expect("there").get_str("primary").expect("a shard").to_owned();
        let to = if owner == "shard1" { "shard2" } else { "shard1" };
        let go = |collection: &str| doc! { "moveChunk": format!("h.{collection}"), "bounds": whole.to_vec(), "to": to };
        run(go("big")).await.expect_err("it is too big");
        run(go("small")).await.expect("moved");
        eventually("both are in the log", 10, async || {
            let told = history(&cluster, "").await.expect("it answers");
            told.failures.len() == 1 && told.moves.iter().any(|it| it.end == Ending::Done)
        })
        .await;
        let told = history(&cluster, "h.big").await.expect("it answers");
        assert_eq!(told.moves.len(), 1, "only of this collection");
        let failure = &told.failures[0];
        assert_eq!((failure.count, failure.from.as_str(), failure.to.as_str()), (1, owner.as_str(), to));
        assert!(failure.next.en.contains("too big"), "{failure:?}");
        assert_eq!(failure.namespaces, ["h.big"]);
        assert_eq!(told.reach.end, End::Log);
        assert!(matches!(&told.moves[0].end, Ending::Failed(_)));
    }
}
