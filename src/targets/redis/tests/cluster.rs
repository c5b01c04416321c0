//! A cluster of three.

use redis::cmd;

use super::{describe, get, nodes, own, set};
use crate::error::Kind;
use crate::sandbox::lab::redis::{Cluster, Product};
use crate::targets::redis::{at, of_key, slot, with};

/// Its slot, 15495, is of the third node in the beginning.
const KEY: &str = "a";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn every_key_is_found_on_its_server_and_all_servers_are_known() {
    for product in Product::ALL {
        let mut cluster = Cluster::start_product(product, &[]).await;
        cluster.replica(0).await;
        let entry = cluster.entry();
        for number in 0..50 {
            set(&entry, &format!("key:{number}"), "1").await.expect("each key has its server");
        }
        set(&entry, "{tag}1", "1").await.expect("a key with a hash tag");
        let known = nodes(&entry).await.expect("the primaries");
        assert_eq!(known.len(), 3);
        let mut keys = Vec::new();
        for node in &known {
            let here: i64 =
                at(&entry, node, |mut link| async move { link.ask(&cmd("DBSIZE")).await }).await.expect("a count");
            keys.push(here);
        }
        assert!(keys.iter().all(|here| *here > 5) && keys.iter().sum::<i64>() == 51, "{keys:?}");
        // The servers name a replica when it has told them how far it is.
        crate::sandbox::lab::eventually("the cluster's size is told", 10, async || {
            describe(&entry).await.is_ok_and(|said| said.en.ends_with("cluster of 3 primaries and 1 replicas"))
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn the_slot_of_a_key_is_the_servers() {
    let cluster = Cluster::start().await;
    let entry = cluster.entry();
    for key in ["a", "{user}1", "x{}y", "키", "{a}{b}", "}{a}", ""] {
        let theirs: u16 =
            with(&entry, |mut link| async move { link.ask(cmd("CLUSTER").arg("KEYSLOT").arg(key)).await })
                .await
                .expect("a slot");
        assert_eq!(slot::of(key.as_bytes()), theirs, "{key:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_key_is_followed_while_its_slot_is_moved_and_after() {
    let cluster = Cluster::start().await;
    let entry = cluster.entry();
    assert_eq!(get(&entry, KEY).await.expect("the map is known now"), None);
    cluster.migrate_slot(15495, 2, 0).await;
    // The third node has no such key, so it sends us to the first for this once.
    set(&entry, KEY, "1").await.expect("ASK is followed");
    cluster.move_slot(15495, 2, 0).await;
    assert_eq!(get(&entry, KEY).await.expect("MOVED is followed").as_deref(), Some("1"));
    let both: (i64, String) = of_key(&entry, KEY.as_bytes(), |mut link| async move {
        let mut pipe = redis::pipe();
        pipe.cmd("PTTL").arg(KEY).cmd("TYPE").arg(KEY);
        link.ask_all(&pipe).await
    })
    .await
    .expect("a pipeline too");
    assert_eq!(both, (-1, "string".to_owned()));
    cluster.migrate_slot(15495, 0, 1).await;
    cluster.move_slot(15496, 2, 0).await;
    let (known, mut pipe) = (nodes(&entry).await.expect("three"), redis::pipe());
    assert_eq!(known.len(), 3);
    // This one hashes to 15495 too; for keys that are elsewhere a pipeline is told to wait.
    pipe.cmd("PTTL").arg("{a}").cmd("TYPE").arg("{a}");
    let error = of_key(&entry, b"{a}", |mut link| async move { link.ask_all::<redis::Value>(&pipe).await }).await;
    assert!(error.expect_err("it is being moved").happened.en.contains("just moving"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_pipeline_follows_a_slot_that_has_moved() {
    let cluster = Cluster::start().await;
    let entry = cluster.entry();
    let read = async || {
        of_key(&entry, KEY.as_bytes(), |mut link| async move {
            let mut pipe = redis::pipe();
            pipe.cmd("PTTL").arg(KEY).cmd("TYPE").arg(KEY);
            link.ask_all::<(i64, String)>(&pipe).await
        })
        .await
    };
    read().await.expect("where the map says");
    cluster.move_slot(15495, 2, 0).await;
    read().await.expect("where it has moved to");
    let stayed = nodes(&entry).await.expect("three");
    let third = stayed.iter().find(|node| node.port == cluster.node(2).port()).expect("the third");
    let error = at(&entry, third, |mut link| async move { link.ask::<i64>(cmd("PTTL").arg(KEY)).await }).await;
    assert_eq!(error.expect_err("a link to one server stays there").kind, Kind::Refused);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn when_a_server_dies_the_others_are_asked_and_its_address_is_told() {
    let mut cluster = Cluster::start_product(Product::Redis, &[("cluster-require-full-coverage", "no")]).await;
    let entry = cluster.entry();
    set(&entry, KEY, "1").await.expect("all run");
    let (first, third) = (cluster.node(0).port(), cluster.node(2).port());
    cluster.node_mut(2).kill();
    let error = get(&entry, KEY).await.expect_err("its server is dead");
    assert!(error.kind == Kind::Unreachable && error.happened.en.contains(&third.to_string()), "{error:?}");
    cluster.node_mut(2).start_again().await;
    crate::sandbox::lab::eventually("the cluster has it again", 20, async || get(&entry, KEY).await.is_ok()).await;
    // The one that the target names: the others know the map too.
    cluster.node_mut(0).kill();
    crate::sandbox::lab::eventually("another is asked", 20, async || get(&entry, KEY).await.is_ok()).await;
    assert!(nodes(&entry).await.expect("the map").iter().any(|node| node.port == third));
    assert_ne!(first, third);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn two_keys_of_two_servers_are_told_apart_and_a_cluster_without_all_slots_is_down() {
    let cluster = Cluster::start().await;
    let entry = cluster.entry();
    let two = with(&entry, |mut link| async move { link.ask::<i64>(cmd("EXISTS").arg("a").arg("b")).await });
    assert!(two.await.expect_err("two servers").happened.en.contains("different servers"));
    let node = nodes(&entry).await.expect("three")[0].clone();
    own(&entry, &node).await.map(|_| ()).expect("a connection of its own");
    for index in 0..3 {
        let mut client = cluster.node(index).client().await;
        let _ = cmd("CLUSTER").arg("DELSLOTS").arg(15495).exec_async(&mut client).await;
    }
    crate::sandbox::lab::eventually("the cluster is down", 10, async || {
        get(&entry, KEY).await.is_err_and(|error| error.happened.en.contains("is down"))
    })
    .await;
}
