//! The walk through the opcodes of a pickle.

use super::Walked;
use super::machine::{Machine, Stop};
use crate::caching::format::json::MOST_DIGITS;
use crate::caching::format::plain::int_from_bytes;
use crate::caching::format::tree::{Id, Node};

/// Walks a pickle. Nothing in it is looked up, imported or called; every length is held against the bytes that are there.
pub(in crate::caching::format) fn read(bytes: &[u8]) -> Walked {
    let mut machine = Machine::default();
    let mut bytes = Bytes { rest: bytes };
    let end = loop {
        match step(&mut machine, &mut bytes) {
            Ok(None) => {}
            Ok(Some(root)) if bytes.rest.is_empty() => break Ok(root),
            // Python stops here and leaves the rest unread; to us it is a sign that this is something else.
            Ok(Some(_)) => break Err(Stop::Broken),
            Err(stop) => break Err(stop),
        }
    };
    let tree = machine.tree;
    match end {
        Ok(root) => Walked { tree, root: Some(root), wrong: None },
        Err(stop) => Walked { tree, root: None, wrong: Some(stop.words()) },
    }
}

/// One opcode. Its value where it was the last.
fn step(it: &mut Machine, bytes: &mut Bytes<'_>) -> Result<Option<Id>, Stop> {
    let opcode = bytes.byte()?;
    match opcode {
        b'.' => return it.pop().map(Some),
        // The protocol, and the length of a frame, which only says how much to read ahead.
        0x80 => drop(bytes.byte()?),
        0x95 => drop(bytes.take(8)?),
        b'(' => it.mark(),
        b'0' => it.discard()?,
        b'1' => drop(it.above_mark()?),
        b'2' => it.double()?,
        b'N' => it.push(Node::None)?,
        0x88 => it.push(Node::Bool(true))?,
        0x89 => it.push(Node::Bool(false))?,
        b'I' | b'L' | b'J' | b'K' | b'M' | 0x8a | 0x8b | b'F' | b'G' => {
            let node = number(opcode, it, bytes)?;
            it.push(node)?;
        }
        b'S' | b'V' | b'X' | 0x8c | 0x8d | b'T' | b'U' | b'B' | b'C' | 0x8e | 0x96 => {
            it.push(string(opcode, bytes)?)?
        }
        b']' => it.push(Node::List(Vec::new()))?,
        b'}' => it.push(Node::Dict(Vec::new()))?,
        b')' => it.push(Node::Tuple(Vec::new()))?,
        0x8f => it.push(Node::Set(Vec::new()))?,
        b'l' | b't' | b'd' | 0x91 | 0x85..=0x87 => gather(opcode, it)?,
        b'a' | b'e' | 0x90 | b's' | b'u' => fill(opcode, it)?,
        b'p' | b'q' | b'r' | 0x94 | b'g' | b'h' | b'j' => memo(opcode, it, bytes)?,
        b'c' | 0x93 | b'R' | 0x81 | 0x92 | b'b' | b'i' | b'o' => object(opcode, it, bytes)?,
        b'P' => {
            let name = text(bytes.line()?);
            it.push(Node::Opaque(format!("persistent {name}")))?;
        }
        b'Q' => {
            it.pop()?;
            it.push(Node::Opaque("persistent object".to_owned()))?;
        }
        0x82..=0x84 => {
            let code = unsigned(bytes.take(1 << (opcode - 0x82))?);
            it.push(Node::Opaque(format!("extension {code}")))?;
        }
        0x97 => it.push(Node::Opaque("buffer outside of the pickle".to_owned()))?,
        0x98 => drop(it.top()?),
        _ => return Err(Stop::Broken),
    }
    Ok(None)
}

fn number(opcode: u8, it: &mut Machine, bytes: &mut Bytes<'_>) -> Result<Node, Stop> {
    Ok(match opcode {
        b'I' => match bytes.line()? {
            b"01" => Node::Bool(true),
            b"00" => Node::Bool(false),
            line => digits(line)?,
        },
        b'L' => {
            let line = bytes.line()?;
            digits(line.strip_suffix(b"L").unwrap_or(line))?
        }
        b'J' => Node::Int((unsigned(bytes.take(4)?) as u32 as i32).to_string()),
        b'K' => Node::Int(bytes.byte()?.to_string()),
        b'M' => Node::Int(unsigned(bytes.take(2)?).to_string()),
        0x8a => {
            let length = usize::from(bytes.byte()?);
            long(bytes.take(length)?, it)?
        }
        0x8b => {
            let stored = bytes.sized(4)?;
            if stored.len() > 1_600 {
                Node::Opaque(format!("int of {} bytes", stored.len()))
            } else {
                long(stored, it)?
            }
        }
        b'F' => Node::Float(text(bytes.line()?).trim().parse().map_err(|_| Stop::Broken)?),
        _ => {
            let eight: [u8; 8] = bytes.take(8)?.try_into().map_err(|_| Stop::Broken)?;
            Node::Float(f64::from_be_bytes(eight))
        }
    })
}

/// The digits of a whole number cost the square of its length, and thousands of them would cost seconds.
fn long(bytes: &[u8], it: &mut Machine) -> Result<Node, Stop> {
    it.spend(bytes.len() * bytes.len() / 64)?;
    Ok(Node::Int(int_from_bytes(bytes)))
}

fn digits(line: &[u8]) -> Result<Node, Stop> {
    let text = std::str::from_utf8(line).map_err(|_| Stop::Broken)?.trim();
    let figures = text.strip_prefix(['-', '+']).unwrap_or(text);
    if figures.is_empty() || figures.len() > MOST_DIGITS || !figures.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Stop::Broken);
    }
    Ok(Node::Int(text.trim_start_matches('+').to_owned()))
}

fn string(opcode: u8, bytes: &mut Bytes<'_>) -> Result<Node, Stop> {
    Ok(match opcode {
        b'X' => unicode(bytes.sized(4)?),
        0x8c => unicode(bytes.sized(1)?),
        0x8d => unicode(bytes.sized(8)?),
        b'V' => unicode(bytes.line()?),
        // Strings of Python 2, which Python 3 reads as ASCII.
        b'S' => {
            let line = bytes.line()?;
            let inner = line.get(1..line.len().saturating_sub(1)).ok_or(Stop::Broken)?;
            unicode(inner)
        }
        b'T' => unicode(bytes.sized(4)?),
        b'U' => unicode(bytes.sized(1)?),
        b'B' => Node::Bytes(bytes.sized(4)?.to_vec()),
        b'C' => Node::Bytes(bytes.sized(1)?.to_vec()),
        // Bytes, and a bytearray, which can be changed in place; shown alike.
        _ => Node::Bytes(bytes.sized(8)?.to_vec()),
    })
}

fn unicode(bytes: &[u8]) -> Node {
    match std::str::from_utf8(bytes) {
        Ok(text) => Node::Text(text.to_owned()),
        Err(_) => Node::Broken(String::from_utf8_lossy(bytes).into_owned()),
    }
}

/// Makes one part of what is on the stack.
fn gather(opcode: u8, it: &mut Machine) -> Result<(), Stop> {
    let node = match opcode {
        b'l' => Node::List(it.above_mark()?),
        b't' => Node::Tuple(it.above_mark()?),
        0x91 => Node::FrozenSet(it.above_mark()?),
        b'd' => {
            it.push_dict()?;
            return Ok(());
        }
        _ => {
            let count = usize::from(opcode - 0x84);
            let mut items = (0..count).map(|_| it.pop()).collect::<Result<Vec<Id>, Stop>>()?;
            items.reverse();
            Node::Tuple(items)
        }
    };
    it.push(node)
}

/// Adds what is on the stack to the part below it.
fn fill(opcode: u8, it: &mut Machine) -> Result<(), Stop> {
    match opcode {
        b'a' => {
            let item = it.pop()?;
            it.extend(vec![item])
        }
        b's' => {
            let value = it.pop()?;
            let key = it.pop()?;
            it.set_items(&[key, value])
        }
        b'u' => {
            let items = it.above_mark()?;
            it.set_items(&items)
        }
        _ => {
            let items = it.above_mark()?;
            it.extend(items)
        }
    }
}

fn memo(opcode: u8, it: &mut Machine, bytes: &mut Bytes<'_>) -> Result<(), Stop> {
    let place = match opcode {
        0x94 => return it.memoize(),
        b'p' | b'g' => text(bytes.line()?).trim().parse().map_err(|_| Stop::Broken)?,
        b'q' | b'h' => u32::from(bytes.byte()?),
        _ => unsigned(bytes.take(4)?) as u32,
    };
    if matches!(opcode, b'p' | b'q' | b'r') { it.remember(place) } else { it.recall(place) }
}

/// Names of modules and what would be made of them.
fn object(opcode: u8, it: &mut Machine, bytes: &mut Bytes<'_>) -> Result<(), Stop> {
    match opcode {
        b'c' => {
            let (module, name) = (text(bytes.line()?), text(bytes.line()?));
            it.push(global(module, name))
        }
        0x93 => {
            let (name, module) = (it.pop()?, it.pop()?);
            let (Node::Text(module), Node::Text(name)) = (it.tree.get(module), it.tree.get(name)) else {
                return Err(Stop::Broken);
            };
            // A name is copied for every use, so it must be as short as names are.
            if module.len() + name.len() > 1_000 {
                return Err(Stop::Broken);
            }
            let (cost, node) = (module.len() + name.len(), global(module.clone(), name.clone()));
            it.spend(cost)?;
            it.push(node)
        }
        b'R' | 0x81 => {
            let (with, of) = (it.pop()?, it.pop()?);
            it.make(of, with)
        }
        0x92 => {
            let (named, with, of) = (it.pop()?, it.pop()?, it.pop()?);
            it.push(Node::Made { of, with, state: vec![named] })
        }
        b'b' => it.build(),
        b'i' => {
            let (module, name) = (text(bytes.line()?), text(bytes.line()?));
            let items = it.above_mark()?;
            it.make_of(global(module, name), items)
        }
        _ => {
            let mut items = it.above_mark()?;
            if items.is_empty() {
                return Err(Stop::Broken);
            }
            let of = items.remove(0);
            let with = it.tree.add(Node::Tuple(items)).ok_or(Stop::TooMany)?;
            it.make(of, with)
        }
    }
}

/// A name, as Python 3 says it.
fn global(module: String, name: String) -> Node {
    let module = match module.as_str() {
        "__builtin__" => "builtins".to_owned(),
        "copy_reg" => "copyreg".to_owned(),
        _ => module,
    };
    Node::Global(module, name)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Little-endian, at most eight bytes.
fn unsigned(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    fn byte(&mut self) -> Result<u8, Stop> {
        self.take(1).map(|one| one[0])
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Stop> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Stop::Cut)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Bytes whose number stands before them in `width` bytes.
    fn sized(&mut self, width: usize) -> Result<&'a [u8], Stop> {
        let length = unsigned(self.take(width)?);
        self.take(usize::try_from(length).map_err(|_| Stop::Cut)?)
    }

    fn line(&mut self) -> Result<&'a [u8], Stop> {
        let end = self.rest.iter().position(|byte| *byte == b'\n').ok_or(Stop::Cut)?;
        let line = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        Ok(line)
    }
}
