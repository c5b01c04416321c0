//! Settings on real servers of every version.

mod volume;

use super::model::change::{Change, Name};
use super::model::{Settings as Seen, Value};
use super::postgres::Settings;
use crate::change::apply::{Engine, carry_out};
use crate::change::{Blast, Outcome, Plan};
use crate::replication::server::Server as Postgres;
use crate::sandbox::lab::{MAJORS, Server, eventually};
use crate::targets::model::TargetId;
use crate::targets::registry::Entry;

fn settings(entry: std::sync::Arc<Entry>) -> Settings {
    Settings::of(Postgres::at(entry), None)
}

fn set(name: Name, value: &str) -> Change {
    Change::SetSetting { target: TargetId::parse("pg").expect("a valid name"), name, value: value.into() }
}

fn reset(name: Name) -> Change {
    Change::ResetSetting { target: TargetId::parse("pg").expect("a valid name"), name }
}

async fn shown(server: &Server, name: &str) -> String {
    server.client().await.query_one("SELECT current_setting($1)", &[&name]).await.expect("a setting").get(0)
}

async fn list(engine: &Settings) -> Seen {
    engine.list().await.expect("a list")
}

async fn plan(engine: &Settings, change: &Change) -> Plan {
    engine.plan(change).await.expect("a plan")
}

fn found(plan: &Plan, text: &str) -> bool {
    plan.checks.iter().any(|check| check.found.en.contains(text) || check.advice.en.contains(text))
}

/// Rail 5: what the banner offers with one click.
#[tokio::test]
#[ignore = "starts real databases"]
async fn a_cap_is_live_without_a_restart_and_goes_back_to_what_it_was() {
    for major in MAJORS {
        let server = Server::start(major, &[]).await;
        server.run("SELECT pg_create_physical_replication_slot('forgotten', true)").await;
        let engine = settings(server.entry());
        let seen = list(&engine).await;
        let warning = seen.row("max_slot_wal_keep_size").and_then(|row| row.warning.clone()).expect("a warning");
        assert!(warning.en.contains("nobody reads forgotten"), "{}", warning.en);

        let report = carry_out(&engine, &set(Name::MaxSlotWalKeepSize, "10240")).await;
        assert_eq!(report.outcome, Outcome::Done, "PostgreSQL {major}: {report:?}");
        assert_eq!(shown(&server, "max_slot_wal_keep_size").await, "10GB");
        assert!(list(&engine).await.row("max_slot_wal_keep_size").is_some_and(|row| row.warning.is_none()));

        let second = plan(&engine, &set(Name::MaxSlotWalKeepSize, "20480")).await;
        assert_eq!(second.way_back.en, "ALTER SYSTEM SET max_slot_wal_keep_size = '10240MB'; SELECT pg_reload_conf();");
        let report = carry_out(&engine, &reset(Name::MaxSlotWalKeepSize)).await;
        assert_eq!(report.outcome, Outcome::Done, "PostgreSQL {major}: {report:?}");
        assert_eq!(shown(&server, "max_slot_wal_keep_size").await, "-1");
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn the_slot_that_a_cap_would_lose_is_named_and_is_lost() {
    for major in [13, 18] {
        let server = Server::start(major, &[]).await;
        server.run("SELECT pg_create_physical_replication_slot('forgotten', true)").await;
        for _ in 0..4 {
            server.run("SELECT pg_logical_emit_message(false, '', '')").await;
            server.run("SELECT pg_switch_wal()").await;
        }
        let engine = settings(server.entry());
        assert_eq!(plan(&engine, &set(Name::MaxSlotWalKeepSize, "160")).await.blast, Blast::Plain);
        let change = set(Name::MaxSlotWalKeepSize, "16");
        assert_eq!(plan(&engine, &change).await.blast, Blast::TypeName("forgotten".into()));
        assert_eq!(carry_out(&engine, &change).await.outcome, Outcome::Done);
        server.run("CHECKPOINT").await;
        let status = "SELECT wal_status FROM pg_replication_slots";
        let status: String = server.client().await.query_one(status, &[]).await.expect("the slot").get(0);
        assert_eq!(status, "lost", "PostgreSQL {major}");
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn every_setting_is_told_and_what_a_version_lacks_is_explained() {
    for major in MAJORS {
        let server = Server::start(major, &[]).await;
        let seen = list(&settings(server.entry())).await;
        assert_eq!(seen.rows.len(), 19);
        for row in &seen.rows {
            assert!(!row.meaning.en.is_empty() && !row.meaning.ko.is_empty(), "{}", row.name);
            match row.name.as_str() {
                "synchronized_standby_slots" | "sync_replication_slots" if major < 17 => {
                    assert_eq!(row.value, Value::Since(17));
                }
                "idle_replication_slot_timeout" | "max_active_replication_origins" if major < 18 => {
                    assert_eq!(row.value, Value::Since(18));
                }
                _ => assert!(matches!(row.value, Value::Known { .. }), "PostgreSQL {major}: {row:?}"),
            }
        }
        let plain = list(&settings(server.role("plain", "", &[]).await)).await;
        assert_eq!(plain.row("primary_conninfo").map(|row| row.value.clone()), Some(Value::NoPermission));
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_standby_is_shown_without_its_password() {
    let primary = Server::start(15, &[]).await;
    let standby = primary.standby("sb1", &[]).await;
    primary.role("watcher", "", &["pg_monitor"]).await;
    eventually("the role arrives", 10, async || {
        standby.client_as("watcher", primary.password(), "postgres").await.is_ok()
    })
    .await;
    let seen = list(&settings(standby.entry_as("watcher", primary.password()))).await;
    let shown = serde_json::to_string(&seen).expect("a list");
    assert!(!shown.contains(standby.password()), "a password is shown");
    assert!(shown.contains("application_name=sb1"), "{shown}");
}

/// Rail 4.
#[tokio::test]
#[ignore = "starts real databases"]
async fn what_would_keep_the_server_from_starting_is_refused_and_truly_would() {
    for major in [13, 15, 18] {
        let mut server = Server::start(major, &[]).await;
        server.run("SELECT pg_create_logical_replication_slot('l1', 'pgoutput')").await;
        server.run("SELECT pg_create_physical_replication_slot('p1', true)").await;
        for (name, value, names) in [
            (Name::WalLevel, "replica", "l1"),
            (Name::WalLevel, "minimal", "2 slot(s) need more"),
            (Name::MaxReplicationSlots, "1", "2 slot(s) exist"),
        ] {
            let change = set(name, value);
            let refused = plan(&settings(server.entry()), &change).await;
            assert!(refused.blocked() && found(&refused, names), "PostgreSQL {major}: {:?}", refused.checks);
            assert_eq!(carry_out(&settings(server.entry()), &change).await.outcome, Outcome::Refused);
        }
        // By hand the server accepts it, and then does not start.
        for (written, reason) in
            [("wal_level = 'replica'", "wal_level"), ("max_replication_slots = 1", "too many replication slots")]
        {
            server.run(&format!("ALTER SYSTEM SET {written}")).await;
            server.run("SELECT pg_reload_conf()").await;
            let name = written.split(' ').next().expect("a name");
            eventually("the page warns of what waits for the restart", 10, async || {
                let seen = list(&settings(server.entry())).await;
                let warning = seen.row(name).and_then(|row| row.warning.clone()).unwrap_or_default();
                warning.en.contains("would not start again")
            })
            .await;
            let end = server.try_restart().await.expect_err("it must not start");
            assert!(end.contains(reason), "PostgreSQL {major}: {end}");
            std::fs::write(server.data().join("postgresql.auto.conf"), "").expect("a file of the server");
            server.try_restart().await.expect("it starts again");
        }
        server.run("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots").await;
        for (name, value) in [(Name::WalLevel, "replica"), (Name::MaxReplicationSlots, "1")] {
            let report = carry_out(&settings(server.entry()), &set(name, value)).await;
            assert_eq!(report.outcome, Outcome::Done, "PostgreSQL {major}: {report:?}");
            assert!(report.read_back.en.contains("next restart"), "{}", report.read_back.en);
        }
        let seen = list(&settings(server.entry())).await;
        assert!(seen.row("wal_level").is_some_and(|row| row.pending_restart));
        server.try_restart().await.expect("it starts");
        assert_eq!(shown(&server, "wal_level").await, "replica");
        assert_eq!(shown(&server, "max_replication_slots").await, "1");
    }
}

/// Before 18 the same setting bounds replication origins, and too few of them stop the server too.
#[tokio::test]
#[ignore = "starts real databases"]
async fn replication_origins_count_where_they_share_the_setting() {
    let mut server = Server::start(15, &[]).await;
    for origin in ["a", "b", "c"] {
        server.run(&format!("SELECT pg_replication_origin_create('{origin}')")).await;
        server.run(&format!("SELECT pg_replication_origin_advance('{origin}', '0/1000')")).await;
    }
    let refused = plan(&settings(server.entry()), &set(Name::MaxReplicationSlots, "2")).await;
    assert!(refused.blocked() && found(&refused, "3 replication origins"), "{:?}", refused.checks);
    server.run("ALTER SYSTEM SET max_replication_slots = 2").await;
    server.try_restart().await.expect_err("it must not start");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_synchronous_name_must_stream_and_a_commit_must_return() {
    for major in [15, 18] {
        let primary = Server::start(major, &[]).await;
        let engine = settings(primary.entry());
        let ghost = plan(&engine, &set(Name::SynchronousStandbyNames, "FIRST 1 (ghost)")).await;
        assert!(ghost.blocked() && found(&ghost, "0 of the named standbys stream now; 1 are needed"), "{ghost:?}");

        let standby = primary.standby("sb1", &[]).await;
        let change = set(Name::SynchronousStandbyNames, "FIRST 1 (sb1)");
        let report = carry_out(&engine, &change).await;
        assert_eq!(report.outcome, Outcome::Done, "PostgreSQL {major}: {report:?}");
        assert!(report.read_back.en.contains("a commit returned"), "{}", report.read_back.en);
        assert_eq!(carry_out(&engine, &reset(Name::SynchronousStandbyNames)).await.outcome, Outcome::Done);

        // A frozen standby still counts as streaming. Only a commit finds it out; then the setting is taken back.
        let receiver = "SELECT pid FROM pg_stat_wal_receiver";
        let pid: i32 = standby.client().await.query_one(receiver, &[]).await.expect("a receiver").get(0);
        standby.signal(pid, "STOP").await;
        let report = carry_out(&engine, &change).await;
        standby.signal(pid, "CONT").await;
        assert_eq!(report.outcome, Outcome::Failed, "PostgreSQL {major}: {report:?}");
        assert!(report.summary.en.contains("taken back"), "{}", report.summary.en);
        assert_eq!(shown(&primary, "synchronous_standby_names").await, "");
        primary.run("CREATE TABLE written_again()").await;
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn consumers_of_failover_slots_wait_only_for_slots_that_a_standby_holds() {
    for major in [17, 18] {
        let primary = Server::start(major, &[]).await;
        let engine = settings(primary.entry());
        primary.run("SELECT pg_create_physical_replication_slot('idle', true)").await;
        primary.run("SELECT pg_create_logical_replication_slot('l1', 'pgoutput')").await;
        for wrong in ["nothing", "idle", "l1"] {
            assert!(plan(&engine, &set(Name::SynchronizedStandbySlots, wrong)).await.blocked(), "{wrong}");
        }
        let _standby = primary.standby("sb1", &[]).await;
        let report = carry_out(&engine, &set(Name::SynchronizedStandbySlots, "sb1")).await;
        assert_eq!(report.outcome, Outcome::Done, "PostgreSQL {major}: {report:?}");
    }
    let older = Server::start(16, &[]).await;
    let refused = plan(&settings(older.entry()), &set(Name::SynchronizedStandbySlots, "sb1")).await;
    assert!(refused.blocked() && found(&refused, "PostgreSQL 16 has no setting"), "{:?}", refused.checks);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn an_idle_timeout_names_what_it_would_let_go() {
    let server = Server::start(18, &[]).await;
    server.run("SELECT pg_create_physical_replication_slot('idle', true)").await;
    let engine = settings(server.entry());
    assert_eq!(plan(&engine, &set(Name::IdleReplicationSlotTimeout, "3600")).await.blast, Blast::Plain);
    eventually("the slot is idle for a second", 10, async || {
        let plan = plan(&engine, &set(Name::IdleReplicationSlotTimeout, "1")).await;
        plan.blast == Blast::TypeName("idle".into())
    })
    .await;
    let report = carry_out(&engine, &set(Name::IdleReplicationSlotTimeout, "1")).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    assert_eq!(shown(&server, "idle_replication_slot_timeout").await, "1s");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_role_with_two_grants_may_change_one_setting() {
    for major in [15, 16, 17, 18] {
        let server = Server::start(major, &[]).await;
        let engine = settings(server.role("ops", "", &["pg_monitor"]).await);
        let change = set(Name::MaxSlotWalKeepSize, "1024");
        let refused = plan(&engine, &change).await;
        let grants = [
            "GRANT ALTER SYSTEM ON PARAMETER max_slot_wal_keep_size TO \"ops\";",
            "GRANT EXECUTE ON FUNCTION pg_reload_conf() TO \"ops\";",
        ];
        for grant in grants {
            assert!(refused.blocked() && found(&refused, grant), "PostgreSQL {major}: {:?}", refused.checks);
            server.run(grant).await;
        }
        let report = carry_out(&engine, &change).await;
        assert_eq!(report.outcome, Outcome::Done, "PostgreSQL {major}: {report:?}");
        assert!(plan(&engine, &set(Name::HotStandbyFeedback, "on")).await.blocked());
    }
    let older = Server::start(14, &[]).await;
    let engine = settings(older.role("ops", "", &["pg_monitor"]).await);
    let refused = plan(&engine, &set(Name::MaxSlotWalKeepSize, "1024")).await;
    assert!(refused.blocked() && found(&refused, "needs a superuser"), "{:?}", refused.checks);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_reload_that_would_be_ignored_is_refused() {
    let server = Server::start(18, &[]).await;
    let file = server.data().join("lab.conf");
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    std::fs::write(&file, format!("{text}\nwork_mem = 'much'\n")).expect("a file of the server");
    let refused = plan(&settings(server.entry()), &set(Name::MaxSlotWalKeepSize, "1024")).await;
    assert!(refused.blocked() && found(&refused, "cannot read its configuration"), "{:?}", refused.checks);
}
