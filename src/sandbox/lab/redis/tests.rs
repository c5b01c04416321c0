#![cfg(test)]

use super::Server;

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
