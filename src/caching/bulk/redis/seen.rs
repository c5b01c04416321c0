//! Which keys a job has met: the server may show a key twice, and a job that is continued must leave alone what its
//! earlier part has done.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::io;

use super::journal::{Folder, read};

/// Keys by their digests of 64 bits: 8 bytes for each instead of its name.
#[derive(Default)]
pub(super) struct Seen {
    digests: RandomState,
    met: HashSet<u64>,
    /// Keys of portions of earlier parts that were never answered, with what was to be set.
    open: HashMap<u64, i64>,
}

/// What is known of a key that comes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    /// It has not been met.
    New,
    /// It was met before by this part, or changed by an earlier one.
    Before,
    /// An earlier part has sent this, and does not know the answer.
    Open(i64),
}

impl Seen {
    /// With the keys that these jobs have changed.
    ///
    /// # Errors
    /// When a journal cannot be read, or is gone.
    pub(super) fn of(folder: &Folder, records: &[i64]) -> io::Result<Self> {
        let mut seen = Self::default();
        for record in records {
            let whole = read(folder, *record, |_, answered, entry| {
                let digest = seen.digests.hash_one(entry.key);
                if answered {
                    seen.open.remove(&digest);
                    seen.met.insert(digest);
                } else if !seen.met.contains(&digest) {
                    seen.open.insert(digest, entry.set);
                }
                true
            })?;
            // Without it, keys would be changed twice, and their first expiry would be forgotten.
            whole.ok_or(io::ErrorKind::NotFound)?;
        }
        Ok(seen)
    }

    /// Whether the key was met; from now on it was.
    pub(super) fn meet(&mut self, key: &[u8]) -> Met {
        let digest = self.digests.hash_one(key);
        if !self.met.insert(digest) {
            return Met::Before;
        }
        self.open.remove(&digest).map_or(Met::New, Met::Open)
    }
}
