//! What the console's sharding asks of a router, asked by a driver and seen on the config server.

use std::time::Duration;

use bson::{Bson, Document, doc};
use futures_util::TryStreamExt;
use mongodb::Client;
use mongodb::error::ErrorKind;
use tokio::time::timeout;

use crate::sandbox::lab::eventually;
use crate::sandbox::lab::mongo::{Cluster, shared};

/// One command on `admin`: the answer, or the code of the refusal.
async fn ask(client: &Client, command: Document) -> Result<Document, i32> {
    client.database("admin").run_command(command).await.map_err(|error| match error.kind.as_ref() {
        ErrorKind::Command(refusal) => refusal.code,
        other => panic!("{other:?}"),
    })
}

async fn fine(client: &Client, command: Document) -> Document {
    let told = command.clone();
    ask(client, command).await.unwrap_or_else(|code| panic!("{told}: {code}"))
}

async fn chunks(cluster: &Cluster, namespace: &str) -> Vec<Document> {
    let config = cluster.config().await.database("config");
    let collection = config.collection::<Document>("collections").find_one(doc! { "_id": namespace }).await;
    let uuid = collection.expect("it answers").expect("sharded").get("uuid").cloned();
    let filter = doc! { "uuid": uuid.expect("5.0 and later") };
    let found = config.collection::<Document>("chunks").find(filter).sort(doc! { "min": 1 }).await;
    found.expect("it answers").try_collect().await.expect("all of them")
}

/// A ranged collection of 3,000 documents, `k` from 0, on `shard1`.
async fn ranged(cluster: &Cluster) -> (Client, String) {
    let (client, database) = (cluster.client().await, cluster.name_of_database());
    let namespace = format!("{database}.c");
    fine(&client, doc! { "enableSharding": &database, "primaryShard": "shard1" }).await;
    fine(&client, doc! { "shardCollection": &namespace, "key": { "k": 1 } }).await;
    let documents = (0..3_000).map(|k| doc! { "k": k, "j": k % 97 });
    client.database(&database).collection::<Document>("c").insert_many(documents).await.expect("inserted");
    (client, namespace)
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn chunks_are_split_moved_merged_and_freed_and_the_config_server_shows_it() {
    let cluster = shared().await;
    let (client, namespace) = ranged(cluster).await;
    for middle in [1_000, 2_000] {
        fine(&client, doc! { "split": &namespace, "middle": { "k": middle } }).await;
    }
    assert_eq!(chunks(cluster, &namespace).await.len(), 3);
    fine(&client, doc! { "moveChunk": &namespace, "find": { "k": 2_500 }, "to": "shard2" }).await;
    fine(&client, doc! { "moveRange": &namespace, "min": { "k": 1_000 }, "toShard": "shard2" }).await;
    let owners = chunks(cluster, &namespace).await;
    let owners: Vec<&str> = owners.iter().filter_map(|it| it.get_str("shard").ok()).collect();
    assert_eq!(owners, ["shard1", "shard2", "shard2"]);
    let bounds = vec![doc! { "k": 1_000 }, doc! { "k": Bson::MaxKey }];
    fine(&client, doc! { "mergeChunks": &namespace, "bounds": bounds }).await;
    assert_eq!(chunks(cluster, &namespace).await.len(), 2);

    let config = cluster.config().await.database("config").collection::<Document>("chunks");
    let last = chunks(cluster, &namespace).await.pop().expect("two of them");
    let id = doc! { "_id": last.get("_id").cloned() };
    config.update_one(id.clone(), doc! { "$set": { "jumbo": true } }).await.expect("written");
    fine(&client, doc! { "clearJumboFlag": &namespace, "find": { "k": 1_500 } }).await;
    let freed = config.find_one(id).await.expect("it answers").expect("still there");
    assert!(!freed.contains_key("jumbo"), "{freed}");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn resharding_answers_at_its_end_and_others_see_it_and_abort_it_meanwhile() {
    let cluster = Cluster::start_with(2, &[("reshardingMinimumOperationDurationMillis", "60000")]).await;
    let (client, namespace) = ranged(&cluster).await;
    let reshard = doc! {
        "reshardCollection": &namespace, "key": { "j": 1 }, "numInitialChunks": 2,
        "collation": { "locale": "simple" }, "unique": false,
    };
    let other = cluster.client().await;
    let begun = tokio::spawn(async move { ask(&other, reshard).await });
    let stages = [
        doc! { "$currentOp": { "allUsers": true, "localOps": false } },
        doc! { "$match": { "type": "op", "originatingCommand.reshardCollection": &namespace } },
    ];
    let cloning = async || {
        let rows = client.database("admin").aggregate(stages.clone()).await.expect("it answers");
        let rows: Vec<Document> = rows.try_collect().await.expect("all of them");
        let of = |shard: &str| rows.iter().any(|row| row.get_str("shard").is_ok_and(|it| it == shard));
        of("shard1")
            && of("shard2")
            && rows.iter().any(|row| row.get_str("recipientState").is_ok_and(|it| it == "cloning"))
    };
    eventually("both shards take part", 20, cloning).await;
    let operations = client.database("config").collection::<Document>("reshardingOperations");
    let operation = operations.find_one(doc! { "ns": &namespace }).await.expect("it answers");
    assert!(operation.is_some_and(|it| it.contains_key("state")));
    let elsewhere = doc! { "reshardCollection": &namespace, "key": { "k": "hashed" } };
    assert_eq!(ask(&client, elsewhere).await, Err(117));
    assert!(!begun.is_finished());
    fine(&client, doc! { "abortReshardCollection": &namespace }).await;
    let ended = timeout(Duration::from_secs(20), begun).await.expect("it ends").expect("no panic");
    assert_eq!(ended, Err(341));
    assert_eq!(ask(&client, doc! { "abortReshardCollection": &namespace }).await, Err(339));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn the_balancer_is_set_for_the_cluster_and_for_a_collection() {
    let cluster = Cluster::start(2).await;
    let (client, namespace) = ranged(&cluster).await;
    for (command, mode) in [("balancerStop", "off"), ("balancerStart", "full")] {
        fine(&client, doc! { command: 1, "maxTimeMS": 60_000 }).await;
        assert_eq!(fine(&client, doc! { "balancerStatus": 1 }).await.get_str("mode").ok(), Some(mode));
    }
    fine(&client, doc! { "configureCollectionBalancing": &namespace, "chunkSize": 32 }).await;
    fine(&client, doc! { "setAllowMigrations": &namespace, "allowMigrations": false }).await;
    let status = fine(&client, doc! { "balancerCollectionStatus": &namespace }).await;
    assert_eq!(super::answer::number(&status, "chunkSize"), Some(32));
    let config = cluster.config().await.database("config");
    let entry = config.collection::<Document>("collections").find_one(doc! { "_id": &namespace }).await;
    let entry = entry.expect("it answers").expect("sharded");
    assert_eq!(entry.get_bool("permitMigrations").ok(), Some(false), "{entry}");
    let moved = ask(&client, doc! { "moveChunk": &namespace, "find": { "k": 1 }, "to": "shard2" }).await;
    assert!(moved.is_err());

    // Past the commands, as the window is.
    let settings = client.database("config").collection::<Document>("settings");
    let window = doc! { "$set": { "activeWindow": { "start": "23:00", "stop": "06:00" } } };
    settings.update_one(doc! { "_id": "balancer" }, window).upsert(true).await.expect("written");
    let seen = config.collection::<Document>("settings").find_one(doc! { "_id": "balancer" }).await;
    assert!(seen.expect("it answers").expect("there").contains_key("activeWindow"));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn the_cluster_tells_what_it_is_made_of() {
    let cluster = shared().await;
    let (client, namespace) = ranged(cluster).await;
    assert!(fine(&client, doc! { "getShardMap": 1 }).await.get_document("map").expect("a map").contains_key("shard2"));
    let who = fine(&client, doc! { "connectionStatus": 1, "showPrivileges": true }).await;
    assert!(who.get_document("authInfo").expect("told").contains_key("authenticatedUserPrivileges"));
    let status = fine(&client, doc! { "serverStatus": 1 }).await;
    assert_eq!(status.get_str("process").ok(), Some("mongos"));
    let admin = client.database("admin").aggregate([doc! { "$shardedDataDistribution": {} }]).await;
    let rows: Vec<Document> = admin.expect("it answers").try_collect().await.expect("all of them");
    assert!(rows.iter().any(|row| row.get_str("ns").is_ok_and(|it| it == namespace)));
    let (database, collection) = namespace.split_once('.').expect("a namespace");
    let stats = doc! { "$collStats": { "storageStats": {} } };
    let stats = client.database(database).collection::<Document>(collection).aggregate([stats]).await;
    let stats: Vec<Document> = stats.expect("it answers").try_collect().await.expect("all of them");
    assert_eq!(stats.iter().map(|row| row.get_str("shard").unwrap_or_default()).collect::<Vec<_>>(), ["shard1"]);
    let size = client.database(database).run_command(doc! { "dbStats": 1 }).await.expect("it answers");
    assert!(size.get_document("raw").is_ok());
    for name in ["changelog", "actionlog", "locks", "reshardingOperations", "mongos", "settings", "version"] {
        let read = client.database("config").collection::<Document>(name).find_one(doc! {}).await;
        read.unwrap_or_else(|error| panic!("config.{name}: {error}"));
    }
}

/// A console that leaned on more would fail in front of a real router.
#[tokio::test]
#[ignore = "starts real databases"]
async fn what_a_router_of_6_0_does_not_know_is_refused_as_it_refuses_it() {
    let client = shared().await.client().await;
    for name in
        ["cleanupOrphaned", "analyzeShardKey", "unshardCollection", "moveCollection", "checkMetadataConsistency"]
    {
        assert_eq!(ask(&client, doc! { name: "t0.c" }).await, Err(59), "{name}");
    }
    assert_eq!(ask(&client, doc! { "replSetGetStatus": 1 }).await, Err(96));
    let version = doc! { "getParameter": 1, "featureCompatibilityVersion": 1 };
    client.database("admin").run_command(version).await.expect_err("it stands in admin.system.version");
    let several = doc! { "getParameter": 1, "featureCompatibilityVersion": 1, "logLevel": 1 };
    let several = fine(&client, several).await;
    assert!(several.contains_key("logLevel") && !several.contains_key("featureCompatibilityVersion"));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn the_compatibility_version_goes_down_and_up_again() {
    let cluster = Cluster::start(1).await;
    let client = cluster.client().await;
    for version in ["5.0", "6.0"] {
        fine(&client, doc! { "setFeatureCompatibilityVersion": version }).await;
        let filter = doc! { "_id": "featureCompatibilityVersion" };
        for server in [cluster.config().await, cluster.shard("shard1").await] {
            let told = server.database("admin").collection::<Document>("system.version").find_one(filter.clone()).await;
            let told = told.expect("it answers").expect("there");
            assert_eq!(told.get_str("version").ok(), Some(version));
        }
    }
}
