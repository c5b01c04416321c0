#![cfg(test)]

use redis::cmd;

use super::{Cluster, PASSWORD, Product, Sentinels, Server};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_server_is_empty_and_the_console_and_a_client_see_the_same() {
    let server = Server::start_with(&[("maxmemory-policy", "allkeys-lru")]).await;
    let mut client = server.client().await;
    redis::cmd("SET").arg("a").arg("1").exec_async(&mut client).await.expect("set");
    let entry = server.entry();
    let keys: i64 =
        crate::targets::redis::with(&entry, |mut link| async move { link.ask(&redis::cmd("DBSIZE")).await })
            .await
            .expect("an answer");
    assert_eq!(keys, 1);
    let policy: Vec<String> =
        redis::cmd("CONFIG").arg("GET").arg("maxmemory-policy").query_async(&mut client).await.expect("an answer");
    assert_eq!(policy[1], "allkeys-lru");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_is_not_on_the_list_is_not_sent() {
    let server = Server::start().await;
    let mut client = server.client().await;
    redis::cmd("SET").arg("a").arg("1").exec_async(&mut client).await.expect("set");
    let entry = server.entry();
    let answer = crate::targets::redis::with(&entry, |mut link| async move {
        link.ask::<redis::Value>(&redis::cmd("FLUSHALL")).await
    });
    answer.await.expect_err("the console must not send it");
    let keys: i64 = redis::cmd("DBSIZE").query_async(&mut client).await.expect("an answer");
    assert_eq!(keys, 1);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn both_products_start_stop_crash_and_start_again() {
    for product in Product::ALL {
        let mut server = Server::start_product(product, &[]).await;
        let told: String = cmd("INFO").arg("server").query_async(&mut server.client().await).await.expect("INFO");
        assert_eq!(crate::targets::redis::info::Info::parse(&told).product(), product);
        server.stop().await;
        server.start_again().await;
        server.kill();
        server.start_again().await;
        server.signal("STOP").await;
        server.signal("CONT").await;
        cmd("PING").exec_async(&mut server.client().await).await.expect("it runs again");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_replica_holds_what_its_primary_holds_and_takes_no_writes() {
    let server = Server::start().await;
    cmd("SET").arg("a").arg("1").exec_async(&mut server.client().await).await.expect("set");
    let replica = server.replica().await;
    let mut client = replica.client().await;
    assert_eq!(cmd("GET").arg("a").query_async::<String>(&mut client).await.expect("get"), "1");
    cmd("SET").arg("a").arg("2").exec_async(&mut client).await.expect_err("a replica takes no writes");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_cluster_of_three_is_whole_and_a_slot_can_be_moved() {
    for product in Product::ALL {
        let mut cluster = Cluster::start_product(product, &[]).await;
        let replica = cluster.replica(0).await;
        assert_eq!(replica, 3);
        // The slot of `a` is 15495, which the third node holds.
        cmd("SET").arg("a").arg("1").exec_async(&mut cluster.node(2).client().await).await.expect("its own key");
        let moved = cmd("SET").arg("a").arg("1").exec_async(&mut cluster.node(0).client().await).await;
        assert_eq!(moved.expect_err("a foreign key").code(), Some("MOVED"));
        cluster.migrate_slot(15500, 2, 0).await;
        cluster.move_slot(15500, 2, 0).await;
        cluster.node_mut(3).kill();
        assert_eq!(cluster.id(2).await.len(), 40);
    }
    Cluster::start().await.entry();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn sentinels_make_the_replica_the_primary_when_asked_and_when_the_primary_dies() {
    for product in Product::ALL {
        let mut group = Sentinels::start_product(product).await;
        assert_eq!(group.primary().await, 0);
        group.fail_over().await;
        assert_eq!(group.primary().await, 1);
        assert_ne!(group.server(0).port(), group.server(1).port());
        group.watcher_mut(2).kill();
        group.watcher_mut(2).start_again().await;
        group.server_mut(1).signal("CONT").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn users_are_limited_by_their_rules() {
    let server = Server::start().await;
    server.user("reader", "%R~app:* +get +@connection").await;
    let url = format!("redis://reader:{PASSWORD}@127.0.0.1:{}/0", server.port());
    let client = redis::Client::open(url).expect("an address");
    let mut client = client.get_multiplexed_async_connection().await.expect("the user may come in");
    cmd("GET").arg("app:1").exec_async(&mut client).await.expect("allowed");
    cmd("GET").arg("other").exec_async(&mut client).await.expect_err("not allowed");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn behind_tls_a_server_has_a_certificate_of_the_labs_own_authority() {
    for product in Product::ALL {
        let server = Server::start_tls(product, true).await;
        let entry = server.tls_entry(|_, files| {
            for file in [&files.authority, &files.client, &files.client_key] {
                assert!(file.is_file());
            }
        });
        let mut command = tokio::process::Command::new("openssl");
        let files = server.certificates();
        command.arg("s_client").arg("-CAfile").arg(&files.authority).arg("-cert").arg(&files.client);
        command.arg("-key").arg(&files.client_key).args(["-verify_return_error", "-verify_ip", "127.0.0.1"]);
        command.arg("-connect").arg(format!("127.0.0.1:{}", entry.configured.target.port));
        let told = crate::sandbox::process::run_to_end(command).await.expect("a TLS connection");
        assert!(told.contains("Verify return code: 0 (ok)"), "{told}");
    }
}
