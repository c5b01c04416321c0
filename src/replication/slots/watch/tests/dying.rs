use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tokio::time::{interval, sleep};

use super::*;
use crate::replication::finding::Severity;
use crate::replication::slots::model::{End, Eta};
use crate::sandbox::lab::{MAJORS, Server};

/// Bytes that are written 20 times a second, on average; from time to time it is a quarter more or less.
const EACH: usize = 220_000;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn when_a_slot_will_be_lost_is_told_within_fifteen_percent() {
    assert!(MAJORS.contains(&15) && MAJORS.contains(&18));
    tokio::join!(told_in_time(15), told_in_time(18));
}

async fn told_in_time(major: u8) {
    let server = Server::start(major, &[("max_slot_wal_keep_size", "160MB"), ("max_wal_size", "1GB")]).await;
    server.run("SELECT pg_create_physical_replication_slot('dying', true)").await;
    let (entry, scratch, client) = (server.entry(), Scratch::new(), server.client().await);
    let begun = Instant::now();
    let load = tokio::spawn(async move {
        let mut beat = interval(Duration::from_millis(50));
        for turn in 0_usize.. {
            beat.tick().await;
            write(&client, EACH * [4, 5, 3, 4, 3, 5][turn / 7 % 6] / 4).await.expect("WAL");
            let sql = "SELECT safe_wal_size FROM pg_replication_slots WHERE slot_name = 'dying'";
            let safe: Option<i64> = client.query_one(sql, &[]).await.expect("an answer").get(0);
            if safe.is_none_or(|safe| safe <= 0) {
                return begun.elapsed();
            }
            assert!(begun.elapsed() < Duration::from_secs(120), "the load is too slow");
        }
        unreachable!("the loop has no end")
    });
    let mut told = Vec::new();
    let mut beat = interval(Duration::from_secs(1));
    while !load.is_finished() {
        beat.tick().await;
        let snapshot = scratch.look_anew(&entry).await;
        match slot(&snapshot, "dying").end {
            End::Lost(Eta::In(millis)) if millis > 0 => told.push((begun.elapsed(), millis as f64 / 1000.0)),
            End::Lost(Eta::Measuring) => assert!(told.is_empty(), "what was told is not taken back"),
            _ => {}
        }
    }
    let end = load.await.expect("the load").as_secs_f64();
    assert!(told.len() >= 8, "{major}: only {} estimates before the end at {end:.1} s", told.len());
    // In the last seconds a second is more than 15 %.
    let judged = told.iter().map(|(at, millis)| (at.as_secs_f64(), *millis)).filter(|(at, _)| end - at > 6.0);
    for (at, estimate) in judged {
        let error = estimate / (end - at) - 1.0;
        println!("{major}: at {at:.1} s told {estimate:.1} s, really {:.1} s: {:+.1} %", end - at, error * 100.0);
        assert!(error.abs() <= 0.15, "{major}: at {at:.1} s off by {:.0} %", error * 100.0);
    }
}

/// A file system in memory, taken away when this is dropped.
struct Volume<'a>(&'a Path);

impl<'a> Volume<'a> {
    fn mount(at: &'a Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).expect("a folder");
        let options = format!("size={size}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at).status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(at))
    }
}

impl Drop for Volume<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
        let _ = std::fs::remove_dir(self.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_dead_slot_on_a_small_volume_is_told_before_the_end_and_a_limit_keeps_the_server_alive() {
    for major in [15, 18] {
        let at = std::path::PathBuf::from(format!("/var/tmp/outgrow-wal-{major}-{}", std::process::id()));
        let Some(volume) = Volume::mount(&at, "200m") else {
            println!("skipped: only root may mount a small volume for the WAL");
            let _ = std::fs::remove_dir(&at);
            return;
        };
        on_a_small_volume(major, volume.0).await;
    }
}

async fn on_a_small_volume(major: u8, volume: &Path) {
    let mut server = Server::start(major, &[("max_wal_size", "48MB"), ("min_wal_size", "32MB")]).await;
    server.stop().await;
    move_wal(server.data(), volume);
    server.restart(&[]).await;
    server.run("SELECT pg_create_physical_replication_slot('dead', true)").await;
    let (entry, scratch, client) = (server.entry(), Scratch::new(), server.client().await);
    crate::replication::slots::volume::keep(&scratch.store, &entry.configured.target.id, Some(200 << 20))
        .await
        .expect("kept");

    let mut written = 0;
    let alarm = loop {
        write(&client, 4 << 20).await.expect("the alarm comes before the disk is full");
        written += 4;
        let snapshot = scratch.look_anew(&entry).await;
        let found = findings("pg", &snapshot.server, &snapshot.slots);
        let full = found.into_iter().find(|finding| finding.words.en.starts_with("The disk will be full in"));
        if let Some(full) = full {
            break full;
        }
        sleep(Duration::from_millis(900)).await;
    };
    println!("{major}: after {written} MB: {}", alarm.words.en);
    assert_eq!(alarm.severity, Severity::Bad);
    assert!(alarm.link.contains("name=max_slot_wal_keep_size&value=50"), "{}", alarm.link);

    server.run("ALTER SYSTEM SET max_slot_wal_keep_size = '64MB'").await;
    server.run("SELECT pg_reload_conf()").await;
    for turn in 0..40 {
        write(&client, 8 << 20).await.unwrap_or_else(|error| panic!("{major}: write {turn}: {error}"));
    }
    let snapshot = scratch.look_anew(&entry).await;
    assert!(slot(&snapshot, "dead").slot.is_lost(), "{major}: {:?}", slot(&snapshot, "dead").slot);
}

/// Puts the WAL of a stopped server on another volume.
fn move_wal(data: &Path, volume: &Path) {
    let (here, there) = (data.join("pg_wal"), volume.join("pg_wal"));
    let moved = Command::new("cp").arg("-a").arg(&here).arg(&there).status();
    assert!(moved.is_ok_and(|status| status.success()), "the WAL is copied");
    std::fs::remove_dir_all(&here).expect("the WAL is removed");
    std::os::unix::fs::symlink(&there, &here).expect("a link");
    let owner = std::fs::metadata(data).expect("the data");
    chown(volume, Some(owner.uid()), Some(owner.gid())).expect("the volume belongs to the server");
}
