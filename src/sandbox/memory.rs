//! What a sandbox remembers from one start to the next: its ports, its passwords, and whether
//! its databases have their example data.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::directory::write_private;
use super::error::{SandboxError, files};

const FILE: &str = "memory.json";
/// Below the range that the kernel hands out for outgoing connections, so that a port remembered
/// is seldom somebody's by the next start.
const FIRST_PORT: u16 = 21_000;
const PORTS: u16 = 10_000;
const TRIES: u16 = 500;
const PORTS_WITHIN: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Memory {
    ports: BTreeMap<String, u16>,
    passwords: BTreeMap<String, String>,
    /// Engines whose example data is complete.
    seeded: Vec<String>,
    /// Where PostgreSQL's data lies when it cannot lie in the directory itself.
    pub(super) postgres_home: Option<PathBuf>,
    #[serde(skip)]
    file: PathBuf,
}

impl Memory {
    pub(super) fn load(dir: &Path) -> Result<Self, SandboxError> {
        let file = dir.join(FILE);
        let mut memory = match std::fs::read_to_string(&file) {
            Ok(text) => serde_json::from_str(&text).map_err(|error| files("understanding", &file)(error.into()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(error) => return Err(files("reading", &file)(error)),
        };
        memory.file = file;
        Ok(memory)
    }

    /// Waits a little for the ports of old: a server's threads hold them a moment longer than
    /// anything shows that it still runs.
    pub(super) async fn await_ports(&self) {
        let give_up = Instant::now() + PORTS_WITHIN;
        while Instant::now() < give_up && !self.ports.values().all(|it| is_free(*it)) {
            sleep(PAUSE).await;
        }
    }

    pub(super) fn save(&self) -> Result<(), SandboxError> {
        let text = serde_json::to_string_pretty(self).map_err(|error| files("describing", &self.file)(error.into()))?;
        write_private(&self.file, &text)
    }

    /// The port of old if it is still free, else a new one.
    pub(super) fn port(&mut self, name: &str) -> Result<u16, SandboxError> {
        if let Some(port) = self.ports.get(name).copied().filter(|it| is_free(*it)) {
            return Ok(port);
        }
        let port = self.new_port()?;
        self.ports.insert(name.to_owned(), port);
        Ok(port)
    }

    /// For an engine that has written its port into its data and cannot have another one.
    pub(super) fn fixed_port(&mut self, name: &'static str) -> Result<u16, SandboxError> {
        match self.ports.get(name).copied() {
            Some(port) if !is_free(port) => Err(SandboxError::PortTaken { engine: name, port }),
            _ => self.port(name),
        }
    }

    pub(super) fn password(&mut self, name: &str) -> Result<String, SandboxError> {
        if let Some(known) = self.passwords.get(name) {
            return Ok(known.clone());
        }
        let password = random_hex::<16>()?;
        self.passwords.insert(name.to_owned(), password.clone());
        Ok(password)
    }

    pub(super) fn is_seeded(&self, engine: &str) -> bool {
        self.seeded.iter().any(|it| it == engine)
    }

    pub(super) fn set_seeded(&mut self, engine: &str) {
        if !self.is_seeded(engine) {
            self.seeded.push(engine.to_owned());
        }
    }

    fn new_port(&self) -> Result<u16, SandboxError> {
        free_port(|port| self.ports.values().any(|it| *it == port))
    }
}

/// A port that nobody listens on and that is not promised to anybody.
pub(super) fn free_port(promised: impl Fn(u16) -> bool) -> Result<u16, SandboxError> {
    for _ in 0..TRIES {
        let mut bytes = [0_u8; 2];
        getrandom::fill(&mut bytes).map_err(no_randomness)?;
        let port = FIRST_PORT + u16::from_le_bytes(bytes) % PORTS;
        if !promised(port) && is_free(port) {
            return Ok(port);
        }
    }
    Err(SandboxError::Missing {
        what: "a free port".into(),
        advice: format!("500 between {FIRST_PORT} and {} were taken", FIRST_PORT + PORTS),
    })
}

/// Letters and digits only: they go into connection strings and configuration files as they are.
pub(super) fn random_hex<const BYTES: usize>() -> Result<String, SandboxError> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(no_randomness)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

fn no_randomness(error: getrandom::Error) -> SandboxError {
    SandboxError::Program { program: "the kernel's random numbers".into(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(name: &str) -> Memory {
        let dir = std::env::temp_dir().join(format!("outgrow-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("made");
        Memory::load(&dir).expect("nothing to read yet")
    }

    #[test]
    fn ports_and_passwords_are_the_same_after_a_reload() {
        let mut first = memory("memory-reload");
        let port = first.port("redis").expect("a port is free");
        let password = first.password("redis").expect("random");
        first.set_seeded("redis");
        first.save().expect("written");
        let dir = first.file.parent().expect("has one").to_owned();
        let mut second = Memory::load(&dir).expect("readable");
        assert_eq!(second.port("redis").expect("still free"), port);
        assert_eq!(second.password("redis").expect("known"), password);
        assert!(second.is_seeded("redis") && !second.is_seeded("mongodb"));
        assert_eq!(password.len(), 32);
        std::fs::remove_dir_all(dir).expect("cleaned up");
    }

    #[test]
    fn a_taken_port_is_replaced_where_it_may_be() {
        let mut memory = memory("memory-taken");
        let port = memory.port("router").expect("a port is free");
        let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("was free");
        let fixed = memory.fixed_port("router");
        assert!(matches!(fixed, Err(SandboxError::PortTaken { .. })));
        assert_ne!(memory.port("router").expect("another one"), port);
    }

    #[test]
    fn every_engine_gets_a_port_of_its_own() {
        let mut memory = memory("memory-distinct");
        let mut ports: Vec<u16> = (0..50).map(|it| memory.port(&it.to_string()).expect("a port is free")).collect();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 50);
    }
}
