//! Sharding on real servers, seen by a driver on the config server and not by our own reads.

use bson::{Document, doc};
use mongodb::Client;
use mongodb::error::ErrorKind;

use super::model::Change;
use super::model::form::ShardForm;
use super::mongo::Sharder;
use crate::change::apply::{Engine, carry_out};
use crate::change::{Outcome, Plan, Verdict};
use crate::sandbox::lab::mongo::{Cluster, shared};
use crate::sharding::cluster;
use crate::targets::model::TargetId;

fn sharder(cluster: &Cluster) -> Sharder {
    Sharder::new(cluster::Cluster::at(cluster.entry()))
}

/// What the form asks for, as somebody who opens it and fills it in at once.
async fn change(sharder: &Sharder, form: &ShardForm) -> Change {
    let offer = sharder.offer(&form.namespace).await.expect("an offer");
    let form = ShardForm { action: "shard_collection".into(), observed: offer.observed, ..form.clone() };
    let parsed = form.parse(TargetId::parse("m").expect("a name")).expect("a valid form");
    sharder.observed(parsed).await.expect("it answers")
}

async fn plan(sharder: &Sharder, form: &ShardForm) -> Plan {
    sharder.plan(&change(sharder, form).await).await.expect("a plan")
}

fn form(namespace: &str, key: &str) -> ShardForm {
    ShardForm { namespace: namespace.into(), key: key.into(), ..ShardForm::default() }
}

fn blocked(plan: &Plan) -> String {
    let found = plan.checks.iter().filter(|it| it.verdict == Verdict::Block);
    found.map(|it| format!("{} {}", it.found.en, it.advice.en)).collect::<Vec<_>>().join(" | ")
}

async fn run(client: &Client, database: &str, command: Document) {
    let told = command.to_string();
    client.database(database).run_command(command).await.unwrap_or_else(|error| panic!("{told}: {error}"));
}

async fn insert(client: &Client, database: &str, collection: &str, documents: Vec<Document>) {
    client.database(database).collection(collection).insert_many(documents).await.expect("inserted");
}

async fn index(client: &Client, database: &str, collection: &str, key: Document, options: Document) {
    let name: Vec<&String> = key.keys().collect();
    let mut index = doc! { "name": format!("{name:?}"), "key": key };
    index.extend(options);
    run(client, database, doc! { "createIndexes": collection, "indexes": [index] }).await;
}

/// The code that the server refuses the command with; none where it takes it.
async fn refused(client: &Client, command: Document) -> Option<i32> {
    match client.database("admin").run_command(command).await {
        Ok(_) => None,
        Err(error) => match error.kind.as_ref() {
            ErrorKind::Command(command) => Some(command.code),
            other => panic!("{other:?}"),
        },
    }
}

async fn catalogued(cluster: &Cluster, namespace: &str) -> Option<Document> {
    let rows = cluster.config().await.database("config").collection::<Document>("collections");
    rows.find_one(doc! { "_id": namespace }).await.expect("it answers")
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn the_textbook_collection_is_sharded_by_the_form() {
    let cluster = shared().await;
    let (client, database) = (cluster.client().await, cluster.name_of_database());
    insert(&client, &database, "mycollection", (0..300).map(|n| doc! { "user_id": n }).collect()).await;
    let (sharder, namespace) = (sharder(cluster), format!("{database}.mycollection"));
    let wanted = change(&sharder, &form(&namespace, "user_id")).await;
    let report = carry_out(&sharder, &wanted).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    assert_eq!(report.ran.len(), 2, "index first, then the collection");
    let seen = catalogued(cluster, &namespace).await.expect("sharded");
    assert_eq!(seen.get_document("key").ok(), Some(&doc! { "user_id": 1 }));
    let again = plan(&sharder, &form(&namespace, "user_id")).await;
    assert!(blocked(&again).contains("nothing to do"), "{}", blocked(&again));
}

/// Each mistake: what is there, what is asked for, what we say, and the code with which the server refuses it.
#[tokio::test]
#[ignore = "starts real databases"]
async fn what_the_plan_blocks_the_server_refuses_too() {
    let cluster = shared().await;
    let (client, db) = (cluster.client().await, cluster.name_of_database());
    let sharder = sharder(cluster);
    let some = || (0..50).map(|n| doc! { "a": n, "b": n % 7, "c": n }).collect::<Vec<_>>();
    let admin = |command| run(&client, "admin", command);
    for name in ["plain", "unique", "sparse", "partial", "notunique"] {
        insert(&client, &db, name, some()).await;
    }
    index(&client, &db, "unique", doc! { "c": 1 }, doc! { "unique": true }).await;
    index(&client, &db, "unique", doc! { "a": 1 }, doc! {}).await;
    index(&client, &db, "notunique", doc! { "a": 1 }, doc! {}).await;
    insert(&client, &db, "arrays", vec![doc! { "a": [1, 2] }]).await;
    insert(&client, &db, "wereArrays", vec![doc! { "_id": 1, "a": [1, 2] }, doc! { "_id": 2, "a": 3 }]).await;
    for name in ["arrays", "wereArrays"] {
        index(&client, &db, name, doc! { "a": 1 }, doc! {}).await;
    }
    run(&client, &db, doc! { "delete": "wereArrays", "deletes": [{ "q": { "_id": 1 }, "limit": 1 }] }).await;
    run(&client, &db, doc! { "create": "view", "viewOn": "plain", "pipeline": [] }).await;
    run(&client, &db, doc! { "create": "capped", "capped": true, "size": 4096 }).await;
    run(&client, &db, doc! { "create": "series", "timeseries": { "timeField": "at", "metaField": "m" } }).await;
    admin(doc! { "shardCollection": format!("{db}.taken"), "key": { "a": 1 } }).await;

    let ns = |name: &str| format!("{db}.{name}");
    let with = |name: &str, key: &str| form(&ns(name), key);
    let raw = |name: &str, key: Document| doc! { "shardCollection": ns(name), "key": key };
    let more = |mut command: Document, name: &str, value: bson::Bson| {
        command.insert(name, value);
        command
    };
    let yes = || "yes".to_owned();
    let cases: Vec<(ShardForm, Document, &str, i32)> = vec![
        (with("view", "a"), raw("view", doc! { "a": 1 }), "a view", 166),
        (with("capped", "a"), raw("capped", doc! { "a": 1 }), "capped", 72),
        (with("taken", "b"), raw("taken", doc! { "b": 1 }), "sharded already, on { a: 1 }", 23),
        (with("arrays", "a"), raw("arrays", doc! { "a": 1 }), "an array in the key", 72),
        (with("wereArrays", "a"), raw("wereArrays", doc! { "a": 1 }), "has held some", 72),
        (with("unique", "a"), raw("unique", doc! { "a": 1 }), "does not begin with the key", 72),
        (
            ShardForm { unique: yes(), ..with("notunique", "a") },
            more(raw("notunique", doc! { "a": 1 }), "unique", true.into()),
            "but not unique",
            72,
        ),
        (
            ShardForm { unique: yes(), ..with("new", "a:hashed") },
            more(raw("new", doc! { "a": "hashed" }), "unique", true.into()),
            "hashed key cannot be unique",
            72,
        ),
        (
            ShardForm { chunks: "4".into(), ..with("new", "a") },
            more(raw("new", doc! { "a": 1 }), "numInitialChunks", 4.into()),
            "no field is hashed",
            72,
        ),
        (
            ShardForm { chunks: "16385".into(), ..with("new", "a:hashed") },
            more(raw("new", doc! { "a": "hashed" }), "numInitialChunks", 16_385.into()),
            "too many",
            72,
        ),
        (with("series", "value"), raw("series", doc! { "value": 1 }), "a measured value", 5_914_001),
        (
            form(&format!("{}.x", db.to_uppercase()), "a"),
            doc! { "enableSharding": db.to_uppercase() },
            "upper and lower",
            13_297,
        ),
    ];
    for (form, command, told, code) in cases {
        let plan = plan(&sharder, &form).await;
        assert!(blocked(&plan).contains(told), "{told}: {:?}", plan.checks);
        assert_eq!(refused(&client, command.clone()).await, Some(code), "{command}");
        assert_eq!(carry_out(&sharder, &change(&sharder, &form).await).await.outcome, Outcome::Refused, "{told}");
    }
    assert!(catalogued(cluster, &ns("arrays")).await.is_none());
}

/// What the server takes, though one might expect otherwise: an index that it would not use counts as missing, and one
/// is built; without it the server refuses.
#[tokio::test]
#[ignore = "starts real databases"]
async fn where_no_index_can_be_used_one_is_built_first() {
    let cluster = shared().await;
    let (client, db) = (cluster.client().await, cluster.name_of_database());
    let sharder = sharder(cluster);
    let cases: [(&str, Document, Document); 5] = [
        ("missing", doc! { "z": 1 }, doc! {}),
        ("sparse", doc! { "a": 1 }, doc! { "sparse": true }),
        ("partial", doc! { "a": 1 }, doc! { "partialFilterExpression": { "a": { "$gt": 10 } } }),
        ("collated", doc! { "a": 1 }, doc! { "collation": { "locale": "fr" } }),
        ("arraysBeside", doc! { "a": 1, "tags": 1 }, doc! {}),
    ];
    for (name, key, options) in cases {
        insert(&client, &db, name, (0..50).map(|n| doc! { "a": n, "tags": [n, n + 1], "z": n }).collect()).await;
        index(&client, &db, name, key, options).await;
        let namespace = format!("{db}.{name}");
        let raw = doc! { "shardCollection": &namespace, "key": { "a": 1 } };
        assert_eq!(refused(&client, raw).await, Some(72), "{name}");
        let report = carry_out(&sharder, &change(&sharder, &form(&namespace, "a")).await).await;
        assert_eq!((report.outcome, report.ran.len()), (Outcome::Done, 2), "{name}: {report:?}");
        assert!(catalogued(cluster, &namespace).await.is_some(), "{name}");
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_collection_with_a_collation_of_its_own_is_sharded_by_the_simple_one() {
    let cluster = shared().await;
    let (client, db) = (cluster.client().await, cluster.name_of_database());
    run(&client, &db, doc! { "create": "collated", "collation": { "locale": "fr" } }).await;
    insert(&client, &db, "collated", (0..50).map(|n| doc! { "a": n }).collect()).await;
    let namespace = format!("{db}.collated");
    let raw = doc! { "shardCollection": &namespace, "key": { "a": 1 } };
    assert_eq!(refused(&client, raw).await, Some(2), "without the collation the server refuses");
    let sharder = sharder(cluster);
    let report = carry_out(&sharder, &change(&sharder, &form(&namespace, "a")).await).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn first_chunks_are_as_many_as_asked_for_and_follow_the_zones() {
    let cluster = Cluster::start(2).await;
    let (client, sharder) = (cluster.client().await, sharder(&cluster));
    let chunks = async |namespace: &str| {
        let uuid = catalogued(&cluster, namespace).await.expect("sharded").get("uuid").cloned().expect("a UUID");
        let rows = cluster.config().await.database("config").collection::<Document>("chunks");
        rows.count_documents(doc! { "uuid": uuid }).await.expect("it answers")
    };
    let wanted = ShardForm { chunks: "10".into(), ..form("first.chunks", "a:hashed") };
    let report = carry_out(&sharder, &change(&sharder, &wanted).await).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    assert_eq!(chunks("first.chunks").await, 10);

    let admin = |command| run(&client, "admin", command);
    let zoned = ShardForm { presplit: "yes".into(), ..form("first.zoned", "region, a:hashed") };
    assert!(blocked(&plan(&sharder, &zoned).await).contains("no zone to split by"));
    admin(doc! { "enableSharding": "first" }).await;
    for (shard, zone, from, to) in [("shard1", "KR", "a", "m"), ("shard2", "EU", "m", "z")] {
        admin(doc! { "addShardToZone": shard, "zone": zone }).await;
        let bound = |region| doc! { "region": region, "a": bson::Bson::MinKey };
        admin(doc! { "updateZoneKeyRange": "first.zoned", "min": bound(from), "max": bound(to), "zone": zone }).await;
    }
    let report = carry_out(&sharder, &change(&sharder, &zoned).await).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    assert!(chunks("first.zoned").await > 4);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn time_series_are_sharded_new_and_with_data() {
    let cluster = shared().await;
    let (client, db) = (cluster.client().await, cluster.name_of_database());
    let sharder = sharder(cluster);
    let new = ShardForm {
        time_field: "at".into(),
        meta_field: "sensor".into(),
        granularity: "hours".into(),
        ..form(&format!("{db}.fresh"), "sensor.id, at")
    };
    let report = carry_out(&sharder, &change(&sharder, &new).await).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    let seen = catalogued(cluster, &format!("{db}.system.buckets.fresh")).await.expect("sharded");
    assert_eq!(seen.get_document("key").ok(), Some(&doc! { "meta.id": 1, "control.min.at": 1 }));

    let layout = doc! { "timeField": "at", "metaField": "sensor" };
    run(&client, &db, doc! { "create": "filled", "timeseries": layout }).await;
    let documents =
        (0..100).map(|n| doc! { "at": bson::DateTime::from_millis(n * 1000), "sensor": { "id": n % 5 }, "v": n });
    insert(&client, &db, "filled", documents.collect()).await;
    let filled = form(&format!("{db}.filled"), "sensor.id");
    let report = carry_out(&sharder, &change(&sharder, &filled).await).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    let again = plan(&sharder, &filled).await;
    assert!(blocked(&again).contains("nothing to do"), "{:?}", again.checks);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_form_opened_before_somebody_else_replaced_the_collection_is_not_sent() {
    let cluster = shared().await;
    let (client, db) = (cluster.client().await, cluster.name_of_database());
    let (sharder, namespace) = (sharder(cluster), format!("{db}.replaced"));
    insert(&client, &db, "replaced", vec![doc! { "a": 1 }]).await;
    let opened = sharder.offer(&namespace).await.expect("an offer").observed;
    run(&client, &db, doc! { "drop": "replaced" }).await;
    insert(&client, &db, "replaced", vec![doc! { "a": 1 }]).await;
    let late = ShardForm { action: "shard_collection".into(), observed: opened, ..form(&namespace, "a") };
    let parsed = late.parse(TargetId::parse("m").expect("a name")).expect("a valid form");
    let change = sharder.observed(parsed).await.expect("it answers");
    let plan = sharder.plan(&change).await.expect("a plan");
    assert!(blocked(&plan).contains("no longer what you looked at") && plan.commands.is_empty());
    assert_eq!(carry_out(&sharder, &change).await.outcome, Outcome::Refused);
    assert!(catalogued(cluster, &namespace).await.is_none());
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_is_no_router_gets_neither_form_nor_plan() {
    let cluster = shared().await;
    for entry in [cluster.shard_entry("shard1"), cluster.config_entry()] {
        let sharder = Sharder::new(cluster::Cluster::at(entry));
        let error = sharder.offer("a.b").await.expect_err("refused");
        assert_eq!(error.field.as_deref(), Some("target"));
    }
}
