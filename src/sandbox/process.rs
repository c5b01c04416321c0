//! Child processes that never outlive us: each is told by the kernel when its parent dies, each
//! has its own process group (so Ctrl-C reaches only us), and each is stopped within bounds.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;
use std::sync::mpsc;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::error::{SandboxError, files};

const STOP_WITHIN: Duration = Duration::from_secs(10);

/// How a program is to be started.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) name: &'static str,
    pub(super) path: PathBuf,
    pub(super) arguments: Vec<OsString>,
    /// What asks it to stop in good order: `INT` or `TERM`.
    pub(super) stop_signal: &'static str,
    /// What the kernel sends it should we end without having asked it.
    pub(super) orphan_signal: &'static str,
    pub(super) log: PathBuf,
    pub(super) works_in: PathBuf,
    /// The account it runs under, when we are root and it refuses to be.
    pub(super) account: Option<&'static str>,
}

/// A running program.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) name: &'static str,
    pub(super) pid: u32,
    pub(super) log: PathBuf,
    stop_signal: &'static str,
    child: Child,
}

impl Running {
    pub(super) async fn start(program: Program) -> Result<Self, SandboxError> {
        let log = File::create(&program.log).map_err(files("opening", &program.log))?;
        let errors = log.try_clone().map_err(files("opening", &program.log))?;
        let mut command = command(&program);
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
        command.current_dir(&program.works_in).process_group(0).kill_on_drop(true);
        let failed = |reason: String| SandboxError::Program { program: program.path.display().to_string(), reason };
        let child = spawn_for_life(command).await.map_err(|it| failed(it.to_string()))?;
        let pid = child.id().ok_or_else(|| failed("it ended at once".into()))?;
        Ok(Self { name: program.name, pid, log: program.log, stop_signal: program.stop_signal, child })
    }

    /// How it ended, if it has.
    pub(super) fn ended(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok()??;
        Some(format!("it ended with {status}"))
    }

    /// Asks the program to stop, and ends it if it takes too long.
    pub(super) async fn stop(mut self) {
        // A program that a test has halted must run on to hear the signal.
        for signal in [self.stop_signal, "CONT"] {
            signal_process(self.pid, signal).await;
        }
        if timeout(STOP_WITHIN, self.child.wait()).await.is_err() {
            tracing::warn!(name = self.name, "did not stop in time and was killed");
            let _ = self.child.kill().await;
        }
    }
}

/// Runs a helper program to its end and returns what it wrote, or why it failed.
pub(super) async fn run_to_end(mut command: Command) -> Result<String, SandboxError> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let failed = |reason| SandboxError::Program { program, reason };
    command.stdin(Stdio::null()).kill_on_drop(true);
    match command.output().await {
        Err(error) => Err(failed(error.to_string())),
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned())),
    }
}

/// A command under another account, or as it is.
pub(super) fn under_account(account: Option<&str>, program: &Path) -> Command {
    let Some(account) = account else {
        return Command::new(program);
    };
    let mut command = Command::new("setpriv");
    command.args(account_arguments(account)).arg("--").arg(program);
    command
}

/// Programs such as PostgreSQL refuse to run as root.
pub(super) fn we_are_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

/// The first of these programs on PATH.
pub(super) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let candidates = names.iter().flat_map(|name| folders.iter().map(move |it| it.join(name)));
    candidates.into_iter().find(|it| it.is_file())
}

/// Sends a signal through the shell's own `kill`: the system call would need unsafe code.
pub(super) async fn signal_process(pid: u32, signal: &str) {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("kill -s {signal} {pid}")]).stderr(Stdio::null());
    let _ = command.status().await;
}

fn command(program: &Program) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", program.orphan_signal]);
    if let Some(account) = program.account {
        command.args(account_arguments(account));
    }
    command.arg("--").arg(&program.path).args(&program.arguments);
    command
}

fn account_arguments(account: &str) -> [String; 3] {
    [format!("--reuid={account}"), format!("--regid={account}"), "--clear-groups".to_owned()]
}

struct Order {
    command: Command,
    runtime: Handle,
    reply: oneshot::Sender<io::Result<Child>>,
}

/// The kernel's "parent died" signal comes when the *thread* that spawned the child ends, so all
/// children come from one thread that lives as long as the process.
async fn spawn_for_life(command: Command) -> io::Result<Child> {
    static SPAWNER: OnceLock<mpsc::Sender<Order>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (sender, orders) = mpsc::channel::<Order>();
        std::thread::spawn(move || {
            for mut order in orders {
                let _runtime = order.runtime.enter();
                let _ = order.reply.send(order.command.spawn());
            }
        });
        sender
    });
    let (reply, answer) = oneshot::channel();
    let runtime = Handle::current();
    let order = Order { command, runtime, reply };
    let gone = || io::Error::other("the thread that starts programs is gone");
    spawner.send(order).map_err(|_| gone())?;
    answer.await.map_err(|_| gone())?
}
