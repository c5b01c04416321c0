//! Series in the console's store: every 10 s for an hour, every minute for a day, at most [`SERIES`] of a kind and
//! target, and at most [`MOST_POINTS`] in all.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::model::{Point, SERIES, Span};
use crate::auth::session::clock::wall;
use crate::error::AppError;
use crate::server::store::Store;

/// Bytes of WAL that a slot holds back.
pub const SLOT_HELD: &str = "slot_held";
/// Bytes by which a standby is behind.
pub const STANDBY_LAG: &str = "standby_lag";

/// Points that are kept of all targets together: some 40 MB.
pub const MOST_POINTS: i64 = 1_000_000;

/// A point of one series.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The target's id.
    pub target: String,
    pub kind: &'static str,
    /// Of the slot or the standby.
    pub name: String,
    pub point: Point,
}

/// Takes what other parts measure at a target, until it is written with the rest every 10 s. Of one series the last
/// value counts.
#[derive(Default)]
pub struct Told {
    values: Mutex<HashMap<(&'static str, String), Point>>,
}

impl Told {
    /// Takes a value of the series `name` of a kind such as [`STANDBY_LAG`].
    pub fn tell(&self, kind: &'static str, name: &str, value: i64, active: bool) {
        let step = Span::Hour.step();
        let point = Point { at: wall() / step * step, value, bound: None, active };
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (kind, name.to_owned());
        let of_kind = values.keys().filter(|(known, _)| *known == kind).count();
        if of_kind < SERIES || values.contains_key(&key) {
            values.insert(key, point);
        }
    }

    /// What was told since it was last taken.
    pub(in crate::replication) fn take(&self, target: &str) -> Vec<Measured> {
        let values = std::mem::take(&mut *self.values.lock().unwrap_or_else(PoisonError::into_inner));
        let measured = values.into_iter();
        measured.map(|((kind, name), point)| Measured { target: target.to_owned(), kind, name, point }).collect()
    }
}

/// Writes points in one transaction, and takes away those of the same series that are too old.
///
/// # Errors
/// When the store fails.
pub async fn write(store: &Store, measured: Vec<Measured>) -> Result<(), AppError> {
    let written = store.with(move |connection| {
        let transaction = connection.transaction()?;
        for one in &measured {
            add(&transaction, one)?;
        }
        transaction.commit()
    });
    written.await
}

fn add(transaction: &Transaction<'_>, measured: &Measured) -> rusqlite::Result<()> {
    const SERIES_OF: &str = "INSERT INTO history_series (target, kind, name) VALUES (?1, ?2, ?3) \
         ON CONFLICT (target, kind, name) DO UPDATE SET target = excluded.target RETURNING id";
    // Of a minute the greatest value is kept: a peak is what somebody looks for.
    const POINT: &str = "INSERT INTO history_point (series, step, at, value, bound, active) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (series, step, at) DO UPDATE SET \
         value = max(value, excluded.value), bound = excluded.bound, active = max(active, excluded.active)";
    const OLD: &str = "DELETE FROM history_point WHERE series = ?1 AND step = ?2 AND at < ?3";
    let Measured { target, kind, name, point } = measured;
    let series: i64 =
        transaction.prepare_cached(SERIES_OF)?.query_row(params![target, kind, name], |row| row.get(0))?;
    for span in [Span::Hour, Span::Day] {
        let step = span.step();
        let at = point.at / step * step;
        let values = params![series, step, at, point.value, point.bound, point.active];
        transaction.prepare_cached(POINT)?.execute(values)?;
        transaction.prepare_cached(OLD)?.execute(params![series, step, at - span.length()])?;
    }
    Ok(())
}

/// The points of a series up to now, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn read(
    store: &Store,
    target: &str,
    kind: &'static str,
    name: &str,
    span: Span,
) -> Result<Vec<Point>, AppError> {
    const SQL: &str = "SELECT p.at, p.value, p.bound, p.active FROM history_series s \
         JOIN history_point p ON p.series = s.id AND p.step = ?4 AND p.at >= ?5 \
         WHERE s.target = ?1 AND s.kind = ?2 AND s.name = ?3 ORDER BY p.at";
    let (target, name) = (target.to_owned(), name.to_owned());
    let points = store.with(move |connection| {
        let mut statement = connection.prepare_cached(SQL)?;
        let since = wall() - span.length();
        statement.query_map(params![target, kind, name, span.step(), since], point)?.collect()
    });
    points.await
}

/// The series of a kind with their points up to now, oldest first: the `most` with the highest peak, by name. With them
/// the number of all series that have points.
///
/// # Errors
/// When the store fails.
pub async fn read_worst(
    store: &Store,
    target: &str,
    kind: &'static str,
    span: Span,
    most: usize,
) -> Result<(Vec<(String, Vec<Point>)>, usize), AppError> {
    const SERIES: &str = "SELECT s.id, s.name, max(p.value) AS peak FROM history_series s \
         JOIN history_point p ON p.series = s.id AND p.step = ?3 AND p.at >= ?4 \
         WHERE s.target = ?1 AND s.kind = ?2 GROUP BY s.id ORDER BY peak DESC, s.name";
    const POINTS: &str =
        "SELECT at, value, bound, active FROM history_point WHERE series = ?1 AND step = ?2 AND at >= ?3 ORDER BY at";
    let target = target.to_owned();
    let read = store.with(move |connection| {
        let (step, since) = (span.step(), wall() - span.length());
        let mut statement = connection.prepare_cached(SERIES)?;
        let rows = statement.query_map(params![target, kind, step, since], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut found: Vec<(i64, String)> = rows.collect::<Result<_, _>>()?;
        let all = found.len();
        found.truncate(most);
        found.sort_by(|one, other| one.1.cmp(&other.1));
        let mut statement = connection.prepare_cached(POINTS)?;
        let mut series = Vec::with_capacity(found.len());
        for (id, name) in found {
            let points: Result<Vec<Point>, _> = statement.query_map(params![id, step, since], point)?.collect();
            series.push((name, points?));
        }
        Ok((series, all))
    });
    read.await
}

fn point(row: &Row<'_>) -> rusqlite::Result<Point> {
    Ok(Point { at: row.get(0)?, value: row.get(1)?, bound: row.get(2)?, active: row.get(3)? })
}

/// Takes away what is too old, series that have no points left, and where there are more than `most` points, the
/// older half of the time until there are not.
///
/// # Errors
/// When the store fails.
pub async fn clear(store: &Store, now: i64, most: i64) -> Result<(), AppError> {
    let cleared = store.with(move |connection| {
        let transaction = connection.transaction()?;
        for span in [Span::Hour, Span::Day] {
            let old = "DELETE FROM history_point WHERE step = ?1 AND at < ?2";
            transaction.execute(old, params![span.step(), now - span.length()])?;
        }
        while count(&transaction)? > most {
            let Some(oldest) = oldest(&transaction)? else { break };
            let middle = oldest + (now - oldest) / 2;
            let gone = transaction.execute("DELETE FROM history_point WHERE at <= ?1", [middle.max(oldest)])?;
            tracing::warn!(points = gone, "more history than is kept: the older half is gone");
        }
        transaction.execute(
            "DELETE FROM history_series WHERE NOT EXISTS (SELECT 1 FROM history_point WHERE series = history_series.id)",
            [],
        )?;
        transaction.commit()
    });
    cleared.await
}

fn count(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) FROM history_point", [], |row| row.get(0))
}

fn oldest(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    connection.query_row("SELECT min(at) FROM history_point", [], |row| row.get(0)).optional().map(Option::flatten)
}

#[cfg(test)]
mod tests;
