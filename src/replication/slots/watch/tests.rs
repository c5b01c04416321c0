//! The watcher on real servers of every version.

mod asking;
mod dying;
mod standbys;
mod versions;

use std::path::PathBuf;

use super::*;
use crate::replication::slots::model::{Seen, findings};

/// A store of its own, gone with its folder when the test is over.
struct Scratch {
    store: Store,
    dir: PathBuf,
}

impl Scratch {
    fn new() -> Self {
        let random = crate::auth::session::random_hex::<6>();
        let dir = std::env::temp_dir().join(format!("outgrow-watch-{random}"));
        Self { store: Store::open(&dir).expect("a new store"), dir }
    }

    async fn look(&self, entry: &Entry) -> Arc<Snapshot> {
        look(&self.store, entry).await.unwrap_or_else(|error| panic!("{error} {}", error.next.en))
    }

    /// Looks anew, as after a change.
    async fn look_anew(&self, entry: &Entry) -> Arc<Snapshot> {
        entry.shared::<Watch>().forget();
        self.look(entry).await
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn slot<'a>(snapshot: &'a Snapshot, name: &str) -> &'a Seen {
    let named = snapshot.slots.iter().find(|seen| seen.slot.name == name);
    named.unwrap_or_else(|| panic!("no slot {name} among {}", snapshot.slots.len()))
}

/// Writes so many bytes of WAL.
async fn write(client: &tokio_postgres::Client, bytes: usize) -> Result<(), tokio_postgres::Error> {
    let sql = "SELECT pg_logical_emit_message(false, 'load', repeat('x', $1))";
    client.query_one(sql, &[&i32::try_from(bytes).expect("few")]).await.map(|_| ())
}

#[test]
fn the_rest_of_a_server_that_does_not_answer_grows_up_to_a_minute() {
    let rests: Vec<u64> = [1, 2, 3, 6, 9, 4_000_000].map(|failures| rest(failures).as_secs()).to_vec();
    assert_eq!(rests, [2, 4, 8, 60, 60, 60]);
}
