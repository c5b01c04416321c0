//! Real PostgreSQL servers of every version that the console knows, for one test each: there within a second, and gone
//! with their data when the test is over, also when it fails. `mongo` and `redis` do the same
//! for sharded MongoDB clusters and for Redis.

mod access;
mod attached;
mod backup;
pub(crate) mod django;
mod ending;
mod identity;
pub(crate) mod mongo;
mod place;
pub(crate) mod redis;
mod restored;
mod running;
mod template;
mod tests;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::process::Running;
use access::literal;
use place::Place;

pub(crate) const MAJORS: [u8; 6] = [13, 14, 15, 16, 17, 18];

/// A server on a loopback port of its own. Everybody, also who wants to replicate, needs a password (scram).
pub(crate) struct Server {
    major: u8,
    /// Its `cluster_name`; a standby's also names its slot and its connections.
    name: String,
    port: u16,
    /// The superuser's; roles made by [`Server::role`] have the same.
    password: String,
    place: Place,
    binaries: PathBuf,
    /// What its configuration file says beside what all have: a standby takes it over.
    settings: Vec<(String, String)>,
    starts: u32,
    process: Option<Running>,
}

impl Server {
    /// A primary: `wal_level=logical`, 20 slots, 20 senders, 50 connections, a small memory, and a system identifier of
    /// its own. `settings` stand in a configuration file, so that ALTER SYSTEM can change them.
    pub(crate) async fn start(major: u8, settings: &[(&str, &str)]) -> Self {
        let (place, made) = template::copied(major).await;
        let mut server = Self {
            major,
            name: "primary".into(),
            port: 0,
            password: made.password,
            place,
            binaries: made.binaries,
            settings: owned(settings),
            starts: 0,
            process: None,
        };
        server.first_start().await;
        server
    }

    /// A standby that streams through the slot `name`, which is made here unless it exists. It answers queries, sends
    /// feedback, and names its database (`postgres`) to the primary, as slot synchronisation asks for. It takes over
    /// what this server was set to; `settings` come on top.
    pub(crate) async fn standby(&self, name: &str, settings: &[(&str, &str)]) -> Self {
        let slot = literal(name);
        self.run(&format!(
            "SELECT pg_create_physical_replication_slot({slot}, true) \
             WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = {slot})"
        ))
        .await;
        let place = Place::new().await;
        backup::take(self, place.data()).await;
        let upstream = format!("{} application_name={name}", self.conninfo("postgres", &self.password, "postgres"));
        let mut all = self.settings.clone();
        all.extend(owned(&[
            ("primary_conninfo", &upstream),
            ("primary_slot_name", name),
            ("hot_standby_feedback", "on"),
        ]));
        all.extend(owned(settings));
        let mut standby = Self {
            major: self.major,
            name: name.to_owned(),
            port: 0,
            password: self.password.clone(),
            place,
            binaries: self.binaries.clone(),
            settings: all,
            starts: 0,
            process: None,
        };
        standby.first_start().await;
        self.await_streaming(name).await;
        standby
    }

    pub(crate) fn major(&self) -> u8 {
        self.major
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The superuser's password, which the standbys and the roles made by [`Server::role`] share.
    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    /// Its data directory.
    pub(crate) fn data(&self) -> &Path {
        self.place.data()
    }

    /// Everything that it has written to its log, start after start.
    pub(crate) fn log(&self) -> String {
        (1..=self.starts).map(|start| std::fs::read_to_string(self.place.log(start)).unwrap_or_default()).collect()
    }

    async fn await_streaming(&self, name: &str) {
        let client = self.client().await;
        let sql = "SELECT FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'";
        eventually(&format!("the standby {name} streams"), 30, async || {
            client.query_opt(sql, &[&name]).await.is_ok_and(|row| row.is_some())
        })
        .await;
    }
}

/// Waits until `condition` holds, at most `seconds`; panics with `what` otherwise.
pub(crate) async fn eventually<F, Fut>(what: &str, seconds: u64, mut condition: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let give_up = Instant::now() + Duration::from_secs(seconds);
    while !condition().await {
        assert!(Instant::now() < give_up, "not within {seconds} s: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

fn owned(settings: &[(&str, &str)]) -> Vec<(String, String)> {
    settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
