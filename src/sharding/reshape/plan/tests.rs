mod ending;

use bson::{Bson, doc};

use super::*;
use crate::change::Verdict;
use crate::sharding::model::{Chunks, Identity, Namespace, Release, ShardKey, Version};
use crate::sharding::mongo::collection::{Index, Listed};
use crate::sharding::reshape::model::change::{Options, Zones};
use crate::sharding::reshape::model::operation::{Kind, Operation, Phase};
use crate::sharding::reshape::mongo::{Cataloged, Existing, Sample, Shard, Stored, Zone};
use crate::targets::model::TargetId;

const GIB: i64 = 1 << 30;

fn target() -> TargetId {
    TargetId::parse("m").expect("a name")
}

fn namespace() -> Namespace {
    Namespace::parse("shop.c").expect("a name")
}

fn key(text: &str) -> ShardKey {
    ShardKey::parse(text, false).expect("a key")
}

fn seen(uuid: &str) -> Identity {
    Identity { uuid: uuid.into(), epoch: Some("e".into()), timestamp: Some("1:1".into()) }
}

fn index(name: &str, key: bson::Document) -> Index {
    Index { name: name.into(), key, unique: false, sparse: false, partial: false, collated: false }
}

/// A cluster of 8.0 with two shards, and `shop.c` sharded on `{ k: 1 }`: 1 GiB and its indexes.
fn facts() -> Facts {
    let shard = |name: &str| Shard { name: name.into(), draining: false, free: Some(100 * GIB) };
    Facts {
        release: Release { version: Version::new(8, 0, 4), fcv: Version::new(8, 0, 0) },
        common: Vec::new(),
        shards: vec![shard("s1"), shard("s2")],
        collection: Some(Existing {
            listed: Listed {
                uuid: "u".into(),
                kind: "collection".into(),
                capped: false,
                collated: false,
                options: doc! {},
            },
            indexes: vec![index("_id_", doc! { "_id": 1 }), index("k_1", doc! { "k": 1 })],
            expiring: vec![("t_1".into(), 3_600)],
            empty: false,
            stored: Some(Stored {
                documents: 1_000_000,
                orphans: Some(0),
                bytes: 3 * GIB,
                storage: GIB,
                indexes: GIB / 2,
            }),
            catalog: Some(Cataloged {
                key: doc! { "k": 1 },
                unique: false,
                seen: seen("u"),
                unsplittable: false,
                resharding: false,
            }),
            zones: Vec::new(),
            chunks: Chunks::Unknown,
            sample: Some(Sample { documents: 1_000, different: 900, incomplete: 0, arrays: 0 }),
        }),
        operations: Some(Vec::new()),
        builds: Some(Vec::new()),
        minimum: None,
    }
}

fn with(change: impl FnOnce(&mut Existing)) -> Facts {
    let mut facts = facts();
    change(facts.collection.as_mut().expect("a collection"));
    facts
}

fn refine(to: &str) -> Change {
    Change::RefineKey { target: target(), namespace: namespace(), key: key(to), seen: Some(seen("u")) }
}

fn reshard(to: &str, options: Options) -> Change {
    Change::ReshardCollection { target: target(), namespace: namespace(), key: key(to), options, seen: Some(seen("u")) }
}

fn relocate(shard: &str) -> Change {
    Change::MoveCollection { target: target(), namespace: namespace(), shard: shard.into(), seen: Some(seen("u")) }
}

fn unshard(shard: Option<&str>) -> Change {
    let shard = shard.map(str::to_owned);
    Change::UnshardCollection { target: target(), namespace: namespace(), shard, seen: Some(seen("u")) }
}

fn found(plan: &Plan, verdict: Verdict) -> String {
    plan.checks.iter().filter(|it| it.verdict == verdict).map(|it| format!("{} | ", it.found.en)).collect()
}

fn blocks(change: &Change, facts: &Facts) -> String {
    found(&plan("lab", change, facts), Verdict::Block)
}

fn sent(change: &Change, facts: &Facts) -> Vec<String> {
    plan("lab", change, facts).commands.into_iter().map(|it| it.exact).collect()
}

#[test]
fn a_resharding_sends_the_missing_index_first_and_then_all_options() {
    let zones = Zone { zone: "eu".into(), min: doc! { "k": 0 }, max: doc! { "k": 10 } };
    let facts = with(|it| {
        it.zones = vec![zones];
        it.listed.collated = true;
    });
    let options = Options { chunks: Some(12), zones: Zones::Keep, force: false };
    let commands = plan("lab", &reshard("k, s", options), &facts).commands;
    assert_eq!(
        commands[0].exact,
        r#"{"createIndexes":"c","indexes":[{"key":{"k":1,"s":1},"name":"k_1_s_1","collation":{"locale":"simple"}}]}"#
    );
    let last = crate::sharding::mongo::command::parsed(&commands[1].exact).expect("a command");
    let expected = doc! {
        "reshardCollection": "shop.c", "key": { "k": 1, "s": 1 }, "unique": false, "collation": { "locale": "simple" },
        "numInitialChunks": 12,
        "zones": [{ "min": { "k": 0, "s": Bson::MinKey }, "max": { "k": 10, "s": Bson::MinKey }, "zone": "eu" }],
    };
    assert_eq!(last, expected);
    assert!(commands[1].typed.starts_with(r#"sh.reshardCollection("shop.c", { k: 1, s: 1 }, false, { collation:"#));
    assert!(commands[1].typed.contains("MinKey"), "{}", commands[1].typed);
}

#[test]
fn the_same_key_is_resharded_only_by_force_and_only_where_the_cluster_has_it() {
    let forced = reshard("k", Options { force: true, ..Options::default() });
    assert!(blocks(&reshard("k", Options::default()), &facts()).contains("its key already"));
    assert_eq!(blocks(&forced, &facts()), "");
    assert!(sent(&forced, &facts())[0].contains(r#""forceRedistribution":true"#));
    let older = Facts { release: Release { version: Version::new(7, 0, 1), fcv: Version::new(7, 0, 0) }, ..facts() };
    assert!(blocks(&forced, &older).contains("8.0"));
}

#[test]
fn ranges_of_zones_are_rewritten_only_where_nothing_is_lost() {
    let sharded = |key| Cataloged { key, unique: false, seen: seen("u"), unsplittable: false, resharding: false };
    let zone = |min, max| Zone { zone: "z".into(), min, max };
    let of_two = sharded(doc! { "a": 1, "b": 1 });
    let whole = zone(doc! { "a": 1, "b": Bson::MinKey }, doc! { "a": Bson::MaxKey, "b": Bson::MaxKey });
    let kept = zones::convert(&whole, &of_two, &key("a, c")).expect("nothing is lost");
    assert_eq!(kept.min, doc! { "a": 1, "c": Bson::MinKey });
    assert_eq!(kept.max, doc! { "a": Bson::MaxKey, "c": Bson::MaxKey });
    let within = zone(doc! { "a": 1, "b": 5 }, doc! { "a": 2, "b": Bson::MinKey });
    assert_eq!(zones::convert(&within, &of_two, &key("a, c")), None, "its bound lies within b");
    assert_eq!(zones::convert(&whole, &of_two, &key("c, a")), None);
    assert_eq!(zones::convert(&whole, &of_two, &key("a:hashed")), None, "a hash is another value");
}

#[test]
fn what_stands_against_a_resharding_is_told_before_anything_is_sent() {
    let change = reshard("s", Options::default());
    let chunks = reshard("s", Options { chunks: Some(50), ..Options::default() });
    let running = Operation {
        id: "o".into(),
        namespace: "other.c".into(),
        kind: Kind::Reshard,
        source: String::new(),
        key: "{ x: 1 }".into(),
        phase: Phase::Copying,
        seconds: None,
        documents: None,
        bytes: None,
        recipients: Vec::new(),
        donors: Vec::new(),
        silent: Vec::new(),
    };
    let full = Facts {
        shards: vec![Shard { name: "s1".into(), draining: false, free: Some(GIB) }, facts().shards[1].clone()],
        ..facts()
    };
    let unique = with(|it| it.indexes.push(Index { unique: true, ..index("x_1", doc! { "x": 1 }) }));
    let few = with(|it| {
        it.sample = Some(Sample { documents: 1_000, different: 5, incomplete: 0, arrays: 0 });
        it.stored = Some(Stored { documents: 1_000, ..it.stored.expect("known") });
    });
    for (change, facts, expected) in [
        (&change, Facts { operations: Some(vec![running]), ..facts() }, "Resharding of other.c is under way"),
        (&change, Facts { builds: Some(vec!["shop.c".into()]), ..facts() }, "An index of shop.c is being built"),
        (&change, full, "too little has: s1 (1.0 GiB)"),
        (&change, unique, "unique index x_1 does not begin with"),
        (&chunks, few, "5 different keys among 1,000"),
        (&change, with(|it| it.catalog = None), "no longer what you looked at"),
        (&change, with(|it| it.listed.kind = "timeseries".into()), "a time series"),
        (&change, with(|it| it.sample = Some(Sample { documents: 10, arrays: 1, ..Sample::default() })), "an array"),
    ] {
        assert!(blocks(change, &facts).contains(expected), "{expected}: {}", blocks(change, &facts));
    }
    let unknown = Facts {
        shards: facts().shards.into_iter().map(|it| Shard { free: None, ..it }).collect(),
        operations: None,
        builds: None,
        ..facts()
    };
    let told = plan("lab", &change, &unknown);
    assert!(!told.blocked());
    assert!(found(&told, Verdict::Warn).contains("free space of s1, s2 is unknown"), "unknown is not 0");
}

#[test]
fn room_for_a_copy_is_twice_the_collection_over_the_shards() {
    let told = found(&plan("lab", &reshard("s", Options::default()), &facts()), Verdict::Pass);
    assert!(told.contains("needs 1.5 GiB free; the fullest has 100.0 GiB"), "{told}");
    let whole = found(&plan("lab", &unshard(Some("s1")), &facts()), Verdict::Pass);
    assert!(whole.contains("needs 3.0 GiB free"), "the whole collection goes to one shard: {whole}");
}

#[test]
fn old_and_new_clusters_have_their_own_operations() {
    let at = |major, minor| Facts {
        release: Release { version: Version::new(major, minor, 0), fcv: Version::new(major, minor, 0) },
        ..facts()
    };
    for (change, since) in
        [(refine("k, s"), (4, 4)), (reshard("s", Options::default()), (5, 0)), (unshard(None), (8, 0))]
    {
        for (major, minor) in [(4, 2), (4, 4), (5, 0), (6, 0), (7, 0), (8, 0)] {
            let offered = !sent(&change, &at(major, minor)).is_empty();
            assert_eq!(offered, (major, minor) >= since, "{change:?} at {major}.{minor}");
        }
    }
    let held_back =
        Facts { release: Release { version: Version::new(5, 0, 7), fcv: Version::new(4, 4, 0) }, ..facts() };
    assert!(blocks(&reshard("s", Options::default()), &held_back).contains("FCV") || !held_back.release.reaches(5, 0));
    assert!(sent(&reshard("s", Options::default()), &held_back).is_empty());
}

#[test]
fn unsharding_and_moving_send_exactly_what_the_manual_asks_for() {
    assert_eq!(sent(&unshard(None), &facts()), [r#"{"unshardCollection":"shop.c"}"#]);
    assert_eq!(sent(&unshard(Some("s2")), &facts()), [r#"{"unshardCollection":"shop.c","toShard":"s2"}"#]);
    assert!(blocks(&unshard(Some("s9")), &facts()).contains("no shard s9"));
    let zoned = with(|it| it.zones = vec![Zone { zone: "eu".into(), min: doc! { "k": 0 }, max: doc! { "k": 1 } }]);
    assert!(blocks(&unshard(None), &zoned).contains("ranges of the zones eu"));
    assert!(blocks(&relocate("s2"), &facts()).contains("Only a collection that is not sharded"));
    let tracked = with(|it| it.catalog.as_mut().expect("listed").unsplittable = true);
    assert_eq!(sent(&relocate("s2"), &tracked), [r#"{"moveCollection":"shop.c","toShard":"s2"}"#]);
    assert!(blocks(&unshard(None), &tracked).contains("not sharded"));
}

#[test]
fn refining_tells_the_zones_and_the_documents_without_the_new_field() {
    let facts = with(|it| {
        it.zones = vec![Zone { zone: "eu".into(), min: doc! { "k": 0 }, max: doc! { "k": 1 } }];
        it.sample = Some(Sample { documents: 1_000, different: 900, incomplete: 25, arrays: 0 });
    });
    let plan = plan("lab", &refine("k, s"), &facts);
    assert!(found(&plan, Verdict::Warn).contains("2.5 % of 1,000"));
    let effect: String = plan.effect.iter().map(|it| it.en.clone()).collect();
    assert!(effect.contains("1 ranges of zones") && effect.contains("eu"), "{effect}");
    assert_eq!(plan.blast, Blast::TypeName("shop.c".into()));
    assert!(plan.way_back.en.starts_with("None by itself"));
}

#[test]
fn a_unique_key_is_refined_with_a_unique_index_and_the_old_one_gone() {
    let unique = |more: Vec<Index>| {
        with(|it| {
            it.catalog.as_mut().expect("sharded").unique = true;
            it.indexes[1].unique = true;
            it.indexes.extend(more);
        })
    };
    assert!(blocks(&refine("k, s"), &unique(vec![])).contains("unique index k_1 does not begin with the new key"));
    assert!(blocks(&refine("k, s:hashed"), &unique(vec![])).contains("a hashed field cannot be added"));
    let mut ready = unique(vec![Index { unique: true, ..index("k_s", doc! { "k": 1, "s": 1 }) }]);
    ready.collection.as_mut().expect("a collection").indexes.remove(1);
    assert_eq!(sent(&refine("k, s"), &ready).len(), 1);
    assert_eq!(blocks(&refine("k, s"), &ready), "");
}

#[test]
fn a_fingerprint_holds_while_counts_drift_and_breaks_when_the_collection_changes() {
    let change = reshard("s", Options::default());
    let print = |facts: &Facts| plan("lab", &change, facts).fingerprint;
    let before = print(&facts());
    let drifted = with(|it| it.stored.as_mut().expect("known").documents += 5);
    assert_eq!(before, print(&drifted));
    assert_ne!(before, print(&with(|it| it.indexes.push(index("z_1", doc! { "z": 1 })))));
    assert_ne!(before, print(&with(|it| it.catalog.as_mut().expect("sharded").seen = seen("v"))));
}
