//! What is asked of the list: all of it stands in the address.

use serde::{Deserialize, Serialize};

/// Which collections, in which order, from where on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// What the name contains, in any case of letters.
    pub search: String,
    pub which: Which,
    pub sort: Sort,
    pub descending: bool,
    /// What the page before ended with.
    pub after: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Which {
    #[default]
    All,
    Sharded,
    Unsharded,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    #[default]
    Name,
    /// Sharded ones first, each kind by name.
    Sharded,
    /// By owned bytes, the biggest first; only sharded ones have a known number.
    Owned,
}

impl Question {
    /// As an address has it. What is none of the known words is as if it were not there.
    pub fn read(search: &str, sharded: &str, sort: &str, order: &str, after: &str) -> Self {
        let which = match sharded {
            "yes" => Which::Sharded,
            "no" => Which::Unsharded,
            _ => Which::All,
        };
        let sort = match sort {
            "sharded" => Sort::Sharded,
            "owned" => Sort::Owned,
            _ => Sort::Name,
        };
        let search = search.trim().chars().take(255).collect();
        Self { search, which, sort, descending: order == "desc", after: after.chars().take(600).collect() }
    }

    /// Whether a name is searched for.
    pub fn wants(&self, namespace: &str) -> bool {
        self.search.is_empty() || namespace.to_lowercase().contains(&self.search.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_what_it_does_not_know_is_left_out() {
        let read = Question::read(" a.b ", "yes", "owned", "desc", "x");
        assert_eq!((read.which, read.sort, read.descending), (Which::Sharded, Sort::Owned, true));
        assert_eq!(read.search, "a.b");
        let plain = Question::read("", "maybe", "size", "up", "");
        assert_eq!(plain, Question::default());
    }

    #[test]
    fn letters_are_searched_in_any_case_and_signs_as_they_stand() {
        let wants = |search: &str, name: &str| Question::read(search, "", "", "", "").wants(name);
        assert!(wants("ORD", "shop.orders") && wants("p.o", "shop.orders") && wants("", "shop.orders"));
        assert!(!wants("shop.*", "shop.orders") && wants(".*", "shop.a.*b"));
        assert!(!wants("p.o", "shopxorders"));
    }
}
