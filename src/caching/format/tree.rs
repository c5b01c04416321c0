//! What a pickle or a msgpack holds, as a tree whose parts may be shared: shown as Python writes it, and read as plain
//! data where it is nothing else.

mod show;

pub(super) use show::is_unseen;

use super::plain::Plain;
use crate::text::Words;
use crate::words;

/// The place of a part in its tree.
pub(super) type Id = usize;

/// Parts of one tree, and steps of one walk through it.
const MOST: usize = 200_000;

/// Parts inside one another that are shown or read.
pub(super) const DEEPEST: usize = 100;

/// One part.
#[derive(Clone, Debug)]
pub(super) enum Node {
    None,
    Bool(bool),
    /// Decimal digits, perhaps after a minus sign.
    Int(String),
    Float(f64),
    Text(String),
    /// Text of Python with halves of surrogate pairs, which no UTF-8 can hold.
    Broken(String),
    Bytes(Vec<u8>),
    List(Vec<Id>),
    Tuple(Vec<Id>),
    Set(Vec<Id>),
    FrozenSet(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// A name of a module and of something in it.
    Global(String, String),
    /// What calling `of` with `with` would make; nothing was called.
    Made {
        of: Id,
        with: Id,
        state: Vec<Id>,
    },
    /// Something that is told by this text only.
    Opaque(String),
}

/// All parts. They refer to one another by number, so one that is used a thousand times takes its room once.
#[derive(Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    /// Takes a part in; none where there are too many.
    pub(super) fn add(&mut self, node: Node) -> Option<Id> {
        (self.nodes.len() < MOST).then(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        })
    }

    pub(super) fn get(&self, id: Id) -> &Node {
        &self.nodes[id]
    }

    pub(super) fn get_mut(&mut self, id: Id) -> &mut Node {
        &mut self.nodes[id]
    }

    /// The value below `id` as Python writes it, cut after `limit` bytes; whether it is whole.
    pub(super) fn text(&self, id: Id, limit: usize) -> (String, bool) {
        show::text(self, id, limit)
    }

    /// The value below `id` as plain data.
    ///
    /// # Errors
    /// What it holds that is not plain.
    pub(super) fn plain(&self, id: Id) -> Result<Plain, Words> {
        let mut steps = MOST;
        self.plain_below(id, 0, &mut steps)
    }

    fn plain_below(&self, id: Id, depth: usize, steps: &mut usize) -> Result<Plain, Words> {
        if depth > DEEPEST || *steps == 0 {
            return Err(words!("It is too large or too deep for a form.", "양식에 담기에는 너무 크거나 깊습니다."));
        }
        *steps -= 1;
        match self.get(id) {
            Node::None => Ok(Plain::Null),
            Node::Bool(value) => Ok(Plain::Bool(*value)),
            Node::Int(digits) => Ok(Plain::Int(copy(digits, steps))),
            Node::Float(number) if number.is_finite() => Ok(Plain::Float(*number)),
            Node::Text(text) => Ok(Plain::Text(copy(text, steps))),
            Node::List(items) => {
                let items = items.iter().map(|item| self.plain_below(*item, depth + 1, steps));
                items.collect::<Result<_, _>>().map(Plain::List)
            }
            Node::Dict(entries) => {
                let entries = entries.iter().map(|(name, value)| match self.get(*name) {
                    Node::Text(name) => Ok((copy(name, steps), self.plain_below(*value, depth + 1, steps)?)),
                    _ => Err(words!(
                        "It has a dictionary whose keys are not all text, which JSON cannot say.",
                        "키가 모두 문자열은 아닌 딕셔너리가 있어 JSON으로 나타낼 수 없습니다."
                    )),
                });
                entries.collect::<Result<_, _>>().map(Plain::Dict)
            }
            other => Err(other.not_plain()),
        }
    }
}

/// What is shared takes its room for every use from here on, so it counts.
fn copy(text: &str, steps: &mut usize) -> String {
    *steps = steps.saturating_sub(text.len() / 16);
    text.to_owned()
}

impl Node {
    /// Why a part is not plain data.
    fn not_plain(&self) -> Words {
        match self {
            Self::Tuple(_) => {
                words!("It has a tuple, which would become a list.", "튜플이 들어 있으며, 저장하면 리스트로 바뀝니다.")
            }
            Self::Set(_) | Self::FrozenSet(_) => {
                words!("It has a set, which JSON cannot say.", "집합(set)이 들어 있어 JSON으로 나타낼 수 없습니다.")
            }
            Self::Bytes(_) => {
                words!("It has bytes, which JSON cannot say.", "바이트가 들어 있어 JSON으로 나타낼 수 없습니다.")
            }
            Self::Float(_) => words!(
                "It has a number that is not finite, which JSON cannot say.",
                "유한하지 않은 수가 들어 있어 JSON으로 나타낼 수 없습니다."
            ),
            _ => words!(
                "It has an object of Python that only Python can make.",
                "Python만 만들 수 있는 객체가 들어 있습니다."
            ),
        }
    }
}
