//! After a crash the servers of the last run may still be stopping: they are waited for, as two
//! servers on one folder would spoil its data.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::error::SandboxError;

const WITHIN: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(50);
/// Other programs, such as a shell, may stand in the folder as they please.
const SERVERS: [&str; 6] = ["mongod", "mongos", "postgres", "initdb", "redis-server", "valkey-server"];

/// Waits until no server works in the sandbox's folders any more.
pub(super) async fn await_earlier_run(dir: &Path, elsewhere: Option<&Path>) -> Result<(), SandboxError> {
    let give_up = Instant::now() + WITHIN;
    loop {
        let left = servers_in(&[Some(dir), elsewhere]);
        if left.is_empty() {
            return Ok(());
        }
        if Instant::now() > give_up {
            return Err(SandboxError::StillRunning { dir: dir.to_owned(), pids: left.join(", ") });
        }
        sleep(PAUSE).await;
    }
}

/// The process numbers of the servers whose working directory is in one of the folders.
pub(super) fn servers_in(folders: &[Option<&Path>]) -> Vec<String> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let servers = processes.filter(|process| {
        let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
        let works_in = fs::read_link(process.path().join("cwd"));
        SERVERS.contains(&name.trim())
            && works_in.is_ok_and(|it| folders.iter().flatten().any(|folder| it.starts_with(folder)))
    });
    servers.map(|process| process.file_name().to_string_lossy().into_owned()).collect()
}
