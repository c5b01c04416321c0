//! Looking at what a slot holds takes nothing from it.

use super::super::model::SlotName;
use super::super::model::action::Peek;
use super::super::postgres::peek::look;
use super::*;
use crate::error::Kind;
use crate::sandbox::lab::eventually;

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_peek_shows_the_next_changes_and_leaves_them_there() {
    for major in crate::sandbox::lab::MAJORS {
        let server = Server::start(major, &[]).await;
        server.run("CREATE DATABASE shop").await;
        let shop = server.client_to("shop").await;
        shop.batch_execute("CREATE TABLE t (n int PRIMARY KEY, s text)").await.expect("a table");
        shop.batch_execute("CREATE PUBLICATION p FOR TABLE t").await.expect("a publication");
        for (name, plugin) in [("words", "test_decoding"), ("bytes", "pgoutput")] {
            let sql = "SELECT pg_create_logical_replication_slot($1, $2)";
            shop.execute(sql, &[&name, &plugin]).await.expect("a slot");
        }
        server.run("SELECT pg_create_physical_replication_slot('files', true)").await;
        shop.batch_execute("INSERT INTO t SELECT n, repeat('x', 1000) FROM generate_series(1, 3) n")
            .await
            .expect("rows");
        shop.batch_execute("DELETE FROM t WHERE n = 1").await.expect("no row");
        let slots = console(server.entry());
        let peek = async |name| look(&slots, &SlotName::parse(name).expect("a name")).await;
        for _ in 0..2 {
            let Ok(Peek::Text(lines)) = peek("words").await else { panic!("PostgreSQL {major}: no text") };
            assert_eq!(lines.iter().filter(|line| line.text.contains("INSERT")).count(), 3, "{lines:?}");
            assert!(lines.iter().all(|line| line.text.chars().count() <= 300));
            let kinds = match peek("bytes").await {
                Ok(Peek::Kinds(kinds)) => kinds,
                other => panic!("PostgreSQL {major}: {other:?}"),
            };
            let of = |letter: &str| {
                kinds.iter().find(|kind| kind.letter == letter).map(|kind| (kind.table.clone(), kind.count))
            };
            assert_eq!(of("I"), Some(("t".into(), 3)), "{kinds:?}");
            assert_eq!(of("D"), Some(("t".into(), 1)), "{kinds:?}");
        }
        assert_eq!(peek("files").await.expect_err("files").kind, Kind::Refused);
        assert_eq!(peek("nope").await.expect_err("nothing").kind, Kind::NotFound);

        server.run("SELECT pg_create_logical_replication_slot('busy', 'test_decoding')").await;
        let _attached = server.attach("pg_recvlogical", &["--slot", "busy", "--start", "--file", "changes"]);
        let client = server.client().await;
        let busy = "SELECT active::text FROM pg_replication_slots WHERE slot_name = 'busy'";
        eventually("it is in use", 20, async || text(&client, busy).await == "true").await;
        assert_eq!(peek("busy").await.expect_err("in use").kind, Kind::Conflict);
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_peek_into_a_large_transaction_ends_in_time() {
    let server = Server::start(16, &[]).await;
    server.run("CREATE TABLE t (n int)").await;
    server.run("SELECT pg_create_logical_replication_slot('s', 'test_decoding')").await;
    server.run("INSERT INTO t SELECT generate_series(1, 3000000)").await;
    let slots = console(server.entry());
    let start = std::time::Instant::now();
    let error = look(&slots, &SlotName::parse("s").expect("a name")).await.expect_err("too large");
    assert!(error.happened.en.contains("Two seconds were not enough"), "{error:?}");
    assert!(start.elapsed() < std::time::Duration::from_secs(4), "{:?}", start.elapsed());
}
