//! What the tests of this feature start from.

use std::time::{Duration, Instant};

use bson::{Document, doc};
use mongodb::Client;

use crate::change::apply::{Engine, carry_out};
use crate::change::{Plan, Report, Verdict};
use crate::sandbox::lab::mongo::Cluster as Lab;
use crate::sharding::cluster::Cluster;
use crate::sharding::model::{Namespace, ShardKey};
use crate::sharding::reshape::model::change::{Change, Options, Zones};
use crate::sharding::reshape::model::operation::{Operation, Phase};
use crate::sharding::reshape::mongo::Reshaper;
use crate::targets::model::TargetId;

/// Documents of each collection.
pub(super) const DOCUMENTS: i64 = 400;

pub(super) fn target() -> TargetId {
    TargetId::parse("lab").expect("a name")
}

pub(super) fn name(text: &str) -> Namespace {
    Namespace::parse(text).expect("a name")
}

pub(super) fn key(text: &str) -> ShardKey {
    ShardKey::parse(text, false).expect("a key")
}

pub(super) fn reshaper(lab: &Lab) -> Reshaper {
    Reshaper::new(Cluster::at(lab.entry()))
}

pub(super) async fn admin(client: &Client, command: Document) -> Document {
    let told = command.clone();
    client.database("admin").run_command(command).await.unwrap_or_else(|error| panic!("{told}: {error}"))
}

/// A collection sharded on `{ k: 1 }` with documents `{ k, s, v }`: `k` from 0 on, `s` of 100 values, `v` is `k`.
pub(super) async fn collection(lab: &Lab, namespace: &Namespace) -> Client {
    let client = lab.client().await;
    let collection = client.database(namespace.database()).collection::<Document>(namespace.collection());
    let documents = (0..DOCUMENTS).map(|k| doc! { "k": k, "s": format!("s{}", k % 100), "v": k });
    admin(&client, doc! { "shardCollection": namespace.to_string(), "key": { "k": 1 } }).await;
    collection.insert_many(documents).await.expect("inserted");
    client
}

/// What the config server itself says of the collection.
pub(super) async fn cataloged(lab: &Lab, namespace: &Namespace) -> Option<Document> {
    let collections = lab.config().await.database("config").collection::<Document>("collections");
    collections.find_one(doc! { "_id": namespace.to_string() }).await.expect("it answers")
}

pub(super) async fn key_now(lab: &Lab, namespace: &Namespace) -> Document {
    cataloged(lab, namespace).await.expect("listed").get_document("key").expect("a key").clone()
}

/// All documents are there, each once: their number and the sum of `v`, by a driver that goes through the router.
pub(super) async fn intact(client: &Client, namespace: &Namespace) {
    let collection = client.database(namespace.database()).collection::<Document>(namespace.collection());
    let sum = doc! { "$group": { "_id": null, "n": { "$sum": 1 }, "sum": { "$sum": "$v" } } };
    let mut found = collection.aggregate(vec![sum]).await.expect("it answers");
    assert!(found.advance().await.expect("it answers"), "there are documents");
    let row = found.deserialize_current().expect("a document");
    assert_eq!(row.get_i32("n").map(i64::from).ok(), Some(DOCUMENTS));
    let sum = row.get_i64("sum").or_else(|_| row.get_i32("sum").map(i64::from)).expect("a number");
    assert_eq!(sum, DOCUMENTS * (DOCUMENTS - 1) / 2);
}

pub(super) fn reshard(namespace: &Namespace, to: &str, zones: Zones) -> Change {
    let options = Options { zones, ..Options::default() };
    Change::ReshardCollection { target: target(), namespace: namespace.clone(), key: key(to), options, seen: None }
}

/// What runs on the collection, as the servers tell it.
pub(super) async fn running(reshaper: &Reshaper, namespace: &Namespace) -> Option<Operation> {
    let all = reshaper.operations().await.expect("it answers").expect("it may be asked");
    all.into_iter().find(|it| it.namespace == namespace.to_string())
}

/// Waits until documents are being copied and every shard that takes part tells how far it is. The servers choose by a
/// sample who receives, so it may be one shard alone.
pub(super) async fn copying(reshaper: &Reshaper, namespace: &Namespace) {
    let give_up = Instant::now() + Duration::from_secs(60);
    loop {
        let found = running(reshaper, namespace).await;
        if found
            .as_ref()
            .is_some_and(|it| it.phase == Phase::Copying && !it.recipients.is_empty() && it.silent.is_empty())
        {
            return;
        }
        assert!(Instant::now() < give_up, "it does not copy: {found:?}");
        // Asked as often as the console itself asks, and not more.
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// As a form makes it: with what is there now.
pub(super) async fn observed(lab: &Lab, change: Change) -> Change {
    reshaper(lab).observed(change).await.expect("it answers")
}

pub(super) async fn planned(lab: &Lab, change: &Change) -> Plan {
    reshaper(lab).plan(change).await.expect("it answers")
}

pub(super) async fn done(lab: &Lab, change: Change) -> Report {
    carry_out(&reshaper(lab), &observed(lab, change).await).await
}

/// What blocks a plan, in English.
pub(super) fn blocks(plan: &Plan) -> String {
    let blocking = plan.checks.iter().filter(|it| it.verdict == Verdict::Block);
    blocking.map(|it| it.found.en.clone()).collect::<Vec<_>>().join(" | ")
}
