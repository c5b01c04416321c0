//! Against real servers: what is foretold comes true.

use tokio_postgres::error::SqlState;

use super::model::{Readiness, Verdict};
use super::postgres::readiness;
use crate::replication::finding::Severity;
use crate::replication::fleet::Fleet;
use crate::sandbox::lab::{Server, eventually};

async fn seen(fleet: &Fleet) -> Readiness {
    readiness(fleet).await.expect("the server answers")
}

fn verdict<'a>(readiness: &'a Readiness, slot: &str) -> &'a Verdict {
    &readiness.slots.iter().find(|ready| ready.slot.name == slot).expect("the slot").verdict
}

fn is_safe(readiness: &Readiness, slot: &str) -> bool {
    matches!(verdict(readiness, slot), Verdict::Safe { .. })
}

/// Why a slot will be lost; empty if it will not.
fn why(readiness: &Readiness, slot: &str) -> String {
    match verdict(readiness, slot) {
        Verdict::Lost(reason) => reason.why.en.clone(),
        _ => String::new(),
    }
}

/// Reads the slot a little further, as its consumer would: a copy is complete once the standby has caught up with it.
async fn consume(primary: &Server, standby: &Server, slot: &str) {
    // The server looks whether it should start its copying again only now and then, or when somebody connects.
    standby.run("SELECT").await;
    primary.run("SELECT pg_log_standby_snapshot()").await;
    primary.run(&format!("SELECT pg_replication_slot_advance('{slot}', pg_current_wal_lsn())")).await;
}

async fn pair(major: u8) -> (Server, Server) {
    let primary = Server::start(major, &[]).await;
    primary.run("CREATE TABLE t(n int)").await;
    let standby = primary.standby("sb1", &[("sync_replication_slots", "on")]).await;
    (primary, standby)
}

const SAFE: &str = "SELECT pg_create_logical_replication_slot('safe', 'test_decoding', false, false, true)";

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_slot_foretold_safe_works_after_the_promotion_and_one_foretold_lost_is_gone() {
    let (primary, standby) = pair(18).await;
    primary.run(SAFE).await;
    primary.run("SELECT pg_create_logical_replication_slot('lost', 'test_decoding')").await;
    let fleet = Fleet::of(primary.entry(), vec![standby.entry()]);
    eventually("the copy is complete", 30, async || {
        consume(&primary, &standby, "safe").await;
        is_safe(&seen(&fleet).await, "safe")
    })
    .await;
    let foretold = seen(&fleet).await;
    assert_eq!(why(&foretold, "lost"), "It is not marked for failover, so it is not copied.");
    assert!(foretold.findings.iter().any(|it| it.words.en.contains("a failover loses: 1 (lost)")));

    primary.run("INSERT INTO t VALUES (1), (2)").await;
    let there = standby.client().await;
    eventually("the rows are on the standby", 10, async || {
        there.query_one("SELECT count(*) = 2 FROM t", &[]).await.is_ok_and(|row| row.get(0))
    })
    .await;
    drop(primary);
    standby.promote().await;
    let peek = |slot: &str| format!("SELECT data FROM pg_logical_slot_peek_changes('{slot}', NULL, NULL)");
    let rows = standby.client().await.query(&peek("safe"), &[]).await.expect("the slot works");
    let inserted = rows.iter().filter(|row| row.get::<_, &str>(0).contains("INSERT")).count();
    assert_eq!(inserted, 2);
    let refusal = standby.client().await.query(&peek("lost"), &[]).await.expect_err("the slot is gone");
    assert_eq!(refusal.code(), Some(&SqlState::UNDEFINED_OBJECT));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn before_version_17_what_is_foretold_lost_is_gone() {
    let primary = Server::start(15, &[]).await;
    let standby = primary.standby("sb1", &[]).await;
    primary.run("SELECT pg_create_logical_replication_slot('mine', 'test_decoding')").await;
    let foretold = seen(&Fleet::of(primary.entry(), vec![standby.entry()])).await;
    assert_eq!(why(&foretold, "mine"), "PostgreSQL 15 does not copy logical slots to standbys.");
    drop(primary);
    standby.promote().await;
    let peek = "SELECT data FROM pg_logical_slot_peek_changes('mine', NULL, NULL)";
    let refusal = standby.client().await.query(peek, &[]).await.expect_err("the slot is gone");
    assert_eq!(refusal.code(), Some(&SqlState::UNDEFINED_OBJECT));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn each_thing_that_keeps_a_standby_from_copying_is_named() {
    for major in [17, 18] {
        let (primary, standby) = pair(major).await;
        primary.run(SAFE).await;
        let fleet = Fleet::of(primary.entry(), vec![standby.entry()]);
        let conninfo = format!("{} application_name=sb1", primary.conninfo("postgres", primary.password(), ""));
        for (setting, value, told) in [
            ("sync_replication_slots", "off", "sync_replication_slots off"),
            ("hot_standby_feedback", "off", "hot_standby_feedback off"),
            ("primary_conninfo", conninfo.as_str(), "names no database in primary_conninfo"),
        ] {
            standby.run(&format!("ALTER SYSTEM SET {setting} = '{}'", value.replace('\'', "''"))).await;
            standby.run("SELECT pg_reload_conf()").await;
            eventually(told, 15, async || {
                let readiness = seen(&fleet).await;
                readiness.standbys[0].obstacles.iter().any(|obstacle| obstacle.why.en.contains(told))
                    && !why(&readiness, "safe").is_empty()
            })
            .await;
            standby.run(&format!("ALTER SYSTEM RESET {setting}")).await;
            standby.run("SELECT pg_reload_conf()").await;
        }
        eventually("nothing is in the way any more, and the slot is copied", 40, async || {
            consume(&primary, &standby, "safe").await;
            let readiness = seen(&fleet).await;
            readiness.standbys[0].obstacles.is_empty() && is_safe(&readiness, "safe")
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_slot_of_the_standby_s_own_with_the_name_stops_all_copying_and_is_named() {
    let (primary, standby) = pair(18).await;
    let fleet = Fleet::of(primary.entry(), vec![standby.entry()]);
    let own = standby.run("SELECT pg_create_logical_replication_slot('safe', 'test_decoding')");
    let help = async {
        eventually("the standby's own slot is ready", 20, async || {
            primary.run("SELECT pg_log_standby_snapshot()").await;
            let sql = "SELECT FROM pg_replication_slots WHERE slot_name = 'safe' AND NOT active";
            !standby.client().await.query(sql, &[]).await.expect("rows").is_empty()
        })
        .await;
    };
    tokio::join!(own, help);
    primary.run(SAFE).await;
    primary.run(&SAFE.replace("'safe'", "'other'")).await;
    eventually("it is named for both", 15, async || {
        let readiness = seen(&fleet).await;
        let told = "has a slot safe of its own, which stops the copying of all slots";
        ["safe", "other"].iter().all(|slot| why(&readiness, slot).contains(told))
            && readiness.findings.iter().any(|it| it.severity == Severity::Bad && it.words.en.contains(told))
    })
    .await;
    standby.run("SELECT pg_drop_replication_slot('safe')").await;
    eventually("both are copied", 60, async || {
        for slot in ["safe", "other"] {
            consume(&primary, &standby, slot).await;
        }
        let readiness = seen(&fleet).await;
        is_safe(&readiness, "safe") && is_safe(&readiness, "other")
    })
    .await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_name_that_keeps_all_consumers_waiting_is_trouble() {
    let (primary, standby) = pair(18).await;
    primary.run(SAFE).await;
    let fleet = Fleet::of(primary.entry(), vec![standby.entry()]);
    for (names, told) in [("ghost", "the slot ghost, which does not exist"), ("sb1", "")] {
        primary.run(&format!("ALTER SYSTEM SET synchronized_standby_slots = '{names}'")).await;
        primary.run("SELECT pg_reload_conf()").await;
        eventually(&format!("{names:?}: {told}"), 10, async || {
            let readiness = seen(&fleet).await;
            let trouble = readiness.findings.iter().find(|it| it.words.en.starts_with("Consumers of failover slots"));
            trouble.map_or(told.is_empty(), |it| !told.is_empty() && it.words.en.contains(told))
        })
        .await;
    }
}
