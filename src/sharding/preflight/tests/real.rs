//! The questions on real servers.

use std::time::{Duration, Instant};

use bson::{Document, doc};

use super::{orders, release, told};
use crate::change::Verdict;
use crate::sandbox::lab::eventually;
use crate::sandbox::lab::mongo::{Cluster, shared};
use crate::sharding::model::{Namespace, Version};
use crate::sharding::preflight::{Common, Privilege, Seen, Wanted, common, identity};

async fn admin(cluster: &Cluster, command: Document) -> Document {
    let told = command.clone();
    let answer = cluster.client().await.database("admin").run_command(command).await;
    answer.unwrap_or_else(|error| panic!("{told}: {error}"))
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_real_cluster_passes_and_its_collection_is_known_again() {
    let cluster = shared().await;
    let namespace = Namespace::parse(&format!("{}.c", cluster.name_of_database())).expect("a valid name");
    let client = cluster.client().await;
    assert_eq!(identity(&client, &namespace).await.expect("it answers"), Seen::None);
    admin(cluster, doc! { "shardCollection": namespace.to_string(), "key": { "k": "hashed" } }).await;
    let Seen::Is(before) = identity(&client, &namespace).await.expect("it answers") else { panic!("it is there") };
    assert!(before.is_sharded() && before.timestamp.is_some() && !before.uuid.is_empty());
    let wanted = Wanted::on(&namespace).with(Privilege::on(namespace.database(), "c", "moveChunk"));
    let found = common(&client, &wanted).await.expect("it answers");
    assert!(found.checks().iter().all(|it| it.verdict == Verdict::Pass), "{:?}", found.checks());
    assert_eq!(found.same(&namespace, Some(&before)).verdict, Verdict::Pass);
    assert_eq!(found.release, release(Version::new(6, 0, 5)));
    let names: Vec<&str> = found.shards.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["shard1", "shard2"]);
    assert!(found.shards.iter().all(|it| it.version == Some(Version::new(6, 0, 5))), "{:?}", found.shards);
    let of_database = client.database(namespace.database());
    of_database.run_command(doc! { "drop": "c" }).await.expect("dropped");
    admin(cluster, doc! { "shardCollection": namespace.to_string(), "key": { "k": "hashed" } }).await;
    let again = common(&client, &wanted).await.expect("it answers");
    assert_eq!(again.same(&namespace, Some(&before)).verdict, Verdict::Block);
    let digest = |common: &Common| serde_json::to_string(&common.observed()).expect("JSON");
    assert_ne!(digest(&found), digest(&again));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_resharding_under_way_stands_in_the_way_of_its_collection_only() {
    let cluster = Cluster::start_with(2, &[("reshardingMinimumOperationDurationMillis", "60000")]).await;
    let client = cluster.client().await;
    admin(&cluster, doc! { "shardCollection": "shop.orders", "key": { "k": "hashed" } }).await;
    let many = (0..100).map(|k| doc! { "k": k, "l": k });
    client.database("shop").collection::<Document>("orders").insert_many(many).await.expect("inserted");
    let resharding = {
        let client = cluster.client().await;
        let command = doc! { "reshardCollection": "shop.orders", "key": { "l": "hashed" }, "numInitialChunks": 4 };
        tokio::spawn(async move { client.database("admin").run_command(command).await })
    };
    let wanted = Wanted::on(&orders());
    eventually("the resharding stands in the way", 20, async || {
        let found = common(&client, &wanted).await.expect("it answers");
        told(&found.checks(), Verdict::Block).contains("shop.orders is being resharded")
            && found.none_resharded().is_some()
    })
    .await;
    let elsewhere = Wanted { namespaces: vec!["shop.items".into()], privileges: Vec::new() };
    let found = common(&client, &elsewhere).await.expect("it answers");
    assert_eq!(told(&found.checks(), Verdict::Block), "");
    admin(&cluster, doc! { "abortReshardCollection": "shop.orders" }).await;
    resharding.await.expect("no panic").expect_err("it was aborted");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_dead_shard_is_named_and_holds_nothing_up_for_long() {
    let cluster = Cluster::start(2).await;
    admin(&cluster, doc! { "shardCollection": "shop.orders", "key": { "k": "hashed" } }).await;
    cluster.stop_shard("shard2").await;
    let client = cluster.client().await;
    eventually("the dead shard is named", 30, async || {
        let begun = Instant::now();
        let found = common(&client, &Wanted::on(&orders())).await.expect("it answers");
        let took = begun.elapsed();
        assert!(took < Duration::from_millis(2_500), "{took:?}");
        told(&found.checks(), Verdict::Warn).contains("No primary of shard2 answers.")
    })
    .await;
}
