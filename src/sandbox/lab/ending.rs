//! The end of a server: asked for by a test, done to it by a test, or when the test is over.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Server;
use crate::sandbox::earlier_run::servers_in;
use crate::sandbox::process::{Running, signal_process};

/// Longer than a server takes that is told to leave everything as it is.
const END_WITHIN: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(5);

impl Server {
    /// Stops it in good order, as a fast shutdown does. Its data stays until the server is dropped.
    pub(crate) async fn stop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop().await;
            end_what_is_left(self.data());
        }
    }

    /// Ends it as a crash does, with everything that it has started.
    pub(crate) async fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            send(&[process.pid.to_string()], "KILL");
            await_end(&mut process);
            end_what_is_left(self.data());
        }
    }

    /// Sends a signal to one of its processes: `STOP` halts a WAL receiver, `CONT` lets it run on.
    pub(crate) async fn signal(&self, pid: i32, signal: &str) {
        let pid = u32::try_from(pid).expect("a process number");
        signal_process(pid, signal).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("The log of PostgreSQL {} {}:\n{}", self.major, self.name, self.log());
        }
        if let Some(mut process) = self.process.take() {
            // An immediate shutdown, which takes its shared memory back; what a test has halted must run on to hear it.
            send(&[process.pid.to_string()], "QUIT");
            send(&servers_in(&[Some(self.data())]), "CONT");
            await_end(&mut process);
        }
        end_what_is_left(self.data());
        remove_shared_memory(self.data());
    }
}

pub(super) fn await_end(process: &mut Running) {
    let give_up = Instant::now() + END_WITHIN;
    while process.ended().is_none() && Instant::now() < give_up {
        thread::sleep(PAUSE);
    }
}

/// Ends the processes that work in the data: all that the server started do.
fn end_what_is_left(data: &Path) {
    let give_up = Instant::now() + END_WITHIN;
    loop {
        let left = servers_in(&[Some(data)]);
        if left.is_empty() || Instant::now() > give_up {
            return;
        }
        send(&left, "KILL");
        thread::sleep(PAUSE);
    }
}

/// A server that was killed leaves a small segment behind, which would stay until the machine is started anew. The
/// number of the segment stands in the seventh line of the file that the server leaves behind too.
fn remove_shared_memory(data: &Path) {
    let left = std::fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
    if let Some(segment) = left.lines().nth(6).and_then(|line| line.split_whitespace().nth(1)) {
        let _ = Command::new("ipcrm").args(["--shmem-id", segment]).stderr(Stdio::null()).status();
    }
}

/// Without a runtime, which a drop cannot wait for.
pub(super) fn send(pids: &[String], signal: &str) {
    if !pids.is_empty() {
        let line = format!("kill -s {signal} {}", pids.join(" "));
        let _ = Command::new("/bin/sh").args(["-c", &line]).stderr(Stdio::null()).status();
    }
}
