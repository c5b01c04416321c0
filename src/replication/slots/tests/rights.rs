//! What each right is needed for, and that a refusal names the grant.

use super::eviction::{comes_back_for_ever, let_in_without_password};
use super::*;
use crate::sandbox::lab::eventually;

#[tokio::test]
#[ignore = "starts real databases"]
async fn replication_and_pg_monitor_are_enough_for_all_but_another_roles_walsender() {
    for major in [13, 16, 18] {
        let server = Server::start(major, &[]).await;
        let slots = console(server.role("ops", "REPLICATION", &["pg_monitor"]).await);
        let client = server.client().await;
        done(&slots, "create_slot", &[("name", "p")]).await;
        done(&slots, "create_slot", &[("kind", "logical"), ("name", "l"), ("database", "postgres")]).await;
        done(&slots, "copy_slot", &[("name", "l"), ("copy", "l2")]).await;
        write(&server, 10).await;
        done(&slots, "advance_slot", &[("name", "l2")]).await;
        let seen = text(&client, "SELECT restart_lsn::text FROM pg_replication_slots WHERE slot_name = 'l'").await;
        done(&slots, "drop_slot", &[("name", "l"), ("restart_lsn", &seen)]).await;

        let_in_without_password(&server, "hot").await;
        done(&slots, "create_slot", &[("name", "hot")]).await;
        let start = text(&client, "SELECT pg_current_wal_flush_lsn()::text").await;
        let consumer = tokio::spawn(comes_back_for_ever(server.port(), start));
        let active = "SELECT active::text FROM pg_replication_slots WHERE slot_name = 'hot'";
        eventually("it is in use", 20, async || text(&client, active).await == "true").await;
        let plan = planned(&slots, "evict_slot", &[("name", "hot")]).await;
        assert!(blocks(&plan).contains("GRANT pg_signal_backend TO \"ops\""), "{plan:#?}");
        // Sent all the same, the server refuses it, and the refusal names it too.
        let run = crate::change::run::Run::new("t".into(), plan.title.clone());
        let error = Engine::run(&slots, &plan.commands[0], &run).await.expect_err("refused");
        assert!(error.next.en.contains("pg_signal_backend"), "PostgreSQL {major}: {error:?}");
        assert_eq!(count(&client, "hot").await, 1);
        server.run("GRANT pg_signal_backend TO ops").await;
        done(&slots, "evict_slot", &[("name", "hot")]).await;
        assert_eq!(count(&client, "hot").await, 0);
        consumer.abort();

        // A superuser's walsender is ended by superusers only.
        let _attached = server.attach("pg_receivewal", &["--slot", "p", "--directory", "."]);
        let active = active.replace("'hot'", "'p'");
        eventually("it is attached", 20, async || text(&client, &active).await == "true").await;
        let plan = planned(&slots, "evict_slot", &[("name", "p")]).await;
        assert!(blocks(&plan).contains("Only a superuser"), "{plan:#?}");
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn without_replication_every_plan_names_the_attribute() {
    for major in [15, 18] {
        let server = Server::start(major, &[]).await;
        let slots = console(server.role("weak", "", &["pg_monitor", "pg_signal_backend"]).await);
        server.run("SELECT pg_create_logical_replication_slot('s', 'test_decoding')").await;
        let seen = text(&server.client().await, "SELECT restart_lsn::text FROM pg_replication_slots").await;
        let all: [(&str, &[(&str, &str)]); 5] = [
            ("create_slot", &[("name", "a")]),
            ("create_slot", &[("kind", "logical"), ("name", "a"), ("database", "postgres")]),
            ("drop_slot", &[("name", "s"), ("restart_lsn", &seen)]),
            ("copy_slot", &[("name", "s"), ("copy", "a")]),
            ("advance_slot", &[("name", "s")]),
        ];
        for (action, fields) in all {
            let plan = planned(&slots, action, fields).await;
            assert!(blocks(&plan).contains("ALTER ROLE \"weak\" REPLICATION"), "{action}: {plan:#?}");
            // Sent all the same, the server refuses it, and the refusal names it too.
            let run = crate::change::run::Run::new("t".into(), plan.title.clone());
            let error = Engine::run(&slots, &plan.commands[0], &run).await.expect_err("refused");
            assert_eq!(error.kind, crate::error::Kind::NoPermission, "{action}: {error:?}");
            assert!(error.next.en.contains("REPLICATION"), "{action}: {error:?}");
        }
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn without_pg_monitor_what_cannot_be_seen_is_said_to_be_so() {
    let server = Server::start(18, &[]).await;
    let slots = console(server.role("blind", "REPLICATION", &["pg_signal_backend"]).await);
    let client = server.client().await;
    server.run("SELECT pg_create_physical_replication_slot('s', true)").await;
    let _attached = server.attach("pg_receivewal", &["--slot", "s", "--directory", "."]);
    let active = "SELECT active::text FROM pg_replication_slots WHERE slot_name = 's'";
    eventually("it is attached", 20, async || text(&client, active).await == "true").await;
    let plan = planned(&slots, "evict_slot", &[("name", "s")]).await;
    assert!(blocks(&plan).contains("GRANT pg_monitor"), "{plan:#?}");

    let blocker = server.client().await;
    blocker.batch_execute("BEGIN; CREATE TABLE held (n int)").await.expect("a transaction");
    let plan = planned(&slots, "create_slot", &[("kind", "logical"), ("name", "l"), ("database", "postgres")]).await;
    assert!(warns(&plan).contains("no permission to see how long"), "{plan:#?}");

    let snapshot = planned(&slots, "log_snapshot", &[]).await;
    assert!(
        blocks(&snapshot).contains("GRANT EXECUTE ON FUNCTION pg_log_standby_snapshot() TO \"blind\""),
        "{snapshot:#?}"
    );
    server.run("GRANT EXECUTE ON FUNCTION pg_log_standby_snapshot() TO blind").await;
    done(&slots, "log_snapshot", &[]).await;
}
