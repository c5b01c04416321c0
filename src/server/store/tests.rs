use std::path::PathBuf;

use super::*;

fn scratch(name: &str) -> PathBuf {
    let dir = std::env::temp_dir().join(format!("outgrow-store-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    dir
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[tokio::test]
async fn only_the_owner_reads_the_state() {
    let dir = scratch("modes");
    let store = Store::open(&dir).expect("a new store");
    store.with(|connection| connection.execute_batch("CREATE TABLE t (a)")).await.expect("a statement");
    assert_eq!(mode(&dir), 0o700);
    for name in ["console.sqlite", "console.sqlite-wal", "console.lock"] {
        assert_eq!(mode(&dir.join(name)), 0o600, "{name}");
    }
    let _ = fs::remove_dir_all(dir);
}

#[tokio::test]
async fn a_second_console_is_kept_out() {
    let dir = scratch("lock");
    let store = Store::open(&dir).expect("a new store");
    assert!(Store::open(&dir).is_err_and(|error| error.contains("Another console")));
    assert!(Store::open_shared(&dir).is_ok(), "a short command may run beside it");
    drop(store);
    assert!(Store::open(&dir).is_ok());
    let _ = fs::remove_dir_all(dir);
}

#[test]
fn a_directory_that_others_use_is_refused() {
    let dir = scratch("shared");
    fs::create_dir_all(&dir).expect("a directory");
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).expect("a mode");
    fs::write(dir.join("of-others"), "x").expect("a file");
    assert!(Store::open(&dir).is_err_and(|error| error.contains("chmod 700")));
    assert_eq!(mode(&dir), 0o755, "it must stay as it was");
    let _ = fs::remove_dir_all(dir);
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_stays_as_it_is() {
    let dir = scratch("newer");
    drop(Store::open(&dir).expect("a new store"));
    let path = dir.join("console.sqlite");
    let connection = Connection::open(&path).expect("the file");
    connection.pragma_update(None, "user_version", 999).expect("a version");
    drop(connection);
    assert!(Store::open(&dir).is_err_and(|error| error.contains("newer Outgrow")));
    let connection = Connection::open(&path).expect("the file");
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).expect("a version");
    assert_eq!(version, 999);
    let _ = fs::remove_dir_all(dir);
}

#[test]
fn a_copy_is_made_before_a_migration() {
    let dir = scratch("copy");
    drop(Store::open(&dir).expect("a new store"));
    let path = dir.join("console.sqlite");
    let connection = Connection::open(&path).expect("the file");
    back_up(&connection, &path, 1).expect("a copy");
    back_up(&connection, &path, 1).expect("a copy over the first one");
    let copy = dir.join("console.backup-1");
    assert_eq!(mode(&copy), 0o600);
    let tables: i64 = Connection::open(copy)
        .expect("the copy")
        .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'journal'", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(tables, 1);
    let _ = fs::remove_dir_all(dir);
}

#[tokio::test]
async fn a_panic_in_the_store_is_one_error() {
    let dir = scratch("panic");
    let store = Store::open(&dir).expect("a new store");
    let failed = store.with(|_| -> rusqlite::Result<()> { panic!("a test's panic") }).await;
    assert!(failed.is_err_and(|error| error.incident.is_some()));
    assert_eq!(store.with(|connection| connection.query_row("SELECT 1", [], |row| row.get(0))).await, Ok(1));
    let _ = fs::remove_dir_all(dir);
}
