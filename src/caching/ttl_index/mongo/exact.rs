//! Exact numbers that take longer than a page waits: counted in the background, once for all who look.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::errors::tell;
use super::place::{Place, until};
use crate::targets::mongo;
use crate::targets::registry::Entry;

/// What is counted, by collection, index, field and seconds.
#[derive(Default)]
pub(super) struct Counts {
    known: Mutex<HashMap<String, Count>>,
}

struct Count {
    begun: Instant,
    n: Option<i64>,
    failed: bool,
}

/// How long a number is shown.
const KEPT: Duration = Duration::from_secs(600);
const MILLIS: i64 = 120_000;

/// The number of documents with dates up to the cutoff of whoever asked first, at most 10 minutes ago, once it is known.
/// The first who asks begins the count. The second is whether it goes on. The UUID is that of the collection.
pub(super) fn exact(entry: &Arc<Entry>, place: &Place, uuid: &str, seconds: i64, cutoff: i64) -> (Option<i64>, bool) {
    let Place { namespace, index, field, partial, .. } = place;
    let key = format!("{namespace} {uuid} {index:?} {field} {partial:?} {seconds}");
    let (counts, begun) = (entry.shared::<Counts>(), Instant::now());
    {
        let mut known = counts.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, count| count.begun.elapsed() < KEPT);
        if let Some(count) = known.get(&key) {
            return (count.n, count.n.is_none() && !count.failed);
        }
        known.insert(key.clone(), Count { begun, n: None, failed: false });
    }
    let (entry, place) = (Arc::clone(entry), place.clone());
    tokio::spawn(async move {
        let deadline = Duration::from_millis(MILLIS as u64 + 5_000);
        let counted = mongo::aside(&entry, tell, deadline, |client| async move {
            place.count(&client, until(cutoff), None, MILLIS).await
        });
        let n = counted.await.ok().flatten();
        let mut known = counts.known.lock().unwrap_or_else(PoisonError::into_inner);
        // What was forgotten and begun anew is told by the newer count.
        if let Some(count) = known.get_mut(&key).filter(|count| count.begun == begun) {
            (count.n, count.failed) = (n, n.is_none());
        }
    });
    (None, true)
}

/// The console has changed something: what was counted before is not told of what is there now.
pub(super) fn forget(entry: &Entry) {
    entry.shared::<Counts>().known.lock().unwrap_or_else(PoisonError::into_inner).clear();
}
