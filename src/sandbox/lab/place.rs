//! Where a server of the laboratory lies: a folder that is held while the server is used, and that the next test run
//! removes if this one was killed before it could.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::{Path, PathBuf};

use tokio::sync::OnceCell;

use crate::sandbox::default_downloads;
use crate::sandbox::directory::{let_pass, private_folder, take_turn};
use crate::sandbox::memory::random_hex;
use crate::sandbox::postgres_files::{account, open_folder};

/// A folder with the data and the logs of one server, removed when this is dropped.
pub(super) struct Place {
    folder: PathBuf,
    data: PathBuf,
    _held: File,
}

impl Place {
    pub(super) async fn new() -> Self {
        let root = root().join("servers");
        enterable(&root);
        let _turn = take_turn(&root.join("lock")).await.expect("our turn to make a folder");
        static SWEPT: OnceCell<()> = OnceCell::const_new();
        SWEPT.get_or_init(async || sweep(&root)).await;
        let folder = root.join(random_hex::<8>().expect("random numbers"));
        enterable(&folder);
        let held = take_turn(&folder.join("held")).await.expect("nobody else knows it yet");
        Self { data: folder.join("data"), folder, _held: held }
    }

    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// What the server wrote after it was started for the `start`th time.
    pub(super) fn log(&self, start: u32) -> PathBuf {
        self.folder.join(format!("log-{start}"))
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

/// Everything of the laboratory lies below; PostgreSQL's account can reach it.
pub(super) fn root() -> PathBuf {
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

/// Removes what test runs left that were killed: the kernel has let go of their locks.
fn sweep(root: &Path) {
    for entry in fs::read_dir(root).expect("a folder of ours").flatten() {
        let folder = entry.path();
        let held = File::open(folder.join("held")).is_ok_and(|lock| lock.try_lock().is_err());
        if folder.is_dir() && !held {
            let _ = fs::remove_dir_all(folder);
        }
    }
}
