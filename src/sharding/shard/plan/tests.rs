mod names;
mod options;

use bson::{Bson, doc};

use super::*;
use crate::change::Verdict;
use crate::sharding::model::Chunks;
use crate::sharding::mongo::catalog::Entry;
use crate::sharding::mongo::size::Size;
use crate::sharding::shard::mongo::{Sample, Values};

fn index(name: &str, key: Document) -> Index {
    Index { name: name.into(), key, unique: false, sparse: false, partial: false, collated: false }
}

/// A collection of 30,000 documents with an index on `user_id`, on a healthy cluster of two shards.
fn facts() -> Facts {
    let sample = Sample { documents: 1_000, different: 990, top: 2, incomplete: 0, types: vec!["int".into()] };
    Facts {
        version: Version::new(6, 0, 0),
        shards: 2,
        stands_still: None,
        chunk_bytes: 128 << 20,
        enabled: true,
        similar_database: None,
        zones: 0,
        collection: Some(Existing {
            uuid: "u".into(),
            kind: "collection".into(),
            capped: false,
            collated: false,
            time_series: None,
            sharded: None,
            multikey: Vec::new(),
            indexes: vec![index("_id_", doc! { "_id": 1 }), index("user_id_1", doc! { "user_id": 1 })],
            empty: false,
            size: Some(Size { documents: 30_000, bytes: 6 << 20 }),
            values: Values { arrays: Some(false), sample: Some(sample) },
        }),
    }
}

fn planned(key: &str, unique: bool, uuid: Option<&str>, facts: &Facts) -> Plan {
    let namespace = Namespace::parse("mydatabase.mycollection").expect("a valid name");
    let key = ShardKey::parse(key, false).expect("a valid key");
    let extras = Extras::default();
    shard_collection("shop", &Wanted { namespace: &namespace, key: &key, unique, uuid, extras: &extras }, facts)
}

/// The plan after one thing is different.
fn with(key: &str, unique: bool, change: impl FnOnce(&mut Existing)) -> Plan {
    let mut facts = facts();
    change(facts.collection.as_mut().expect("a collection"));
    planned(key, unique, Some("u"), &facts)
}

fn typed(plan: &Plan) -> Vec<&str> {
    plan.commands.iter().map(|command| command.typed.as_str()).collect()
}

fn found(plan: &Plan, verdict: Verdict) -> String {
    let checks = plan.checks.iter().filter(|check| check.verdict == verdict);
    checks.map(|check| check.found.en.clone()).collect::<Vec<_>>().join(" | ")
}

#[test]
fn the_textbook_collection_is_sharded_by_one_command() {
    let plan = planned("user_id", false, Some("u"), &facts());
    assert_eq!(plan.commands[0].exact, r#"{"shardCollection":"mydatabase.mycollection","key":{"user_id":1}}"#);
    assert_eq!(plan.commands[0].database, "admin");
    assert_eq!(typed(&plan), [r#"sh.shardCollection("mydatabase.mycollection", { user_id: 1 })"#]);
    assert_eq!(plan.blast, Blast::TypeName("mydatabase.mycollection".into()));
    assert!(plan.checks.iter().all(|check| check.verdict == Verdict::Pass), "{:?}", plan.checks);
}

#[test]
fn a_missing_index_is_built_first() {
    let plan = planned("user_id:hashed", false, Some("u"), &facts());
    assert_eq!(
        plan.commands[0].exact,
        r#"{"createIndexes":"mycollection","indexes":[{"key":{"user_id":"hashed"},"name":"user_id_hashed"}]}"#
    );
    assert_eq!(plan.commands[0].database, "mydatabase");
    assert_eq!(
        typed(&plan)[0],
        "db.getSiblingDB(\"mydatabase\").getCollection(\"mycollection\")\
         .createIndex({ user_id: \"hashed\" }, { name: \"user_id_hashed\" })"
    );
    assert_eq!(plan.commands.len(), 2);
    assert!(!plan.blocked());
}

#[test]
fn an_index_that_the_server_would_not_use_does_not_count() {
    let built = |change: fn(&mut Index)| {
        let plan = with("user_id", false, |it| change(&mut it.indexes[1]));
        plan.commands.len() == 2
    };
    assert!(!built(|_| ()));
    assert!(!built(|index| index.key = doc! { "user_id": 1.0, "more": -1 }));
    assert!(built(|index| index.key = doc! { "user_id": -1 }));
    assert!(built(|index| index.key = doc! { "more": 1, "user_id": 1 }));
    assert!(built(|index| index.sparse = true));
    assert!(built(|index| index.partial = true));
    assert!(built(|index| index.collated = true));
}

#[test]
fn a_new_index_does_not_take_the_name_of_another() {
    let plan = with("user_id", false, |it| it.indexes[1].sparse = true);
    assert!(plan.commands[0].exact.contains(r#""name":"user_id_1_shard_key""#));
}

#[test]
fn an_empty_or_new_collection_needs_no_index_and_one_click() {
    let empty = with("a", false, |it| it.empty = true);
    let new = planned("a", false, None, &Facts { collection: None, ..facts() });
    for plan in [empty, new] {
        assert_eq!((plan.commands.len(), &plan.blast), (1, &Blast::Confirm));
        assert!(!plan.blocked());
    }
}

#[test]
fn old_clusters_need_the_database_enabled() {
    let old = Facts { version: Version::new(5, 0, 0), enabled: false, ..facts() };
    let plan = planned("user_id", false, Some("u"), &old);
    assert_eq!(typed(&plan)[0], r#"sh.enableSharding("mydatabase")"#);
}

#[test]
fn a_collation_of_its_own_is_told_to_the_server() {
    let plan = with("a", false, |it| it.collated = true);
    assert!(plan.commands[0].exact.contains(r#""collation":{"locale":"simple"}"#));
    assert_eq!(
        typed(&plan)[1],
        r#"sh.shardCollection("mydatabase.mycollection", { a: 1 }, false, { collation: { locale: "simple" } })"#
    );
}

#[test]
fn what_the_server_would_refuse_is_blocked() {
    let cataloged = |key| Some(Entry { key, unique: false, chunks: Chunks::Unknown });
    let blocked: [(Plan, &str); 13] = [
        (with("user_id", false, |it| it.kind = "view".into()), "a view"),
        (with("user_id", false, |it| it.kind = "something".into()), "neither a collection nor a view"),
        (with("user_id", false, |it| it.multikey.push("user_id_1".into())), "user_id_1 holds arrays"),
        (with("user_id", false, |it| it.capped = true), "capped"),
        (
            with("user_id", false, |it| it.sharded = cataloged(doc! { "user_id": 1 })),
            "sharded on { user_id: 1 } already",
        ),
        (with("user_id", false, |it| it.sharded = cataloged(doc! { "b": 1 })), "sharded already, on { b: 1 }"),
        (with("user_id:hashed", true, |_| ()), "hashed key cannot be unique"),
        (with("user_id", true, |_| ()), "exactly the key, but not unique"),
        (with("other", false, |it| it.indexes[1].unique = true), "user_id_1 does not begin with the key"),
        (with("user_id", false, |it| it.values.arrays = Some(true)), "an array in the key"),
        (with("user_id", false, |it| it.uuid = "v".into()), "no longer what you looked at"),
        (planned("user_id", false, None, &facts()), "no longer what you looked at"),
        (
            planned(
                "a",
                false,
                None,
                &Facts { collection: None, similar_database: Some("MyDatabase".into()), ..facts() },
            ),
            "There is a database MyDatabase",
        ),
    ];
    for (plan, expected) in &blocked {
        assert!(found(plan, Verdict::Block).contains(expected), "{expected}: {:?}", plan.checks);
    }
}

#[test]
fn an_index_with_arrays_in_another_field_does_not_count_and_one_is_built() {
    let plan = with("user_id", false, |it| {
        it.indexes[1].key = doc! { "user_id": 1, "tags": 1 };
        it.multikey.push("user_id_1".into());
    });
    assert_eq!(plan.commands.len(), 2);
    assert!(!plan.blocked());
}

#[test]
fn what_cannot_be_done_at_all_shows_no_commands() {
    let view = with("user_id", false, |it| it.kind = "view".into());
    let sharded = with("a", false, |it| {
        it.sharded = Some(Entry { key: doc! { "b": 1 }, unique: false, chunks: Chunks::Unknown });
    });
    let replaced = with("a", false, |it| it.uuid = "v".into());
    for plan in [view, sharded, replaced] {
        assert!(plan.blocked() && plan.commands.is_empty(), "{plan:?}");
    }
}

#[test]
fn what_the_balancer_will_move_is_told_by_its_own_threshold() {
    let effect = |bytes: i64| {
        let plan = with("user_id", false, |it| it.size = Some(Size { documents: 1_000, bytes }));
        plan.effect.iter().map(|it| it.en.clone()).collect::<String>()
    };
    assert!(effect(6 << 20).contains("differences up to 384.0 MiB"));
    assert!(effect(1 << 30).contains("moves up to 512.0 MiB"));
}

#[test]
fn versions_have_their_own_limits() {
    let at = |version, key: &str| planned(key, false, Some("u"), &Facts { version, ..facts() });
    assert!(at(Version::new(4, 2, 0), "a, b:hashed").blocked());
    assert!(!at(Version::new(4, 4, 0), "a, b:hashed").blocked());
    assert!(at(Version::new(4, 4, 0), "a").way_back.en.contains("None before MongoDB 5.0"));
    assert!(at(Version::new(7, 0, 0), "a").way_back.en.contains("None at 7.0"));
    assert!(at(Version::new(8, 0, 0), "a").way_back.en.contains("unshardCollection"));
    let mut sparse = Facts { version: Version::new(4, 4, 0), ..facts() };
    sparse.collection.as_mut().expect("a collection").indexes[1].sparse = true;
    assert!(planned("user_id", false, Some("u"), &sparse).blocked());
}

#[test]
fn values_that_make_a_bad_key_are_told_with_their_shares() {
    let warned = |change: fn(&mut Values)| found(&with("user_id", false, |it| change(&mut it.values)), Verdict::Warn);
    let sample = |values: &mut Values, change: fn(&mut Sample)| change(values.sample.as_mut().expect("a sample"));
    assert_eq!(warned(|_| ()), "");
    assert!(warned(|values| values.arrays = None).contains("not all documents"));
    assert!(warned(|values| values.sample = None).contains("could not be sampled"));
    let lacking = with("user_id", false, |it| sample(&mut it.values, |it| it.incomplete = 25));
    assert!(found(&lacking, Verdict::Warn).contains("2.5 % of 1,000"));
    let twice = with("other", true, |_| ());
    assert!(found(&twice, Verdict::Warn).contains("share their key"));
    let lopsided = with("user_id", false, |it| sample(&mut it.values, |it| it.top = 140));
    assert!(found(&lopsided, Verdict::Warn).contains("14.0 %"));
    let few = with("user_id", false, |it| sample(&mut it.values, |it| (it.different, it.top) = (4, 90)));
    assert!(found(&few, Verdict::Warn).contains("documents: 4;"));
    let jumbo = with("user_id", false, |it| {
        it.size = Some(Size { documents: 1, bytes: 10 << 30 });
        sample(&mut it.values, |it| it.top = 20);
    });
    assert!(found(&jumbo, Verdict::Warn).contains("2.0 %"));
}

#[test]
fn keys_that_grow_with_time_are_told_unless_hashed() {
    let dates =
        |key: &str| with(key, false, |it| it.values.sample.as_mut().expect("a sample").types = vec!["date".into()]);
    assert!(found(&dates("user_id"), Verdict::Warn).contains("grows with time"));
    assert!(!found(&dates("user_id:hashed"), Verdict::Warn).contains("grows with time"));
    assert!(found(&with("_id", false, |_| ()), Verdict::Warn).contains("_id usually grows"));
}

#[test]
fn a_fingerprint_holds_while_counts_drift_and_breaks_when_the_collection_changes() {
    let print = |change: fn(&mut Existing)| with("user_id", false, change).fingerprint;
    let before = print(|_| ());
    let drifted = print(|it| {
        it.size = Some(Size { documents: 30_001, bytes: 7 << 20 });
        it.values = Values::default();
    });
    assert_eq!(before, drifted);
    assert_ne!(before, print(|it| it.uuid = "v".into()));
    assert_ne!(before, print(|it| it.indexes.push(index("z_1", doc! { "z": 1 }))));
    assert_ne!(before, print(|it| it.empty = true));
}

/// A command's text, read in the way in which the engine reads it before sending.
fn sent(exact: &str) -> Document {
    let value: serde_json::Value = serde_json::from_str(exact).expect("JSON");
    match Bson::try_from(value).expect("extended JSON") {
        Bson::Document(document) => document,
        other => panic!("not a document: {other:?}"),
    }
}
