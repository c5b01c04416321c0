//! The questions' answers, in the shapes in which servers give them.

mod real;

use std::collections::BTreeMap;

use bson::{Bson, Document, doc};

use super::running::of_rows;
use super::{Common, Doing, Privilege, Seen, ShardState, Wanted, ask, privileges, versions};
use crate::change::{Check, Verdict};
use crate::sharding::model::{Identity, Namespace, Release, Version};

fn release(version: Version) -> Release {
    Release { version, fcv: Version::new(version.major, version.minor, 0) }
}

fn shard(name: &str, answers: Option<bool>, version: Option<Version>) -> ShardState {
    ShardState { name: name.into(), host: format!("{name}/h:1"), draining: false, answers, version }
}

fn found() -> Common {
    Common {
        release: release(Version::new(6, 0, 5)),
        shards: vec![shard("s1", Some(true), None), shard("s2", Some(true), None)],
        routers: BTreeMap::new(),
        running: Some(Vec::new()),
        missing: None,
        collections: BTreeMap::new(),
        wanted: Wanted { namespaces: vec!["shop.orders".into()], privileges: Vec::new() },
    }
}

fn told(checks: &[Check], verdict: Verdict) -> String {
    checks.iter().filter(|it| it.verdict == verdict).map(|it| format!("{} ", it.found.en)).collect()
}

fn orders() -> Namespace {
    Namespace::parse("shop.orders").expect("a valid name")
}

#[test]
fn where_all_is_well_every_question_is_answered_in_one_line() {
    let checks = found().checks();
    assert_eq!(
        told(&checks, Verdict::Pass),
        "The cluster is MongoDB 6.0.5, FCV 6.0. All shards answer: 2. Nothing else is at work on shop.orders. "
    );
    assert_eq!(checks.len(), 3);
}

#[test]
fn a_shard_that_is_down_is_named_and_blocks_only_what_needs_all() {
    let common = Common { shards: vec![shard("s1", Some(true), None), shard("s2", Some(false), None)], ..found() };
    assert!(told(&common.checks(), Verdict::Warn).contains("No primary of s2 answers."));
    assert_eq!(told(&common.checks(), Verdict::Block), "");
    assert_eq!(common.all_shards_answer().map(|it| it.verdict), Some(Verdict::Block));
    assert_eq!(found().all_shards_answer(), None);
    let unknown = Common { shards: vec![shard("s1", None, None)], ..found() };
    assert!(told(&unknown.checks(), Verdict::Warn).contains("unknown"));
}

#[test]
fn mixed_versions_are_told_and_the_oldest_counts() {
    let (old, new) = (Version::new(6, 0, 2), Version::new(6, 0, 5));
    let shards = vec![shard("s1", Some(true), Some(new)), shard("s2", Some(true), Some(old))];
    let routers = BTreeMap::from([(new, 2)]);
    assert_eq!(versions::oldest(new, &routers, &shards), old);
    assert_eq!(versions::oldest(new, &BTreeMap::from([(Version::default(), 1)]), &[]), new);
    let common = Common { release: release(old), routers, shards, ..found() };
    let warned = told(&common.checks(), Verdict::Warn);
    assert!(warned.contains("The programs differ: mongos 6.0.5, s1 6.0.5, s2 6.0.2; FCV 6.0."), "{warned}");
}

#[test]
fn a_routers_explanation_tells_the_versions_of_its_shards() {
    let part =
        |name: &str, version: &str| doc! { "shardName": name, "serverInfo": { "host": "h", "version": version } };
    let plan = doc! { "stage": "SHARD_MERGE", "shards": [part("s1", "6.0.5"), part("s2", "7.0.1"), { "x": 1 }] };
    let versions = versions::explained(&doc! { "queryPlanner": { "winningPlan": plan } });
    let expected = [("s1".to_owned(), Version::new(6, 0, 5)), ("s2".to_owned(), Version::new(7, 0, 1))];
    assert_eq!(versions, BTreeMap::from(expected));
    assert!(versions::explained(&doc! { "ok": 1 }).is_empty());
}

/// Rows as servers from 4.2 to 8.0 write them.
fn rows() -> Vec<Document> {
    vec![
        doc! {
            "shard": "s1", "type": "op", "ns": "shop.orders", "desc": "ReshardingRecipientService 7a",
            "originatingCommand": { "reshardCollection": "shop.orders", "key": { "a": 1 } },
            "totalOperationTimeElapsedSecs": 61_i64,
        },
        doc! {
            "shard": "s2", "type": "op", "ns": "shop.orders", "desc": "ReshardingDonorService 7a",
            "originatingCommand": { "reshardCollection": "shop.orders", "key": { "a": 1 } },
            "totalOperationTimeElapsedSecs": 60_i64,
        },
        doc! {
            "shard": "s1", "type": "op", "ns": "shop.items", "provenance": "moveCollection",
            "originatingCommand": { "reshardCollection": "shop.items", "key": { "_id": 1 } },
        },
        doc! {
            "shard": "s1", "type": "op", "ns": "shop.carts", "desc": "RefineCollectionShardKeyCoordinator",
            "command": { "newShardKey": { "a": 1, "b": 1 } }, "op": "command",
        },
        doc! { "shard": "s1", "type": "op", "ns": "blog.$cmd", "command": { "movePrimary": "blog", "to": "s2", "$db": "admin" } },
        doc! {
            "shard": "s2", "type": "op", "ns": "shop.users", "secs_running": 5, "desc": "IndexBuildsCoordinatorMongod-0",
            "command": { "createIndexes": "users", "indexes": [{ "key": { "a": 1 } }], "$db": "shop" },
        },
        doc! { "shard": "s2", "type": "op", "ns": "shop.x", "desc": "CollModCoordinator", "command": {} },
        doc! { "shard": "s2", "type": "op", "ns": "shop.x", "desc": "conn12", "command": { "find": "x", "$db": "shop" } },
        doc! { "shard": "s2", "type": "op", "ns": "shop.x", "desc": "TransactionCoordinator" },
    ]
}

#[test]
fn what_is_at_work_is_told_once_for_all_its_shards() {
    let rows = rows();
    let running = of_rows(rows.iter());
    let brief: Vec<(Doing, &str, usize)> =
        running.iter().map(|it| (it.doing, it.namespace.as_str(), it.shards.len())).collect();
    assert_eq!(
        brief,
        [
            (Doing::Reshard, "shop.orders", 2),
            (Doing::MoveCollection, "shop.items", 1),
            (Doing::Refine, "shop.carts", 1),
            (Doing::MovePrimary, "blog", 1),
            (Doing::IndexBuild, "shop.users", 1),
            (Doing::Other, "shop.x", 1),
        ]
    );
    assert_eq!(running[0].seconds, Some(61));
}

#[test]
fn only_work_on_the_same_collection_or_its_database_stands_in_the_way() {
    let rows = rows();
    let at = |namespace: &str| Common {
        running: Some(of_rows(rows.iter())),
        wanted: Wanted { namespaces: vec![namespace.into()], privileges: Vec::new() },
        ..found()
    };
    let blocked = |namespace| told(&at(namespace).checks(), Verdict::Block);
    assert_eq!(
        blocked("shop.orders"),
        "shop.orders is being resharded (for 1 min 1 s); the server does one change to it at a time. "
    );
    assert!(blocked("blog.posts").contains("The primary shard of blog is being moved"));
    assert_eq!(blocked("blogs.posts"), "");
    assert!(
        blocked("shop").contains("shop.carts is being refined") || blocked("shop").contains("The key of shop.carts")
    );
    assert_eq!(blocked("shop.users"), "");
    assert!(
        told(&at("shop.users").checks(), Verdict::Warn).contains("An index of shop.users is being built (for 5 s).")
    );
    assert_eq!(told(&at("shop.orders").checks_during(&[Doing::Reshard]), Verdict::Block), "");
    assert!(at("x.y").none_resharded().is_some_and(|it| it.found.en.contains("shop.orders is being resharded")));
    let unknown = Common { running: None, ..found() };
    assert!(told(&unknown.checks(), Verdict::Warn).contains("unknown"));
    let unseen = unknown.none_resharded().expect("what was not seen is not told as fine");
    assert_eq!((unseen.verdict, unseen.found.en.contains("is unknown")), (Verdict::Warn, true));
    assert_eq!(found().none_resharded(), None);
}

#[test]
fn a_user_without_the_privilege_is_told_which_and_unknown_is_not_told() {
    let status = |users: Bson, held: Bson| {
        doc! { "authInfo": { "authenticatedUsers": users, "authenticatedUserPrivileges": held } }
    };
    let nobody = status(Bson::Array(vec![]), Bson::Array(vec![]));
    assert_eq!(privileges::held(&nobody), None);
    let user: Bson = vec![doc! { "user": "console", "db": "admin" }].into();
    let held: Bson = vec![
        doc! { "resource": { "cluster": true }, "actions": ["listShards"] },
        doc! { "resource": { "db": "", "collection": "" }, "actions": ["moveChunk"] },
        doc! { "resource": { "db": "shop", "collection": "orders" }, "actions": ["enableSharding"] },
    ]
    .into();
    let held = privileges::held(&status(user, held)).expect("somebody");
    let wanted = [
        Privilege::on_cluster("listShards"),
        Privilege::on_cluster("addShard"),
        Privilege::on("shop", "items", "moveChunk"),
        Privilege::on("shop", "system.views", "moveChunk"),
        Privilege::on("shop", "orders", "enableSharding"),
        Privilege::on("shop", "items", "enableSharding"),
    ];
    let missing: Vec<String> = privileges::missing(&held, &wanted).iter().map(ToString::to_string).collect();
    assert_eq!(missing, ["addShard (cluster)", "moveChunk (shop.system.views)", "enableSharding (shop.items)"]);
    let all = [doc! { "resource": { "anyResource": true }, "actions": ["anyAction"] }];
    assert!(privileges::missing(&all, &wanted).is_empty());
    let lacking = Common {
        missing: Some(vec![Privilege::on_cluster("addShard")]),
        wanted: Wanted::cluster().with(Privilege::on_cluster("addShard")),
        ..found()
    };
    assert_eq!(told(&lacking.checks(), Verdict::Block), "The console's user lacks: addShard (cluster). ");
    let role = |missing: Privilege| {
        let wanted = Wanted::cluster().with(missing.clone());
        let checks = Common { missing: Some(vec![missing]), wanted, ..found() }.checks();
        checks.iter().find(|it| it.verdict == Verdict::Block).map(|it| it.advice.en.clone()).unwrap_or_default()
    };
    assert!(role(Privilege::on_cluster("addShard")).contains("clusterManager"));
    assert!(
        role(Privilege::on("shop", "orders", "dropCollection")).contains("dbAdmin"),
        "no manager of a cluster has it"
    );
}

#[test]
fn a_collection_that_was_replaced_or_refined_is_not_the_one_that_was_looked_at() {
    let before = Identity { uuid: "u".into(), epoch: Some("e".into()), timestamp: Some("1.1".into()) };
    let at = |seen| Common { collections: BTreeMap::from([("shop.orders".to_owned(), seen)]), ..found() };
    let verdict = |seen, before: Option<&Identity>| at(seen).same(&orders(), before).verdict;
    assert_eq!(verdict(Seen::Is(before.clone()), Some(&before)), Verdict::Pass);
    assert_eq!(verdict(Seen::None, None), Verdict::Pass);
    for other in [
        Seen::Is(Identity { uuid: "v".into(), ..before.clone() }),
        Seen::Is(Identity { epoch: Some("f".into()), ..before.clone() }),
        Seen::Is(Identity { timestamp: Some("1.2".into()), ..before.clone() }),
        Seen::None,
        Seen::Unknown,
    ] {
        assert_eq!(verdict(other.clone(), Some(&before)), Verdict::Block, "{other:?}");
    }
    assert_eq!(verdict(Seen::Is(before), None), Verdict::Block);
}

#[test]
fn the_routers_own_watch_tells_which_set_has_no_primary() {
    let host = |ok: bool, leads: bool| doc! { "addr": "h:1", "ok": ok, "ismaster": leads };
    let stats = doc! { "replicaSets": {
        "s1": { "hosts": [host(true, false), host(true, true)] },
        "s2": { "hosts": [host(false, true), host(true, false)] },
    } };
    assert_eq!(ask::primaries(&stats), BTreeMap::from([("s1".to_owned(), true), ("s2".to_owned(), false)]));
}
