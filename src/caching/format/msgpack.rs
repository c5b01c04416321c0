//! msgpack: a reader that is bounded by the bytes that are there, and a writer of plain data.
//! The format: <https://github.com/msgpack/msgpack/blob/master/spec.md>.

use super::plain::Plain;
use super::tree::{DEEPEST, Id, Node, Tree};
use crate::text::Words;
use crate::words;

/// Reads a value that is all of the bytes; none where they are not msgpack.
pub(super) fn read(bytes: &[u8]) -> Option<(Tree, Id)> {
    let mut reader = Reader { rest: bytes, tree: Tree::default() };
    let root = reader.value(0)?;
    reader.rest.is_empty().then_some((reader.tree, root))
}

struct Reader<'a> {
    rest: &'a [u8],
    tree: Tree,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Option<Id> {
        if depth > DEEPEST {
            return None;
        }
        let first = self.number(1)? as u8;
        let node = match first {
            0x00..=0x7f => Node::Int(first.to_string()),
            0x80..=0x8f => self.map(u64::from(first & 0x0f), depth)?,
            0x90..=0x9f => self.list(u64::from(first & 0x0f), depth)?,
            0xa0..=0xbf => self.text(u64::from(first & 0x1f))?,
            0xc0 => Node::None,
            0xc1 => return None,
            0xc2 => Node::Bool(false),
            0xc3 => Node::Bool(true),
            0xc4..=0xc6 => {
                let length = self.number(1 << (first - 0xc4))?;
                Node::Bytes(self.take(length)?.to_vec())
            }
            0xc7..=0xc9 => {
                let length = self.number(1 << (first - 0xc7))?;
                self.extension(length)?
            }
            0xca => Node::Float(f64::from(f32::from_bits(self.number(4)? as u32))),
            0xcb => Node::Float(f64::from_bits(self.number(8)?)),
            0xcc..=0xcf => Node::Int(self.number(1 << (first - 0xcc))?.to_string()),
            0xd0 => Node::Int((self.number(1)? as u8 as i8).to_string()),
            0xd1 => Node::Int((self.number(2)? as u16 as i16).to_string()),
            0xd2 => Node::Int((self.number(4)? as u32 as i32).to_string()),
            0xd3 => Node::Int((self.number(8)? as i64).to_string()),
            0xd4..=0xd8 => self.extension(1 << (first - 0xd4))?,
            0xd9..=0xdb => {
                let length = self.number(1 << (first - 0xd9))?;
                self.text(length)?
            }
            0xdc | 0xdd => {
                let count = self.number(if first == 0xdc { 2 } else { 4 })?;
                self.list(count, depth)?
            }
            0xde | 0xdf => {
                let count = self.number(if first == 0xde { 2 } else { 4 })?;
                self.map(count, depth)?
            }
            0xe0..=0xff => Node::Int((first as i8).to_string()),
        };
        self.tree.add(node)
    }

    fn list(&mut self, count: u64, depth: usize) -> Option<Node> {
        let items = (0..count).map(|_| self.value(depth + 1)).collect::<Option<_>>()?;
        Some(Node::List(items))
    }

    fn map(&mut self, count: u64, depth: usize) -> Option<Node> {
        let entries = (0..count).map(|_| Some((self.value(depth + 1)?, self.value(depth + 1)?)));
        Some(Node::Dict(entries.collect::<Option<_>>()?))
    }

    fn text(&mut self, length: u64) -> Option<Node> {
        let text = std::str::from_utf8(self.take(length)?).ok()?;
        Some(Node::Text(text.to_owned()))
    }

    fn extension(&mut self, length: u64) -> Option<Node> {
        let kind = self.number(1)? as u8 as i8;
        self.take(length)?;
        Some(Node::Opaque(format!("msgpack extension {kind}, {length} bytes")))
    }

    /// Big-endian.
    fn number(&mut self, width: u64) -> Option<u64> {
        Some(self.take(width)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(count).ok()?)?;
        self.rest = rest;
        Some(taken)
    }
}

/// Plain data as msgpack.
///
/// # Errors
/// A whole number that needs more than 64 bits, which msgpack cannot hold.
pub(super) fn write(value: &Plain) -> Result<Vec<u8>, Words> {
    let mut out = Vec::new();
    put(&mut out, value)?;
    Ok(out)
}

fn put(out: &mut Vec<u8>, value: &Plain) -> Result<(), Words> {
    match value {
        Plain::Null => out.push(0xc0),
        Plain::Bool(value) => out.push(0xc2 + u8::from(*value)),
        Plain::Int(digits) => int(out, digits)?,
        Plain::Float(number) => {
            out.push(0xcb);
            out.extend(number.to_be_bytes());
        }
        Plain::Text(text) => string(out, text),
        Plain::List(items) => {
            length(out, items.len(), 0x90, 15, None, 0xdc);
            items.iter().try_for_each(|item| put(out, item))?;
        }
        Plain::Dict(entries) => {
            length(out, entries.len(), 0x80, 15, None, 0xde);
            for (name, value) in entries {
                string(out, name);
                put(out, value)?;
            }
        }
    }
    Ok(())
}

fn string(out: &mut Vec<u8>, text: &str) {
    length(out, text.len(), 0xa0, 31, Some(0xd9), 0xda);
    out.extend(text.as_bytes());
}

/// A length in the shortest of its forms: in the first byte itself, in one byte where there is such a form, two or four.
fn length(out: &mut Vec<u8>, count: usize, fixed: u8, most: usize, one: Option<u8>, two: u8) {
    match (count, one) {
        _ if count <= most => out.push(fixed | count as u8),
        (..=0xff, Some(one)) => out.extend([one, count as u8]),
        (..=0xffff, _) => {
            out.push(two);
            out.extend((count as u16).to_be_bytes());
        }
        _ => {
            out.push(two + 1);
            out.extend((count as u32).to_be_bytes());
        }
    }
}

fn int(out: &mut Vec<u8>, digits: &str) -> Result<(), Words> {
    if let Ok(small) = digits.parse::<i8>()
        && small >= -32
    {
        out.push(small as u8);
    } else if let Ok(number) = digits.parse::<i64>() {
        out.push(0xd3);
        out.extend(number.to_be_bytes());
    } else if let Ok(number) = digits.parse::<u64>() {
        out.push(0xcf);
        out.extend(number.to_be_bytes());
    } else {
        return Err(words!(
            "msgpack holds whole numbers of up to 64 bits.",
            "msgpack은 64비트까지의 정수만 담을 수 있습니다."
        ));
    }
    Ok(())
}
