//! What the console itself has seen of replicas that are being added: a server before 17 does not tell since when
//! nobody is at a slot, and none tells that a base backup has been.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Backup, Slot};

/// Replicas remembered at most; one more empties the memory.
const REMEMBERED: usize = 64;

#[derive(Default)]
pub(super) struct Memory {
    replicas: Mutex<HashMap<String, Remembered>>,
}

#[derive(Default)]
struct Remembered {
    /// When the slot was first seen without anybody, since somebody was there.
    alone_since: Option<Instant>,
    backup: Option<(Backup, Instant)>,
}

/// What has been seen so far.
#[derive(Clone, Debug, Default)]
pub(in crate::replication::wizard) struct Seen {
    /// For how long at least nobody has been at the slot.
    pub alone: Option<Duration>,
    /// The base backup that was last seen under way, and how long ago.
    pub backup: Option<(Backup, Duration)>,
}

impl Memory {
    /// Takes note of what there is now, and tells what is known of before.
    pub(super) fn look(&self, name: &str, slot: Option<&Slot>, backup: Option<&Backup>) -> Seen {
        let now = Instant::now();
        let mut replicas = self.replicas.lock().unwrap_or_else(PoisonError::into_inner);
        if replicas.len() >= REMEMBERED && !replicas.contains_key(name) {
            replicas.clear();
        }
        let known = replicas.entry(name.to_owned()).or_default();
        match slot {
            Some(slot) if !slot.active => {
                known.alone_since.get_or_insert(now);
            }
            _ => known.alone_since = None,
        }
        if let Some(backup) = backup {
            known.backup = Some((backup.clone(), now));
        }
        Seen {
            alone: known.alone_since.map(|since| now - since),
            backup: known.backup.clone().map(|(backup, at)| (backup, now - at)),
        }
    }
}
