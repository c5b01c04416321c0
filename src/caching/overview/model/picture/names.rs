//! What a key's name tells: the prefix that it shares with others, the family that it is of, and which application
//! has written it.

use std::collections::{BTreeMap, BTreeSet};

use crate::caching::format::name::{Family, family_of};
use crate::caching::model::spelled;

/// The family of a key that is more than a copy: losing one logs somebody out, lets two do what one may do, or loses
/// work. None for a cache.
pub fn family(key: &[u8]) -> Option<Family> {
    family_of(key).filter(|family| family.protected())
}

/// The part of a name that it shares with its like: up to the first colon, of a Django key up to the one after its
/// version and the next separator. Empty where there is no separator.
pub fn prefix(key: &[u8]) -> &[u8] {
    let Some(first) = place(key, 0, b":") else { return &[] };
    let version = place(key, first + 1, b":").filter(|end| is_number(&key[first + 1..*end]));
    match version {
        Some(end) => match place(key, end + 1, b":./") {
            Some(next) => &key[..=next],
            None => &key[..=end],
        },
        None => &key[..=first],
    }
}

/// The prefixes of Django's caches among these keys, and how many keys are of none. A Django key is
/// `KEY_PREFIX:VERSION:name`. An empty prefix is nobody else's habit; another one counts only where all its keys have
/// the same version, since `user:17:name` looks alike.
pub(super) fn applications<'a>(keys: impl Iterator<Item = &'a [u8]>) -> (Vec<String>, i64) {
    let mut versions: BTreeMap<&[u8], (BTreeSet<&[u8]>, i64)> = BTreeMap::new();
    let mut rest: BTreeMap<&[u8], i64> = BTreeMap::new();
    for key in keys {
        let first = place(key, 0, b":").unwrap_or(0);
        let (name, after) = (&key[..first], &key[(first + 1).min(key.len())..]);
        let end = place(after, 0, b":").filter(|end| is_number(&after[..*end]) && key.contains(&b':'));
        match end {
            Some(end) => {
                let known = versions.entry(name).or_default();
                known.0.insert(&after[..end]);
                known.1 += 1;
            }
            None => *rest.entry(name).or_default() += 1,
        }
    }
    let (mut django, mut others) = (Vec::new(), rest.values().sum());
    for (name, (versions, keys)) in versions {
        let alike = versions.len() == 1 && keys >= 5 && !rest.contains_key(name);
        if name.is_empty() || alike { django.push(spelled(name)) } else { others += keys }
    }
    (django, others)
}

fn place(key: &[u8], from: usize, of: &[u8]) -> Option<usize> {
    key.get(from..)?.iter().position(|byte| of.contains(byte)).map(|at| from + at)
}

fn is_number(bytes: &[u8]) -> bool {
    (1..=4).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_what_keys_of_a_kind_share() {
        for (key, expected) in [
            (":1:product:5", ":1:product:"),
            (":1:mydata", ":1:"),
            ("shop:2:page.cache", "shop:2:page."),
            ("cart:17", "cart:"),
            ("alone", ""),
            ("", ""),
        ] {
            assert_eq!(prefix(key.as_bytes()), expected.as_bytes(), "{key}");
        }
    }

    #[test]
    fn keys_that_must_not_be_lost_are_known_by_their_names() {
        let of = |key: &str| family(key.as_bytes());
        assert_eq!(of(":1:django.contrib.sessions.cacheabc"), Some(Family::Session));
        assert_eq!(of("session:12"), Some(Family::Session));
        assert_eq!(of("order:7:lock"), Some(Family::Lock));
        assert_eq!(of("_kombu.binding.celery"), Some(Family::Queue));
        assert_eq!(of("blocks:1"), None);
        assert_eq!(of("wp_options:alloptions"), None, "a cache, whosever it is");
        assert_eq!(of(":1:product:5"), None);
    }

    #[test]
    fn applications_in_one_database_are_told_apart() {
        let of = |keys: &[&str]| applications(keys.iter().map(|key| key.as_bytes()));
        assert_eq!(of(&[":1:a", ":1:b"]), (vec![String::new()], 0));
        assert_eq!(of(&[":1:a", "cart:1", "x"]), (vec![String::new()], 2));
        assert_eq!(of(&["user:1:a", "user:2:b", "user:3:c", "user:4:d", "user:5:e"]), (vec![], 5));
        let shop = ["shop:1:a", "shop:1:b", "shop:1:c", "shop:1:d", "shop:1:e", ":1:a"];
        assert_eq!(of(&shop), (vec![String::new(), "shop".to_owned()], 0));
    }
}
