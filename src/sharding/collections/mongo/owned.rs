//! Sharded collections by their owned bytes, as they were read last.

use super::names::{Found, Names};
use crate::sharding::collections::model::{PAGE_SIZE, Question};
use crate::sharding::sizes::Sizes;

/// The biggest first, or the smallest. A place is the bytes and the name of the last one, so that none is told twice
/// and none is left out while the reading is the same.
pub(super) fn page(question: &Question, sizes: &Sizes) -> Names {
    let mut all: Vec<(i64, Found)> = sizes
        .collections
        .iter()
        .map(|(id, spread)| (spread.iter().filter_map(|it| it.held.owned()).sum(), Found::of_catalog(id)))
        .filter(|(_, found): &(i64, Found)| question.wants(&found.namespace()))
        .collect();
    // Without a wish the biggest come first; of equal ones the name decides.
    let direction = |bytes: i64| if question.descending { bytes } else { -bytes };
    all.sort_by_cached_key(|(bytes, found)| (direction(*bytes), found.namespace()));
    if let Some((bytes, name)) = question.after.split_once(':') {
        let place = (direction(bytes.parse().unwrap_or_default()), name.to_owned());
        all.retain(|(bytes, found)| (direction(*bytes), found.namespace()) > place);
    }
    let more = all.len() > PAGE_SIZE;
    all.truncate(PAGE_SIZE);
    let last = all.last().map(|(bytes, found)| format!("{bytes}:{}", found.namespace()));
    Names {
        found: all.into_iter().map(|(_, found)| found).collect(),
        after: if more { last } else { None },
        unread: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::sharding::model::{Held, OnShard};

    fn sizes(count: i64) -> Sizes {
        let one = |number: i64| {
            // Every third has as much as its neighbour.
            let held = Held::Apart { owned: number / 3 * 3 * 1_000, orphaned: 7 };
            (format!("db.c{number:03}"), vec![OnShard { held, ..OnShard::unknown("s1") }])
        };
        let collections: BTreeMap<_, _> = (0..count).map(one).collect();
        Sizes { offered: true, collections, ..Sizes::default() }
    }

    #[test]
    fn all_are_told_once_the_biggest_first() {
        let sizes = sizes(173);
        for order in ["", "desc"] {
            let (mut after, mut seen) = (String::new(), Vec::new());
            loop {
                let names = page(&Question::read("", "", "owned", order, &after), &sizes);
                seen.extend(names.found.iter().map(Found::namespace));
                let Some(next) = names.after else { break };
                after = next;
            }
            let mut once = seen.clone();
            once.sort();
            once.dedup();
            assert_eq!((seen.len(), once.len()), (173, 173));
            let first = if order == "desc" { "db.c000" } else { "db.c171" };
            assert_eq!(seen[0], first);
        }
    }

    #[test]
    fn a_search_looks_at_names() {
        let names = page(&Question::read("C01", "", "owned", "", ""), &sizes(100));
        assert_eq!(names.found.len(), 10);
        assert!(names.after.is_none());
    }
}
