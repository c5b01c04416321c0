//! A lost slot: explained by version, and never made anew in silence.

use super::*;
use crate::change::Blast;
use crate::sandbox::lab::eventually;

/// A server whose slots are lost soon.
async fn tight(major: u8) -> Server {
    Server::start(major, &[("max_slot_wal_keep_size", "16MB"), ("max_wal_size", "32MB"), ("min_wal_size", "32MB")])
        .await
}

async fn lose(server: &Server, name: &str) {
    let client = server.client().await;
    let lost = format!("SELECT wal_status FROM pg_replication_slots WHERE slot_name = '{name}'");
    eventually(&format!("{name} is lost"), 30, async || {
        write(server, 8 * 1024).await;
        server.run("SELECT pg_switch_wal()").await;
        server.run("CHECKPOINT").await;
        text(&client, &lost).await == "lost"
    })
    .await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_lost_slot_is_explained_for_its_version_and_made_anew_only_with_a_word_on_the_gap() {
    for major in [13, 15, 16, 17, 18] {
        let server = tight(major).await;
        let (slots, client) = (console(server.entry()), server.client().await);
        server.run("SELECT pg_create_physical_replication_slot('p', true)").await;
        server.run("SELECT pg_create_logical_replication_slot('l', 'pgoutput')").await;
        lose(&server, "p").await;
        lose(&server, "l").await;
        let deeds = async |name: &str| {
            let name = super::super::model::SlotName::parse(name).expect("a name");
            slots.deeds(&name).await.expect("it answers").expect("it is there")
        };
        let physical = deeds("p").await.doctor.expect("it is lost");
        let meaning: String = physical.meaning.iter().map(|words| words.en.clone()).collect();
        let expected = match major {
            13..=15 => "may come back",
            16 | 17 => "protects nothing any more",
            _ => "must be dropped and made anew",
        };
        assert!(meaning.contains(expected), "PostgreSQL {major}: {meaning}");
        let logical = deeds("l").await.doctor.expect("it is lost");
        assert!(logical.meaning.iter().any(|words| words.en.contains("never comes back")));
        assert!(
            logical.saved.iter().any(|words| words.en.contains("The gap begins") || words.en.contains("gap begins"))
        );

        for name in ["p", "l"] {
            let open = planned(&slots, "recreate_slot", &[("name", name)]).await;
            assert!(blocks(&open).contains("Say what becomes of that"), "{open:#?}");
            let copied = planned(&slots, "copy_slot", &[("name", name), ("copy", "c")]).await;
            assert!(blocks(&copied).contains("It is lost"), "{copied:#?}");
            assert!(planned(&slots, "advance_slot", &[("name", name)]).await.blocked());
            let accepted = planned(&slots, "recreate_slot", &[("name", name), ("gap", "accepted")]).await;
            assert_eq!(accepted.blast, Blast::TypeName("gap accepted".into()));
            done(&slots, "recreate_slot", &[("name", name), ("gap", "accepted")]).await;
            let status = format!("SELECT wal_status FROM pg_replication_slots WHERE slot_name = '{name}'");
            assert_eq!(text(&client, &status).await, "reserved", "PostgreSQL {major}");
        }
        let plan = planned(&slots, "recreate_slot", &[("name", "p"), ("gap", "accepted")]).await;
        assert!(blocks(&plan).contains("It is not lost"), "{plan:#?}");
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_subscription_never_goes_on_over_a_gap_that_nobody_took_upon_himself() {
    for major in [15, 18] {
        let publisher = tight(major).await;
        let subscriber = Server::start(major, &[]).await;
        publisher.run("CREATE TABLE t (n int PRIMARY KEY)").await;
        publisher.run("CREATE PUBLICATION p FOR TABLE t").await;
        subscriber.run("CREATE TABLE t (n int PRIMARY KEY)").await;
        let conninfo = publisher.conninfo("postgres", publisher.password(), "postgres").replace('\'', "''");
        subscriber.run(&format!("CREATE SUBSCRIPTION sub CONNECTION '{conninfo}' PUBLICATION p")).await;
        publisher.run("INSERT INTO t VALUES (1)").await;
        let (there, here) = (subscriber.client().await, publisher.client().await);
        let rows = "SELECT coalesce(string_agg(n::text, ',' ORDER BY n), '') FROM t";
        eventually("the first row arrives", 20, async || text(&there, rows).await == "1").await;
        subscriber.run("ALTER SUBSCRIPTION sub DISABLE").await;
        let active = "SELECT active::text FROM pg_replication_slots WHERE slot_name = 'sub'";
        eventually("its worker is gone", 10, async || text(&here, active).await == "false").await;
        publisher.run("INSERT INTO t VALUES (2)").await;
        lose(&publisher, "sub").await;
        subscriber.run("ALTER SUBSCRIPTION sub ENABLE").await;

        let slots = Slots::with_peers(server::Server::at(publisher.entry()), vec![subscriber.entry()]);
        let doctor = slots.deeds(&super::super::model::SlotName::parse("sub").expect("a name")).await;
        let steps = doctor.expect("it answers").expect("it is there").doctor.expect("it is lost").steps;
        assert!(steps[0].0.en.contains("Disable the subscription sub"), "{steps:?}");
        assert!(steps[0].1.starts_with("/replication/subscriptions?target=lab-"), "{steps:?}");

        let open = planned(&slots, "recreate_slot", &[("name", "sub")]).await;
        assert!(open.blocked());
        let copy = planned(&slots, "recreate_slot", &[("name", "sub"), ("gap", "recopy")]).await;
        assert!(blocks(&copy).contains("is enabled: sub (postgres, PostgreSQL"), "{copy:#?}");
        assert_eq!(
            applied(&slots, "recreate_slot", &[("name", "sub"), ("gap", "recopy")]).await.outcome,
            Outcome::Refused
        );
        let accepted = planned(&slots, "recreate_slot", &[("name", "sub"), ("gap", "accepted")]).await;
        assert_eq!(accepted.blast, Blast::TypeName("gap accepted".into()));

        // Dropped and made by hand, in two changes: the second one asks for the words as well.
        publisher.run("SELECT pg_drop_replication_slot('sub')").await;
        let fields = [("kind", "logical"), ("name", "sub"), ("database", "postgres")];
        let again = planned(&slots, "create_slot", &fields).await;
        assert_eq!(again.blast, Blast::TypeName("gap accepted".into()), "{again:#?}");
        assert!(warns(&again).contains("already reads a slot of this name"), "{again:#?}");
        assert_eq!(text(&there, rows).await, "1", "nothing went on meanwhile");
    }
}
