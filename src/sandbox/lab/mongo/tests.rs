//! The laboratory's clusters themselves.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use bson::{Bson, Document, doc};
use futures_util::TryStreamExt;
use mongodb::Client;
use tokio::process::Command;

use super::super::eventually;
use super::{Cluster, shared};
use crate::sandbox::earlier_run::servers_in;
use crate::targets::registry::describe;

async fn admin(client: &Client, command: Document) -> Document {
    let told = command.clone();
    client.database("admin").run_command(command).await.unwrap_or_else(|error| panic!("{told}: {error}"))
}

fn text<'a>(document: &'a Document, field: &str) -> &'a str {
    document.get_str(field).unwrap_or_default()
}

async fn count_of_shards(cluster: &Cluster) -> usize {
    let listed = admin(&cluster.client().await, doc! { "listShards": 1 }).await;
    listed.get_array("shards").expect("a list").len()
}

/// The chunks of a collection that each shard has, as the config server tells it.
async fn chunks(cluster: &Cluster, namespace: &str) -> Vec<Document> {
    let config = cluster.config().await.database("config");
    let collection = config.collection::<Document>("collections").find_one(doc! { "_id": namespace }).await;
    let collection = collection.expect("it answers").expect("sharded");
    let uuid = collection.get("uuid").cloned().expect("5.0 and later");
    let found = config.collection::<Document>("chunks").find(doc! { "uuid": uuid }).await.expect("it answers");
    found.try_collect().await.expect("all of them")
}

async fn shard_a_collection(cluster: &Cluster, database: &str) {
    let namespace = format!("{database}.c");
    let client = cluster.client().await;
    admin(&client, doc! { "shardCollection": &namespace, "key": { "k": "hashed" } }).await;
    let many = (0..100).map(|k| doc! { "k": k });
    client.database(database).collection::<Document>("c").insert_many(many).await.expect("inserted");
    let found = chunks(cluster, &namespace).await;
    let mut owners: Vec<&str> = found.iter().map(|it| text(it, "shard")).collect();
    owners.dedup();
    assert_eq!(found.len(), 4, "two for each shard");
    for shard in owners {
        let here = cluster.shard(shard).await.database(database).collection::<Document>("c");
        assert!(here.estimated_document_count().await.expect("it answers") > 0, "{shard}");
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_collection_is_sharded_and_the_config_server_and_the_shards_show_it() {
    let cluster = shared().await;
    shard_a_collection(cluster, &cluster.name_of_database()).await;
    for (entry, is_router) in
        [(cluster.entry(), true), (cluster.shard_entry("shard1"), false), (cluster.config_entry(), false)]
    {
        let told = describe(&entry).await.expect("it answers").en;
        assert_eq!(told.contains("router of a sharded cluster"), is_router, "{told}");
    }
}

/// Each with a runtime that ends, as tests have.
#[test]
#[ignore = "starts real databases"]
fn the_shared_cluster_outlives_the_runtime_that_started_it() {
    for _ in 0..2 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let cluster = shared().await;
            shard_a_collection(cluster, &cluster.name_of_database()).await;
        });
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn two_clusters_know_nothing_of_each_other() {
    let begun = Instant::now();
    let (one, two) = tokio::join!(Cluster::start(1), Cluster::start(3));
    eprintln!("two clusters were there after {:?}", begun.elapsed());
    for (cluster, count) in [(&one, 1), (&two, 3)] {
        assert_eq!(count_of_shards(cluster).await, count);
    }
    admin(&one.client().await, doc! { "enableSharding": "mine" }).await;
    let names = two.client().await.list_database_names().await.expect("it answers");
    assert!(!names.contains(&"mine".to_owned()));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_parameter_is_what_the_test_has_asked_for() {
    let cluster = Cluster::start_with(1, &[("orphanCleanupDelaySecs", "77"), ("enableTestCommands", "1")]).await;
    for client in [cluster.config().await, cluster.shard("shard1").await] {
        let asked =
            doc! { "getParameter": 1, "orphanCleanupDelaySecs": 1, "reshardingMinimumOperationDurationMillis": 1 };
        let told = admin(&client, asked).await;
        assert_eq!(told.get("orphanCleanupDelaySecs"), Some(&Bson::Int32(77)));
        assert_eq!(told.get("reshardingMinimumOperationDurationMillis"), Some(&Bson::Int32(0)));
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_spare_shard_is_added_and_drained_away_again() {
    let cluster = Cluster::start(1).await;
    let client = cluster.client().await;
    let spare = cluster.spare_shard().await;
    assert!(spare.starts_with("spare1/127.0.0.1:"), "{spare}");
    let added = admin(&client, doc! { "addShard": &spare }).await;
    assert_eq!(text(&added, "shardAdded"), "spare1");
    shard_a_collection(&cluster, "drained").await;
    eventually("the shard is drained and removed", 180, async || {
        let state = admin(&client, doc! { "removeShard": "spare1" }).await;
        text(&state, "state") == "completed"
    })
    .await;
    assert!(chunks(&cluster, "drained.c").await.iter().all(|it| text(it, "shard") == "shard1"));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_shard_is_down_and_comes_back_with_its_data() {
    let cluster = Cluster::start(2).await;
    shard_a_collection(&cluster, "shop").await;
    let client = cluster.client().await;
    cluster.stop_shard("shard2").await;
    let all = client.database("shop").collection::<Document>("c");
    let count = all.count_documents(doc! {}).max_time(Duration::from_secs(3));
    count.await.expect_err("a part of it is not there");
    assert_eq!(count_of_shards(&cluster).await, 2);
    cluster.start_shard("shard2").await;
    eventually("all is there again", 20, async || all.count_documents(doc! {}).await.is_ok_and(|count| count == 100))
        .await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn nothing_is_left_of_a_cluster_also_when_its_test_panics() {
    let cluster = Cluster::start(2).await;
    cluster.spare_shard().await;
    let folder: PathBuf = cluster.place.folder().to_owned();
    assert_eq!(servers_in(&[Some(&folder)]).len(), 4);
    let failed = tokio::spawn(async move {
        assert!(cluster.settings.spare_port.is_some(), "what this test wants");
    });
    assert!(failed.await.expect_err("it panics").is_panic());
    assert!(servers_in(&[Some(&folder)]).is_empty() && !folder.exists());
}

/// What is static is never dropped, and nobody who is killed tidies up.
#[tokio::test]
#[ignore = "starts real databases"]
async fn nothing_is_left_of_the_shared_cluster_when_the_test_process_is_killed() {
    let one = "sandbox::lab::mongo::tests::a_collection_is_sharded_and_the_config_server_and_the_shards_show_it";
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", one, "--include-ignored"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut other = command.kill_on_drop(true).spawn().expect("it starts");
    let pid = other.id().expect("it runs");
    eventually("it has started its servers", 60, async || servers_of(pid).len() == 3).await;
    let folders = servers_of(pid);
    other.kill().await.expect("it was running");
    eventually("the servers and their data are gone", 20, async || {
        folders.iter().all(|folder| servers_in(&[Some(folder)]).is_empty() && !folder.exists())
    })
    .await;
}

/// The folders in which the servers work that a process has started.
fn servers_of(pid: u32) -> Vec<PathBuf> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let children: Vec<String> =
        threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok()).collect();
    let is_server =
        |child: &&str| std::fs::read_to_string(format!("/proc/{child}/comm")).is_ok_and(|name| name.trim() == "mongod");
    let servers = children.iter().flat_map(|line| line.split_whitespace()).filter(is_server);
    servers.filter_map(|server| std::fs::read_link(format!("/proc/{server}/cwd")).ok()).collect()
}
