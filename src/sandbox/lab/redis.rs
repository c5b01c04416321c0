//! Real Redis and Valkey servers for one test each: there within milliseconds, empty, and gone when the test is over.
//! Alone, as a replica of another, as a cluster, watched by sentinels, with TLS.

mod cluster;
mod entry;
mod sentinel;
mod tests;
mod tls;

use std::path::PathBuf;
use std::time::Duration;

use redis::aio::MultiplexedConnection;

use super::ending::{await_end, send};
use super::eventually;
use super::mongo::port;
use super::place::Place;
use crate::sandbox::default_downloads;
use crate::sandbox::process::{Program, Running, on_path, signal_process};
pub(crate) use crate::targets::redis::info::Product;
pub(crate) use cluster::Cluster;
pub(crate) use sentinel::Sentinels;
pub(crate) use tls::Certificates;

const READY_WITHIN: u64 = 10;
/// The password of the default user, and of those that [`Server::user`] makes.
pub(crate) const PASSWORD: &str = "lab";
const VALKEY: &str = "valkey-8.0.1/bin/valkey-server";

/// A server on a loopback port of its own, with a password.
pub(crate) struct Server {
    product: Product,
    port: u16,
    lines: Vec<(String, String)>,
    /// The same program as a watcher of others.
    sentinel: bool,
    certificates: Option<(Certificates, u16)>,
    starts: u32,
    process: Option<Running>,
    place: Place,
}

impl Server {
    /// Redis, keeping nothing on disk.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With lines of its configuration beside what all have, or in their place: `("maxmemory-policy", "allkeys-lru")`.
    pub(crate) async fn start_with(lines: &[(&str, &str)]) -> Self {
        Self::start_product(Product::Redis, lines).await
    }

    /// For what must hold on both: `for product in Product::ALL`.
    pub(crate) async fn start_product(product: Product, lines: &[(&str, &str)]) -> Self {
        let mut server = Self::new(product, lines).await;
        server.start_again().await;
        server
    }

    /// Another server of the product that follows this one, and has caught up with it.
    pub(crate) async fn replica(&self) -> Self {
        let followed = format!("127.0.0.1 {}", self.port);
        let mut replica = Self::new(self.product, &[]).await;
        replica.lines.clone_from(&self.lines);
        replica.line("replicaof", &followed);
        replica.start_again().await;
        let client = replica.client().await;
        eventually("the replica follows", READY_WITHIN, || info(&client, "master_link_status:up")).await;
        replica
    }

    /// Makes a user of an access list, with the same password as everybody: `server.user("app", "~app:* +@read")`.
    pub(crate) async fn user(&self, name: &str, rules: &str) {
        let mut command = redis::cmd("ACL");
        command.arg("SETUSER").arg(name).arg("reset").arg("on").arg(format!(">{PASSWORD}"));
        command.arg(rules.split_whitespace().collect::<Vec<_>>());
        command.exec_async(&mut self.client().await).await.unwrap_or_else(|error| panic!("{name} {rules}: {error}"));
    }

    /// Starts what was stopped or killed, on the same port. It is empty unless its lines say otherwise.
    pub(crate) async fn start_again(&mut self) {
        self.starts += 1;
        let file = self.place.folder().join("server.conf");
        // A sentinel writes into its own, and what it has learnt counts.
        if !(self.sentinel && file.exists()) {
            std::fs::write(&file, self.configuration()).expect("a file");
        }
        let mut arguments = vec![file.into_os_string()];
        arguments.extend(self.sentinel.then(|| "--sentinel".into()));
        let process = Running::start(Program {
            name: "redis",
            path: program(self.product),
            arguments,
            stop_signal: "TERM",
            orphan_signal: "KILL",
            log: self.place.log(self.starts),
            works_in: self.place.folder().to_owned(),
            account: None,
        });
        self.process = Some(process.await.unwrap_or_else(|error| panic!("{error}")));
        eventually("the server answers", READY_WITHIN, async || match self.connect().await {
            Ok(mut client) => redis::cmd("PING").exec_async(&mut client).await.is_ok(),
            Err(_) => false,
        })
        .await;
    }

    /// Stops it in good order.
    pub(crate) async fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop().await;
        }
    }

    /// Ends it as a crash does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            send(&[process.pid.to_string()], "KILL");
            await_end(&mut process);
        }
    }

    /// Sends it a signal: `STOP` halts it, `CONT` lets it run on.
    pub(crate) async fn signal(&self, signal: &str) {
        signal_process(self.process.as_ref().expect("a server that runs").pid, signal).await;
    }

    /// Where a client of any kind finds it.
    pub(crate) fn url(&self) -> String {
        format!("redis://:{PASSWORD}@127.0.0.1:{}/0", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// A client past the console: what it sees is so.
    pub(crate) async fn client(&self) -> MultiplexedConnection {
        self.connect().await.unwrap_or_else(|error| panic!("{error}"))
    }

    async fn new(product: Product, lines: &[(&str, &str)]) -> Self {
        let place = Place::new().await;
        let (sentinel, certificates, port) = (false, None, port());
        let mut server =
            Self { product, port, lines: Vec::new(), sentinel, certificates, starts: 0, process: None, place };
        for (name, value) in lines {
            server.line(name, value);
        }
        server
    }

    fn line(&mut self, name: &str, value: &str) {
        self.lines.push((name.to_owned(), value.to_owned()));
    }

    async fn connect(&self) -> Result<MultiplexedConnection, redis::RedisError> {
        let url = format!("redis://:{PASSWORD}@127.0.0.1:{}/0", self.port);
        let config = redis::AsyncConnectionConfig::new().set_response_timeout(Some(Duration::from_secs(60)));
        redis::Client::open(url)?.get_multiplexed_async_connection_with_config(&config).await
    }

    fn configuration(&self) -> String {
        let port = self.port.to_string();
        let common = [("bind", "127.0.0.1"), ("port", &port), ("requirepass", PASSWORD), ("logfile", "\"\"")];
        let of_servers = [
            ("masterauth", PASSWORD),
            ("save", "\"\""),
            ("appendonly", "no"),
            // A replica need not wait for others to come.
            ("repl-diskless-sync-delay", "0"),
        ];
        let of_servers = if self.sentinel { &[][..] } else { &of_servers };
        // Of a line that stands twice, the last one counts.
        let own = self.lines.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all = common.iter().chain(of_servers).copied().chain(own);
        all.map(|(name, value)| format!("{name} {value}\n")).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.place.log(self.starts)).unwrap_or_default();
            eprintln!("The log of {} at {}:\n{log}", self.product.name(), self.port);
        }
        self.kill();
    }
}

fn program(product: Product) -> PathBuf {
    let fetched = default_downloads().join(VALKEY);
    let found = match product {
        Product::Redis => on_path(&["redis-server"]),
        Product::Valkey => Some(fetched).filter(|it| it.is_file()).or_else(|| on_path(&["valkey-server"])),
    };
    found.unwrap_or_else(|| panic!("{} is missing: run .make/setup.sh test", product.name()))
}

/// Whether a server says so of itself.
pub(crate) async fn info(client: &MultiplexedConnection, line: &str) -> bool {
    let told: String = redis::cmd("INFO").query_async(&mut client.clone()).await.unwrap_or_default();
    told.lines().any(|it| it.trim_end() == line)
}
