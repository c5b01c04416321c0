//! Pickles of plain data, of protocol 3, which every Python 3 reads: written, and read again where we have written them.
//! Nothing is ever executed: the reader knows the opcodes below and no others.
//! Opcodes: <https://github.com/python/cpython/blob/main/Lib/pickletools.py>.

use serde_json::{Map, Number, Value};

const PROTOCOL: [u8; 2] = [0x80, 3];
const NONE: u8 = b'N';
const TRUE: u8 = 0x88;
const FALSE: u8 = 0x89;
/// Four bytes, signed, least first.
const SMALL_INTEGER: u8 = b'J';
/// A length of one byte, then so many bytes in two's complement, least first.
const INTEGER: u8 = 0x8a;
/// Eight bytes, greatest first.
const FLOAT: u8 = b'G';
/// A length of four bytes, then UTF-8.
const TEXT: u8 = b'X';
const LIST: u8 = b']';
const DICT: u8 = b'}';
const MARK: u8 = b'(';
const APPENDS: u8 = b'e';
const SET_ITEMS: u8 = b'u';
const STOP: u8 = b'.';

/// Lists and objects inside of each other, as many as of JSON: whoever takes such a value apart goes as deep.
const DEEPEST: usize = 128;

/// The pickle of a value.
pub(super) fn written(value: &Value) -> Vec<u8> {
    let mut out = PROTOCOL.to_vec();
    write(value, &mut out);
    out.push(STOP);
    out
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(NONE),
        Value::Bool(value) => out.push(if *value { TRUE } else { FALSE }),
        Value::Number(number) => write_number(number, out),
        Value::String(text) => write_text(text, out),
        Value::Array(values) => {
            out.extend([LIST, MARK]);
            values.iter().for_each(|value| write(value, out));
            out.push(APPENDS);
        }
        Value::Object(fields) => {
            out.extend([DICT, MARK]);
            for (name, value) in fields {
                write_text(name, out);
                write(value, out);
            }
            out.push(SET_ITEMS);
        }
    }
}

fn write_number(number: &Number, out: &mut Vec<u8>) {
    if let Some(value) = number.as_i64() {
        match i32::try_from(value) {
            Ok(small) => {
                out.push(SMALL_INTEGER);
                out.extend(small.to_le_bytes());
            }
            Err(_) => {
                out.extend([INTEGER, 8]);
                out.extend(value.to_le_bytes());
            }
        }
    } else if let Some(value) = number.as_u64() {
        // A ninth byte keeps it positive.
        out.extend([INTEGER, 9]);
        out.extend(value.to_le_bytes());
        out.push(0);
    } else {
        out.push(FLOAT);
        out.extend(number.as_f64().unwrap_or_default().to_be_bytes());
    }
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(TEXT);
    // What is stored is far shorter than 4 GiB.
    out.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(text.as_bytes());
}

/// What is on the stack while a pickle is read.
enum Item {
    Value(Value),
    Mark,
}

/// The value of a pickle that [`written`] made; none of any other.
pub(super) fn read(bytes: &[u8]) -> Option<Value> {
    let mut rest = bytes.strip_prefix(&PROTOCOL)?;
    let mut stack: Vec<Item> = Vec::new();
    let mut marks = 0;
    loop {
        match take(&mut rest, 1)?[0] {
            STOP => break,
            MARK if marks == DEEPEST => return None,
            MARK => {
                stack.push(Item::Mark);
                marks += 1;
            }
            APPENDS => {
                append(&mut stack)?;
                marks -= 1;
            }
            SET_ITEMS => {
                set_items(&mut stack)?;
                marks -= 1;
            }
            opcode => stack.push(Item::Value(plain(opcode, &mut rest)?)),
        }
    }
    match (stack.pop()?, stack.is_empty(), rest.is_empty()) {
        (Item::Value(value), true, true) => Some(value),
        _ => None,
    }
}

fn plain(opcode: u8, rest: &mut &[u8]) -> Option<Value> {
    Some(match opcode {
        NONE => Value::Null,
        TRUE => Value::Bool(true),
        FALSE => Value::Bool(false),
        SMALL_INTEGER => Value::from(i32::from_le_bytes(take(rest, 4)?.try_into().ok()?)),
        INTEGER => match *take(rest, 1)? {
            [8] => Value::from(i64::from_le_bytes(take(rest, 8)?.try_into().ok()?)),
            [9] => {
                let value = u64::from_le_bytes(take(rest, 8)?.try_into().ok()?);
                (*take(rest, 1)? == [0]).then(|| Value::from(value))?
            }
            _ => return None,
        },
        FLOAT => Value::from(f64::from_be_bytes(take(rest, 8)?.try_into().ok()?)),
        TEXT => {
            let length = u32::from_le_bytes(take(rest, 4)?.try_into().ok()?);
            Value::from(std::str::from_utf8(take(rest, length as usize)?).ok()?)
        }
        LIST => Value::Array(Vec::new()),
        DICT => Value::Object(Map::new()),
        _ => return None,
    })
}

fn append(stack: &mut Vec<Item>) -> Option<()> {
    let values = since_mark(stack)?;
    let Some(Item::Value(Value::Array(list))) = stack.last_mut() else { return None };
    list.extend(values);
    Some(())
}

fn set_items(stack: &mut Vec<Item>) -> Option<()> {
    let mut values = since_mark(stack)?.into_iter();
    let Some(Item::Value(Value::Object(fields))) = stack.last_mut() else { return None };
    while let Some(name) = values.next() {
        let (Value::String(name), Some(value)) = (name, values.next()) else { return None };
        fields.insert(name, value);
    }
    Some(())
}

fn since_mark(stack: &mut Vec<Item>) -> Option<Vec<Value>> {
    let at = stack.iter().rposition(|item| matches!(item, Item::Mark))?;
    let values = stack.split_off(at).into_iter().skip(1);
    values.map(|item| if let Item::Value(value) = item { Some(value) } else { None }).collect()
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_fail(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&[&PROTOCOL[..], &bytes].concat());
        }

        #[test]
        fn whole_numbers_and_texts_come_back(number in any::<i64>(), text in ".*") {
            let value = serde_json::json!([{ "n": number, "t": text }]);
            prop_assert_eq!(read(&written(&value)), Some(value));
        }
    }

    #[test]
    fn it_is_what_python_writes_for_plain_data() {
        // pickle.loads(bytes.fromhex("8003") + …) gives [{'a': 1}].
        let value = serde_json::json!([{ "a": 1 }]);
        assert_eq!(written(&value), b"\x80\x03](}(X\x01\0\0\0aJ\x01\0\0\0ue.");
    }

    #[test]
    fn what_is_too_deep_to_be_taken_apart_is_not_read() {
        let nested = |deep: usize| [&PROTOCOL[..], &b"](".repeat(deep), b"N", &b"e".repeat(deep), b"."].concat();
        assert!(read(&nested(DEEPEST)).is_some());
        assert_eq!(read(&nested(DEEPEST + 1)), None);
        assert_eq!(read(&nested(1_000_000)), None, "it would end the console");
    }

    #[test]
    fn what_calls_something_is_not_read() {
        assert_eq!(read(b"\x80\x03cos\nsystem\n(X\x02\0\0\0lstR."), None);
        assert_eq!(read(b"\x80\x03N"), None, "without an end");
        assert_eq!(read(b"\x80\x03N.N."), None, "more than one");
    }
}
