//! The whole sandbox, started for real. Not run by default: it needs `mongod`, PostgreSQL and
//! Redis, and some ten seconds (`cargo test --features sandbox -- --ignored real_sandbox`).

use std::path::PathBuf;
use std::time::Duration;

use bson::{Document, doc};
use futures_util::TryStreamExt;
use mongodb::error::{Error, ErrorKind};
use mongodb::options::{ClientOptions, IndexOptions};
use mongodb::{Client, IndexModel};
use serde_json::Value;

use super::{Options, SandboxError, reset, start};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn real_sandbox_serves_drivers_and_keeps_its_data() {
    let dir = PathBuf::from(format!("/var/tmp/outgrow-real-{}", std::process::id()));
    let running = start(Options::new(&dir)).await.expect("it starts");
    let refused = start(Options::new(&dir)).await;
    assert!(matches!(refused, Err(SandboxError::InUse { .. })));
    assert!(matches!(reset(&dir).await, Err(SandboxError::InUse { .. })));

    let text = std::fs::read_to_string(running.independent_file()).expect("written");
    let known: Value = serde_json::from_str(&text).expect("JSON");
    let router = format!("mongodb://127.0.0.1:{}", known["mongodb"]["router_port"]);
    let client = Client::with_uri_str(&router).await.expect("an address");
    documents(&client).await.expect("reading and writing");
    sharding(&client).await.expect("sharding");
    refusals(&client).await;
    running.stop().await;

    let running = start(Options::new(&dir)).await.expect("it starts again");
    let again = std::fs::read_to_string(running.independent_file()).expect("written");
    let again: Value = serde_json::from_str(&again).expect("JSON");
    assert_eq!(known["mongodb"], again["mongodb"]);
    let options = ClientOptions::parse(&router).await.expect("an address");
    let client = Client::with_options(options).expect("options");
    let orders = client.database("shop").collection::<Document>("orders");
    assert_eq!(orders.count_documents(doc! {}).await.expect("answers"), 10_000);
    running.stop().await;
    reset(&dir).await.expect("nobody uses it any more");
    assert!(!dir.exists());
}

async fn documents(client: &Client) -> Result<(), Error> {
    let names = client.list_database_names().await?;
    for name in ["admin", "config", "mydatabase", "shop"] {
        assert!(names.iter().any(|it| it == name), "{name} is not in {names:?}");
    }
    let shop = client.database("shop");
    let collections = shop.list_collection_names().await?;
    assert!(["orders", "sessions", "logs"].iter().all(|it| collections.contains(&(*it).into())));

    let things = client.database("driver").collection::<Document>("things");
    let many = (0..3_000).map(|n| doc! { "n": n, "text": "값" });
    assert_eq!(things.insert_many(many).await?.inserted_ids.len(), 3_000);
    let all: Vec<Document> = things.find(doc! {}).batch_size(100).await?.try_collect().await?;
    assert_eq!(all.len(), 3_000);
    things.update_one(doc! { "n": 1 }, doc! { "$set": { "seen": true } }).await?;
    things.delete_many(doc! { "n": { "$lt": 1_000 } }).await?;
    assert_eq!(things.estimated_document_count().await?, 2_000);
    let raised = doc! { "$inc": { "n": 10_000 } };
    assert!(things.find_one_and_update(doc! { "n": 1_500 }, raised).await?.is_some());

    let expiry = IndexOptions::builder().expire_after(Duration::from_secs(600)).build();
    let index = IndexModel::builder().keys(doc! { "at": 1 }).options(expiry).build();
    things.create_index(index).await?;
    assert_eq!(things.list_index_names().await?, ["_id_", "at_1"]);
    things.drop().await
}

async fn sharding(client: &Client) -> Result<(), Error> {
    let admin = client.database("admin");
    let shards = admin.run_command(doc! { "listShards": 1 }).await?;
    assert_eq!(shards.get_array("shards").map(Vec::len).unwrap_or(0), 2);
    let orders = client.database("shop").collection::<Document>("orders");
    let statistics = doc! { "$collStats": { "storageStats": {} } };
    let rows: Vec<Document> = orders.aggregate([statistics]).await?.try_collect().await?;
    assert_eq!(rows.len(), 2, "one row for each shard");
    let sample = doc! { "$sample": { "size": 20 } };
    let sampled: Vec<Document> = orders.aggregate([sample]).await?.try_collect().await?;
    assert_eq!(sampled.len(), 20);
    let statistics = client.database("shop").run_command(doc! { "collStats": "orders" }).await?;
    assert!(statistics.get_bool("sharded").unwrap_or(false));
    let operations = doc! { "$currentOp": { "allUsers": true } };
    let running: Vec<Document> = admin.aggregate([operations]).await?.try_collect().await?;
    assert!(!running.is_empty());

    let reshard = doc! {
        "reshardCollection": "shop.orders", "key": { "customer_id": 1 }, "numInitialChunks": 4,
    };
    admin.run_command(reshard).await?;
    assert_eq!(orders.count_documents(doc! {}).await?, 10_000);
    Ok(())
}

async fn refusals(client: &Client) {
    let orders = client.database("shop").collection::<Document>("orders");
    assert_eq!(code(orders.watch().await.map(drop)), Some(40573));

    let mut session = client.start_session().await.expect("a session");
    session.start_transaction().await.expect("begun on this side only");
    let written = orders.insert_one(doc! { "customer_id": 1 }).session(&mut session).await;
    assert_eq!(code(written.map(drop)), Some(20));

    let reduce = doc! { "mapReduce": "orders", "map": "", "reduce": "", "out": { "inline": 1 } };
    let refused = client.database("shop").run_command(reduce).await;
    assert_eq!(code(refused.map(drop)), Some(59));
    let internal = doc! { "clusterInsert": "orders", "documents": [], "txnNumber": 1_i64 };
    let refused = client.database("shop").run_command(internal).await;
    assert_eq!(code(refused.map(drop)), Some(59));

    // The servers are all still there.
    assert_eq!(orders.count_documents(doc! {}).await.expect("answers"), 10_000);
}

fn code(result: Result<(), Error>) -> Option<i32> {
    match *result.err()?.kind {
        ErrorKind::Command(error) => Some(error.code),
        _ => None,
    }
}
