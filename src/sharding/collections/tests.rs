//! Lists and collections of real clusters; what is so is asked of the config server itself.

mod one;

use std::collections::BTreeSet;
use std::sync::Arc;

use bson::{Document, doc};
use mongodb::Client;

use super::model::{Collection, CollectionList, Question};
use super::mongo::list;
use crate::sandbox::lab::eventually;
use crate::sandbox::lab::mongo::{Cluster as Lab, shared};
use crate::sharding::cluster::Cluster;
use crate::sharding::model::{Chunks, Evenness, Held};
use crate::targets::registry::Entry;

async fn admin(client: &Client, command: Document) -> Document {
    let told = command.clone();
    client.database("admin").run_command(command).await.unwrap_or_else(|error| panic!("{told}: {error}"))
}

async fn page(entry: &Arc<Entry>, question: &Question) -> CollectionList {
    list(&Cluster::at(Arc::clone(entry)), question).await.unwrap_or_else(|error| panic!("{error:?}"))
}

/// All pages one after the other.
async fn all(entry: &Arc<Entry>, search: &str, sharded: &str, sort: &str, order: &str) -> Vec<Collection> {
    let (mut after, mut seen) = (String::new(), Vec::new());
    for _ in 0..100 {
        let list = page(entry, &Question::read(search, sharded, sort, order, &after)).await;
        assert!(list.collections.len() <= super::model::PAGE_SIZE);
        seen.extend(list.collections);
        match list.after {
            Some(next) => after = next,
            None => return seen,
        }
    }
    panic!("the pages do not end: {after}");
}

fn names(collections: &[Collection]) -> Vec<&str> {
    collections.iter().map(|it| it.namespace.as_str()).collect()
}

/// An entry of the catalog as 6.0 writes it, with one chunk; nothing is on any shard.
fn entry_of(name: &str) -> (Document, Document) {
    let uuid = bson::Uuid::new();
    let (epoch, timestamp) = (bson::oid::ObjectId::new(), bson::Timestamp { time: 1, increment: 1 });
    let collection = doc! {
        "_id": name, "lastmodEpoch": epoch, "timestamp": timestamp, "uuid": uuid, "key": { "k": 1 }, "unique": false,
        "noBalance": true,
    };
    let chunk = doc! {
        "_id": bson::oid::ObjectId::new(), "uuid": uuid, "min": { "k": bson::Bson::MinKey },
        "max": { "k": bson::Bson::MaxKey }, "shard": "shard1", "lastmod": timestamp,
    };
    (collection, chunk)
}

async fn made_up(lab: &Lab, entries: Vec<(Document, Document)>) {
    let config = lab.config().await.database("config");
    let (collections, chunks): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
    config.collection::<Document>("collections").insert_many(collections).await.expect("inserted");
    config.collection::<Document>("chunks").insert_many(chunks).await.expect("inserted");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_thousand_collections_are_paged_in_order_without_loss_or_doubling() {
    let lab = Lab::start(2).await;
    let (client, entry) = (lab.client().await, lab.entry());
    admin(&client, doc! { "balancerStop": 1 }).await;
    for database in ["alpha", "beta", "beta-2"] {
        admin(&client, doc! { "enableSharding": database }).await;
    }
    let mut expected: BTreeSet<(String, String)> = BTreeSet::new();
    let mut entries = Vec::new();
    for number in 0..1_000 {
        let database = ["alpha", "beta", "beta-2"][number % 3];
        let collection = format!("c.{:03}", number * 7 % 1_000);
        entries.push(entry_of(&format!("{database}.{collection}")));
        expected.insert((database.into(), collection));
    }
    made_up(&lab, entries).await;
    let in_order: Vec<String> = expected.iter().map(|(database, name)| format!("{database}.{name}")).collect();
    let seen = all(&entry, "", "", "", "").await;
    assert_eq!(names(&seen), in_order, "by name, all kinds");
    let backwards = all(&entry, "", "", "", "desc").await;
    assert_eq!(names(&backwards), in_order.iter().rev().cloned().collect::<Vec<_>>());
    // The catalog itself, in the config server's own order, is the witness of the list of sharded ones.
    let config = lab.config().await.database("config").collection::<Document>("collections");
    let ids = config.distinct("_id", doc! {}).await.expect("told");
    let ids: Vec<&str> = ids.iter().filter_map(|id| id.as_str()).collect();
    let sharded = all(&entry, "", "yes", "", "").await;
    let mut told = names(&sharded);
    told.sort_unstable();
    assert_eq!(told, ids);
    assert!(sharded.iter().all(|it| it.sharded.as_ref().is_some_and(|it| it.movement.left_alone)));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn sharded_and_not_sharded_ones_are_told_apart_searched_and_sorted() {
    let lab = Lab::start(2).await;
    let (client, entry) = (lab.client().await, lab.entry());
    let shop = client.database("shop");
    for number in 0..60 {
        shop.create_collection(format!("plain{number:02}")).await.expect("made");
    }
    for name in ["a.b", "a+b", "axb", "A.Big"] {
        admin(&client, doc! { "shardCollection": format!("shop.{name}"), "key": { "k": 1 } }).await;
    }
    let sharded = all(&entry, "", "yes", "", "").await;
    assert_eq!(names(&sharded), ["shop.A.Big", "shop.a+b", "shop.a.b", "shop.axb"]);
    let plain = all(&entry, "", "no", "", "").await;
    assert_eq!((plain.len(), plain[0].namespace.as_str()), (60, "shop.plain00"));
    assert!(plain.iter().all(|it| it.sharded.is_none()));
    let first = all(&entry, "", "", "sharded", "").await;
    assert_eq!(first.len(), 64);
    assert_eq!(names(&first)[..4], names(&sharded));
    assert_eq!(names(&first)[4..], names(&plain));
    // A dot is a dot and a plus a plus, in the list of all and in that of the sharded ones.
    for which in ["", "yes"] {
        assert_eq!(names(&all(&entry, "a.b", which, "", "").await), ["shop.A.Big", "shop.a.b"]);
        assert_eq!(names(&all(&entry, "A+B", which, "", "").await), ["shop.a+b"]);
        assert_eq!(names(&all(&entry, "p.a", which, "", "").await).len(), 4, "across the first dot");
        assert_eq!(names(&all(&entry, ".*", which, "", "").await), [""; 0]);
        assert_eq!(names(&all(&entry, "[a-z", which, "", "").await), [""; 0]);
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_a_row_tells_is_what_the_config_server_has() {
    let lab = Lab::start_with(2, &[("orphanCleanupDelaySecs", "3600")]).await;
    let (client, entry) = (lab.client().await, lab.entry());
    admin(&client, doc! { "balancerStop": 1 }).await;
    admin(&client, doc! { "enableSharding": "shop", "primaryShard": "shard1" }).await;
    admin(&client, doc! { "shardCollection": "shop.orders", "key": { "k": 1 }, "unique": true }).await;
    let many = (0..3_000).map(|k| doc! { "k": k, "text": "x".repeat(1_000) });
    client.database("shop").collection::<Document>("orders").insert_many(many).await.expect("inserted");
    admin(&client, doc! { "split": "shop.orders", "middle": { "k": 2_000 } }).await;
    admin(&client, doc! { "moveChunk": "shop.orders", "find": { "k": 2_500 }, "to": "shard2" }).await;
    client.database("shop").collection::<Document>("small").insert_one(doc! { "a": 1 }).await.expect("inserted");
    let config = lab.config().await.database("config");
    let change = doc! { "$set": { "noBalance": true, "permitMigrations": false } };
    let collections = config.collection::<Document>("collections");
    collections.update_one(doc! { "_id": "shop.orders" }, change).await.expect("changed");
    let range = doc! { "ns": "shop.orders", "min": { "k": 0 }, "max": { "k": 5 }, "tag": "EU" };
    let question = Question::read("shop.", "", "", "", "");
    let orders = |list: &CollectionList| {
        let found = list.collections.iter().find(|it| it.namespace == "shop.orders").expect("listed");
        (found.clone(), found.sharded.clone().expect("sharded"))
    };
    eventually("the bytes are read", 10, async || page(&entry, &question).await.bytes.age.is_some()).await;
    let list = page(&entry, &question).await;
    let (seen, sharded) = orders(&list);
    assert_eq!((sharded.key.as_str(), sharded.unique, sharded.jumbo), ("{ k: 1 }", true, Some(0)));
    assert!(matches!(&sharded.chunks, Chunks::Counted(all) if all.iter().all(|it| it.chunks == 1) && all.len() == 2));
    assert!(sharded.movement.frozen && sharded.movement.left_alone);
    let Held::Apart { owned, orphaned } = seen.held else { panic!("{seen:?}") };
    assert!(orphaned * 100 / owned > 25, "a third more lies on shard1: {orphaned} of {owned}");
    assert_eq!(seen.documents, Some(3_000));
    assert!(matches!(sharded.evenness, Evenness::CleanUpPending { .. }), "{:?}", sharded.evenness);
    let small = list.collections.iter().find(|it| it.namespace == "shop.small").expect("listed");
    assert_eq!((small.documents, small.held.orphaned()), (Some(1), Some(0)));
    config.collection::<Document>("tags").insert_one(range).await.expect("inserted");
    let (_, sharded) = orders(&page(&entry, &question).await);
    assert_eq!(sharded.zones, ["EU"]);
    assert!(matches!(sharded.evenness, Evenness::Unknown(_)), "each zone is judged by itself");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn by_bytes_the_biggest_comes_first() {
    let lab = Lab::start(2).await;
    let (client, entry) = (lab.client().await, lab.entry());
    for (name, documents) in [("small", 10), ("big", 1_000), ("middle", 100)] {
        admin(&client, doc! { "shardCollection": format!("shop.{name}"), "key": { "k": "hashed" } }).await;
        let many = (0..documents).map(|k| doc! { "k": k });
        client.database("shop").collection::<Document>(name).insert_many(many).await.expect("inserted");
    }
    let question = Question::read("", "", "owned", "", "");
    eventually("the bytes are read", 10, async || page(&entry, &question).await.sorted).await;
    let seen = all(&entry, "shop.", "", "owned", "").await;
    assert_eq!(names(&seen), ["shop.big", "shop.middle", "shop.small"]);
    let seen = all(&entry, "shop.", "yes", "owned", "desc").await;
    assert_eq!(names(&seen), ["shop.small", "shop.middle", "shop.big"]);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_time_series_is_listed_by_its_own_name_and_what_is_not_sharded_is_left_out() {
    let lab = Lab::start(2).await;
    let (client, entry) = (lab.client().await, lab.entry());
    admin(&client, doc! { "balancerStop": 1 }).await;
    let series = doc! { "timeField": "at", "metaField": "sensor" };
    let command = doc! { "shardCollection": "web.hits", "key": { "sensor": 1 }, "timeseries": series.clone() };
    admin(&client, command).await;
    client.database("web").run_command(doc! { "create": "loose", "timeseries": series }).await.expect("made");
    let (mut dropped, chunk) = entry_of("web.dropped");
    dropped.insert("dropped", true);
    let (mut tracked, other) = entry_of("web.tracked");
    tracked.insert("unsplittable", true);
    made_up(&lab, vec![(dropped, chunk), (tracked, other), entry_of("config.system.sessions")]).await;
    assert_eq!(names(&all(&entry, "", "yes", "", "").await), ["config.system.sessions", "web.hits"]);
    let seen = all(&entry, "", "", "", "").await;
    assert_eq!(names(&seen), ["config.system.sessions", "web.hits", "web.loose"]);
    assert!(seen[0].is_mongodbs());
    assert!(seen[1].time_series && seen[1].sharded.is_some());
    assert!(seen[2].time_series && seen[2].sharded.is_none());
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_catalog_of_4_4_names_its_chunks_by_the_collection() {
    let lab = Lab::start(2).await;
    let entry = lab.entry();
    admin(&lab.client().await, doc! { "balancerStop": 1 }).await;
    let config = lab.config().await.database("config");
    let old = doc! {
        "_id": "old.c", "lastmodEpoch": bson::oid::ObjectId::new(), "lastmod": bson::DateTime::now(), "dropped": false,
        "key": { "k": 1.0 }, "unique": false, "uuid": bson::Uuid::new(),
    };
    config.collection::<Document>("collections").insert_one(old).await.expect("inserted");
    let many = (0..30).map(|k| {
        let shard = if k < 20 { "shard1" } else { "shard2" };
        // The index of 6.0 wants a UUID for each; it is not the collection's.
        doc! {
            "ns": "old.c", "uuid": bson::Uuid::new(), "min": { "k": k }, "max": { "k": k + 1 }, "shard": shard,
            "jumbo": k == 3, "lastmod": bson::Timestamp { time: 1, increment: k },
        }
    });
    config.collection::<Document>("chunks").insert_many(many).await.expect("inserted");
    let seen = all(&entry, "old.", "yes", "", "").await;
    let sharded = seen[0].sharded.as_ref().expect("sharded");
    let Chunks::Counted(chunks) = &sharded.chunks else { panic!("{sharded:?}") };
    let counted: Vec<(&str, i64)> = chunks.iter().map(|it| (it.shard.as_str(), it.chunks)).collect();
    assert_eq!((counted, sharded.jumbo), (vec![("shard1", 20), ("shard2", 10)], Some(1)));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn with_a_shard_down_its_sharded_collections_are_listed_all_the_same() {
    let lab = Lab::start(2).await;
    let (client, entry) = (lab.client().await, lab.entry());
    for (database, shard) in [("one", "shard1"), ("two", "shard2")] {
        admin(&client, doc! { "enableSharding": database, "primaryShard": shard }).await;
        admin(&client, doc! { "shardCollection": format!("{database}.c"), "key": { "k": 1 } }).await;
    }
    page(&entry, &Question::default()).await;
    lab.stop_shard("shard2").await;
    let begun = std::time::Instant::now();
    let seen = page(&entry, &Question::default()).await;
    assert!(begun.elapsed().as_secs() < 3, "{:?}", begun.elapsed());
    assert_eq!(names(&seen.collections), ["one.c", "two.c"]);
    assert_eq!(seen.unread, ["two"]);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_is_no_router_lists_nothing() {
    let lab = shared().await;
    let error = list(&Cluster::at(lab.config_entry()), &Question::default()).await.expect_err("no router");
    assert!(error.happened.en.contains("config server"), "{error:?}");
}
