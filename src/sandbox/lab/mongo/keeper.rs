//! The end of a cluster: when a test is over, or when the whole process is, also when somebody kills it.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::ending::{await_end, send};
use crate::sandbox::process::Running;

/// Its input ends when we do. The servers get the kernel's signal at that moment and may write for a moment more.
const KEEPER: &str = r#"cat; while [ -e "$1" ]; do rm -rf -- "$1"; sleep 0.2; done"#;

pub(super) type Processes = BTreeMap<&'static str, Running>;

pub(super) fn running(processes: &Mutex<Processes>) -> MutexGuard<'_, Processes> {
    processes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends all servers as a crash does, since nobody needs their data.
pub(super) fn end(processes: &mut Processes) {
    let pids: Vec<String> = processes.values().map(|it| it.pid.to_string()).collect();
    send(&pids, "KILL");
    processes.values_mut().for_each(await_end);
}

/// Lets a small program remove a folder when this process ends: what is static is never dropped.
pub(super) fn remove_with_us(folder: &Path) {
    let mut keeper = Command::new("/bin/sh");
    keeper.args(["-c", KEEPER, "keeper"]).arg(folder).current_dir("/").process_group(0);
    let keeper = keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a shell");
    // Its input stays open as long as we live.
    std::mem::forget(keeper);
}
