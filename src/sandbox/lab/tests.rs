//! The laboratory itself.

use std::path::PathBuf;
use std::time::Instant;

use super::{MAJORS, Server, eventually};
use crate::sandbox::earlier_run::servers_in;

#[tokio::test]
#[ignore = "starts real databases"]
async fn every_version_starts_and_is_a_primary_that_can_replicate() {
    let mut identifiers = Vec::new();
    for major in MAJORS {
        let begun = Instant::now();
        let server = Server::start(major, &[("work_mem", "3MB")]).await;
        eprintln!("PostgreSQL {major} started within {} ms", begun.elapsed().as_millis());
        let sql = "SELECT current_setting('server_version_num')::int / 10000, current_setting('wal_level'), \
                   current_setting('work_mem'), system_identifier::text FROM pg_control_system()";
        let row = server.client().await.query_one(sql, &[]).await.expect("it answers");
        assert_eq!(row.get::<_, i32>(0), i32::from(major));
        assert_eq!((row.get::<_, &str>(1), row.get::<_, &str>(2)), ("logical", "3MB"));
        identifiers.push(row.get::<_, String>(3));
        server.run("SELECT pg_create_logical_replication_slot('s', 'pgoutput')").await;
    }
    identifiers.sort_unstable();
    identifiers.dedup();
    assert_eq!(identifiers.len(), MAJORS.len());
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_standby_streams_what_is_written_and_becomes_a_primary() {
    for major in [13, 15, 18] {
        let primary = Server::start(major, &[]).await;
        primary.run("CREATE TABLE t AS SELECT generate_series(1, 1000) AS n").await;
        let begun = Instant::now();
        let standby = primary.standby("sb1", &[("work_mem", "3MB")]).await;
        eprintln!("a standby of PostgreSQL {major} streams after {} ms", begun.elapsed().as_millis());
        primary.run("INSERT INTO t VALUES (1001)").await;
        let client = standby.client().await;
        eventually("the row arrives", 10, async || {
            let count = client.query_one("SELECT count(*) FROM t", &[]).await.expect("it answers");
            count.get::<_, i64>(0) == 1001
        })
        .await;
        let told = "SELECT current_setting('cluster_name') || current_setting('work_mem') \
                    || current_setting('hot_standby_feedback')";
        assert_eq!(client.query_one(told, &[]).await.expect("it answers").get::<_, &str>(0), "sb13MBon");
        let active = "SELECT active FROM pg_replication_slots WHERE slot_name = 'sb1'";
        assert!(primary.client().await.query_one(active, &[]).await.expect("one slot").get::<_, bool>(0));

        drop(primary);
        standby.promote().await;
        standby.run("INSERT INTO t VALUES (1002)").await;
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_standby_has_a_standby_too() {
    let primary = Server::start(16, &[]).await;
    let standby = primary.standby("sb1", &[]).await;
    let second = standby.standby("sb2", &[]).await;
    primary.run("CREATE TABLE t()").await;
    let client = second.client().await;
    eventually("the table arrives", 10, async || client.query("SELECT FROM t", &[]).await.is_ok()).await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn settings_are_changed_by_alter_system_or_overridden_on_the_command_line() {
    let mut server = Server::start(14, &[("wal_keep_size", "16MB")]).await;
    let shown = async |server: &Server| {
        let row = server.client().await.query_one("SHOW wal_keep_size", &[]).await.expect("it answers");
        row.get::<_, String>(0)
    };
    server.run("ALTER SYSTEM SET wal_keep_size = '32MB'").await;
    server.restart(&[]).await;
    assert_eq!(shown(&server).await, "32MB");
    server.restart(&[("wal_keep_size", "48MB")]).await;
    assert_eq!(shown(&server).await, "48MB");
    server.kill().await;
    server.restart(&[]).await;
    assert_eq!(shown(&server).await, "32MB");
    assert!(server.log().contains("was not properly shut down"));

    server.run("SELECT pg_create_logical_replication_slot('s', 'pgoutput')").await;
    server.run("ALTER SYSTEM SET wal_level = minimal").await;
    server.run("ALTER SYSTEM SET max_wal_senders = 0").await;
    let refused = server.try_restart().await.expect_err("a logical slot needs wal_level = logical");
    assert!(refused.contains("logical replication slot \"s\" exists"), "{refused}");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_role_has_the_rights_that_it_was_given_and_no_more() {
    let server = Server::start(17, &[]).await;
    server.run("CREATE DATABASE shop").await;
    server.run_in("shop", "CREATE TABLE customers()").await;
    let entry = server.role("watcher", "REPLICATION", &["pg_monitor"]).await;
    let described = crate::targets::registry::describe(&entry).await.expect("it answers");
    assert_eq!(described.en, "PostgreSQL 17.10, primary");
    let client = server.client_as("watcher", server.password(), "shop").await.expect("it may log in");
    client.query("SELECT * FROM pg_hba_file_rules", &[]).await.expect_err("not a superuser");
    client.query("SELECT pg_create_physical_replication_slot('p')", &[]).await.expect("REPLICATION");
    server.client_as("watcher", "wrong", "shop").await.err().expect("a wrong password");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn nothing_is_left_of_a_server_also_when_a_part_of_it_is_halted() {
    let mut stopped = Server::start(15, &[]).await;
    stopped.stop().await;
    assert!(servers_in(&[Some(stopped.data())]).is_empty());
    let primary = Server::start(15, &[]).await;
    let mut standby = primary.standby("sb1", &[]).await;
    let receiver = "SELECT pid FROM pg_stat_wal_receiver";
    let pid: i32 = standby.client().await.query_one(receiver, &[]).await.expect("a receiver").get(0);
    standby.signal(pid, "STOP").await;
    let folders: Vec<PathBuf> = [&stopped, &primary, &standby].map(|it| it.data().to_owned()).into();
    assert!(folders.iter().all(|it| it.is_dir()));
    let begun = Instant::now();
    drop(stopped);
    drop(primary);
    standby.kill().await;
    drop(standby);
    assert!(begun.elapsed().as_secs() < 3, "{:?}", begun.elapsed());
    for folder in &folders {
        assert!(servers_in(&[Some(folder)]).is_empty());
        assert!(!folder.exists() && !folder.parent().expect("a place").exists());
    }
}
