//! Real Redis servers for one test each: there within milliseconds, empty, and gone when the test is over.

mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use tokio::time::sleep;

use super::ending::{await_end, send};
use super::mongo::port;
use super::place::Place;
use crate::sandbox::process::{Program, Running, on_path};
use crate::targets::model::{Target, TargetId, TargetKind};
use crate::targets::registry::{Configured, Entry, Secret};

const READY_WITHIN: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);
const PASSWORD: &str = "lab";

/// A server on a loopback port of its own, with a password.
pub(crate) struct Server {
    port: u16,
    process: Option<Running>,
    _place: Place,
}

impl Server {
    /// A server that keeps nothing on disk.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With lines of its configuration beside what all have, or in their place: `("maxmemory-policy", "allkeys-lru")`.
    pub(crate) async fn start_with(lines: &[(&str, &str)]) -> Self {
        let (place, port) = (Place::new().await, port());
        let configuration = configuration(port, lines);
        let file = place.folder().join("redis.conf");
        std::fs::write(&file, configuration).expect("a file");
        let process = Running::start(Program {
            name: "redis",
            path: on_path(&["redis-server", "valkey-server"]).expect("redis-server (.make/setup.sh demo)"),
            arguments: vec![file.into_os_string()],
            stop_signal: "TERM",
            orphan_signal: "KILL",
            log: place.log(1),
            works_in: place.folder().to_owned(),
            account: None,
        });
        let process = process.await.unwrap_or_else(|error| panic!("{error}"));
        let server = Self { port, process: Some(process), _place: place };
        server.await_ready().await;
        server
    }

    /// Where a client of any kind finds it.
    pub(crate) fn url(&self) -> String {
        format!("redis://:{PASSWORD}@127.0.0.1:{}/0", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The console's target for this server. Each has connections of its own.
    pub(crate) fn entry(&self) -> Arc<Entry> {
        let target = Target {
            id: TargetId::parse(&format!("lab-{}", self.port)).expect("a target's name"),
            kind: TargetKind::Redis,
            name: "Lab".to_owned(),
            host: "127.0.0.1".to_owned(),
            port: self.port,
        };
        let password = Some(Secret::new(PASSWORD));
        Arc::new(Entry::alone(Configured { target, user: None, password, database: None }))
    }

    /// A client past the console: what it sees is so.
    pub(crate) async fn client(&self) -> MultiplexedConnection {
        self.connect().await.unwrap_or_else(|error| panic!("{error}"))
    }

    async fn connect(&self) -> Result<MultiplexedConnection, redis::RedisError> {
        redis::Client::open(self.url())?.get_multiplexed_async_connection().await
    }

    async fn await_ready(&self) {
        let give_up = Instant::now() + READY_WITHIN;
        loop {
            let answer = match self.connect().await {
                Ok(mut client) => redis::cmd("PING").exec_async(&mut client).await,
                Err(error) => Err(error),
            };
            let Err(error) = answer else { return };
            assert!(Instant::now() < give_up, "Redis does not become ready: {error}");
            sleep(PAUSE).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            send(&[process.pid.to_string()], "KILL");
            await_end(&mut process);
        }
    }
}

fn configuration(port: u16, lines: &[(&str, &str)]) -> String {
    let port = port.to_string();
    let common = [
        ("bind", "127.0.0.1"),
        ("port", port.as_str()),
        ("requirepass", PASSWORD),
        ("save", "\"\""),
        ("appendonly", "no"),
        ("daemonize", "no"),
        ("logfile", "\"\""),
    ];
    // Of a line that stands twice, the last one counts.
    common.iter().chain(lines).map(|(name, value)| format!("{name} {value}\n")).collect()
}
