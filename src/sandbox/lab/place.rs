//! Where a server of the laboratory lies: a folder that is held while the server is used, and that the next test run
//! removes if this one was killed before it could.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Path, PathBuf};

use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::sandbox::default_downloads;
use crate::sandbox::directory::{let_pass, private_folder, take_turn};
use crate::sandbox::memory::random_hex;
use crate::sandbox::postgres_files::{account, open_folder};
use crate::sandbox::process::run_to_end;

/// Files in memory: with them a server is there in a fifth of the time, since a disk is slow to make a thousand files
/// where it has just deleted as many.
const MEMORY: &str = "/dev/shm";
/// Enough for dozens of servers, in KiB.
const PLENTY: u64 = 4 * 1024 * 1024;

/// A folder with the data and the logs of one server, removed when this is dropped.
pub(super) struct Place {
    folder: PathBuf,
    data: PathBuf,
    _held: File,
}

impl Place {
    pub(super) async fn new() -> Self {
        static SERVERS: OnceCell<PathBuf> = OnceCell::const_new();
        let servers = SERVERS.get_or_init(swept).await;
        let _turn = take_turn(&servers.join("lock")).await.expect("our turn to make a folder");
        let folder = servers.join(random_hex::<8>().expect("random numbers"));
        enterable(&folder);
        let held = take_turn(&folder.join("held")).await.expect("nobody else knows it yet");
        Self { data: folder.join("data"), folder, _held: held }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// What the server wrote after it was started for the `start`th time.
    pub(super) fn log(&self, start: u32) -> PathBuf {
        self.folder.join(format!("log-{start}"))
    }

    /// Where programs that are attached to the server may write.
    pub(super) fn attached(&self) -> PathBuf {
        private_folder(&self.folder.join("attached")).expect("a folder")
    }

    /// Writes a file of the data as the owner of the data would.
    pub(super) fn write(&self, name: &str, text: &str) {
        let file = self.data.join(name);
        fs::write(&file, text).expect("a file in the data");
        own_like(&self.data, &file);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// What the laboratory keeps from one run to the next lies below; PostgreSQL's account can reach it.
pub(super) fn kept() -> PathBuf {
    let root = match account() {
        Some(_) => open_folder("lab").expect("a place that all may enter"),
        None => default_downloads().join("lab"),
    };
    enterable(&root);
    root
}

/// A folder through which PostgreSQL's account may pass.
pub(super) fn enterable(path: &Path) {
    private_folder(path).expect("a folder");
    if account().is_some() {
        let_pass(path).expect("a folder of ours");
    }
}

/// Makes a folder that belongs to whom `model` belongs to, as PostgreSQL wants it.
pub(super) fn folder_like(model: &Path, path: &Path) {
    DirBuilder::new().mode(0o700).create(path).expect("a new folder");
    own_like(model, path);
}

/// Gives a file to whom `model` belongs to.
pub(super) fn own_like(model: &Path, path: &Path) {
    let owner = fs::metadata(model).expect("something that exists");
    chown(path, Some(owner.uid()), Some(owner.gid())).expect("the right to give it away");
}

/// The folder of all servers, without what test runs left that were killed: the kernel has let go of their locks.
async fn swept() -> PathBuf {
    let servers = servers().await;
    let _turn = take_turn(&servers.join("lock")).await.expect("our turn to clean up");
    for entry in fs::read_dir(&servers).expect("a folder of ours").flatten() {
        let folder = entry.path();
        let held = File::open(folder.join("held")).is_ok_and(|lock| lock.try_lock().is_err());
        if folder.is_dir() && !held {
            let _ = fs::remove_dir_all(folder);
        }
    }
    servers
}

async fn servers() -> PathBuf {
    let mut asked = Command::new("df");
    asked.args(["--output=avail", "--block-size=1K", MEMORY]);
    let told = run_to_end(asked).await.unwrap_or_default();
    let free: u64 = told.split_whitespace().last().and_then(|it| it.parse().ok()).unwrap_or(0);
    if free < PLENTY {
        let servers = kept().join("servers");
        enterable(&servers);
        return servers;
    }
    // Everybody may make folders there, so ours is ours alone and has our number in its name.
    let us = fs::metadata("/proc/self").expect("our own process").uid();
    let servers = Path::new(MEMORY).join(format!("outgrow-lab-{us}"));
    enterable(&servers);
    let made = fs::symlink_metadata(&servers).expect("just made");
    assert!(made.is_dir() && made.uid() == us, "{} belongs to somebody else", servers.display());
    servers
}
