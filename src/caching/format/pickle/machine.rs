//! The stack and the memo that a pickle works on, holding descriptions instead of objects.

use std::collections::HashMap;

use crate::caching::format::tree::{Id, Node, Tree};
use crate::text::Words;
use crate::words;

/// Why a walk ends early.
pub(super) enum Stop {
    /// The bytes end before the pickle does.
    Cut,
    /// It is no pickle of Python.
    Broken,
    /// It has more parts than are shown.
    TooMany,
}

impl Stop {
    pub(super) fn words(&self) -> Words {
        match self {
            Self::Cut => words!(
                "The pickle ends before its end: it is damaged, or only a part of it was read.",
                "피클이 중간에 끝났습니다. 손상되었거나 일부만 읽은 것입니다."
            ),
            Self::Broken => words!(
                "This is not a pickle that Python could read: it is damaged, or something else that begins alike.",
                "Python이 읽을 수 없는 피클입니다. 손상되었거나 시작만 같은 다른 데이터입니다."
            ),
            Self::TooMany => words!("It has too many parts to be shown.", "구성 요소가 너무 많아 표시할 수 없습니다."),
        }
    }
}

/// Entries and bytes that are copied out of shared parts at most, and other work that is more than its bytes.
const MOST_COPIED: usize = 1 << 20;

/// Every opcode adds at most a few entries, so all of it is bounded by the pickle's own length and the tree's limit.
#[derive(Default)]
pub(super) struct Machine {
    pub(super) tree: Tree,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
    /// Entries and bytes that were copied out of shared parts, and other work.
    copied: usize,
}

impl Machine {
    pub(super) fn push(&mut self, node: Node) -> Result<(), Stop> {
        let id = self.tree.add(node).ok_or(Stop::TooMany)?;
        self.stack.push(id);
        Ok(())
    }

    pub(super) fn pop(&mut self) -> Result<Id, Stop> {
        if self.stack.len() <= self.floor() {
            return Err(Stop::Broken);
        }
        self.stack.pop().ok_or(Stop::Broken)
    }

    pub(super) fn top(&self) -> Result<Id, Stop> {
        self.stack.last().copied().filter(|_| self.stack.len() > self.floor()).ok_or(Stop::Broken)
    }

    /// Puts what is on top there once more.
    pub(super) fn double(&mut self) -> Result<(), Stop> {
        let top = self.top()?;
        self.stack.push(top);
        Ok(())
    }

    pub(super) fn mark(&mut self) {
        self.marks.push(self.stack.len());
    }

    /// All above the last mark, which is taken away.
    pub(super) fn above_mark(&mut self) -> Result<Vec<Id>, Stop> {
        let mark = self.marks.pop().ok_or(Stop::Broken)?;
        Ok(self.stack.split_off(mark))
    }

    /// Takes away what is on top, be it a mark or a value.
    pub(super) fn discard(&mut self) -> Result<(), Stop> {
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
            return Ok(());
        }
        self.pop().map(|_| ())
    }

    pub(super) fn remember(&mut self, place: u32) -> Result<(), Stop> {
        let top = self.top()?;
        self.memo.insert(place, top);
        Ok(())
    }

    /// Remembers at the next free place.
    pub(super) fn memoize(&mut self) -> Result<(), Stop> {
        let place = u32::try_from(self.memo.len()).map_err(|_| Stop::TooMany)?;
        self.remember(place)
    }

    pub(super) fn recall(&mut self, place: u32) -> Result<(), Stop> {
        let id = *self.memo.get(&place).ok_or(Stop::Broken)?;
        self.stack.push(id);
        Ok(())
    }

    /// Adds to the list, set or other object on top.
    pub(super) fn extend(&mut self, items: Vec<Id>) -> Result<(), Stop> {
        let top = self.top()?;
        match self.tree.get_mut(top) {
            Node::List(list) | Node::Set(list) => list.extend(items),
            Node::Made { .. } | Node::Opaque(_) | Node::Global(..) => return self.add_state(top, Node::List(items)),
            _ => return Err(Stop::Broken),
        }
        Ok(())
    }

    /// Adds keys and values, by turns, to the dictionary or other object on top.
    pub(super) fn set_items(&mut self, items: &[Id]) -> Result<(), Stop> {
        if !items.len().is_multiple_of(2) {
            return Err(Stop::Broken);
        }
        let pairs = || items.as_chunks().0.iter().map(|[key, value]| (*key, *value));
        let top = self.top()?;
        match self.tree.get_mut(top) {
            Node::Dict(entries) => entries.extend(pairs()),
            Node::Made { .. } | Node::Opaque(_) | Node::Global(..) => {
                return self.add_state(top, Node::Dict(pairs().collect()));
            }
            _ => return Err(Stop::Broken),
        }
        Ok(())
    }

    /// What an object is given after it was made.
    pub(super) fn build(&mut self) -> Result<(), Stop> {
        let given = self.pop()?;
        let top = self.top()?;
        match self.tree.get_mut(top) {
            Node::Made { state, .. } => state.push(given),
            _ => return Err(Stop::Broken),
        }
        Ok(())
    }

    /// Calls nothing: says what would be called, with what.
    pub(super) fn make(&mut self, of: Id, with: Id) -> Result<(), Stop> {
        let node = self.harmless(of, with).unwrap_or(Node::Made { of, with, state: Vec::new() });
        // A list that is made a set ten thousand times would take its room as often.
        self.spend(match &node {
            Node::Set(items) | Node::FrozenSet(items) => items.len(),
            Node::Bytes(bytes) => bytes.len(),
            _ => 0,
        })?;
        self.push(node)
    }

    /// Counts room or work that the bytes of the pickle do not bound.
    pub(super) fn spend(&mut self, cost: usize) -> Result<(), Stop> {
        self.copied = self.copied.saturating_add(cost);
        if self.copied > MOST_COPIED { Err(Stop::TooMany) } else { Ok(()) }
    }

    /// What making something of these would give.
    pub(super) fn make_of(&mut self, of: Node, items: Vec<Id>) -> Result<(), Stop> {
        let of = self.tree.add(of).ok_or(Stop::TooMany)?;
        let with = self.tree.add(Node::Tuple(items)).ok_or(Stop::TooMany)?;
        self.make(of, with)
    }

    /// A dictionary of all above the last mark.
    pub(super) fn push_dict(&mut self) -> Result<(), Stop> {
        let items = self.above_mark()?;
        self.push(Node::Dict(Vec::new()))?;
        self.set_items(&items)
    }

    fn add_state(&mut self, top: Id, part: Node) -> Result<(), Stop> {
        let part = self.tree.add(part).ok_or(Stop::TooMany)?;
        match self.tree.get_mut(top) {
            Node::Made { state, .. } => {
                state.push(part);
                Ok(())
            }
            _ => Err(Stop::Broken),
        }
    }

    /// What the older protocols have no opcode for, and write as a call: sets and bytes.
    fn harmless(&self, of: Id, with: Id) -> Option<Node> {
        let (Node::Global(module, name), Node::Tuple(arguments)) = (self.tree.get(of), self.tree.get(with)) else {
            return None;
        };
        let first = arguments.first().map(|id| self.tree.get(*id));
        match (module.as_str(), name.as_str(), first) {
            ("builtins", "set", Some(Node::List(items))) => Some(Node::Set(items.clone())),
            ("builtins", "frozenset", Some(Node::List(items))) => Some(Node::FrozenSet(items.clone())),
            ("builtins", "bytes", None) => Some(Node::Bytes(Vec::new())),
            ("builtins", "bytearray", Some(Node::Bytes(_))) => None,
            ("_codecs", "encode", Some(Node::Text(text))) => {
                let latin =
                    matches!(arguments.get(1).map(|id| self.tree.get(*id)), Some(Node::Text(it)) if it == "latin1");
                let bytes: Option<Vec<u8>> = text.chars().map(|it| u8::try_from(u32::from(it)).ok()).collect();
                bytes.filter(|_| latin).map(Node::Bytes)
            }
            _ => None,
        }
    }

    /// What stands below the last mark belongs to whoever set it.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }
}
