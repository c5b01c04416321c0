//! The console's own state: one SQLite file in a directory that nobody else can read. All work is done by one thread,
//! so that no async thread ever waits for the disk.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::error::{AppError, Kind};
use crate::words;

/// The steps of the schema, oldest first. A step that was released is never changed; `user_version` counts them.
const MIGRATIONS: &[&str] = &[
    include_str!("store/1.sql"),
    include_str!("store/2.sql"),
    include_str!("store/3.sql"),
    include_str!("store/4.sql"),
    include_str!("store/5.sql"),
];

/// Marks the file as ours ("outg" in ASCII), so that another program's database is never migrated.
const APPLICATION_ID: i32 = 0x6f75_7467;

/// Work that may wait for the store's thread. More than this makes callers wait.
const QUEUE: usize = 256;

type Work = Box<dyn FnOnce(&mut Connection) + Send>;

/// The store. A clone speaks to the same thread.
#[derive(Clone)]
pub struct Store {
    work: mpsc::Sender<Work>,
    /// Held as long as the store lives: two consoles on one state would close each other's attempts.
    _lock: Arc<fs::File>,
}

impl Store {
    /// Opens the store in `dir` and keeps other consoles out of it.
    ///
    /// # Errors
    /// A sentence for the one who starts the console.
    pub fn open(dir: &Path) -> Result<Self, String> {
        make_private(dir)?;
        let lock = private_file(&dir.join("console.lock"))?;
        lock.try_lock().map_err(|_| format!("Another console uses the state in {}. Stop it first.", dir.display()))?;
        Self::start(dir, lock)
    }

    /// Opens the store beside a console that may run: for short commands.
    ///
    /// # Errors
    /// A sentence for the one who starts the command.
    pub fn open_shared(dir: &Path) -> Result<Self, String> {
        make_private(dir)?;
        let lock = private_file(&dir.join("console.lock"))?;
        Self::start(dir, lock)
    }

    fn start(dir: &Path, lock: fs::File) -> Result<Self, String> {
        let path = dir.join("console.sqlite");
        let mut connection = connect(&path).map_err(|error| format!("Cannot open {}: {error}", path.display()))??;
        let (work, mut queue) = mpsc::channel::<Work>(QUEUE);
        std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                while let Some(work) = queue.blocking_recv() {
                    work(&mut connection);
                }
            })
            .map_err(|error| format!("Cannot start a thread: {error}"))?;
        Ok(Self { work, _lock: Arc::new(lock) })
    }

    /// Runs `work` on the store's thread and waits for its result.
    ///
    /// # Errors
    /// [`Kind::Internal`] with an incident when the store fails.
    pub async fn with<T, F>(&self, work: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Work = Box::new(move |connection| {
            // A panic loses this work only: an open transaction is rolled back when it is dropped.
            let result = catch_unwind(AssertUnwindSafe(|| work(connection)));
            let _ = answer.send(result);
        });
        if self.work.send(job).await.is_err() {
            return Err(failed(&"the store's thread has ended"));
        }
        match answered.await {
            Ok(Ok(Ok(value))) => Ok(value),
            Ok(Ok(Err(error))) => Err(failed(&error)),
            Ok(Err(_)) | Err(_) => Err(failed(&"the work has panicked")),
        }
    }
}

fn failed(error: &dyn std::fmt::Display) -> AppError {
    let incident = super::incident(error, "the console's store failed");
    AppError {
        incident: Some(incident),
        ..AppError::new(
            Kind::Internal,
            words!("The console's own store failed.", "콘솔 자체 저장소에 오류가 났습니다."),
            words!(
                "Look at the disk of the console's state directory, and at its log.",
                "콘솔 상태 디렉터리의 디스크와 로그를 확인하세요.",
            ),
        )
    }
}

/// Makes the directory for its owner only. One that exists and is open to others is closed when it is empty or ours,
/// and refused otherwise: it may be `/tmp`.
pub(super) fn make_private(dir: &Path) -> Result<(), String> {
    let told = |error: std::io::Error| format!("Cannot use {} as state directory: {error}", dir.display());
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(told)?;
    let open_to_others = fs::metadata(dir).map_err(told)?.permissions().mode() & 0o077 != 0;
    if !open_to_others {
        return Ok(());
    }
    let ours = dir.join("console.sqlite").exists() || fs::read_dir(dir).map_err(told)?.next().is_none();
    if !ours {
        return Err(format!("Others can read {}. Choose another --state, or run chmod 700 on it.", dir.display()));
    }
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(told)
}

fn private_file(path: &Path) -> Result<fs::File, String> {
    fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| format!("Cannot write {}: {error}", path.display()))
}

/// Opens and migrates. The outer error is SQLite's, the inner one a refusal.
fn connect(path: &Path) -> rusqlite::Result<Result<Connection, String>> {
    // The file is made before SQLite opens it: SQLite would make it readable for all, and gives its side files the
    // same mode.
    if let Err(refusal) = private_file(path) {
        return Ok(Err(refusal));
    }
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    let version: usize = connection.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))? as usize;
    let owner: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if version > MIGRATIONS.len() {
        return Ok(Err(format!(
            "{} was written by a newer Outgrow (its schema is {version}, this program knows {}). Nothing was changed.",
            path.display(),
            MIGRATIONS.len()
        )));
    }
    if version > 0 && owner != APPLICATION_ID {
        return Ok(Err(format!("{} is not a file of Outgrow. Nothing was changed.", path.display())));
    }
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    if version > 0
        && version < MIGRATIONS.len()
        && let Err(refusal) = back_up(&connection, path, version)
    {
        return Ok(Err(refusal));
    }
    for (step, sql) in MIGRATIONS.iter().enumerate().skip(version) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", step as u32 + 1)?;
        transaction.commit()?;
    }
    Ok(Ok(connection))
}

/// Copies the file before it is migrated. The copy gets its name when it is complete.
fn back_up(connection: &Connection, path: &Path, version: usize) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| format!("Cannot back up {} before migrating: {error}", path.display());
    let half = path.with_extension("backup-half");
    match fs::remove_file(&half) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(told(&error)),
        _ => {}
    }
    private_file(&half)?;
    let name = half.to_str().ok_or_else(|| told(&"its path is not UTF-8"))?;
    connection.execute("VACUUM INTO ?1", [name]).map_err(|error| told(&error))?;
    fs::rename(&half, path.with_extension(format!("backup-{version}"))).map_err(|error| told(&error))
}

#[cfg(test)]
mod tests;
