//! Telling the format of a value by its bytes, and showing it.

use super::json::{self, Wrong};
use super::model::{Format, LONGEST_TEXT, Looked};
use super::tree::{Id, Tree, is_unseen};
use super::{msgpack, pickle, zlib};
use crate::caching::model::spelled;
use crate::text::Words;
use crate::words;

/// Bytes that are looked at.
const MOST: usize = 4 * 1024 * 1024;

/// Compressions inside one another that are undone.
const DEEPEST: usize = 2;

/// What a value is, told by its bytes. `whole` says whether these are all of them; the first 4 MiB are looked at.
/// Nothing in them is executed.
pub fn look(bytes: &[u8], whole: bool) -> Looked {
    let shortened = &bytes[..bytes.len().min(MOST)];
    below(shortened, whole && shortened.len() == bytes.len(), 0)
}

fn below(bytes: &[u8], whole: bool, depth: usize) -> Looked {
    if is_integer(bytes) {
        let digits = String::from_utf8_lossy(bytes).into_owned();
        return finish(Format::Integer, digits.clone(), true, Some(digits), whole);
    }
    if let [0x80, protocol @ 2..=5, ..] = bytes {
        return pickled(*protocol, bytes, whole);
    }
    if depth < DEEPEST
        && let Some(unpacked) = zlib::unpack(bytes, whole)
    {
        let inner = below(&unpacked.bytes, unpacked.whole, depth + 1);
        let editable = inner.editable && matches!(inner.format, Format::Json | Format::Pickle(_) | Format::Msgpack);
        let edit = inner.edit.filter(|_| editable);
        let why_not = inner.why_not.or_else(|| (!editable).then(not_written));
        return Looked { format: Format::Zlib(Box::new(inner.format)), editable, edit, why_not, ..inner };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => textual(text, whole),
        // Of a value that was cut, the last character may be incomplete.
        Err(error) if !whole && error.error_len().is_none() && error.valid_up_to() > 0 => {
            textual(&String::from_utf8_lossy(&bytes[..error.valid_up_to()]), whole)
        }
        Err(_) => binary(bytes, whole),
    }
}

/// Decimal digits in the one way that servers and frameworks write them.
fn is_integer(bytes: &[u8]) -> bool {
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    (1..=json::MOST_DIGITS).contains(&digits.len())
        && digits.iter().all(u8::is_ascii_digit)
        && (digits[0] != b'0' || bytes == b"0")
}

fn pickled(protocol: u8, bytes: &[u8], whole: bool) -> Looked {
    let pickle::Walked { tree, root, wrong } = pickle::read(bytes);
    let format = Format::Pickle(protocol);
    match root {
        Some(root) => treed(format, &tree, root, whole),
        None => {
            let why_not = if whole { wrong } else { Some(partly()) };
            Looked { format, text: bytes_as_text(bytes), editable: false, edit: None, why_not }
        }
    }
}

fn treed(format: Format, tree: &Tree, root: Id, whole: bool) -> Looked {
    let (text, all) = tree.text(root, LONGEST_TEXT);
    match tree.plain(root).map(|plain| plain.to_json()) {
        Ok(json) => finish(format, text, all, Some(json), whole),
        Err(why) => Looked { format, text, editable: false, edit: None, why_not: Some(why) },
    }
}

fn textual(text: &str, whole: bool) -> Looked {
    let (shown, all) = readable(text);
    match json::parse(text) {
        Ok(_) => finish(Format::Json, shown, all, Some(text.to_owned()), whole),
        Err(Wrong::Cut) if !whole && text.starts_with(['{', '[', '"']) => {
            Looked { format: Format::Json, text: shown, editable: false, edit: None, why_not: Some(partly()) }
        }
        Err(Wrong::Twice(_) | Wrong::TooDeep | Wrong::TooMany) => {
            let why = words!(
                "It has a name twice in one dictionary, or is too large or too deep for a form.",
                "한 딕셔너리에 같은 이름이 두 번 있거나 양식에 담기에는 너무 크거나 깊습니다."
            );
            Looked { format: Format::Json, text: shown, editable: false, edit: None, why_not: Some(why) }
        }
        Err(_) if text.chars().any(|it| it.is_control() && !matches!(it, '\n' | '\r' | '\t')) => {
            binary(text.as_bytes(), whole)
        }
        // A form turns every line break into the same two characters, and drops one at the beginning.
        Err(_) if text.contains('\r') || text.starts_with('\n') => {
            let why = words!(
                "It has line breaks that a form cannot keep as they are.",
                "양식이 그대로 보존하지 못하는 줄바꿈이 있습니다."
            );
            Looked { format: Format::Text, text: shown, editable: false, edit: None, why_not: Some(why) }
        }
        Err(_) => finish(Format::Text, shown, all, Some(text.to_owned()), whole),
    }
}

fn binary(bytes: &[u8], whole: bool) -> Looked {
    if whole && let Some((tree, root)) = msgpack::read(bytes) {
        return treed(Format::Msgpack, &tree, root, whole);
    }
    let why = if whole { not_written() } else { partly() };
    Looked { format: Format::Raw, text: bytes_as_text(bytes), editable: false, edit: None, why_not: Some(why) }
}

/// What can be edited, if all of it is there and fits into a form.
fn finish(format: Format, text: String, all: bool, edit: Option<String>, whole: bool) -> Looked {
    let edit = edit.filter(|edit| whole && all && edit.len() <= LONGEST_TEXT);
    let why_not = edit.is_none().then(partly);
    Looked { format, text, editable: edit.is_some(), edit, why_not }
}

/// Text with what cannot be seen spelled out, cut to what is shown; whether that is all.
fn readable(text: &str) -> (String, bool) {
    let mut out = String::new();
    for character in text.chars() {
        if out.len() + 8 > LONGEST_TEXT {
            return (out, false);
        }
        if is_unseen(character) && !matches!(character, '\n' | '\t') {
            out.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            out.push(character);
        }
    }
    (out, true)
}

fn bytes_as_text(bytes: &[u8]) -> String {
    // A byte is spelled in up to four characters.
    spelled(&bytes[..bytes.len().min(LONGEST_TEXT / 4)])
}

fn partly() -> Words {
    words!("It is too long for a form: only a part is shown.", "양식에 담기에는 너무 길어 일부만 표시합니다.")
}

fn not_written() -> Words {
    words!("The format of this value is not one that the console writes.", "콘솔이 쓸 수 있는 형식의 값이 아닙니다.")
}
