//! One collection of a real cluster.

use std::sync::Arc;

use bson::{Document, doc};

use super::super::model::{One, Source};
use super::super::mongo::one::read;
use super::admin;
use crate::sandbox::lab::mongo::{Cluster as Lab, shared};
use crate::sharding::cluster::Cluster;
use crate::sharding::model::{Evenness, Held};
use crate::targets::registry::Entry;

async fn see(entry: &Arc<Entry>, namespace: &str) -> One {
    read(&Cluster::at(Arc::clone(entry)), namespace).await.unwrap_or_else(|error| panic!("{error:?}"))
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_has_moved_away_is_pending_and_the_collection_even() {
    let lab = Lab::start_with(2, &[("orphanCleanupDelaySecs", "3600")]).await;
    let (client, entry) = (lab.client().await, lab.entry());
    admin(&client, doc! { "balancerStop": 1 }).await;
    admin(&client, doc! { "enableSharding": "shop", "primaryShard": "shard1" }).await;
    admin(&client, doc! { "shardCollection": "shop.orders", "key": { "k": 1 } }).await;
    let orders = client.database("shop").collection::<Document>("orders");
    orders.insert_many((0..3_000).map(|k| doc! { "k": k, "text": "x".repeat(1_000) })).await.expect("inserted");
    let expires =
        doc! { "createIndexes": "orders", "indexes": [{ "key": { "at": 1 }, "name": "at", "expireAfterSeconds": 60 }] };
    client.database("shop").run_command(expires).await.expect("indexed");
    admin(&client, doc! { "split": "shop.orders", "middle": { "k": 2_000 } }).await;
    admin(&client, doc! { "moveChunk": "shop.orders", "find": { "k": 2_500 }, "to": "shard2" }).await;
    let seen = see(&entry, "shop.orders").await;
    assert_eq!((seen.key.as_deref(), seen.source), (Some("{ k: 1 }"), Source::Now));
    let Held::Apart { owned, orphaned } = seen.spread[0].held else { panic!("{seen:?}") };
    let share = orphaned * 100 / (owned + orphaned);
    assert!((30..=36).contains(&share), "{share}%");
    let chunks: Vec<_> = seen.spread.iter().map(|it| (it.shard.as_str(), it.chunks, it.documents)).collect();
    assert_eq!(chunks, [("shard1", Some(1), Some(2_000)), ("shard2", Some(1), Some(1_000))]);
    assert!(matches!(seen.evenness, Evenness::CleanUpPending { .. }), "{:?}", seen.evenness);
    assert!(seen.compliance.as_ref().expect("6.0 says it").fine);
    let indexes = seen.indexes.as_ref().expect("listed");
    let supporting: Vec<&str> = indexes.iter().filter(|it| it.supports).map(|it| it.name.as_str()).collect();
    assert_eq!(supporting, ["k_1"]);
    assert!(indexes.iter().any(|it| it.expires == Some(60)));
    assert_eq!(seen.stands_still.map(|it| it.en).as_deref(), Some("The balancer is off: no data moves."));
    // Somebody writes a window that no server can read: the status goes on saying that all is well.
    let settings = client.database("config").collection::<Document>("settings");
    settings.delete_many(doc! { "_id": "balancer" }).await.expect("deleted");
    let dead = doc! { "_id": "balancer", "activeWindow": { "start": "25:00", "stop": "06:00" } };
    settings.insert_one(dead).await.expect("nothing checks it");
    let told = see(&entry, "shop.orders").await.stands_still.expect("it is dead").en;
    assert!(told.starts_with("The balancer is dead, whatever its status says: balancer.activeWindow"), "{told}");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_collection_that_is_uneven_by_its_own_chunk_size_is_told_so() {
    let lab = Lab::start(2).await;
    let (client, entry) = (lab.client().await, lab.entry());
    admin(&client, doc! { "balancerStop": 1 }).await;
    admin(&client, doc! { "enableSharding": "shop", "primaryShard": "shard1" }).await;
    admin(&client, doc! { "shardCollection": "shop.orders", "key": { "k": 1 } }).await;
    let orders = client.database("shop").collection::<Document>("orders");
    orders.insert_many((0..4_000).map(|k| doc! { "k": k, "text": "x".repeat(1_000) })).await.expect("inserted");
    assert!(matches!(see(&entry, "shop.orders").await.evenness, Evenness::Even(_)));
    admin(&client, doc! { "configureCollectionBalancing": "shop.orders", "chunkSize": 1 }).await;
    let seen = see(&entry, "shop.orders").await;
    assert_eq!(seen.chunk_bytes, (1 << 20, true));
    let Evenness::Uneven(measure) = &seen.evenness else { panic!("{:?}", seen.evenness) };
    assert_eq!((measure.most.as_str(), measure.least.as_str()), ("shard1", "shard2"));
    assert_eq!(measure.threshold, 3 << 20);
    // The balancer itself says the same.
    let compliance = seen.compliance.expect("6.0 says it");
    assert_eq!((compliance.fine, compliance.violation.as_str()), (false, "chunksImbalance"));
    assert_eq!(seen.findings[0].words.en, "It is spread unevenly.");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn with_a_shard_down_the_page_answers_and_says_what_it_does_not_know() {
    let lab = Lab::start(2).await;
    let (client, entry) = (lab.client().await, lab.entry());
    admin(&client, doc! { "enableSharding": "shop", "primaryShard": "shard1" }).await;
    admin(&client, doc! { "shardCollection": "shop.orders", "key": { "k": "hashed" } }).await;
    lab.stop_shard("shard2").await;
    let begun = std::time::Instant::now();
    let seen = see(&entry, "shop.orders").await;
    assert!(begun.elapsed().as_secs() < 3, "{:?}", begun.elapsed());
    assert_eq!((seen.source, seen.key.as_deref()), (Source::Unknown, Some("{ k: \"hashed\" }")));
    assert!(seen.spread.iter().all(|it| it.held == Held::Unknown && it.chunks == Some(2)), "{:?}", seen.spread);
    assert!(matches!(seen.evenness, Evenness::Unknown(_)));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_collection_that_is_not_sharded_is_on_one_shard() {
    let lab = shared().await;
    let database = lab.name_of_database();
    let (client, entry) = (lab.client().await, lab.entry());
    admin(&client, doc! { "enableSharding": &database, "primaryShard": "shard2" }).await;
    client.database(&database).collection::<Document>("c").insert_one(doc! { "a": 1 }).await.expect("inserted");
    let seen = see(&entry, &format!("{database}.c")).await;
    assert_eq!((seen.key.as_deref(), seen.primary.as_deref(), seen.exists), (None, Some("shard2"), true));
    let places: Vec<_> = seen.spread.iter().map(|it| (it.shard.as_str(), it.documents)).collect();
    assert_eq!(places, [("shard2", Some(1))]);
    assert!(!seen.uuid.is_empty());
    assert!(!see(&entry, &format!("{database}.none")).await.exists);
}
