//! Documents as servers of 5.0 to 8.x write them, written by hand after the servers' sources; those of 6.0 after a look
//! at a live cluster too.

use bson::spec::BinarySubtype;

use super::*;

const NOW: i64 = 1_700_000_060_000;

fn uuid(byte: u8) -> Bson {
    Bson::Binary(bson::Binary { subtype: BinarySubtype::Uuid, bytes: vec![byte; 16] })
}

/// The coordinator's document.
fn coordinator(state: &str) -> Document {
    let shard = |id: &str, state: &str| doc! { "id": id, "mutableState": { "state": state } };
    doc! {
        "_id": uuid(1), "reshardingKey": { "s": "hashed" }, "ns": "shop.c", "ui": uuid(2), "state": state,
        "startTime": bson::DateTime::from_millis(NOW - 60_000), "approxBytesToCopy": 1_000_i64,
        "approxDocumentsToCopy": 10_i64, "donorShards": [shard("s1", "donating-initial-data")],
        "recipientShards": [shard("s1", "cloning"), shard("s2", "cloning")],
    }
}

fn row(shard: &str, more: Document) -> Document {
    let mut row = doc! {
        "type": "op", "shard": shard, "ns": "shop.c", "opStatus": "running",
        "originatingCommand": { "reshardCollection": "shop.c", "key": { "s": "hashed" }, "unique": false },
        "totalOperationTimeElapsedSecs": 61_i64,
    };
    row.extend(more);
    row
}

fn recipient(shard: &str) -> Document {
    row(
        shard,
        doc! {
            "recipientState": "cloning", "documentsCopied": 5_i64, "approxDocumentsToCopy": 10_i64,
            "bytesCopied": 500_i64, "approxBytesToCopy": 1_000_i64, "totalCopyTimeElapsedSecs": 10_i64,
            "oplogEntriesFetched": 3_i64, "oplogEntriesApplied": 2_i64, "remainingOperationTimeEstimatedSecs": 7_i64,
        },
    )
}

fn read_one(documents: &[Document], rows: &[Document]) -> Operation {
    let documents: Vec<&Document> = documents.iter().collect();
    let rows: Vec<&Document> = rows.iter().collect();
    let mut all = read(&documents, &rows, NOW);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[test]
fn a_resharding_of_6_0_is_read_with_its_phase_its_shards_and_its_estimates() {
    let donor = row(
        "s1",
        doc! { "donorState": "donating-initial-data", "countWritesDuringCriticalSection": 4_i64,
        "totalCriticalSectionTimeElapsedSecs": 1_i64 },
    );
    let found = read_one(&[coordinator("cloning")], &[recipient("s1"), recipient("s2"), donor]);
    assert_eq!((found.kind, found.phase, found.key.as_str()), (Kind::Reshard, Phase::Copying, "{ s: \"hashed\" }"));
    assert_eq!(found.seconds, Some(61));
    assert_eq!((found.documents, found.bytes), (Some(20), Some(2_000)), "the servers tell one recipient's share");
    assert_eq!((found.copied(), found.copied_bytes(), found.rate()), (Some(10), Some(1_000), Some(100)));
    assert_eq!((found.by_rate(), found.told()), (Some(10), Some(7)));
    assert_eq!((found.donors[0].blocked, found.donors[0].blocking), (Some(4), Some(1)));
    assert!(found.silent.is_empty());
    assert_ne!(found.id, found.source);
}

#[test]
fn an_estimate_that_is_absent_or_minus_one_is_unknown() {
    for left in [Some(-1_i64), None] {
        let mut row = recipient("s1");
        row.remove("remainingOperationTimeEstimatedSecs");
        if let Some(left) = left {
            row.insert("remainingOperationTimeEstimatedSecs", left);
        }
        assert_eq!(read_one(&[coordinator("cloning")], &[row]).told(), None, "{left:?}");
    }
}

#[test]
fn a_shard_that_tells_nothing_is_named_and_spoils_the_estimate() {
    let found = read_one(&[coordinator("cloning")], &[recipient("s1")]);
    assert_eq!(found.silent, ["s2"]);
    assert_eq!((found.by_rate(), found.told()), (None, Some(7)));
    let none = read_one(&[coordinator("applying")], &[]);
    assert_eq!((none.silent.len(), none.copied(), none.phase), (2, None, Phase::CatchingUp));
}

#[test]
fn a_resharding_of_5_0_whose_donors_and_coordinator_estimate_too_is_read() {
    let mut old = coordinator("decision-persisted");
    old.remove("approxBytesToCopy");
    old.remove("startTime");
    let donor = row("s1", doc! { "donorState": "blocking-writes", "remainingOperationTimeEstimatedSecs": 99_i64 });
    let head = row("config", doc! { "coordinatorState": "cloning", "remainingOperationTimeEstimatedSecs": 99_i64 });
    let found = read_one(&[old], &[recipient("s1"), recipient("s2"), donor, head]);
    assert_eq!((found.phase, found.bytes, found.told()), (Phase::Committing, None, Some(7)));
    assert_eq!((found.by_rate(), found.seconds), (Some(10), Some(61)), "by what the recipients tell");
}

#[test]
fn a_coordinator_of_7_0_that_only_waits_to_be_forgotten_has_ended() {
    let found = read_one(&[coordinator("quiesced")], &[]);
    assert_eq!(found.phase, Phase::Ended);
    assert!(!found.phase.can_abort());
}

#[test]
fn moves_and_unshardings_of_8_0_are_told_apart() {
    for (provenance, command, kind) in [
        ("moveCollection", "moveCollection", Kind::Move),
        ("unshardCollection", "unshardCollection", Kind::Unshard),
        ("reshardCollection", "reshardCollection", Kind::Reshard),
    ] {
        let mut document = coordinator("building-index");
        document.insert("provenance", provenance);
        let mut row = recipient("s2");
        row.insert("originatingCommand", doc! { command: "shop.c", "toShard": "s2" });
        row.extend(doc! { "recipientState": "building-index", "indexesToBuild": 2_i64, "indexesBuilt": 1_i64,
        "isSameKeyResharding": false });
        let found = read_one(&[document], &[row.clone()]);
        assert_eq!((found.kind, found.phase), (kind, Phase::Copying), "{provenance}");
        let alone = read_one(&[], &[row]);
        assert_eq!((alone.kind, alone.phase), (kind, Phase::Unknown), "without the config servers' word");
    }
}

#[test]
fn nothing_runs_where_nothing_is_told_and_strange_rows_are_left_out() {
    assert!(read(&[], &[], NOW).is_empty());
    let strange =
        [doc! { "type": "op" }, doc! { "originatingCommand": { "find": "c" } }, doc! { "originatingCommand": 5 }];
    assert!(read(&[], &strange.iter().collect::<Vec<_>>(), NOW).is_empty());
    assert!(read(&[&doc! { "_id": 1 }], &[], NOW).is_empty());
}
