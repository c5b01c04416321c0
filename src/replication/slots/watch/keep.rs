//! What the watcher keeps in the console's store: every 10 s, all servers in one transaction.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Watch;
use crate::replication::history::model::{Point, SERIES, Span};
use crate::replication::history::store::{self as history, Measured, SLOT_HELD};
use crate::server::store::Store;
use crate::targets::registry::Entry;

const EVERY: Duration = Duration::from_secs(10);
/// What nobody measures any more is cleared away so often.
const CLEAR_EVERY: Duration = Duration::from_secs(600);

/// Knows when it last wrote and cleared.
#[derive(Default)]
pub(super) struct Keeper {
    written: Option<Instant>,
    cleared: Option<Instant>,
}

impl Keeper {
    /// Writes when it is time.
    pub(super) async fn beat(&mut self, store: &Store, servers: &[Arc<Entry>]) {
        if self.written.is_none_or(|at| at.elapsed() >= EVERY) {
            self.write(store, servers).await;
        }
        if self.cleared.is_none_or(|at| at.elapsed() >= CLEAR_EVERY) {
            self.cleared = Some(Instant::now());
            // The store has told the log what is wrong.
            let _ = history::clear(store, crate::auth::session::clock::wall(), history::MOST_POINTS).await;
        }
    }

    /// Writes what was seen since it last wrote.
    pub(super) async fn write(&mut self, store: &Store, servers: &[Arc<Entry>]) {
        let since = self.written.replace(Instant::now());
        let mut measured: Vec<Measured> = servers.iter().flat_map(|entry| slots_of(entry, since)).collect();
        for entry in servers {
            measured.extend(entry.shared::<history::Told>().take(entry.configured.target.id.as_str()));
        }
        if !measured.is_empty() {
            let _ = history::write(store, measured).await;
        }
    }
}

/// The slots that hold most, as they were seen since.
fn slots_of(entry: &Arc<Entry>, since: Option<Instant>) -> Vec<Measured> {
    let last = entry.shared::<Watch>().last().and_then(|answer| answer.result.ok());
    let Some(snapshot) = last.filter(|snapshot| since.is_none_or(|since| snapshot.at >= since)) else {
        return Vec::new();
    };
    let mut slots: Vec<_> = snapshot.slots.iter().filter(|seen| seen.slot.held_bytes.is_some()).collect();
    slots.sort_by_key(|seen| std::cmp::Reverse(seen.slot.held_bytes));
    slots.truncate(SERIES);
    let target = entry.configured.target.id.to_string();
    let step = Span::Hour.step();
    let measured = slots.into_iter().map(|seen| {
        let held = seen.slot.held_bytes.unwrap_or_default();
        let bound =
            seen.slot.safe_bytes.filter(|_| snapshot.server.keep_bytes >= 0).map(|safe| held.saturating_add(safe));
        let point = Point { at: snapshot.wall / step * step, value: held, bound, active: seen.slot.active };
        Measured { target: target.clone(), kind: SLOT_HELD, name: seen.slot.name.clone(), point }
    });
    measured.collect()
}
