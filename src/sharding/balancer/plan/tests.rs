//! What a plan says for what was found, without servers.

use std::collections::BTreeMap;

use bson::{Document, doc};

use super::super::model::{Balancing, Change, Clock, OfCollection, Settings, Status};
use super::super::mongo::{Counts, Facts};
use super::plan;
use crate::change::{Blast, Plan, Verdict};
use crate::sharding::model::{Identity, Release, Version};
use crate::sharding::preflight::{Common, Seen, ShardState};
use crate::targets::model::TargetId;

fn change(action: &str, start: &str, stop: &str, mib: &str) -> Change {
    let target = TargetId::parse("shop").expect("a valid name");
    let change = Change::from_form(target, action, "shop.orders", start, stop, mib).expect("a valid form");
    change.of(identity())
}

fn identity() -> Identity {
    Identity { uuid: "u".into(), epoch: Some("ab".repeat(12)), timestamp: Some("1.1".into()) }
}

fn facts_at(version: Version) -> Facts {
    let release = Release { version, fcv: Version { patch: 0, ..version } };
    let state = Balancing {
        release,
        settings: Some(Settings { on: Some(true), ..Settings::default() }),
        status: Some(Status { mode: "full".into(), in_round: false, rounds: 1 }),
        last_round: None,
        clock: Clock { now: Some(1_795_416_070_123), zone: Some(0) },
    };
    let collection = OfCollection {
        namespace: "shop.orders".into(),
        identity: identity(),
        balanced: true,
        violation: Some(String::new()),
        ..OfCollection::default()
    };
    let shard =
        ShardState { name: "s1".into(), host: "s1/h:1".into(), draining: false, answers: Some(true), version: None };
    let common =
        Common::for_tests(release, vec![shard], BTreeMap::from([("shop.orders".into(), Seen::Is(identity()))]));
    Facts {
        state,
        documents: Some(Vec::new()),
        common,
        collection: Some(collection),
        moving: Some(Vec::new()),
        counts: Some(Counts { sharded: 12, excluded: 2 }),
    }
}

fn facts() -> Facts {
    facts_at(Version::new(6, 0, 5))
}

fn typed(plan: &Plan) -> &str {
    plan.commands.first().map(|it| it.typed.as_str()).unwrap_or_default()
}

fn effect(plan: &Plan) -> String {
    plan.effect.iter().map(|it| format!("{} ", it.en)).collect()
}

#[test]
fn each_change_is_the_command_that_a_person_would_type() {
    let majority = r#"writeConcern: { w: "majority" }"#;
    let settings = r#"db.getSiblingDB("config").settings"#;
    for (change, expected) in [
        (change("start_balancer", "", "", ""), "sh.startBalancer(60000)".to_owned()),
        (change("stop_balancer", "", "", ""), "sh.stopBalancer(60000)".to_owned()),
        (
            change("set_window", "22:00", "06:00", ""),
            format!(
                r#"{settings}.updateOne({{ _id: "balancer" }}, {{ $set: {{ activeWindow: {{ start: "22:00", stop: "06:00" }} }} }}, {{ upsert: true, {majority} }})"#
            ),
        ),
        (
            change("clear_window", "", "", ""),
            format!(
                r#"{settings}.updateOne({{ _id: "balancer" }}, {{ $unset: {{ activeWindow: "" }} }}, {{ upsert: true, {majority} }})"#
            ),
        ),
        (
            change("set_chunk_size", "", "", "64"),
            format!(
                r#"{settings}.updateOne({{ _id: "chunksize" }}, {{ $set: {{ value: 64 }} }}, {{ upsert: true, {majority} }})"#
            ),
        ),
        (
            change("reset_chunk_size", "", "", ""),
            format!(r#"{settings}.deleteOne({{ _id: "chunksize" }}, {{ {majority} }})"#),
        ),
        (
            change("set_collection_chunk_size", "", "", "256"),
            r#"db.adminCommand({ configureCollectionBalancing: "shop.orders", chunkSize: 256 })"#.to_owned(),
        ),
        (
            change("freeze_collection", "", "", ""),
            r#"db.adminCommand({ setAllowMigrations: "shop.orders", allowMigrations: false })"#.to_owned(),
        ),
        (
            change("start_defragmentation", "", "", ""),
            r#"db.adminCommand({ configureCollectionBalancing: "shop.orders", defragmentCollection: true })"#
                .to_owned(),
        ),
    ] {
        let plan = plan("shop", &change, &facts());
        assert_eq!(typed(&plan), expected);
        assert!(!plan.blocked(), "{:?}", plan.checks);
    }
}

#[test]
fn balancing_of_one_collection_is_switched_by_the_commands_of_the_version() {
    let off = change("stop_balancing_collection", "", "", "");
    let old = plan("shop", &off, &facts());
    let exact: Document = serde_json::from_str::<serde_json::Value>(&old.commands[0].exact)
        .ok()
        .and_then(|it| bson::Bson::try_from(it).ok())
        .and_then(|it| it.as_document().cloned())
        .expect("a document");
    let epoch = bson::oid::ObjectId::parse_str("ab".repeat(12)).expect("an id");
    let which = doc! { "q": { "_id": "shop.orders", "lastmodEpoch": epoch }, "u": { "$set": { "noBalance": true } } };
    assert_eq!(exact.get_array("updates").ok().and_then(|it| it[0].as_document().cloned()), Some(which));
    assert_eq!(old.commands[0].database, "config");
    let new = plan("shop", &off, &facts_at(Version::new(8, 0, 10)));
    assert_eq!(
        typed(&new),
        r#"db.adminCommand({ configureCollectionBalancing: "shop.orders", enableBalancing: false })"#
    );
}

#[test]
fn what_the_version_lacks_is_told_and_cannot_be_sent() {
    for (action, version) in [
        ("start_auto_merger", Version::new(6, 0, 5)),
        ("start_merging_collection", Version::new(6, 0, 5)),
        ("start_defragmentation", Version::new(6, 0, 3)),
        ("freeze_collection", Version::new(5, 0, 5)),
    ] {
        let plan = plan("shop", &change(action, "", "", ""), &facts_at(version));
        assert!(plan.blocked() && plan.commands.is_empty(), "{action}");
        assert!(plan.checks[0].found.en.contains("needs MongoDB"), "{action}: {:?}", plan.checks[0]);
    }
    let unsharded = Facts { collection: None, ..facts() };
    let plan = plan("shop", &change("freeze_collection", "", "", ""), &unsharded);
    assert!(plan.blocked() && plan.commands.is_empty());
}

#[test]
fn the_effect_is_told_in_figures_and_the_way_back_is_the_former_value() {
    let start = plan("shop", &change("start_balancer", "", "", ""), &facts());
    assert!(effect(&start).contains("10 of 12 sharded collections") && effect(&start).contains("more than 384.0 MiB"));
    let moving = Facts { moving: Some(vec!["shop.orders".into()]), ..facts() };
    let stop = plan("shop", &change("stop_balancer", "", "", ""), &moving);
    assert!(effect(&stop).contains("being moved now (shop.orders)"));
    assert_eq!(stop.blast, Blast::Plain);
    let window = plan("shop", &change("set_window", "08:51", "10:00", ""), &facts());
    assert!(effect(&window).contains("it is closed and opens in 2 h 9 min"), "{}", effect(&window));
    assert_eq!(window.way_back.en, "Remove the window again.");
    let mut set = facts();
    set.state.settings = Some(Settings { on: Some(true), chunk_mib: Some(64), ..Settings::default() });
    let size = plan("shop", &change("set_chunk_size", "", "", "32"), &set);
    assert_eq!(size.way_back.en, "Set the chunk size to 64 MiB again.");
    assert!(effect(&size).contains("from 64.0 MiB to 32.0 MiB") && effect(&size).contains("more than 96.0 MiB"));
    let old = plan("shop", &change("start_balancer", "", "", ""), &facts_at(Version::new(6, 0, 2)));
    assert!(effect(&old).contains("2 to 8 chunks"));
}

#[test]
fn a_plan_is_void_once_a_setting_or_the_collection_was_changed() {
    let print = |facts: &Facts| plan("shop", &change("freeze_collection", "", "", ""), facts).fingerprint;
    let before = print(&facts());
    assert_eq!(before, print(&facts()));
    let settings = Facts { documents: Some(vec![doc! { "_id": "balancer", "stopped": true }]), ..facts() };
    assert_ne!(before, print(&settings));
    let mut other = facts();
    other.collection.as_mut().expect("a collection").balanced = false;
    assert_ne!(before, print(&other));
    let mut replaced = facts();
    replaced.common.collections.insert("shop.orders".into(), Seen::Is(Identity { uuid: "v".into(), ..identity() }));
    let plan = plan("shop", &change("freeze_collection", "", "", ""), &replaced);
    assert!(
        plan.checks
            .iter()
            .any(|it| it.verdict == Verdict::Block && it.found.en.contains("no longer what you looked at"))
    );
}
