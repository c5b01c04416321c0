//! What was measured of a cache while somebody looked, kept in the console's store: every 10 s for an hour, every
//! minute for a day, four series of each target.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};

use super::model::history::{History, KINDS, Span};
use super::model::{Overview, Window};
use super::redis::total;
use crate::auth::session::clock::wall;
use crate::error::AppError;
use crate::server::store::Store;
use crate::targets::registry::Entry;

const EVERY: Duration = Duration::from_secs(10);

/// When the target's numbers were last written.
#[derive(Default)]
struct Kept(Mutex<Option<Instant>>);

impl Kept {
    fn is_due(&self) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|at| at.elapsed() >= EVERY);
        if due {
            *last = Some(Instant::now());
        }
        due
    }
}

/// Writes what was seen, when it is time. A store that fails keeps nobody from looking; it has told the log.
pub async fn keep(store: &Store, entry: &Arc<Entry>, seen: &Overview) {
    if entry.shared::<Kept>().is_due() {
        let _ = write(store, &seen.target, wall(), values(seen)).await;
    }
}

/// The values in the order of [`KINDS`]; None where a value is not known now.
fn values(seen: &Overview) -> [Option<f64>; 4] {
    let minute = seen.ratios.iter().find(|(window, _)| *window == Window::Minute).and_then(|(_, ratio)| ratio.honest());
    let keys: i64 = seen.databases.iter().map(|it| it.keys).sum();
    let whole = seen.silent.is_empty();
    let of_all = |value: Option<f64>| value.filter(|_| whole);
    [
        minute.map(|share| share * 100.0),
        of_all(total(&seen.nodes, |node| node.used.map(|used| used as f64))),
        of_all(total(&seen.nodes, |node| node.evictions)),
        of_all(Some(keys as f64)),
    ]
}

async fn write(store: &Store, target: &str, now: i64, values: [Option<f64>; 4]) -> Result<(), AppError> {
    let target = target.to_owned();
    let written = store.with(move |connection| {
        let transaction = connection.transaction()?;
        for (kind, value) in KINDS.into_iter().zip(values) {
            let Some(value) = value else { continue };
            for span in [Span::Hour, Span::Day] {
                add(&transaction, &target, kind, span, now, value)?;
            }
        }
        // A target that was taken away leaves nothing behind after a day.
        transaction.execute("DELETE FROM cache_point WHERE at < ?1", [now - Span::Day.length()])?;
        transaction.commit()
    });
    written.await
}

fn add(store: &Connection, target: &str, kind: &str, span: Span, now: i64, value: f64) -> rusqlite::Result<()> {
    // Of a minute the last value counts: of a share the greatest would be a lie.
    const POINT: &str = "INSERT INTO cache_point (target, kind, step, at, value) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (target, kind, step, at) DO UPDATE SET value = excluded.value";
    const OLD: &str = "DELETE FROM cache_point WHERE target = ?1 AND kind = ?2 AND step = ?3 AND at < ?4";
    let (step, at) = (span.step(), now / span.step() * span.step());
    store.prepare_cached(POINT)?.execute(params![target, kind, step, at, value])?;
    store.prepare_cached(OLD)?.execute(params![target, kind, step, at - span.length()])?;
    Ok(())
}

/// What was kept of a target, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn read(store: &Store, target: &str, span: Span) -> Result<History, AppError> {
    const SQL: &str =
        "SELECT kind, at, value FROM cache_point WHERE target = ?1 AND step = ?2 AND at >= ?3 ORDER BY at";
    let (target, now) = (target.to_owned(), wall());
    let rows = store.with(move |connection| {
        let mut statement = connection.prepare_cached(SQL)?;
        let rows = statement.query_map(params![target, span.step(), now - span.length()], |row| {
            Ok((row.get::<_, String>(0)?, (row.get(1)?, row.get(2)?)))
        })?;
        rows.collect::<rusqlite::Result<Vec<_>>>()
    });
    let mut history = History { at: now, ..History::default() };
    for (kind, point) in rows.await? {
        if let Some(place) = KINDS.iter().position(|known| *known == kind) {
            history.series[place].push(point);
        }
    }
    Ok(history)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Scratch(std::path::PathBuf);

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[tokio::test]
    async fn history_is_there_after_a_restart_and_no_longer_than_its_time() {
        let dir = Scratch(std::env::temp_dir().join(format!("outgrow-cache-history-{}", std::process::id())));
        let _ = std::fs::remove_dir_all(&dir.0);
        let now = wall();
        let store = Store::open(&dir.0).expect("a new store");
        let values = |hits| [Some(hits), Some(1.0), None, Some(3.0)];
        for (ago, hits) in [(90_000_000, 10.0), (4_000_000, 20.0), (60_000, 30.0), (0, 40.0)] {
            write(&store, "cache", now - ago, values(hits)).await.expect("written");
        }
        drop(store);
        let mut store = Store::open(&dir.0);
        while store.is_err() {
            // The thread of the first one lets go of the file a moment later.
            tokio::task::yield_now().await;
            store = Store::open(&dir.0);
        }
        let store = store.expect("the same store");
        let of = |history: History| history.series[0].iter().map(|(_, value)| *value).collect::<Vec<f64>>();
        assert_eq!(of(read(&store, "cache", Span::Hour).await.expect("an hour")), [30.0, 40.0]);
        assert_eq!(of(read(&store, "cache", Span::Day).await.expect("a day")), [20.0, 30.0, 40.0]);
        let hour = read(&store, "cache", Span::Hour).await.expect("an hour");
        assert!(hour.series[2].is_empty(), "what was not known is not kept as nothing");
    }
}
