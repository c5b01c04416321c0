//! Against real servers: whoever holds a key is found, also after it has moved, and nobody is let in as somebody else.

mod cluster;
mod login;
mod sentinel;
mod tls;

use redis::cmd;

use super::{Node, describe, nodes, of_key, own, with};
use crate::error::{AppError, Kind};
use crate::sandbox::lab::redis::{Product, Server};
use crate::targets::registry::Entry;

async fn set(entry: &Entry, key: &str, value: &str) -> Result<(), AppError> {
    of_key(entry, key.as_bytes(), |mut link| async move { link.ask(cmd("SET").arg(key).arg(value)).await }).await
}

async fn get(entry: &Entry, key: &str) -> Result<Option<String>, AppError> {
    of_key(entry, key.as_bytes(), |mut link| async move { link.ask(cmd("GET").arg(key)).await }).await
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_target_says_what_it_is_and_a_replica_only_reads() {
    for product in Product::ALL {
        let server = Server::start_product(product, &[]).await;
        let replica = server.replica().await;
        set(&server.entry(), "a", "1").await.expect("a primary takes writes");
        let said = describe(&server.entry()).await.expect("an answer");
        assert!(said.en.starts_with(product.name()) && said.en.ends_with(", primary"), "{said:?}");
        let entry = replica.entry();
        assert!(describe(&entry).await.expect("an answer").en.ends_with("replica: read only"));
        let error = set(&entry, "a", "2").await.expect_err("a replica");
        assert!(error.kind == Kind::Refused && error.happened.en.contains("is a replica"), "{error:?}");
        assert!(get(&entry, "a").await.expect("reading works").is_none_or(|value| value == "1"));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_server_that_was_started_again_is_found_without_an_error_in_between() {
    let mut server = Server::start().await;
    let entry = server.entry();
    set(&entry, "a", "1").await.expect("it runs");
    let node = nodes(&entry).await.expect("one")[0].clone();
    let pool = entry.shared::<super::pool::Pool>();
    server.kill();
    server.start_again().await;
    crate::sandbox::lab::eventually("the end of the connection is seen", 5, async || pool.has_none_to(&node).await)
        .await;
    assert_eq!(get(&entry, "a").await.expect("a new connection"), None);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn connections_have_our_name_and_work_that_lasts_leaves_no_trace_where_the_server_can() {
    for product in Product::ALL {
        let server = Server::start_product(product, &[]).await;
        let entry = server.entry();
        let node = nodes(&entry).await.expect("one")[0].clone();
        let (mut link, _carried) = own(&entry, &node).await.expect("also where the server has no NO-TOUCH");
        let name: String = link.ask(cmd("CLIENT").arg("GETNAME")).await.expect("a name");
        assert_eq!(name, "outgrow");
        let list: String = cmd("CLIENT").arg("LIST").query_async(&mut server.client().await).await.expect("a list");
        let ours = list.lines().filter(|line| line.contains("name=outgrow"));
        let untouching = ours.filter(|line| line.split(' ').any(|it| it.starts_with("flags=") && it.contains('T')));
        assert_eq!(untouching.count(), usize::from(product == Product::Valkey), "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn nothing_is_asked_of_a_server_that_is_not_the_targets() {
    let (server, other) = (Server::start().await, Server::start().await);
    let foreign = Node { host: "127.0.0.1".into(), port: other.port() };
    let error = own(&server.entry(), &foreign).await.map(|_| ()).expect_err("another's server");
    assert_eq!(error.kind, Kind::Conflict);
    let entry = server.entry();
    let error = super::at(&entry, &foreign, |mut link| async move { link.ask::<String>(&cmd("PING")).await });
    assert_eq!(error.await.expect_err("another's server").kind, Kind::Conflict);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_database_that_is_no_number_is_refused_and_not_taken_for_the_first() {
    let server = Server::start().await;
    let entry = server.entry_with(|it| it.database = Some("first".into()));
    assert_eq!(describe(&entry).await.expect_err("no number").kind, Kind::Refused);
    let entry = server.entry_with(|it| it.database = Some("3".into()));
    set(&entry, "a", "1").await.expect("database 3");
    let keys: String = cmd("INFO").arg("keyspace").query_async(&mut server.client().await).await.expect("INFO");
    assert!(keys.contains("db3:keys=1") && !keys.contains("db0"), "{keys}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_the_console_reads_with_harms_no_server() {
    let server = Server::start().await;
    let entry = server.entry();
    describe(&entry).await.expect("an answer");
    set(&entry, "a", "1").await.expect("set");
    get(&entry, "a").await.expect("get");
    with(&entry, |mut link| async move { link.ask::<redis::Value>(cmd("SCAN").arg(0)).await }).await.expect("scan");
    let told: String =
        cmd("INFO").arg("commandstats").query_async(&mut server.client().await).await.expect("statistics");
    let info = super::info::Info::parse(&told);
    for never in ["keys", "flushall", "flushdb", "monitor", "config|set", "eval", "debug", "shutdown"] {
        assert!(info.get(&format!("cmdstat_{never}")).is_none(), "{never} was sent");
    }
    assert!(info.get("cmdstat_scan").is_some(), "the statistics must show what was sent: {told}");
}
