//! The map beside a real cluster: its own catalog, and its shards' own documents.

mod many;
mod place;
mod series;

use std::sync::Arc;

use bson::{Bson, Document, doc, oid::ObjectId};
use futures_util::TryStreamExt;
use mongodb::Client;

use super::look;
use super::model::{ChunkMap, Look};
use crate::sandbox::lab::eventually;
use crate::sandbox::lab::mongo::{Cluster as Lab, shared};
use crate::sharding::cluster::Cluster;
use crate::sharding::value::canonical;

async fn admin(client: &Client, command: Document) {
    let told = command.clone();
    client.database("admin").run_command(command).await.unwrap_or_else(|error| panic!("{told}: {error}"));
}

/// The whole map, once it has been read.
async fn map(cluster: &Cluster, namespace: &str) -> Box<ChunkMap> {
    part(cluster, namespace, "", "").await
}

async fn part(cluster: &Cluster, namespace: &str, from: &str, to: &str) -> Box<ChunkMap> {
    for _ in 0..100 {
        match look::chunks(cluster, namespace, from, to).await.expect("it answers") {
            Look::Map(map) => return map,
            Look::Reading { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    panic!("it is never read");
}

/// Lower bound, owner and mark of every chunk as the config server has them.
async fn catalog(lab: &Lab, namespace: &str) -> Vec<(String, String, bool)> {
    let config = lab.config().await.database("config");
    let row = config.collection::<Document>("collections").find_one(doc! { "_id": namespace }).await;
    let row = row.expect("it answers").expect("sharded");
    let filter = match row.get("timestamp") {
        Some(_) => doc! { "uuid": row.get("uuid").cloned().expect("a uuid") },
        None => doc! { "ns": namespace },
    };
    let chunks = config.collection::<Document>("chunks").find(filter).sort(doc! { "min": 1 }).await.expect("asked");
    let chunks: Vec<Document> = chunks.try_collect().await.expect("all");
    let told = |chunk: &Document| {
        let min = canonical(chunk.get_document("min").expect("a bound"));
        (min, chunk.get_str("shard").expect("a shard").to_owned(), chunk.get_bool("jumbo").unwrap_or_default())
    };
    chunks.iter().map(told).collect()
}

/// The same of a map that is told chunk by chunk.
fn told(map: &ChunkMap) -> Vec<(String, String, bool)> {
    assert!(map.strips.iter().all(|strip| strip.chunks == 1));
    let chunk = |strip: &super::model::Strip| {
        (strip.from.ejson.clone(), map.shards[strip.owners[0].0].shard.clone(), strip.jumbo == 1)
    };
    map.strips.iter().map(chunk).collect()
}

async fn shows_the_catalog(lab: &Lab, cluster: &Cluster, namespace: &str) {
    eventually("the map shows the catalog", 10, async || {
        told(&*map(cluster, namespace).await) == catalog(lab, namespace).await
    })
    .await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_is_split_moved_and_merged_through_the_router_is_seen_in_the_map() {
    let lab = shared().await;
    let namespace = format!("{}.c", lab.name_of_database());
    let (cluster, client) = (Cluster::at(lab.entry()), lab.client().await);
    assert_eq!(look::chunks(&cluster, &namespace, "", "").await.expect("it answers"), Look::NotSharded);
    admin(&client, doc! { "shardCollection": &namespace, "key": { "z": 1, "a": 1 } }).await;
    shows_the_catalog(lab, &cluster, &namespace).await;
    for z in [10, 20, 30, 40, 50] {
        admin(&client, doc! { "split": &namespace, "middle": { "z": z, "a": "x" } }).await;
    }
    shows_the_catalog(lab, &cluster, &namespace).await;
    let before = map(&cluster, &namespace).await;
    assert_eq!((before.chunks, before.key.as_str(), before.hashed), (6, "{ z: 1, a: 1 }", false));
    let owner = before.shards.iter().find(|share| share.chunks > 0).expect("an owner").shard.clone();
    let other = if owner == "shard1" { "shard2" } else { "shard1" };
    let bound = |z: i32| doc! { "z": z, "a": "x" };
    let move_one = |z: i32, to: &str| doc! { "moveChunk": &namespace, "bounds": [bound(z), bound(z + 10)], "to": to };
    admin(&client, move_one(20, other)).await;
    shows_the_catalog(lab, &cluster, &namespace).await;
    let moved = map(&cluster, &namespace).await;
    assert_eq!(moved.read_at, before.read_at, "by its changes, not by reading all anew");
    assert_eq!(moved.shards.iter().find(|share| share.shard == other).map(|share| share.chunks), Some(1));
    admin(&client, doc! { "mergeChunks": &namespace, "bounds": [bound(30), bound(50)] }).await;
    shows_the_catalog(lab, &cluster, &namespace).await;
    assert_eq!(map(&cluster, &namespace).await.chunks, 5);

    let zoomed = part(&cluster, &namespace, &canonical(&bound(10)), &canonical(&bound(30))).await;
    assert_eq!((zoomed.first, zoomed.shown(), zoomed.chunks), (1, 2, 5));
    assert_eq!(zoomed.end.ejson, canonical(&bound(30)));
    let wider = zoomed.ways.wider.expect("there is more");
    assert_eq!(wider, (String::new(), String::new()), "which is all of it");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_resharded_or_refined_or_dropped_collection_is_read_anew() {
    let lab = shared().await;
    let database = lab.name_of_database();
    let namespace = format!("{database}.c");
    let (cluster, client) = (Cluster::at(lab.entry()), lab.client().await);
    admin(&client, doc! { "shardCollection": &namespace, "key": { "k": "hashed" } }).await;
    let collection = client.database(&database).collection::<Document>("c");
    collection.insert_many((0..100).map(|k| doc! { "k": k, "m": k })).await.expect("inserted");
    shows_the_catalog(lab, &cluster, &namespace).await;
    let before = map(&cluster, &namespace).await;
    assert!(before.hashed && before.strips[1].from.shown.contains("Long(\""), "{:?}", before.strips[1].from);
    admin(&client, doc! { "reshardCollection": &namespace, "key": { "m": 1 }, "numInitialChunks": 4 }).await;
    shows_the_catalog(lab, &cluster, &namespace).await;
    assert_eq!(map(&cluster, &namespace).await.key, "{ m: 1 }");
    let index = mongodb::IndexModel::builder().keys(doc! { "m": 1, "k": 1 }).build();
    collection.create_index(index).await.expect("an index");
    admin(&client, doc! { "refineCollectionShardKey": &namespace, "key": { "m": 1, "k": 1 } }).await;
    shows_the_catalog(lab, &cluster, &namespace).await;
    assert_eq!(map(&cluster, &namespace).await.key, "{ m: 1, k: 1 }");
    collection.drop().await.expect("dropped");
    eventually("it is gone", 5, async || {
        look::chunks(&cluster, &namespace, "", "").await.expect("it answers") == Look::NotSharded
    })
    .await;
}

/// Chunks of a collection as 4.4 keeps them: by name, without a timestamp.
async fn of_old(lab: &Lab, namespace: &str, by_uuid: bool, chunks: i32) {
    let config = lab.config().await.database("config");
    let (epoch, uuid) = (ObjectId::new(), bson::Uuid::new());
    let mut row = doc! {
        "_id": namespace, "lastmodEpoch": epoch, "lastmod": bson::DateTime::now(), "key": { "k": 1 }, "unique": false,
        "uuid": uuid, "noBalance": true,
    };
    if by_uuid {
        row.insert("timestamp", bson::Timestamp { time: 1, increment: 1 });
    }
    config.collection::<Document>("collections").insert_one(row).await.expect("inserted");
    let bound = |n: i32| match n {
        0 => doc! { "k": Bson::MinKey },
        n if n == chunks => doc! { "k": Bson::MaxKey },
        n => doc! { "k": i64::from(n) * 10 },
    };
    let chunk = |n: i32| {
        let mut chunk = doc! {
            "_id": ObjectId::new(), "min": bound(n), "max": bound(n + 1), "shard": if n / 3 % 2 == 0 { "shard1" } else { "shard2" },
            "lastmod": bson::Timestamp { time: 1, increment: u32::try_from(n).expect("positive") },
        };
        if by_uuid {
            chunk.insert("uuid", uuid);
        } else {
            chunk.insert("ns", namespace);
            chunk.insert("lastmodEpoch", epoch);
        }
        if n == 7 {
            chunk.insert("jumbo", true);
        }
        chunk
    };
    for first in (0..chunks).step_by(50_000) {
        let some = (first..chunks.min(first + 50_000)).map(chunk);
        config.collection::<Document>("chunks").insert_many(some).ordered(false).await.expect("inserted");
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn chunks_kept_by_name_as_before_5_0_give_the_same_picture() {
    let lab = Lab::start(2).await;
    let cluster = Cluster::at(lab.entry());
    of_old(&lab, "old.c", false, 30).await;
    of_old(&lab, "new.c", true, 30).await;
    let zone = doc! { "_id": { "ns": "old.c", "min": { "k": 0_i64 } }, "ns": "old.c", "min": { "k": 100_i64 }, "max": { "k": 200_i64 }, "tag": "EU" };
    let config = lab.config().await.database("config");
    config.collection::<Document>("tags").insert_one(zone).await.expect("inserted");
    let shards = config.collection::<Document>("shards");
    shards.update_one(doc! { "_id": "shard1" }, doc! { "$set": { "tags": ["EU"] } }).await.expect("a zone's shard");
    eventually("a majority has it", 10, async || {
        !matches!(look::chunks(&cluster, "new.c", "", "").await, Ok(Look::NotSharded) | Err(_))
    })
    .await;
    let (old, new) = (map(&cluster, "old.c").await, map(&cluster, "new.c").await);
    assert_eq!(told(&old), told(&new));
    assert_eq!(told(&old), catalog(&lab, "old.c").await);
    assert_eq!((old.strips.len(), old.jumbo), (30, 1));
    let zone = &old.zones[0];
    assert_eq!((zone.name.as_str(), zone.first, zone.chunks, zone.astray), ("EU", 10, 10, 5), "{zone:?}");
    assert_eq!(zone.shards, ["shard1"]);
    assert_eq!(old.shards[1].astray, 5);
    // A mark that the balancer sets changes no version, so it is seen when all is read again.
    let chunks = config.collection::<Document>("chunks");
    chunks
        .update_one(doc! { "ns": "old.c", "min.k": 50_i64 }, doc! { "$set": { "jumbo": true } })
        .await
        .expect("marked");
    eventually("the mark is seen", 20, async || map(&cluster, "old.c").await.jumbo == 2).await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn many_who_look_at_once_make_one_reading() {
    let lab = shared().await;
    let namespace = format!("{}.c", lab.name_of_database());
    let cluster = Cluster::at(lab.entry());
    admin(&lab.client().await, doc! { "shardCollection": &namespace, "key": { "k": "hashed" } }).await;
    let (namespace, cluster) = (Arc::new(namespace), Arc::new(cluster));
    let looks = (0..20).map(|_| {
        let (namespace, cluster) = (Arc::clone(&namespace), Arc::clone(&cluster));
        tokio::spawn(async move { map(&cluster, &namespace).await.read_at })
    });
    let read: std::collections::BTreeSet<i64> =
        futures_util::future::join_all(looks).await.into_iter().map(|it| it.expect("no panic")).collect();
    assert_eq!(read.len(), 1);
}
