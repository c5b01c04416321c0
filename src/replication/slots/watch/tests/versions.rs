use super::*;
use crate::replication::slots::model::{Bound, End, Room, Spilled, WalUsed, meaning};
use crate::replication::slots::postgres::about;
use crate::sandbox::lab::{MAJORS, Server, eventually};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn every_version_shows_its_slots_in_its_own_words() {
    for major in MAJORS {
        let server = Server::start(major, &[("max_slot_wal_keep_size", "32MB"), ("max_wal_size", "48MB")]).await;
        let scratch = Scratch::new();
        let more = match major {
            13 => "",
            14..=16 => ", false, true",
            _ => ", false, true, true",
        };
        server.run("SELECT pg_create_physical_replication_slot('held', true)").await;
        server.run("SELECT pg_create_physical_replication_slot('later')").await;
        server.run(&format!("SELECT pg_create_logical_replication_slot('cdc', 'test_decoding'{more})")).await;
        let entry = server.entry();
        let snapshot = scratch.look(&entry).await;
        assert_eq!(snapshot.server.major, i32::from(major));
        assert_eq!((snapshot.server.total, snapshot.server.limit), (3, 20), "{major}");
        assert_eq!((snapshot.server.keep_bytes, snapshot.server.segment_bytes), (32 << 20, 16 << 20), "{major}");
        assert!(!snapshot.server.standby && snapshot.server.sees_all, "{major}");
        assert!(matches!(snapshot.server.wal_used, WalUsed::Bytes(used) if used >= 16 << 20), "{major}");
        unused(major, &snapshot);
        decoded(major, &entry, slot(&snapshot, "cdc")).await;
        lost(major, &server, &scratch, &entry).await;
    }
}

/// What nobody has used yet.
fn unused(major: u8, snapshot: &Snapshot) {
    let held = slot(snapshot, "held");
    assert_eq!(meaning::wal(&held.slot, i32::from(major)).short.en, "kept", "{major}");
    assert!(held.slot.held_bytes.is_some_and(|held| held >= 0), "{major}");
    assert!(matches!(held.room, Room::UntilLost(left) if left > 16 << 20), "{major}: {:?}", held.room);
    let how = if major >= 17 { Bound::Told } else { Bound::AtLeast };
    assert_eq!(held.inactive.map(|inactive| inactive.how), Some(how), "{major}");
    let later = slot(snapshot, "later");
    assert_eq!(meaning::wal(&later.slot, i32::from(major)).short.en, "holds none yet", "{major}");
    assert_eq!((later.slot.held_bytes, later.room, later.end), (None, Room::Nothing, End::None), "{major}");
}

async fn decoded(major: u8, entry: &Entry, seen: &Seen) {
    let slot = &seen.slot;
    assert_eq!((slot.kind.as_str(), slot.plugin.as_deref()), ("logical", Some("test_decoding")), "{major}");
    assert_eq!(slot.database.as_deref(), Some("postgres"), "{major}");
    assert!(slot.confirmed_flush_lsn.is_some() && slot.unconfirmed_bytes.is_some(), "{major}");
    assert!(slot.catalog_xmin_age.is_some(), "{major}");
    assert_eq!(slot.two_phase, (major >= 14).then_some(true), "{major}");
    assert_eq!(slot.failover, (major >= 17).then_some(true), "{major}");
    assert_eq!(slot.synced, (major >= 17).then_some(false), "{major}");
    let spilled = about::spilled(entry, i32::from(major), "cdc").await;
    assert_eq!(matches!(spilled, Spilled::Known(_)), major >= 14, "{major}: {spilled:?}");
}

/// More is written than the limit lets them hold.
async fn lost(major: u8, server: &Server, scratch: &Scratch, entry: &Entry) {
    let client = server.client().await;
    for _ in 0..6 {
        write(&client, 16 << 20).await.expect("WAL");
    }
    server.run("CHECKPOINT").await;
    let snapshot = scratch.look_anew(entry).await;
    let (physical, logical) = (slot(&snapshot, "held"), slot(&snapshot, "cdc"));
    for seen in [physical, logical] {
        assert!(seen.slot.is_lost(), "{major}: {:?}", seen.slot);
        assert_eq!((seen.slot.held_bytes, seen.room, seen.growth), (None, Room::Nothing, None), "{major}");
        assert_eq!(meaning::invalidation(&seen.slot).is_some(), major >= 17 || major == 16 && seen.slot.is_logical());
    }
    let meant = meaning::wal(&physical.slot, i32::from(major)).short.en;
    let expected = match major {
        ..=15 => "lost; may come back",
        16 | 17 => "lost; protects nothing",
        _ => "lost; must be created anew",
    };
    assert_eq!(meant, expected, "{major}");
    let found = findings("pg", &snapshot.server, &snapshot.slots);
    let lost = found.iter().filter(|finding| finding.words.en.ends_with("is lost.")).count();
    assert_eq!(lost, 2, "{major}: {found:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn on_a_standby_and_for_a_role_with_few_rights_what_is_seen_is_told_as_such() {
    for major in [15, 18] {
        let server = Server::start(major, &[]).await;
        let standby = server.standby("standby1", &[]).await;
        let (scratch, own) = (Scratch::new(), server.entry());
        let snapshot = scratch.look(&own).await;
        let consumer = slot(&snapshot, "standby1").slot.consumer.clone().expect("somebody");
        assert_eq!((consumer.application.as_str(), consumer.backend.as_str()), ("standby1", "walsender"));
        assert!(consumer.since.is_some() && !consumer.hidden);

        let plain = server.role("plain", "", &[]).await;
        let snapshot = scratch.look(&plain).await;
        let seen = slot(&snapshot, "standby1");
        let consumer = seen.slot.consumer.clone().expect("somebody");
        assert!(consumer.hidden && seen.slot.active, "{major}: {consumer:?}");
        let (who, more) = meaning::user(seen, snapshot.wall);
        assert_eq!(who.en, "standby1", "{major}: its name is shown to everybody");
        assert!(more.en.starts_with("no permission"), "{major}: {more:?}");
        assert_eq!((snapshot.server.wal_used, snapshot.server.sees_all), (WalUsed::NoPermission, false));
        assert!(seen.slot.held_bytes.is_some() && seen.slot.restart_lsn.is_some(), "{major}: these all may see");

        let monitor = server.role("monitor", "", &["pg_monitor"]).await;
        let snapshot = scratch.look(&monitor).await;
        assert!(matches!(snapshot.server.wal_used, WalUsed::Bytes(_)) && snapshot.server.sees_all, "{major}");
        let hidden = slot(&snapshot, "standby1").slot.consumer.as_ref().is_some_and(|consumer| consumer.hidden);
        assert!(!hidden, "{major}");

        standby.run("SELECT pg_create_physical_replication_slot('cascade', true)").await;
        let snapshot = scratch.look(&standby.entry()).await;
        assert!(snapshot.server.standby, "{major}");
        assert!(slot(&snapshot, "cascade").slot.held_bytes.is_some(), "{major}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_consumer_that_hangs_is_told_apart_from_a_healthy_one() {
    let server = Server::start(18, &[]).await;
    server.run("SELECT pg_create_logical_replication_slot('cdc', 'test_decoding')").await;
    let mut consumer = server.attach("pg_recvlogical", &["--slot", "cdc", "--start", "-f", "out"]);
    let (scratch, entry, client) = (Scratch::new(), server.entry(), server.client().await);
    eventually("somebody uses it", 20, async || slot(&*scratch.look_anew(&entry).await, "cdc").slot.active).await;
    let pid = consumer.id().expect("it runs").to_string();
    let stopped = std::process::Command::new("kill").args(["-STOP", &pid]).status();
    assert!(stopped.is_ok_and(|status| status.success()));
    eventually("it is told that it does not move on", 40, async || {
        write(&client, 2 << 20).await.expect("WAL");
        let snapshot = scratch.look_anew(&entry).await;
        let found = findings("pg", &snapshot.server, &snapshot.slots);
        let seen = slot(&snapshot, "cdc");
        seen.slot.active && found.iter().any(|finding| finding.words.en.contains("has not moved on"))
    })
    .await;
    consumer.kill().await.expect("it ends");
}
