//! A tree as Python writes it. What stands for an object is told by its name and what it was made of.

use super::{DEEPEST, Id, Node, Tree};

/// The text below `id`, cut after `limit` bytes; whether it is whole.
pub(super) fn text(tree: &Tree, id: Id, limit: usize) -> (String, bool) {
    let mut shower = Shower { tree, out: String::new(), limit, whole: true };
    shower.show(id, 0);
    if shower.out.len() > limit {
        let end = shower.out.floor_char_boundary(limit);
        shower.out.truncate(end);
        shower.whole = false;
    }
    (shower.out, shower.whole)
}

struct Shower<'a> {
    tree: &'a Tree,
    out: String,
    limit: usize,
    whole: bool,
}

impl Shower<'_> {
    fn show(&mut self, id: Id, depth: usize) {
        // Every call writes at least a byte, so a limit to the text is a limit to the time.
        if depth > DEEPEST || self.out.len() >= self.limit {
            self.whole = false;
            self.out.push('…');
            return;
        }
        match self.tree.get(id) {
            Node::None => self.out.push_str("None"),
            Node::Bool(true) => self.out.push_str("True"),
            Node::Bool(false) => self.out.push_str("False"),
            Node::Int(digits) => self.out.push_str(digits),
            Node::Float(number) => self.out.push_str(&float(*number)),
            Node::Text(text) | Node::Broken(text) => self.string(text),
            Node::Bytes(bytes) => self.bytes(bytes),
            Node::List(items) => self.items("[", items, "]", depth),
            Node::Tuple(items) if items.len() == 1 => self.items("(", items, ",)", depth),
            Node::Tuple(items) => self.items("(", items, ")", depth),
            Node::Set(items) if items.is_empty() => self.out.push_str("set()"),
            Node::Set(items) => self.items("{", items, "}", depth),
            Node::FrozenSet(items) => self.items("frozenset({", items, "})", depth),
            Node::Dict(entries) => self.dict(entries, depth),
            Node::Global(module, name) => {
                let name = format!("<{}.{}>", printable(module), printable(name));
                self.out.push_str(&name);
            }
            Node::Made { of, with, state } => self.made(*of, *with, state, depth),
            Node::Opaque(text) => self.out.push_str(&format!("<{}>", printable(text))),
        }
    }

    fn items(&mut self, begin: &str, items: &[Id], end: &str, depth: usize) {
        self.out.push_str(begin);
        for (place, item) in items.iter().enumerate() {
            if self.out.len() >= self.limit {
                self.whole = false;
                break;
            }
            self.out.push_str(if place > 0 { ", " } else { "" });
            self.show(*item, depth + 1);
        }
        self.out.push_str(end);
    }

    fn dict(&mut self, entries: &[(Id, Id)], depth: usize) {
        self.out.push('{');
        for (place, (key, value)) in entries.iter().enumerate() {
            if self.out.len() >= self.limit {
                self.whole = false;
                break;
            }
            self.out.push_str(if place > 0 { ", " } else { "" });
            self.show(*key, depth + 1);
            self.out.push_str(": ");
            self.show(*value, depth + 1);
        }
        self.out.push('}');
    }

    /// `<django.utils.safestring.SafeString 'x'>`; well-known values as one would type them.
    fn made(&mut self, of: Id, with: Id, state: &[Id], depth: usize) {
        let name = match self.tree.get(of) {
            Node::Global(module, name) => format!("{}.{}", printable(module), printable(name)),
            _ => String::new(),
        };
        let nothing = Vec::new();
        let arguments = match self.tree.get(with) {
            Node::Tuple(items) => items,
            _ => &nothing,
        };
        if state.is_empty() && self.known(&name, arguments, depth) {
            return;
        }
        self.out.push('<');
        if name.is_empty() {
            self.show(of, depth + 1);
        } else {
            self.out.push_str(&name);
        }
        for part in arguments.iter().chain(state) {
            // An object may be part of itself, and would be gone through once on each level.
            if self.out.len() >= self.limit {
                self.whole = false;
                break;
            }
            self.out.push(' ');
            self.show(*part, depth + 1);
        }
        self.out.push('>');
    }

    /// Values of Python's own library, which an application caches every day. False where it is none of them.
    fn known(&mut self, name: &str, arguments: &[Id], depth: usize) -> bool {
        let first = arguments.first().map(|id| self.tree.get(*id));
        let text = match (name, first, arguments.len()) {
            ("decimal.Decimal", Some(Node::Text(digits)), 1) if digits.len() < 1_000 => {
                format!("decimal.Decimal({digits:?})")
            }
            ("datetime.datetime", Some(Node::Bytes(packed)), 1) if packed.len() == 10 => {
                format!("datetime.datetime({})", date_and_time(packed))
            }
            ("datetime.datetime", Some(Node::Bytes(packed)), 2) if packed.len() == 10 => {
                self.out.push_str(&format!("datetime.datetime({}, tzinfo=", date_and_time(packed)));
                self.show(arguments[1], depth + 1);
                ")".to_owned()
            }
            ("datetime.date", Some(Node::Bytes(packed)), 1) if packed.len() == 4 => {
                format!("datetime.date({})", date(packed))
            }
            ("datetime.time", Some(Node::Bytes(packed)), 1) if packed.len() == 6 => {
                format!("datetime.time({})", time(packed))
            }
            ("datetime.timedelta" | "datetime.timezone", Some(_), _) => {
                self.out.push_str(name);
                self.items("(", arguments, ")", depth + 1);
                String::new()
            }
            _ => return false,
        };
        self.out.push_str(&text);
        true
    }

    fn string(&mut self, text: &str) {
        self.out.push('\'');
        for character in text.chars() {
            if self.out.len() >= self.limit {
                self.whole = false;
                break;
            }
            match character {
                '\'' | '\\' => {
                    self.out.push('\\');
                    self.out.push(character);
                }
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                it if is_unseen(it) => self.out.push_str(&format!("\\u{:04x}", u32::from(it))),
                it => self.out.push(it),
            }
        }
        self.out.push('\'');
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.out.push_str("b'");
        for byte in bytes {
            if self.out.len() >= self.limit {
                self.whole = false;
                break;
            }
            match byte {
                b'\'' | b'\\' => self.out.extend(['\\', char::from(*byte)]),
                0x20..=0x7e => self.out.push(char::from(*byte)),
                _ => self.out.push_str(&format!("\\x{byte:02x}")),
            }
        }
        self.out.push('\'');
    }
}

/// Control characters, and those that turn the direction of what follows: they could make text look like other text.
pub(in crate::caching::format) fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn printable(name: &str) -> String {
    name.chars().filter(|it| !is_unseen(*it) && *it != '<' && *it != '>').take(200).collect()
}

/// As Python writes it: `1.0`, `1e+16`, `inf`.
fn float(number: f64) -> String {
    let text = format!("{number:?}").to_ascii_lowercase();
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent:0>2}"),
        Some((digits, exponent)) => format!("{digits}e-{:0>2}", exponent.trim_start_matches('-')),
        None => text,
    }
}

fn date(packed: &[u8]) -> String {
    // The highest bit of the month tells which of two equal hours is meant when clocks are put back.
    format!("{}, {}, {}", u16::from(packed[0]) << 8 | u16::from(packed[1]), packed[2] & 0x7f, packed[3])
}

fn time(packed: &[u8]) -> String {
    let micros = u32::from(packed[3]) << 16 | u32::from(packed[4]) << 8 | u32::from(packed[5]);
    let mut text = format!("{}, {}", packed[0] & 0x7f, packed[1]);
    if packed[2] > 0 || micros > 0 {
        text.push_str(&format!(", {}", packed[2]));
    }
    if micros > 0 {
        text.push_str(&format!(", {micros}"));
    }
    text
}

fn date_and_time(packed: &[u8]) -> String {
    format!("{}, {}", date(&packed[..4]), time(&packed[4..]))
}
