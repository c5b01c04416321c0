//! Each change, on each version.

use super::*;
use crate::sandbox::lab::{MAJORS, Server};

#[tokio::test]
#[ignore = "starts real databases"]
async fn every_change_does_on_every_version_what_its_plan_says() {
    for major in MAJORS {
        let server = Server::start(major, &[]).await;
        server.run("CREATE DATABASE shop").await;
        let slots = console(server.entry());
        let client = server.client().await;
        physical(&server, &slots, &client).await;
        logical(&server, &slots, &client).await;
        moved(&server, &slots, &client).await;
    }
}

async fn physical(server: &Server, slots: &Slots, client: &Client) {
    done(slots, "create_slot", &[("name", "kept"), ("reserve", "yes")]).await;
    done(slots, "create_slot", &[("name", "later"), ("reserve", "no")]).await;
    let held = "SELECT string_agg(concat(slot_name, ':', restart_lsn IS NOT NULL), ' ' ORDER BY slot_name) FROM pg_replication_slots";
    assert_eq!(text(client, held).await, "kept:t later:f");
    assert!(blocks(&planned(slots, "create_slot", &[("name", "kept")]).await).contains("already"));

    done(slots, "copy_slot", &[("name", "kept"), ("copy", "kept_copy")]).await;
    assert_eq!(count(client, "kept_copy").await, 1);
    let copied = planned(slots, "copy_slot", &[("name", "later"), ("copy", "b")]).await;
    assert!(blocks(&copied).contains("has never held WAL"), "{copied:#?}");

    write(server, 300).await;
    let end = text(client, "SELECT pg_current_wal_flush_lsn()::text").await;
    done(slots, "advance_slot", &[("name", "kept"), ("to", &end)]).await;
    let at = "SELECT restart_lsn::text FROM pg_replication_slots WHERE slot_name = 'kept'";
    assert_eq!(text(client, at).await, end);
    let back = planned(slots, "advance_slot", &[("name", "kept"), ("to", "0/1")]).await;
    assert!(blocks(&back).contains("does not lie ahead"), "{back:#?}");

    for name in ["kept", "kept_copy", "later"] {
        let sql = format!("SELECT restart_lsn::text FROM pg_replication_slots WHERE slot_name = '{name}'");
        let seen = text(client, &sql).await;
        done(slots, "drop_slot", &[("name", name), ("restart_lsn", &seen)]).await;
        assert_eq!(count(client, name).await, 0);
    }
}

async fn logical(server: &Server, slots: &Slots, client: &Client) {
    let major = server.major();
    let fields = [("kind", "logical"), ("name", "l"), ("plugin", "test_decoding"), ("database", "shop")];
    done(slots, "create_slot", &fields).await;
    let sql = "SELECT concat(slot_type, ' ', plugin, ' ', database, ' ', confirmed_flush_lsn IS NOT NULL) \
               FROM pg_replication_slots WHERE slot_name = 'l'";
    assert_eq!(text(client, sql).await, "logical test_decoding shop t");

    // The copy of a slot of another database is made there, and not where the console is connected.
    done(slots, "copy_slot", &[("name", "l"), ("copy", "l_copy")]).await;
    assert_eq!(text(client, &sql.replace("'l'", "'l_copy'")).await, "logical test_decoding shop t");

    let two_phase = [("kind", "logical"), ("name", "two"), ("database", "shop"), ("two_phase", "yes")];
    let failover = [("kind", "logical"), ("name", "over"), ("database", "shop"), ("failover", "yes")];
    for (fields, first) in [(&two_phase, 14), (&failover, 17)] {
        let plan = planned(slots, "create_slot", fields).await;
        if major < first {
            assert!(blocks(&plan).contains(&format!("needs {first}; this is {major}")), "{plan:#?}");
            continue;
        }
        done(slots, "create_slot", fields).await;
        let copy = planned(slots, "copy_slot", &[("name", fields[1].1), ("copy", "c")]).await;
        assert!(warns(&copy).contains("loses these options"), "{copy:#?}");
    }
    assert!(
        blocks(&planned(slots, "create_slot", &[("kind", "logical"), ("name", "x"), ("database", "nope")]).await)
            .contains("no database nope")
    );
    if major >= 17 {
        let both =
            [("kind", "logical"), ("name", "both"), ("database", "shop"), ("two_phase", "yes"), ("failover", "yes")];
        done(slots, "create_slot", &both).await;
        done(slots, "copy_slot", &[("name", "both"), ("copy", "neither")]).await;
        let lost = "SELECT concat(two_phase, failover) FROM pg_replication_slots WHERE slot_name = 'neither'";
        assert_eq!(text(client, lost).await, "ff", "the copy loses both, as its plan says");
    }
    let template = [("kind", "logical"), ("name", "x"), ("database", "template0")];
    assert!(planned(slots, "create_slot", &template).await.blocked());
}

async fn moved(server: &Server, slots: &Slots, client: &Client) {
    server.run_in("shop", "CREATE TABLE t (n int PRIMARY KEY)").await;
    server.run_in("shop", "INSERT INTO t SELECT generate_series(1, 100)").await;
    let plan = planned(slots, "advance_slot", &[("name", "l")]).await;
    assert!(plan.effect[0].en.contains("never gets what lies between"), "{plan:#?}");
    // To the end, from a console that is connected to another database.
    done(slots, "advance_slot", &[("name", "l")]).await;
    let peek = "SELECT count(*)::text FROM pg_logical_slot_peek_changes('l', NULL, NULL)";
    assert_eq!(text(&server.client_to("shop").await, peek).await, "0");
    // Beyond the end the server stops there, and the plan says so.
    server.run_in("shop", "INSERT INTO t VALUES (101)").await;
    let beyond = [("name", "l"), ("to", "FFFF/0")];
    assert!(warns(&planned(slots, "advance_slot", &beyond).await).contains("beyond the end"));
    done(slots, "advance_slot", &beyond).await;
    let seen = text(client, "SELECT restart_lsn::text FROM pg_replication_slots WHERE slot_name = 'l'").await;
    done(slots, "drop_slot", &[("name", "l"), ("restart_lsn", &seen)]).await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn only_the_slot_that_was_looked_at_is_dropped() {
    for major in [13, 15, 18] {
        let server = Server::start(major, &[]).await;
        let (slots, client) = (console(server.entry()), server.client().await);
        server.run("SELECT pg_create_logical_replication_slot('s', 'test_decoding')").await;
        let sql = "SELECT restart_lsn::text FROM pg_replication_slots WHERE slot_name = 's'";
        let seen = text(&client, sql).await;
        let plan = planned(&slots, "drop_slot", &[("name", "s"), ("restart_lsn", &seen)]).await;
        assert!(!plan.blocked(), "{plan:#?}");

        // Its consumer reads on; where it reads from stays the same.
        write(&server, 10).await;
        let read = "SELECT count(*)::text FROM pg_logical_slot_get_changes('s', NULL, NULL)";
        text(&client, read).await;
        let run = crate::change::run::Run::new("t".into(), plan.title.clone());
        let error = Engine::run(&slots, &plan.commands[0], &run).await.expect_err("it is another one");
        assert_eq!(error.kind, crate::error::Kind::Conflict, "{error:?}");
        assert_eq!(count(&client, "s").await, 1);
        let again = planned(&slots, "drop_slot", &[("name", "s"), ("restart_lsn", &seen)]).await;
        assert_ne!(again.fingerprint, plan.fingerprint);

        // A slot of the same name and place, but of another kind.
        server.run("SELECT pg_drop_replication_slot('s')").await;
        server.run("SELECT pg_create_physical_replication_slot('s', true)").await;
        let error = Engine::run(&slots, &again.commands[0], &run).await.expect_err("it is another one");
        assert_eq!(error.kind, crate::error::Kind::Conflict);
        assert_eq!(count(&client, "s").await, 1);
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_would_be_hurt_is_told_before_a_slot_goes() {
    let server = Server::start(18, &[]).await;
    let standby = server.standby("sb", &[]).await;
    server.run("SELECT pg_create_physical_replication_slot('pg_16394_sync_16385_7573483291234567890', true)").await;
    server.run("ALTER SYSTEM SET synchronized_standby_slots = 'named'").await;
    server.run("SELECT pg_create_physical_replication_slot('named', true)").await;
    server.run("SELECT pg_reload_conf()").await;
    let peers = vec![standby.entry()];
    let slots = Slots::with_peers(server::Server::at(server.entry()), peers);

    let plan = planned(&slots, "drop_slot", &[("name", "sb")]).await;
    assert!(warns(&plan).contains("The standby PostgreSQL 18 sb names it"), "{plan:#?}");
    assert!(blocks(&plan).contains("in use by sb"), "{plan:#?}");
    let plan = planned(&slots, "drop_slot", &[("name", "pg_16394_sync_16385_7573483291234567890")]).await;
    assert!(warns(&plan).contains("first copy of one table"), "{plan:#?}");
    crate::sandbox::lab::eventually("the setting is there", 5, async || {
        blocks(&planned(&slots, "drop_slot", &[("name", "named")]).await)
            .contains("synchronized_standby_slots names it")
    })
    .await;

    // A standby's copy of a slot is its primary's.
    let made = [("kind", "logical"), ("name", "over"), ("database", "postgres"), ("failover", "yes")];
    done(&slots, "create_slot", &made).await;
    server.run("ALTER SYSTEM RESET synchronized_standby_slots").await;
    server.run("SELECT pg_reload_conf()").await;
    standby.run("ALTER SYSTEM SET sync_replication_slots = on").await;
    standby.run("SELECT pg_reload_conf()").await;
    let client = standby.client().await;
    crate::sandbox::lab::eventually("the copy is there", 30, async || count(&client, "over").await == 1).await;
    let there = console(standby.entry());
    let plan = planned(&there, "drop_slot", &[("name", "over")]).await;
    assert!(blocks(&plan).contains("Do it on the primary"), "{plan:#?}");
    let copied = planned(&there, "advance_slot", &[("name", "over")]).await;
    assert!(blocks(&copied).contains("Do it on the primary"), "{copied:#?}");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn freed_bytes_are_those_that_nobody_else_holds() {
    let server = Server::start(15, &[]).await;
    let slots = console(server.entry());
    server.run("SELECT pg_create_physical_replication_slot('old', true)").await;
    write(&server, 3000).await;
    // A slot that holds WAL at once begins at the last checkpoint.
    server.run("CHECKPOINT").await;
    server.run("SELECT pg_create_physical_replication_slot('new', true)").await;
    write(&server, 100).await;
    let effect = async |name| planned(&slots, "drop_slot", &[("name", name)]).await.effect[0].en.clone();
    assert!(effect("new").await.contains("up to 0 B"), "{}", effect("new").await);
    assert!(effect("old").await.contains("MiB of that"), "{}", effect("old").await);
}
