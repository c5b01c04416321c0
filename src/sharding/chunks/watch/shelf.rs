//! How much memory the maps of all collections of all targets take together: what was not looked at for longest goes.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::Place;

/// Of all maps that are kept. One that is being read takes half of it at most, and two are read at once.
pub(super) const MOST_BYTES: usize = 256 * 1024 * 1024;

static SHELF: Mutex<Vec<Weak<Place>>> = Mutex::new(Vec::new());

/// Counts this one, and lets others go where there is too much.
pub(super) fn put(place: &Arc<Place>) {
    let mut shelf = SHELF.lock().unwrap_or_else(PoisonError::into_inner);
    if !shelf.iter().any(|known| std::ptr::eq(known.as_ptr(), Arc::as_ptr(place))) {
        shelf.push(Arc::downgrade(place));
    }
    shelf.retain(|known| known.upgrade().is_some_and(|known| known.state().kept.is_some()));
    clear(&shelf, MOST_BYTES);
}

/// Lets those go that were not looked at for longest, until the others take no more than `most`.
fn clear(shelf: &[Weak<Place>], most: usize) {
    let mut places: Vec<Arc<Place>> = shelf.iter().filter_map(Weak::upgrade).collect();
    places.sort_by_key(|place| std::cmp::Reverse(place.state().looked));
    let mut all = 0;
    for place in places {
        let mut state = place.state();
        all += state.kept.as_ref().map_or(0, |kept| kept.bytes());
        if all > most {
            state.kept = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::OnceLock;
    use std::time::{Duration, Instant};

    use bson::{Bson, Timestamp, doc};

    use super::*;
    use crate::sharding::chunks::keys::Fields;
    use crate::sharding::chunks::mongo::Identity;
    use crate::sharding::chunks::table::Loading;
    use crate::sharding::chunks::watch::{Kept, Zones};

    /// A collection of so many chunks that was looked at so many seconds ago.
    fn place(chunks: i64, seconds: u64) -> Arc<Place> {
        let identity = Identity::of("a.b", &doc! { "key": { "k": 1 } }).expect("an entry");
        let fields = Fields::of(&identity.key);
        let mut loading = Loading::default();
        for chunk in 0..chunks {
            let min = fields.packed_document(&doc! { "k": Bson::Int64(chunk) }).expect("a bound");
            assert!(loading.push(&min, "s1", false));
        }
        let now = Instant::now();
        let kept = Kept {
            identity,
            fields,
            table: loading.finish(),
            zones: Zones { tags: Vec::new(), cut: false, of_shards: HashMap::new(), at: now },
            since: Timestamp { time: 0, increment: 0 },
            wall: 0,
            at: now,
            read_wall: 0,
            read_at: now,
            took: Duration::ZERO,
            summary: OnceLock::new(),
        };
        let place = Arc::new(Place::default());
        place.state().kept = Some(Arc::new(kept));
        place.state().looked = now.checked_sub(Duration::from_secs(seconds));
        place
    }

    #[test]
    fn what_was_not_looked_at_for_longest_goes_first() {
        let places = [place(10_000, 30), place(10_000, 10), place(10_000, 20)];
        let shelf: Vec<Weak<Place>> = places.iter().map(Arc::downgrade).collect();
        let kept = || places.iter().map(|place| place.state().kept.is_some()).collect::<Vec<bool>>();
        let each = places[0].state().kept.as_ref().map_or(0, |kept| kept.bytes());
        assert!(each > 150_000, "{each}");
        clear(&shelf, 3 * each);
        assert_eq!(kept(), [true, true, true]);
        clear(&shelf, 2 * each);
        assert_eq!(kept(), [false, true, true]);
        clear(&shelf, each / 2);
        assert_eq!(kept(), [false, false, false]);
    }
}
