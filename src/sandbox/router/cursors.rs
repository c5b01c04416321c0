//! Which server holds which cursor: a client may ask for the next batch on any connection.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bson::RawDocument;

/// MongoDB ends idle cursors after ten minutes; older entries only take up room.
const FORGET_AFTER: Duration = Duration::from_secs(30 * 60);
const SWEEP_ABOVE: usize = 10_000;

/// Whether a cursor is a router's (over several shards) or one server's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Cluster,
    Plain,
}

#[derive(Clone, Debug)]
pub(super) struct Home {
    pub(super) host: String,
    pub(super) kind: Kind,
    used: Instant,
}

#[derive(Default)]
pub(super) struct Cursors {
    homes: Mutex<HashMap<i64, Home>>,
}

impl Cursors {
    /// Remembers the cursor an answer opens, if it opens one.
    pub(super) fn note(&self, answer: &RawDocument, host: &str, kind: Kind) {
        let Ok(id) = answer.get_document("cursor").and_then(|it| it.get_i64("id")) else {
            return;
        };
        if id == 0 {
            return;
        }
        let mut homes = self.homes.lock().unwrap_or_else(PoisonError::into_inner);
        if homes.len() > SWEEP_ABOVE {
            homes.retain(|_, home| home.used.elapsed() < FORGET_AFTER);
        }
        let home = Home { host: host.to_owned(), kind, used: Instant::now() };
        homes.insert(id, home);
    }

    pub(super) fn home(&self, id: i64) -> Option<Home> {
        let mut homes = self.homes.lock().unwrap_or_else(PoisonError::into_inner);
        let home = homes.get_mut(&id)?;
        home.used = Instant::now();
        Some(home.clone())
    }

    pub(super) fn forget(&self, id: i64) {
        let mut homes = self.homes.lock().unwrap_or_else(PoisonError::into_inner);
        homes.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use bson::rawdoc;

    use super::*;

    #[test]
    fn only_open_cursors_are_remembered() {
        let cursors = Cursors::default();
        let open = rawdoc! { "cursor": { "id": 7_i64, "ns": "a.b" }, "ok": 1.0 };
        let closed = rawdoc! { "cursor": { "id": 0_i64, "ns": "a.b" }, "ok": 1.0 };
        cursors.note(&open, "h:1", Kind::Cluster);
        cursors.note(&closed, "h:2", Kind::Plain);
        cursors.note(&rawdoc! { "ok": 1.0 }, "h:3", Kind::Plain);
        let home = cursors.home(7).expect("remembered");
        assert_eq!((home.host.as_str(), home.kind), ("h:1", Kind::Cluster));
        assert!(cursors.home(0).is_none());
        cursors.forget(7);
        assert!(cursors.home(7).is_none());
    }
}
