//! The embedded databases of `make demo` and of the tests: a sharded MongoDB cluster, a
//! PostgreSQL primary with its standby, and Redis. Real servers, on loopback only, that keep
//! their data in one directory and end when we do.

mod directory;
mod earlier_run;
mod error;
#[cfg(test)]
pub(crate) mod lab;
mod memory;
mod mongo_cluster;
mod mongo_member;
mod postgres_files;
mod postgres_pair;
mod process;
mod redis_server;
mod reset;
mod router;
mod run;
mod seed;
mod settings;
mod start;
mod targets_file;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use error::SandboxError;
pub use reset::reset;
pub use run::run_until_stopped;
pub use start::start;

use futures_util::future::join_all;
use tokio::task::JoinSet;

use directory::Held;

/// What a sandbox is to be made of.
#[derive(Clone, Debug)]
pub struct Options {
    /// Everything lies in here; made if need be.
    pub dir: PathBuf,
    /// Where the set-up has put `mongod` and the PostgreSQL versions.
    pub downloads: PathBuf,
    /// The version under `downloads`; none for Debian's own.
    pub postgres_version: Option<u8>,
    /// Whether to put example data into databases that have none yet.
    pub seed: bool,
    /// Whether a third MongoDB replica set runs beside the two shards, which tests add to the cluster and remove. The
    /// servers then have the parameters that tests want.
    pub spare_shard: bool,
}

impl Options {
    /// A seeded sandbox of what is installed, with the downloads in their usual place.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), downloads: default_downloads(), postgres_version: None, seed: true, spare_shard: false }
    }
}

/// `$OUTGROW_CACHE`, or `~/.cache/outgrow`.
pub fn default_downloads() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap_or_else(|| "/tmp".into()));
    match std::env::var_os("OUTGROW_CACHE") {
        Some(path) if !path.is_empty() => path.into(),
        _ => home().join(".cache/outgrow"),
    }
}

/// Databases that run. Stop them with [`Running::stop`]; dropped instead, they are killed.
#[derive(Debug)]
pub struct Running {
    held: Held,
    targets_file: PathBuf,
    processes: Vec<process::Running>,
    router: JoinSet<()>,
}

impl Running {
    /// What the console is told to connect to.
    pub fn targets_file(&self) -> &Path {
        &self.targets_file
    }

    /// What an independent client needs to check the console's deeds: `independent.json`.
    pub fn independent_file(&self) -> PathBuf {
        self.held.path().join("independent.json")
    }

    /// Stops everything in good order, each within ten seconds: all at once, but for MongoDB's
    /// config server, which the shards want to talk to while they stop.
    pub async fn stop(mut self) {
        self.router.abort_all();
        let (last, first): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.processes).into_iter().partition(|it| it.name == mongo_member::CONFIG_SERVER);
        for together in [first, last] {
            join_all(together.into_iter().map(process::Running::stop)).await;
        }
    }
}
