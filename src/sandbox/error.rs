//! What can keep the sandbox from starting, in words that say what to do about it.

use std::path::PathBuf;

use thiserror::Error;

#[derive(Debug, Error)]
pub enum SandboxError {
    #[error("{action} {path}: {source}")]
    Files { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error("{dir} is in use by the sandbox of process {pid}; stop that one first")]
    InUse { dir: PathBuf, pid: String },
    #[error("{0} is not a sandbox's directory (it has no marker file), so it is left alone")]
    NotOurs(PathBuf),
    #[error("{0} is not empty and not a sandbox's directory; choose another one")]
    Occupied(PathBuf),
    #[error("{what} was not found; {advice}")]
    Missing { what: String, advice: String },
    #[error("port {port}, which {engine} remembers, is in use by another program; end that one, or reset the sandbox")]
    PortTaken { engine: &'static str, port: u16 },
    #[error("processes of an earlier run still use {dir}: {pids}; end them first")]
    StillRunning { dir: PathBuf, pids: String },
    #[error("{program} could not be run: {reason}")]
    Program { program: String, reason: String },
    #[error("{engine} did not become ready: {reason}; its log is {log}")]
    NotReady { engine: String, reason: String, log: PathBuf },
    #[error("{engine} could not be given its example data: {reason}")]
    Seed { engine: &'static str, reason: String },
}

/// Names the path and the deed in a failure of the file system.
pub(super) fn files(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> SandboxError {
    let path = path.into();
    move |source| SandboxError::Files { action, path, source }
}
