//! The size of the volume of a server's WAL, kept in the console's store.

use rusqlite::{OptionalExtension, params};

use super::model::volume::parse_size;
use super::watch::Watch;
use crate::audit::journal::{self, Note};
use crate::auth::session::clock::wall;
use crate::auth::session::{Authorized, Changes};
use crate::change::Outcome;
use crate::error::AppError;
use crate::server::store::Store;
use crate::targets::model::{TargetId, TargetKind};
use crate::text::bytes;
use crate::words;

/// The size that was entered, in bytes.
///
/// # Errors
/// When the store fails.
pub async fn read(store: &Store, target: &TargetId) -> Result<Option<i64>, AppError> {
    let target = target.to_string();
    let size = store.with(move |connection| {
        let sql = "SELECT bytes FROM wal_volume WHERE target = ?1";
        connection.query_row(sql, [target], |row| row.get(0)).optional()
    });
    size.await
}

/// Keeps the size that somebody has entered, or forgets it when the text is empty. Recorded first; the database itself
/// is not touched. Returns the number of the record.
///
/// # Errors
/// `Invalid` at the field `volume`, `NotFound` when there is no such target, or when the store fails.
pub async fn enter(who: &Authorized<Changes>, target: &str, text: &str) -> Result<i64, AppError> {
    let entry = who.state().registry.find(target, TargetKind::Postgresql)?;
    let size = parse_size(text).map_err(|rule| AppError::invalid("volume", rule))?;
    let name = &entry.configured.target.name;
    let title = match size.map(bytes) {
        Some(size) => words!("The WAL of {name} is on a volume of {size}", "{name}의 WAL 볼륨 크기: {size}"),
        None => words!("The size of {name}'s WAL volume is not known", "{name}의 WAL 볼륨 크기를 알 수 없음으로 설정"),
    };
    let note = Note {
        actor: &who.operator().name,
        from: who.from(),
        word: "replication.set_wal_volume",
        target: entry.configured.target.id.as_str(),
        title,
        outcome: Outcome::Done,
    };
    let record = journal::note(&who.state().store, note).await?;
    keep(&who.state().store, &entry.configured.target.id, size).await?;
    entry.shared::<Watch>().forget();
    Ok(record)
}

pub(in crate::replication) async fn keep(store: &Store, target: &TargetId, size: Option<i64>) -> Result<(), AppError> {
    let target = target.to_string();
    let kept = store.with(move |connection| match size {
        None => connection.execute("DELETE FROM wal_volume WHERE target = ?1", [target]),
        Some(size) => connection.execute(
            "INSERT INTO wal_volume (target, bytes, at) VALUES (?1, ?2, ?3) \
             ON CONFLICT (target) DO UPDATE SET bytes = excluded.bytes, at = excluded.at",
            params![target, size, wall()],
        ),
    });
    kept.await.map(|_| ())
}
