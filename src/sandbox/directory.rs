//! The sandbox's directory: made private, marked as ours, held by one process at a time, and
//! deleted only when it is ours and nobody holds it.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::error::{SandboxError, files};

const MARKER: &str = ".outgrow-sandbox";
const LOCK: &str = "lock";
/// A process that was just killed holds its locks for a moment longer.
const LOCK_WITHIN: Duration = Duration::from_millis(800);
/// Longer than the making of a folder of programs or of a database takes on a slow machine.
const TURN_WITHIN: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(20);

/// The directory while this process holds it. The kernel lets go of the lock when the process
/// ends, however it ends, so there are no stale locks.
#[derive(Debug)]
pub(super) struct Held {
    path: PathBuf,
    _lock: File,
}

impl Held {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A private folder inside.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf, SandboxError> {
        private_folder(&self.path.join(name))
    }
}

/// Makes the directory if need be and takes hold of it.
pub(super) async fn hold(path: &Path) -> Result<Held, SandboxError> {
    let path = private_folder(path)?;
    let path = path.canonicalize().map_err(files("finding", &path))?;
    if !path.join(MARKER).exists() {
        let mut entries = fs::read_dir(&path).map_err(files("reading", &path))?;
        if entries.next().is_some() {
            return Err(SandboxError::Occupied(path));
        }
        let text = "A directory of `outgrow sandbox`; `outgrow sandbox reset` deletes it.\n";
        write_private(&path.join(MARKER), text)?;
    }
    let lock = lock(&path).await?;
    Ok(Held { path, _lock: lock })
}

/// Takes hold of a directory that must already be a sandbox's, to delete it.
pub(super) async fn hold_existing(path: &Path) -> Result<Held, SandboxError> {
    let path = path.canonicalize().map_err(files("finding", path))?;
    if !path.join(MARKER).is_file() {
        return Err(SandboxError::NotOurs(path));
    }
    let lock = lock(&path).await?;
    Ok(Held { path, _lock: lock })
}

/// Writes a file that only its owner can read, in one step: a reader sees the old or the new.
pub(super) fn write_private(path: &Path, text: &str) -> Result<(), SandboxError> {
    let draft = path.with_extension("draft");
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&draft, path));
    written.map_err(files("writing", path))
}

/// A folder that only its owner can enter, made with its parents.
pub(super) fn private_folder(path: &Path) -> Result<PathBuf, SandboxError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(path).map_err(files("making", path))?;
    Ok(path.to_owned())
}

/// Lets other accounts pass through to what is theirs, and no more: they cannot list it.
pub(super) fn let_pass(path: &Path) -> Result<(), SandboxError> {
    let mode = Permissions::from_mode(0o711);
    fs::set_permissions(path, mode).map_err(files("opening a way through", path))
}

/// Waits until nobody else holds this lock file, and holds it as long as the answer lives: for what processes that start
/// at the same time must do one after the other.
pub(super) async fn take_turn(file: &Path) -> Result<File, SandboxError> {
    let lock = lock_file(file)?;
    let give_up = Instant::now() + TURN_WITHIN;
    while lock.try_lock().is_err() {
        if Instant::now() > give_up {
            return Err(files("waiting for", file)(ErrorKind::TimedOut.into()));
        }
        sleep(PAUSE).await;
    }
    Ok(lock)
}

async fn lock(path: &Path) -> Result<File, SandboxError> {
    let file = path.join(LOCK);
    let mut lock = lock_file(&file)?;
    let give_up = Instant::now() + LOCK_WITHIN;
    while lock.try_lock().is_err() {
        if Instant::now() < give_up {
            sleep(PAUSE).await;
            continue;
        }
        let mut pid = String::new();
        let _ = lock.read_to_string(&mut pid);
        let pid = match pid.trim() {
            "" => "unknown".to_owned(),
            pid => pid.to_owned(),
        };
        let dir = path.to_owned();
        return Err(SandboxError::InUse { dir, pid });
    }
    let noted = lock.set_len(0).and_then(|()| writeln!(lock, "{}", std::process::id()));
    noted.map_err(files("writing", &file))?;
    Ok(lock)
}

fn lock_file(path: &Path) -> Result<File, SandboxError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(path).map_err(files("opening", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("outgrow-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        path
    }

    #[tokio::test]
    async fn one_holder_at_a_time_and_the_next_one_after_it() {
        let path = scratch("hold");
        let first = hold(&path).await.expect("a new directory can be held");
        let refused = hold(&path).await.expect_err("held already");
        assert!(refused.to_string().contains(&std::process::id().to_string()));
        drop(first);
        let mode = fs::metadata(&path).expect("exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        drop(hold(&path).await.expect("free again"));
        fs::remove_dir_all(&path).expect("cleaned up");
    }

    #[tokio::test]
    async fn a_directory_with_other_things_in_it_is_left_alone() {
        let path = scratch("foreign");
        fs::create_dir_all(&path).expect("made");
        fs::write(path.join("thesis.txt"), "precious").expect("written");
        assert!(matches!(hold(&path).await, Err(SandboxError::Occupied(_))));
        assert!(matches!(hold_existing(&path).await, Err(SandboxError::NotOurs(_))));
        fs::remove_dir_all(&path).expect("cleaned up");
    }

    #[test]
    fn a_private_file_is_replaced_and_stays_private() {
        let path = scratch("private");
        private_folder(&path).expect("made");
        let file = path.join("targets.toml");
        for text in ["one", "two"] {
            write_private(&file, text).expect("written");
        }
        assert_eq!(fs::read_to_string(&file).expect("read"), "two");
        let mode = fs::metadata(&file).expect("exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::remove_dir_all(&path).expect("cleaned up");
    }
}
