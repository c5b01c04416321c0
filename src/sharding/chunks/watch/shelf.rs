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
