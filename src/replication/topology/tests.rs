//! Against real servers: each rail of what is seen, and every version with every right.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::model::{Answering, Topology, Upstream};
use super::postgres::topology;
use crate::replication::finding::{Finding, Severity};
use crate::replication::fleet::Fleet;
use crate::replication::{failover, horizon};
use crate::sandbox::lab::{MAJORS, Server, eventually};
use crate::targets::model::{Target, TargetId};
use crate::targets::registry::{Configured, Entry};

async fn seen(fleet: &Fleet) -> Topology {
    topology(fleet).await.expect("the server answers")
}

fn found<'a>(topology: &'a Topology, part: &str) -> Option<&'a Finding> {
    topology.findings.iter().find(|finding| finding.words.en.contains(part))
}

async fn walreceiver(standby: &Server) -> i32 {
    let sql = "SELECT pid FROM pg_stat_wal_receiver";
    standby.client().await.query_one(sql, &[]).await.expect("it receives").get(0)
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_frozen_standby_is_red_within_twice_its_interval_though_its_lag_says_milliseconds() {
    const INTERVAL: f64 = 2.0;
    for major in [15, 18] {
        let primary = Server::start(major, &[]).await;
        let standby = primary.standby("sb1", &[("wal_receiver_status_interval", "2s")]).await;
        let fleet = Fleet::of(primary.entry(), vec![standby.entry()]);
        primary.run("CREATE TABLE t AS SELECT 1 AS n").await;
        eventually("the standby answers and its lag is measured", 10, async || {
            // The server forgets the lag once nothing is written.
            primary.run("INSERT INTO t VALUES (2)").await;
            let topology = seen(&fleet).await;
            let sender = &topology.here().sight.senders[0];
            let measured = sender.stream.as_ref().is_some_and(|stream| stream.write_lag.is_some());
            measured && sender.answering == Answering::Yes
        })
        .await;

        let receiver = walreceiver(&standby).await;
        standby.signal(receiver, "STOP").await;
        let frozen = Instant::now();
        primary.run("INSERT INTO t SELECT generate_series(1, 100000)").await;
        eventually("it is red", 10, async || {
            matches!(seen(&fleet).await.here().sight.senders[0].answering, Answering::Silent(_))
        })
        .await;
        let noticed = frozen.elapsed().as_secs_f64();
        let topology = seen(&fleet).await;
        standby.signal(receiver, "CONT").await;

        // What is seen may be a second old, and the machine busy.
        assert!(noticed <= 2.0 * INTERVAL + 2.0, "PostgreSQL {major}: noticed after {noticed} s");
        let stream = topology.here().sight.senders[0].stream.clone().expect("we may see it");
        assert_eq!(stream.state, "streaming");
        let lag = stream.write_lag.expect("the lag stands still");
        assert!(lag < 1.0, "PostgreSQL {major}: {lag} s");
        assert!(stream.total.expect("we may see it") > 1_000_000);
        let finding = found(&topology, "no answer for").expect("it is told");
        assert_eq!(finding.severity, Severity::Bad);
        eprintln!("PostgreSQL {major}: red after {noticed:.1} s, write_lag {:.1} ms", lag * 1000.0);
        eventually("it is green again", 10, async || {
            seen(&fleet).await.here().sight.senders[0].answering == Answering::Yes
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn every_version_is_read_with_every_right_and_what_is_hidden_is_not_zero() {
    for major in MAJORS {
        let primary = Server::start(major, &[("max_prepared_transactions", "5")]).await;
        let standby = primary.standby("sb1", &[]).await;
        primary.run("SELECT pg_create_logical_replication_slot('forgotten', 'pgoutput')").await;
        primary.run("CREATE TABLE t()").await;
        primary.run("BEGIN; INSERT INTO t DEFAULT VALUES; PREPARE TRANSACTION 'two'").await;
        let monitor = primary.role("watcher", "REPLICATION", &["pg_monitor"]).await;
        let plain = primary.role("plain", "", &[]).await;
        let arrived = "SELECT FROM pg_roles WHERE rolname = 'plain'";
        let there = standby.client().await;
        eventually("the roles arrive", 10, async || !there.query(arrived, &[]).await.expect("rows").is_empty()).await;
        let as_role = |user: &str| standby.entry_as(user, standby.password());
        for (here, there, may_see) in [
            (primary.entry(), standby.entry(), true),
            (monitor, as_role("watcher"), true),
            (plain, as_role("plain"), false),
        ] {
            for (one, other) in [(&here, &there), (&there, &here)] {
                read_all(&Fleet::of(Arc::clone(one), vec![Arc::clone(other)]), may_see).await;
            }
        }
    }
}

/// Reads all three pages of a primary or its standby.
async fn read_all(fleet: &Fleet, may_see: bool) {
    let topology = seen(fleet).await;
    assert_eq!(topology.members.len(), 2, "both are of one system: {topology:?}");
    let primary = topology.members.iter().find(|member| !member.sight.standby).expect("one is the primary");
    let standby = topology.members.iter().find(|member| member.sight.standby).expect("one is the standby");
    assert_eq!(standby.upstream, Upstream::Known { id: primary.target.id.clone(), streams: true });
    let sender = &primary.sight.senders[0];
    assert_eq!(sender.slot.as_deref(), Some("sb1"));
    assert_eq!(sender.peer.as_ref(), Some(&standby.target.id));
    assert_eq!(sender.stream.is_some(), may_see);
    assert_eq!(sender.answering == Answering::Hidden, !may_see);
    assert_eq!(found(&topology, "may not see the lag").is_some(), !may_see);
    let conninfo = &standby.sight.receiving.as_ref().expect("a standby").upstream;
    assert_eq!(conninfo.is_some(), may_see);

    let horizon = horizon::postgres::horizon(fleet).await.expect("the board is read");
    assert_eq!(horizon.sight.freeze_max_age, 200_000_000);
    let who: Vec<&str> = horizon.sight.holders.iter().map(|holder| holder.name.as_str()).collect();
    if !horizon.standby {
        assert!(who.contains(&"forgotten") && who.contains(&"two"), "{who:?}");
    }
    let readiness = failover::postgres::readiness(fleet).await.expect("the readiness is read");
    assert_eq!(readiness.standby, horizon.standby);
    if !readiness.standby {
        assert_eq!(readiness.slots.len(), 1);
        assert!(matches!(readiness.slots[0].verdict, failover::model::Verdict::Lost(_)), "{readiness:?}");
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_slot_that_the_standby_wants_and_the_primary_lacks_is_found() {
    for major in [15, 18] {
        let primary = Server::start(major, &[]).await;
        let standby = primary.standby("sb1", &[]).await;
        let fleet = Fleet::of(primary.entry(), vec![standby.entry()]);
        standby.run("ALTER SYSTEM SET primary_slot_name = 'ghostslot'").await;
        standby.run("SELECT pg_reload_conf()").await;
        let wanted = format!("wants the slot ghostslot, which does not exist on PostgreSQL {major} primary");
        eventually("it is found", 15, async || found(&seen(&fleet).await, &wanted).is_some()).await;
        let link = found(&seen(&fleet).await, &wanted).map(|finding| finding.link.clone()).expect("it is found");
        assert!(link.ends_with("&action=create_slot&kind=physical&name=ghostslot&reserve=yes"), "{link}");

        primary.run("SELECT pg_create_physical_replication_slot('ghostslot', true)").await;
        eventually("it streams by the new slot", 20, async || {
            let topology = seen(&fleet).await;
            let here = topology.here();
            topology.findings.is_empty() && here.sight.senders.iter().any(|it| it.slot.as_deref() == Some("ghostslot"))
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_standby_of_a_standby_is_joined_to_the_one_it_streams_from() {
    for major in [15, 18] {
        let primary = Server::start(major, &[]).await;
        let first = primary.standby("sb1", &[]).await;
        let second = first.standby("sb2", &[]).await;
        let entries = [primary.entry(), first.entry(), second.entry()];
        let topology = seen(&Fleet::of(entries[2].clone(), entries.to_vec())).await;
        let upstream = |server: &Server| {
            let at = topology.members.iter().find(|member| member.target.port == server.port());
            at.expect("a member").upstream.clone()
        };
        let known = |entry: &Arc<Entry>| Upstream::Known { id: entry.configured.target.id.clone(), streams: true };
        assert_eq!(upstream(&primary), Upstream::Primary);
        assert_eq!(upstream(&first), known(&entries[0]));
        assert_eq!(upstream(&second), known(&entries[1]));
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_synchronous_name_that_nobody_has_is_told_to_hang_all_commits() {
    for major in [13, 18] {
        let primary = Server::start(major, &[]).await;
        let standby = primary.standby("sb1", &[]).await;
        let fleet = Fleet::of(primary.entry(), vec![standby.entry()]);
        for (names, hangs) in [("ghost", true), ("sb1", false), ("ANY 2 (sb1, ghost)", true), ("", false)] {
            primary.run(&format!("ALTER SYSTEM SET synchronous_standby_names = '{names}'")).await;
            primary.run("SELECT pg_reload_conf()").await;
            eventually(&format!("{names:?} hangs: {hangs}"), 10, async || {
                let topology = seen(&fleet).await;
                let told = found(&topology, "hang: ").is_some_and(|finding| finding.severity == Severity::Bad);
                topology.here().sight.synchronous == names && told == hangs
            })
            .await;
        }
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_a_standby_does_with_its_wal_is_seen() {
    for major in [15, 18] {
        let primary = Server::start(major, &[]).await;
        let standby = primary.standby("sb1", &[]).await;
        let fleet = Fleet::of(primary.entry(), vec![standby.entry()]);
        standby.run("SELECT pg_wal_replay_pause()").await;
        standby.run("ALTER SYSTEM SET recovery_min_apply_delay = '1h'").await;
        standby.run("ALTER SYSTEM SET primary_slot_name = ''").await;
        standby.run("SELECT pg_reload_conf()").await;
        primary.run("CREATE TABLE t AS SELECT generate_series(1, 10000) AS n").await;
        eventually("it is told", 15, async || {
            let topology = seen(&fleet).await;
            let there = topology.members[1].sight.receiving.clone().expect("a standby");
            let behind = there.not_replayed.is_some_and(|bytes| bytes > 100_000);
            ["Replay is paused", "is 1 h late on purpose", "uses no slot"]
                .iter()
                .all(|it| found(&topology, it).is_some())
                && behind
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_subscriber_that_is_a_target_is_named() {
    let publisher = Server::start(15, &[]).await;
    let subscriber = Server::start(18, &[]).await;
    for server in [&publisher, &subscriber] {
        server.run("CREATE TABLE t(n int PRIMARY KEY)").await;
    }
    publisher.run("CREATE PUBLICATION p FOR TABLE t").await;
    let conninfo = publisher.conninfo("postgres", publisher.password(), "postgres");
    subscriber.run(&format!("CREATE SUBSCRIPTION reports CONNECTION '{conninfo}' PUBLICATION p")).await;
    let fleet = Fleet::of(publisher.entry(), vec![subscriber.entry()]);
    eventually("its walsender is joined to it", 15, async || {
        let topology = seen(&fleet).await;
        let port = subscriber.port();
        topology.here().sight.senders.iter().any(|sender| {
            let peer = sender.peer.as_ref().is_some_and(|peer| peer.as_str() == format!("lab-{port}"));
            peer && sender.subscription.as_deref() == Some("reports") && sender.is_logical()
        })
    })
    .await;
    assert_eq!(seen(&fleet).await.members.len(), 1, "another system is no member of the cluster");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_base_backup_is_seen_with_how_far_it_is() {
    for major in [13, 18] {
        let primary = Server::start(major, &[]).await;
        let fleet = Fleet::of(primary.entry(), vec![]);
        let arguments = ["--pgdata=copy", "--max-rate=1M", "--checkpoint=fast", "--wal-method=none"];
        let _backup = primary.attach("pg_basebackup", &arguments);
        eventually("it sends files", 15, async || {
            let topology = seen(&fleet).await;
            topology.here().sight.senders.iter().any(|sender| {
                let backup = sender.backup.clone().unwrap_or_default();
                let sends = backup.phase.is_some_and(|phase| phase.contains("streaming"));
                let part = backup.streamed.zip(backup.total).is_some_and(|(sent, all)| 0 < sent && sent < all);
                sends && part && sender.answering == Answering::Untold
            })
        })
        .await;
        assert_eq!(seen(&fleet).await.findings, [], "a backup that answers nothing is no trouble");
    }
}

/// A target at a port where nobody listens, and one that takes connections and says nothing.
fn dead(listener: &TcpListener) -> [Arc<Entry>; 2] {
    let silent = listener.local_addr().expect("an address").port();
    let free = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port();
    [("dead", free), ("silent", silent)].map(|(id, port)| {
        let target = Target {
            id: TargetId::parse(id).expect("a target's name"),
            name: id.into(),
            port,
            host: "127.0.0.1".into(),
            kind: crate::targets::model::TargetKind::Postgresql,
        };
        Arc::new(Entry::alone(Configured { target, user: None, password: None, database: None, tls: None }))
    })
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn targets_that_do_not_answer_keep_no_page_waiting() {
    let primary = Server::start(18, &[]).await;
    let standby = primary.standby("sb1", &[]).await;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut peers = vec![standby.entry()];
    peers.extend(dead(&listener));
    let fleet = Fleet::of(primary.entry(), peers);
    let mut times = Vec::new();
    for _ in 0..3 {
        let begun = Instant::now();
        let topology = seen(&fleet).await;
        times.push(begun.elapsed());
        assert_eq!(topology.members.len(), 2, "the standby is there all the same");
        let names: Vec<&str> = topology.unheard.iter().map(|it| it.target.id.as_str()).collect();
        assert_eq!(names, ["dead", "silent"]);
    }
    eprintln!("{times:?}");
    assert!(times[0] < Duration::from_millis(1000), "{times:?}");
    assert!(times[1..].iter().all(|time| *time < Duration::from_millis(400)), "{times:?}");
}
