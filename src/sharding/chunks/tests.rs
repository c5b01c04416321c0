//! The map beside a real cluster: its own catalog, and its shards' own documents.

use std::sync::Arc;

use bson::{Bson, Document, doc, oid::ObjectId};
use futures_util::TryStreamExt;
use mongodb::Client;

use super::look;
use super::model::{ChunkMap, Found, Look};
use crate::sandbox::lab::eventually;
use crate::sandbox::lab::mongo::{Cluster as Lab, shared};
use crate::sharding::cluster::Cluster;
use crate::sharding::hashed::hashed;
use crate::sharding::value::{canonical, shown_document};

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
    chunks.update_one(doc! { "ns": "old.c", "min.k": 50_i64 }, doc! { "$set": { "jumbo": true } }).await.expect("marked");
    eventually("the mark is seen", 20, async || map(&cluster, "old.c").await.jumbo == 2).await;
}

/// Every document is on the shard that is told, and the bounds hold its key.
async fn lives_where_it_is_told(key: Document, documents: Vec<Document>) {
    let lab = shared().await;
    let database = lab.name_of_database();
    let namespace = format!("{database}.c");
    let (cluster, client) = (Cluster::at(lab.entry()), lab.client().await);
    admin(&client, doc! { "shardCollection": &namespace, "key": key.clone() }).await;
    let collection = client.database(&database).collection::<Document>("c");
    collection.insert_many(&documents).await.expect("inserted");
    let hashed_key = key.values().any(|kind| kind.as_str() == Some("hashed"));
    if !hashed_key {
        let fields: Vec<&String> = key.keys().collect();
        for place in [20, 60, 100, 140, 180] {
            let middle: Document = fields.iter().map(|field| ((*field).clone(), documents[place].get(field).cloned().expect("set"))).collect();
            admin(&client, doc! { "split": &namespace, "middle": middle }).await;
        }
        let owner = map(&cluster, &namespace).await;
        let owner = owner.shards.iter().find(|share| share.chunks > 0).expect("an owner").shard.clone();
        let other = if owner == "shard1" { "shard2" } else { "shard1" };
        for place in [30, 110] {
            let find: Document = fields.iter().map(|field| ((*field).clone(), documents[place].get(field).cloned().expect("set"))).collect();
            admin(&client, doc! { "moveChunk": &namespace, "find": find, "to": other, "_waitForDelete": true }).await;
        }
    }
    let mut on = std::collections::BTreeMap::new();
    for shard in ["shard1", "shard2"] {
        let direct = lab.shard(shard).await.database(&database).collection::<Document>("c");
        let found: Vec<Document> = direct.find(doc! {}).await.expect("asked").try_collect().await.expect("all");
        for document in found {
            on.entry(document.get_i32("_id").expect("an id")).or_insert_with(Vec::new).push(shard);
        }
    }
    let mut shards = std::collections::BTreeSet::new();
    for document in &documents {
        let id = document.get_i32("_id").expect("an id");
        let found = look::place(&cluster, &namespace, &shown_document(document)).await.expect("it answers");
        let Found::At(place) = found else { panic!("{found:?}") };
        assert_eq!(on[&id], [place.shard.as_str()], "{document} lies in {place:?}");
        shards.insert(place.shard.clone());
    }
    assert_eq!(shards.len(), 2, "the documents lie on both shards");
}

/// 200 values that follow no order: numbers of all types, texts, dates, ids.
fn mixed(n: i32) -> Bson {
    let spread = (i64::from(n) * 2_654_435_761) % 1_000_003;
    match n % 7 {
        0 => Bson::Int32((spread % 10_000) as i32),
        1 => Bson::Int64(spread * 1_000_003),
        2 => Bson::Double(spread as f64 / 7.0),
        3 => Bson::String(format!("값{spread}")),
        4 => Bson::DateTime(bson::DateTime::from_millis(spread * 1_000)),
        5 => Bson::Decimal128(format!("{spread}.25").parse().expect("a number")),
        _ => Bson::from(bson::Uuid::from_bytes([(spread % 251) as u8; 16])),
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn documents_of_a_ranged_key_live_where_they_are_told() {
    lives_where_it_is_told(doc! { "k": 1 }, (0..200).map(|n| doc! { "_id": n, "k": mixed(n) }).collect()).await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn documents_of_a_compound_key_live_where_they_are_told() {
    let documents = (0..200).map(|n| doc! { "_id": n, "a": mixed(n), "z": n % 5 });
    lives_where_it_is_told(doc! { "z": 1, "a": 1 }, documents.collect()).await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn documents_of_a_hashed_key_live_where_they_are_told() {
    lives_where_it_is_told(doc! { "k": "hashed" }, (0..200).map(|n| doc! { "_id": n, "k": mixed(n) }).collect()).await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_cannot_be_looked_for_is_told_in_words() {
    let lab = shared().await;
    let namespace = format!("{}.c", lab.name_of_database());
    let cluster = Cluster::at(lab.entry());
    assert!(look::place(&cluster, &namespace, "{ k: 1 }").await.is_err(), "it is not sharded");
    admin(&lab.client().await, doc! { "shardCollection": &namespace, "key": { "k": "hashed" } }).await;
    for typed in ["{ k: ", "5", "{ k: [1] }", "{ other: 1 }"] {
        let found = look::place(&cluster, &namespace, typed).await.expect("it answers");
        assert!(matches!(&found, Found::Wrong(words) if !words.en.is_empty() && !words.ko.is_empty()), "{typed}: {found:?}");
    }
    let Ok(Found::At(place)) = look::place(&cluster, &namespace, "{ k: 7, other: 1 }").await else { panic!("found") };
    assert_eq!(place.key.ejson, canonical(&doc! { "k": hashed(&Bson::Int32(7)) }));
    assert!(look::chunks(&Cluster::at(lab.config_entry()), &namespace, "", "").await.is_err(), "no router");
    assert!(look::chunks(&cluster, &namespace, "{", "").await.is_err() && look::chunks(&cluster, "x", "", "").await.is_err());
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

/// How many chunks the next test has: CI is content with fewer than the 600,000 by which figures are told.
fn many() -> i32 {
    std::env::var("OUTGROW_TEST_CHUNKS").ok().and_then(|chunks| chunks.parse().ok()).unwrap_or(60_000)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_collection_of_many_chunks_is_read_once_and_then_only_what_changes() {
    use super::model::MOST_STRIPS;
    let lab = Lab::start(2).await;
    let (cluster, chunks) = (Cluster::at(lab.entry()), many());
    of_old(&lab, "much.c", true, chunks).await;
    let begun = std::time::Instant::now();
    let (mut longest, mut reading) = (std::time::Duration::ZERO, 0);
    let read = loop {
        let asked = std::time::Instant::now();
        let look = look::chunks(&cluster, "much.c", "", "").await.expect("it answers");
        longest = longest.max(asked.elapsed());
        match look {
            Look::Map(map) => break map,
            Look::Reading { about, .. } => {
                assert!(about.is_none_or(|about| about == i64::from(chunks)), "{about:?}");
                reading += 1;
            }
            other => panic!("{other:?}"),
        }
    };
    let all = begun.elapsed();
    assert_eq!(read.chunks, i64::from(chunks));
    assert!(read.strips.len() <= MOST_STRIPS);
    let each = read.bytes / read.chunks;
    assert!(each <= 17, "{each} bytes for each chunk");
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let asked = std::time::Instant::now();
    map(&cluster, "much.c").await;
    let quiet = asked.elapsed();
    let config = lab.config().await.database("config").collection::<Document>("chunks");
    let newer = bson::Timestamp { time: 2, increment: 1 };
    let moved = doc! { "$set": { "shard": "shard2", "lastmod": newer } };
    let first = doc! { "min.k": Bson::MinKey, "uuid": config.find_one(doc! { "min.k": 10_i64 }).await.expect("it answers").expect("there").get("uuid").cloned().expect("a uuid") };
    config.update_one(first, moved).await.expect("moved");
    let asked = std::time::Instant::now();
    eventually("the change is seen", 10, async || {
        map(&cluster, "much.c").await.shards[1].chunks != read.shards[1].chunks
    })
    .await;
    println!(
        "{chunks} chunks: read in {all:?} over {} looks of at most {longest:?}; nothing new {quiet:?}; a change seen after {:?}; {each} bytes each; {} strips",
        reading + 1, asked.elapsed(), read.strips.len()
    );
}
