//! Against real servers: what holds a primary is followed to the standby.

use super::model::{Horizon, Kind};
use super::postgres::horizon;
use crate::replication::finding::Severity;
use crate::replication::fleet::Fleet;
use crate::sandbox::lab::{Server, eventually};

/// The standby answers every second, so that what it lets go is known soon.
const OFTEN: (&str, &str) = ("wal_receiver_status_interval", "1s");

async fn seen(fleet: &Fleet) -> Horizon {
    horizon(fleet).await.expect("the server answers")
}

/// Lets so many transactions go by.
async fn transactions(server: &Server, number: u32) {
    let sql = format!(
        "SET synchronous_commit = off; DO $$ BEGIN FOR i IN 1..{number} LOOP PERFORM txid_current(); COMMIT; \
         END LOOP; END $$"
    );
    // One statement after the other: several at once would be one transaction.
    let client = server.client().await;
    for statement in sql.splitn(2, "; ") {
        client.batch_execute(statement).await.expect("it runs");
    }
}

/// What is followed from the slot `sb1`: its age, and the name of what causes it with the target that it is on.
fn cause(horizon: &Horizon, kind: Kind) -> Option<(i64, String, u16)> {
    let holder = horizon.sight.holders.iter().find(|holder| holder.kind == kind && holder.name == "sb1")?;
    let (cause, on) = holder.cause(&horizon.target);
    Some((holder.age, cause.name.clone(), on.port))
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_forgotten_slot_on_the_standby_is_named_at_the_primary_that_it_holds() {
    let primary = Server::start(18, &[]).await;
    let standby = primary.standby("sb1", &[OFTEN]).await;
    let fleet = Fleet::of(primary.entry(), vec![standby.entry()]);
    let create = standby.run("SELECT pg_create_logical_replication_slot('fo2', 'pgoutput')");
    // It waits for the primary to tell what runs there.
    let help = async {
        eventually("somebody creates a slot on the standby", 10, async || {
            let sql = "SELECT FROM pg_replication_slots WHERE slot_name = 'fo2'";
            !standby.client().await.query(sql, &[]).await.expect("rows").is_empty()
        })
        .await;
        eventually("the slot is ready", 20, async || {
            primary.run("SELECT pg_log_standby_snapshot()").await;
            let sql = "SELECT FROM pg_replication_slots WHERE slot_name = 'fo2' AND NOT active";
            !standby.client().await.query(sql, &[]).await.expect("rows").is_empty()
        })
        .await;
    };
    tokio::join!(create, help);
    transactions(&primary, 12_000).await;
    eventually("the standby's slot is named", 20, async || {
        let found = cause(&seen(&fleet).await, Kind::SlotCatalogXmin);
        found.is_some_and(|(age, name, port)| age > 10_000 && name == "fo2" && port == standby.port())
    })
    .await;
    let horizon = seen(&fleet).await;
    let finding = horizon.findings.iter().find(|finding| finding.words.en.contains("because of the slot fo2"));
    let finding = finding.expect("it stands out");
    assert_eq!(finding.severity, Severity::Warn);
    assert_eq!(finding.link, format!("/replication/slot?target=lab-{}&name=fo2", standby.port()));

    standby.run("SELECT pg_drop_replication_slot('fo2')").await;
    eventually("the primary is let go", 20, async || {
        let horizon = seen(&fleet).await;
        cause(&horizon, Kind::SlotCatalogXmin).is_none_or(|(age, ..)| age < 1_000) && horizon.findings.is_empty()
    })
    .await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_long_transaction_on_the_standby_is_named_at_the_primary_that_it_holds() {
    for major in [15, 18] {
        let primary = Server::start(major, &[]).await;
        let standby = primary.standby("sb1", &[OFTEN]).await;
        let fleet = Fleet::of(primary.entry(), vec![standby.entry()]);
        let reader = standby.client().await;
        reader.batch_execute("SET application_name = 'report'").await.expect("set");
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 'yearly report'";
        reader.batch_execute(begin).await.expect("a snapshot");
        transactions(&primary, 2_000).await;
        eventually("the session is named", 20, async || {
            let found = cause(&seen(&fleet).await, Kind::SlotXmin);
            found.is_some_and(|(age, name, port)| age >= 2_000 && name == "report" && port == standby.port())
        })
        .await;
        let horizon = seen(&fleet).await;
        let holder = horizon.sight.holders.iter().find(|holder| holder.kind == Kind::SlotXmin).expect("it holds");
        let (session, _) = holder.cause(&horizon.target);
        assert_eq!(session.state.as_deref(), Some("idle in transaction"));
        assert!(session.query.contains("yearly report"), "{}", session.query);
        assert!(!format!("{:?}", horizon.clone().without_queries()).contains("yearly report"));
        let (next, _) = holder.next(&horizon.target);
        assert!(next.en.contains("SELECT pg_terminate_backend("), "{}", next.en);

        reader.batch_execute("COMMIT").await.expect("the end");
        eventually("the primary is let go", 20, async || {
            let found = cause(&seen(&fleet).await, Kind::SlotXmin);
            found.is_none_or(|(age, ..)| age < 1_000)
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn who_only_cleans_up_holds_nothing() {
    let server = Server::start(15, &[("autovacuum", "off")]).await;
    server.run("CREATE TABLE t AS SELECT generate_series(1, 200000) AS n").await;
    let cleaner = server.client().await;
    cleaner
        .batch_execute("SET application_name = 'cleaner'; SET vacuum_cost_delay = 20; SET vacuum_cost_limit = 10")
        .await
        .expect("set");
    let fleet = Fleet::of(server.entry(), vec![]);
    let watcher = server.client().await;
    let vacuum = tokio::spawn(async move { cleaner.batch_execute("VACUUM t").await });
    eventually("it cleans up", 10, async || {
        !watcher.query("SELECT FROM pg_stat_progress_vacuum", &[]).await.expect("rows").is_empty()
    })
    .await;
    let horizon = seen(&fleet).await;
    let still = !watcher.query("SELECT FROM pg_stat_progress_vacuum", &[]).await.expect("rows").is_empty();
    assert!(still, "it must clean up while we look");
    let cleaners = horizon.sight.holders.iter().filter(|holder| holder.name == "cleaner").count();
    assert_eq!(cleaners, 0);
    server.run("SELECT pg_cancel_backend(pid) FROM pg_stat_progress_vacuum").await;
    vacuum.await.expect("a task").expect_err("it was cancelled");
}
