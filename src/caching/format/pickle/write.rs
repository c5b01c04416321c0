//! Plain data as a pickle. The opcodes are those of protocol 2, which every later protocol has too; no frames, which are
//! only there to read files faster.

use crate::caching::format::plain::{Plain, int_to_bytes};

/// The pickle of `value` that names this protocol, 2 to 5.
pub(in crate::caching::format) fn write(protocol: u8, value: &Plain) -> Vec<u8> {
    let mut out = vec![0x80, protocol.clamp(2, 5)];
    put(&mut out, value);
    out.push(b'.');
    out
}

fn put(out: &mut Vec<u8>, value: &Plain) {
    match value {
        Plain::Null => out.push(b'N'),
        Plain::Bool(true) => out.push(0x88),
        Plain::Bool(false) => out.push(0x89),
        Plain::Int(digits) => int(out, digits),
        Plain::Float(number) => {
            out.push(b'G');
            out.extend(number.to_be_bytes());
        }
        Plain::Text(text) => string(out, text),
        Plain::List(items) => {
            out.push(b']');
            if !items.is_empty() {
                out.push(b'(');
                items.iter().for_each(|item| put(out, item));
                out.push(b'e');
            }
        }
        Plain::Dict(entries) => {
            out.push(b'}');
            if !entries.is_empty() {
                out.push(b'(');
                for (name, value) in entries {
                    string(out, name);
                    put(out, value);
                }
                out.push(b'u');
            }
        }
    }
}

fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'X');
    // A text comes out of a form, which is bounded far below 4 GiB.
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

fn int(out: &mut Vec<u8>, digits: &str) {
    if let Ok(small) = digits.parse::<i32>() {
        out.push(b'J');
        out.extend(small.to_le_bytes());
        return;
    }
    let bytes = int_to_bytes(digits).unwrap_or_default();
    match u8::try_from(bytes.len()) {
        Ok(length) => out.extend([0x8a, length]),
        Err(_) => {
            out.push(0x8b);
            out.extend((bytes.len() as u32).to_le_bytes());
        }
    }
    out.extend(bytes);
}
