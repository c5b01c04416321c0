//! The next level below a prefix: how the names go on, and how many of them do so.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::caching::model::{Key, spelled};

/// Most of what is shown of a level. The rest is counted.
const SHOWN: usize = 60;

/// What names are divided at, the usual one first.
const SEPARATORS: [u8; 6] = *b":/|.-_";

/// The level below a prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tree {
    /// The ones with most keys, in the order of their names.
    pub branches: Vec<Branch>,
    /// Further branches, and the keys in them.
    pub others: i64,
    pub of_others: i64,
    /// Keys whose names are not divided any more.
    pub leaves: i64,
    /// Keys without a time to live, among all that were found.
    pub persistent: i64,
}

/// Names that go on alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// The whole prefix as it is spelled; what goes on begins at this byte of it.
    pub prefix: String,
    pub from: usize,
    /// Keys found.
    pub keys: i64,
    /// Those of them without a time to live.
    pub persistent: i64,
}

impl Tree {
    /// Of names that begin with the prefix, each with whether it has no time to live.
    pub fn of<'names>(prefix: &[u8], names: impl Iterator<Item = (&'names [u8], bool)> + Clone) -> Self {
        let separator = separator(prefix.len(), names.clone().map(|(name, _)| name));
        let mut counted: HashMap<&[u8], (i64, i64)> = HashMap::new();
        let mut tree = Self::default();
        for (name, persistent) in names {
            let persistent = i64::from(persistent);
            tree.persistent += persistent;
            match end(name, prefix.len(), separator) {
                // What is too long to be a key is no prefix of an address either.
                Some(end) if end <= Key::LONGEST => {
                    let branch = counted.entry(&name[..end]).or_default();
                    *branch = (branch.0 + 1, branch.1 + persistent);
                }
                _ => tree.leaves += 1,
            }
        }
        let mut branches: Vec<_> = counted.into_iter().collect();
        branches.sort_unstable_by(|(name, (keys, _)), (other, (more, _))| more.cmp(keys).then(name.cmp(other)));
        let rest = branches.split_off(branches.len().min(SHOWN));
        tree.others = i64::try_from(rest.len()).unwrap_or(i64::MAX);
        tree.of_others = rest.iter().map(|(_, (keys, _))| keys).sum();
        branches.sort_unstable_by_key(|(name, _)| *name);
        let from = spelled(prefix).len();
        tree.branches = branches
            .into_iter()
            .map(|(name, (keys, persistent))| Branch { prefix: spelled(name), from, keys, persistent })
            .collect();
        tree
    }
}

/// The colon where some names have one further on; else what divides at least half of them.
fn separator<'names>(from: usize, names: impl Iterator<Item = &'names [u8]> + Clone) -> u8 {
    let all = names.clone().count();
    let divides = |separator: u8| names.clone().filter(|name| end(name, from, separator).is_some()).count();
    let [usual, others @ ..] = SEPARATORS;
    if divides(usual) * 10 >= all {
        return usual;
    }
    others.into_iter().find(|separator| divides(*separator) * 2 >= all).unwrap_or(usual)
}

/// Where the next part of a name ends, its separator included. Separators that it begins with divide nothing.
fn end(name: &[u8], from: usize, separator: u8) -> Option<usize> {
    let rest = name.get(from..)?;
    let leading = rest.iter().take_while(|byte| **byte == separator).count();
    let length = rest[leading..].iter().position(|byte| *byte == separator)?;
    let end = from + leading + length + 1;
    // A name that ends with a separator is a key, and not the beginning of one.
    (end < name.len()).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(prefix: &str, names: &[&str]) -> Tree {
        Tree::of(prefix.as_bytes(), names.iter().map(|name| (name.as_bytes(), name.contains("ever"))))
    }

    fn shown(tree: &Tree) -> Vec<(&str, i64, i64)> {
        tree.branches.iter().map(|it| (it.prefix.as_str(), it.keys, it.persistent)).collect()
    }

    #[test]
    fn names_are_divided_at_the_next_colon() {
        let names = ["session:1", "session:2-ever", ":1:product:7", ":1:page:8", "lonely", "ends:"];
        let top = tree("", &names);
        assert_eq!(shown(&top), [(":1:", 2, 0), ("session:", 2, 1)]);
        assert_eq!((top.leaves, top.persistent), (2, 1));
        let below = tree(":1:", &names[2..4]);
        assert_eq!(shown(&below), [(":1:page:", 1, 0), (":1:product:", 1, 0)]);
        assert_eq!(&below.branches[0].prefix[below.branches[0].from..], "page:");
    }

    #[test]
    fn where_no_name_has_a_colon_another_sign_divides() {
        assert_eq!(shown(&tree("", &["img/a/1", "img/b", "css/c"])), [("css/", 1, 0), ("img/", 2, 0)]);
        assert_eq!(tree("", &["a", "b", "c/d"]).leaves, 3, "a sign that a few happen to have divides nothing");
    }

    #[test]
    fn of_many_branches_the_biggest_are_shown_and_the_others_counted() {
        let names: Vec<String> = (0..500)
            .map(|n| format!("user:{n:03}:x"))
            .chain(["user:big:1".to_owned(), "user:big:2".to_owned()])
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let tree = tree("user:", &names);
        assert_eq!((tree.branches.len(), tree.others, tree.of_others), (60, 441, 441));
        assert!(shown(&tree).contains(&("user:big:", 2, 0)));
    }

    #[test]
    fn a_prefix_of_any_bytes_is_spelled() {
        let names = [&b"\xff:1:a"[..], &b"\xff:1:b"[..]];
        let tree = Tree::of(b"", names.into_iter().map(|name| (name, false)));
        assert_eq!(shown(&tree), [("\\xff:", 2, 0)]);
    }
}
