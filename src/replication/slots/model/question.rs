//! Which slots somebody wants to see, in which order. Answered from what the server was last seen to have, so that
//! searching and turning pages asks no database.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::finding::is_problem;
use super::seen::{End, Eta, Seen, ServerSeen};

/// Slots on one page of the list.
pub const PAGE_SIZE: i64 = 50;

/// What the address of the list asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Part of the name.
    pub search: String,
    /// From 0.
    pub page: i64,
    pub sort: Sort,
    /// `physical` or `logical`; empty for both.
    pub kind: String,
    pub shown: Shown,
}

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    /// Those that hold most WAL first.
    #[default]
    Held,
    Name,
    /// Those that end first come first.
    End,
    /// Those that nobody has used for longest come first.
    Inactive,
}

/// Which states are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    #[default]
    All,
    Inactive,
    Lost,
    /// Those that a finding names.
    Problem,
}

impl Question {
    /// Reads what stands in an address. What is not known there means what an empty text means.
    pub fn parse(search: &str, page: i64, sort: &str, kind: &str, shown: &str) -> Self {
        Self {
            search: search.chars().take(63).collect(),
            page: page.clamp(0, 1_000),
            sort: match sort {
                "name" => Sort::Name,
                "end" => Sort::End,
                "inactive" => Sort::Inactive,
                _ => Sort::Held,
            },
            kind: Some(kind).filter(|kind| matches!(*kind, "physical" | "logical")).unwrap_or_default().to_owned(),
            shown: match shown {
                "inactive" => Shown::Inactive,
                "lost" => Shown::Lost,
                "problem" => Shown::Problem,
                _ => Shown::All,
            },
        }
    }

    /// The page that is asked for, and how many slots match.
    pub fn answer(&self, slots: &[Seen], server: &ServerSeen) -> (Vec<Seen>, i64) {
        let mut found: Vec<&Seen> = slots.iter().filter(|seen| self.matches(seen, server)).collect();
        found.sort_by(|one, other| self.order(one, other));
        let start = usize::try_from(self.page * PAGE_SIZE).unwrap_or(0);
        let page = found.iter().skip(start).take(PAGE_SIZE as usize).map(|seen| (*seen).clone()).collect();
        (page, i64::try_from(found.len()).unwrap_or(i64::MAX))
    }

    fn matches(&self, seen: &Seen, server: &ServerSeen) -> bool {
        let slot = &seen.slot;
        slot.name.contains(&self.search)
            && (self.kind.is_empty() || slot.kind == self.kind)
            && match self.shown {
                Shown::All => true,
                Shown::Inactive => !slot.active,
                Shown::Lost => slot.is_lost(),
                Shown::Problem => is_problem(seen, server),
            }
    }

    fn order(&self, one: &Seen, other: &Seen) -> std::cmp::Ordering {
        let by_name = || one.slot.name.cmp(&other.slot.name);
        match self.sort {
            // A lost slot holds nothing and yet is the worst.
            Sort::Held => {
                let held = |seen: &Seen| Reverse((seen.slot.is_lost(), seen.slot.held_bytes));
                held(one).cmp(&held(other)).then_with(by_name)
            }
            Sort::Name => by_name(),
            Sort::End => until(one).cmp(&until(other)).then_with(by_name),
            Sort::Inactive => {
                let since = |seen: &Seen| seen.inactive.map_or(i64::MAX, |inactive| inactive.since);
                since(one).cmp(&since(other)).then_with(by_name)
            }
        }
    }
}

/// What is certain comes before what is not known, and that before what does not come.
fn until(seen: &Seen) -> (u8, i64) {
    if seen.slot.is_lost() {
        return (0, 0);
    }
    match seen.end {
        End::Lost(Eta::In(millis)) | End::Full(Eta::In(millis)) => (1, millis),
        End::Unknown => (2, 0),
        End::Lost(Eta::Measuring) | End::Full(Eta::Measuring) => (3, 0),
        End::Lost(Eta::Never) | End::Full(Eta::Never) => (4, 0),
        End::None => (5, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::super::seen::{Bound, Inactive};
    use super::super::slot::Slot;
    use super::*;

    fn slot(name: &str, held: i64) -> Seen {
        let slot = Slot {
            name: name.into(),
            kind: "physical".into(),
            active: true,
            wal_status: Some("reserved".into()),
            held_bytes: Some(held),
            ..Slot::default()
        };
        Seen { slot, ..Seen::default() }
    }

    fn names(question: &Question, slots: &[Seen]) -> Vec<String> {
        question.answer(slots, &ServerSeen::default()).0.into_iter().map(|seen| seen.slot.name).collect()
    }

    #[test]
    fn the_slot_that_holds_most_comes_first_and_a_lost_one_before_it() {
        let mut lost = slot("lost", 0);
        lost.slot.held_bytes = None;
        lost.slot.wal_status = Some("lost".into());
        let slots = [slot("b", 5), slot("a", 5), slot("big", 9), lost];
        assert_eq!(names(&Question::default(), &slots), ["lost", "big", "a", "b"]);
    }

    #[test]
    fn the_slot_that_ends_first_comes_first_and_one_that_never_ends_last() {
        let ending = |name: &str, end| Seen { end, ..slot(name, 1) };
        let slots = [
            ending("never", End::Lost(Eta::Never)),
            ending("unknown", End::Unknown),
            ending("later", End::Full(Eta::In(90_000))),
            ending("soon", End::Lost(Eta::In(5_000))),
        ];
        let question = Question { sort: Sort::End, ..Question::default() };
        assert_eq!(names(&question, &slots), ["soon", "later", "unknown", "never"]);
    }

    #[test]
    fn the_slot_that_was_left_first_comes_first() {
        let left = |name: &str, since| {
            let inactive = Some(Inactive { since, how: Bound::Seen });
            let mut seen = Seen { inactive, ..slot(name, 1) };
            seen.slot.active = false;
            seen
        };
        let slots = [slot("used", 1), left("new", 20), left("old", 10)];
        let question = Question { sort: Sort::Inactive, ..Question::default() };
        assert_eq!(names(&question, &slots), ["old", "new", "used"]);
        let question = Question::parse("", 0, "name", "", "inactive");
        assert_eq!(names(&question, &slots), ["new", "old"]);
    }

    #[test]
    fn pages_follow_each_other_without_a_gap() {
        let slots: Vec<Seen> = (0..120).map(|number| slot(&format!("s{number:03}"), 0)).collect();
        let page = |page| names(&Question { page, ..Question::default() }, &slots);
        assert_eq!((page(0).len(), page(1).len(), page(2).len(), page(3).len()), (50, 50, 20, 0));
        assert_eq!(page(1)[0], "s050");
        let (_, matching) = Question::parse("s11", -5, "", "", "").answer(&slots, &ServerSeen::default());
        assert_eq!(matching, 10);
    }
}
