//! Where a document lives, beside the shards' own documents.

use std::collections::{BTreeMap, BTreeSet};

use bson::{Bson, Document, doc};
use futures_util::TryStreamExt;

use super::{admin, map};
use crate::sandbox::lab::mongo::shared;
use crate::sharding::chunks::look;
use crate::sharding::chunks::model::Found;
use crate::sharding::cluster::Cluster;
use crate::sharding::hashed::hashed;
use crate::sharding::value::{canonical, shown_document};

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
            let middle: Document = fields
                .iter()
                .map(|field| ((*field).clone(), documents[place].get(field).cloned().expect("set")))
                .collect();
            admin(&client, doc! { "split": &namespace, "middle": middle }).await;
        }
        let owner = map(&cluster, &namespace).await;
        let owner = owner.shards.iter().find(|share| share.chunks > 0).expect("an owner").shard.clone();
        let other = if owner == "shard1" { "shard2" } else { "shard1" };
        for place in [30, 110] {
            let find: Document = fields
                .iter()
                .map(|field| ((*field).clone(), documents[place].get(field).cloned().expect("set")))
                .collect();
            admin(&client, doc! { "moveChunk": &namespace, "find": find, "to": other, "_waitForDelete": true }).await;
        }
    }
    let mut on = BTreeMap::new();
    for shard in ["shard1", "shard2"] {
        let direct = lab.shard(shard).await.database(&database).collection::<Document>("c");
        let found: Vec<Document> = direct.find(doc! {}).await.expect("asked").try_collect().await.expect("all");
        for document in found {
            on.entry(document.get_i32("_id").expect("an id")).or_insert_with(Vec::new).push(shard);
        }
    }
    let mut shards = BTreeSet::new();
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
        assert!(
            matches!(&found, Found::Wrong(words) if !words.en.is_empty() && !words.ko.is_empty()),
            "{typed}: {found:?}"
        );
    }
    let Ok(Found::At(place)) = look::place(&cluster, &namespace, "{ k: 7, other: 1 }").await else { panic!("found") };
    assert_eq!(place.key.ejson, canonical(&doc! { "k": hashed(&Bson::Int32(7)) }));
    assert!(look::chunks(&Cluster::at(lab.config_entry()), &namespace, "", "").await.is_err(), "no router");
    assert!(
        look::chunks(&cluster, &namespace, "{", "").await.is_err()
            && look::chunks(&cluster, "x", "", "").await.is_err()
    );
}
