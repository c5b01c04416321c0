//! Starting a server of the laboratory, and what changes while it runs.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::{Server, eventually};
use crate::sandbox::memory::free_port;
use crate::sandbox::postgres_files::account;
use crate::sandbox::process::{Program, Running};

const READY_WITHIN: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(10);
/// How often another port is tried, should somebody take the one found free before the server does.
const TRIES: u32 = 3;
const PORT_TAKEN: &str = "could not create any TCP/IP sockets";

impl Server {
    /// Stops it in good order and starts it again; `settings` hold on the command line, until it is started once more.
    pub(crate) async fn restart(&mut self, settings: &[(&str, &str)]) {
        self.stop().await;
        let started = self.launch(settings).await;
        started.unwrap_or_else(|log| panic!("PostgreSQL {} does not come up again:\n{log}", self.major));
    }

    /// As [`Server::restart`], for a server that may refuse to start.
    ///
    /// # Errors
    /// The last lines of its log.
    pub(crate) async fn try_restart(&mut self) -> Result<(), String> {
        self.stop().await;
        self.launch(&[]).await
    }

    /// Makes a primary of a standby; returns when it is one.
    pub(crate) async fn promote(&self) {
        self.run("SELECT pg_promote(true, 30)").await;
        let client = self.client().await;
        eventually("the standby is a primary", 30, async || {
            client.query_one("SELECT pg_is_in_recovery()", &[]).await.is_ok_and(|row| !row.get::<_, bool>(0))
        })
        .await;
    }

    /// Starts it on a port of its own.
    pub(super) async fn first_start(&mut self) {
        for _ in 0..TRIES {
            self.port = free_port(|_| false).expect("a free port");
            self.configure();
            match self.launch(&[]).await {
                Ok(()) => return,
                Err(log) if log.contains(PORT_TAKEN) => {}
                Err(log) => panic!("PostgreSQL {} {} does not start:\n{log}", self.major, self.name),
            }
        }
        panic!("PostgreSQL {}: {TRIES} ports were taken", self.major);
    }

    fn configure(&self) {
        let mut text = format!("port = {}\ncluster_name = '{}'\n", self.port, self.name);
        for (name, value) in &self.settings {
            let value = value.replace('\\', "\\\\").replace('\'', "''");
            text.push_str(&format!("{name} = '{value}'\n"));
        }
        self.place.write("lab.conf", &text);
    }

    async fn launch(&mut self, overrides: &[(&str, &str)]) -> Result<(), String> {
        self.starts += 1;
        let mut running = Running::start(self.program(overrides)).await.map_err(|error| error.to_string())?;
        let give_up = Instant::now() + READY_WITHIN;
        let failed = loop {
            if self.answers().await {
                self.process = Some(running);
                return Ok(());
            }
            if let Some(end) = running.ended() {
                break end;
            }
            if Instant::now() > give_up {
                break "it does not let anybody in".into();
            }
            sleep(PAUSE).await;
        };
        running.stop().await;
        Err(format!("{failed}\n{}", self.last_words()))
    }

    fn program(&self, overrides: &[(&str, &str)]) -> Program {
        let mut arguments: Vec<OsString> = vec!["-D".into(), self.data().into()];
        for (name, value) in overrides {
            arguments.extend(["-c".into(), format!("{name}={value}").into()]);
        }
        Program {
            name: "postgresql of a test",
            path: self.binaries.join("postgres"),
            arguments,
            stop_signal: "INT",
            // Nobody needs the data any more.
            orphan_signal: "QUIT",
            log: self.place.log(self.starts),
            works_in: self.data().to_owned(),
            account: account(),
        }
    }

    /// Whether it lets us in, and is not another server that has taken the port meanwhile.
    async fn answers(&self) -> bool {
        let Ok(client) = self.client_as("postgres", &self.password, "postgres").await else {
            return false;
        };
        let data = self.data().to_string_lossy().into_owned();
        let asked = client.query_one("SELECT current_setting('data_directory')", &[]).await;
        asked.is_ok_and(|row| row.get::<_, String>(0) == data)
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.place.log(self.starts)).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}
