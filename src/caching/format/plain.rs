//! Plain data, which every format can hold: what JSON can say, with whole numbers of any size.

/// Nothing, a truth value, a number, text, a list or a dictionary with names.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Plain {
    Null,
    Bool(bool),
    /// Decimal digits, perhaps after a minus sign.
    Int(String),
    /// Finite.
    Float(f64),
    Text(String),
    List(Vec<Plain>),
    /// In the order in which it was written.
    Dict(Vec<(String, Plain)>),
}

impl Plain {
    /// The value as JSON in one line, spaced as Python writes it.
    pub(super) fn to_json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Int(digits) => out.push_str(digits),
            // Shortest text that reads back, always with a point or an exponent.
            Self::Float(number) => out.push_str(&format!("{number:?}")),
            Self::Text(text) => out.push_str(&quoted(text)),
            Self::List(items) => {
                out.push('[');
                for (place, item) in items.iter().enumerate() {
                    out.push_str(if place > 0 { ", " } else { "" });
                    item.write(out);
                }
                out.push(']');
            }
            Self::Dict(entries) => {
                out.push('{');
                for (place, (name, value)) in entries.iter().enumerate() {
                    out.push_str(if place > 0 { ", " } else { "" });
                    out.push_str(&quoted(name));
                    out.push_str(": ");
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The bytes of a whole number as two's complement, little-endian, as short as can be; none where `digits` are none.
pub(super) fn int_to_bytes(digits: &str) -> Option<Vec<u8>> {
    let negative = digits.starts_with('-');
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut bytes: Vec<u8> = Vec::new();
    for digit in digits.bytes() {
        let mut carry = u16::from(digit - b'0');
        for byte in &mut bytes {
            carry += u16::from(*byte) * 10;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry > 0 {
            bytes.push(carry as u8);
        }
    }
    if bytes.last().is_some_and(|top| top & 0x80 != 0) {
        bytes.push(0);
    }
    if negative {
        negate(&mut bytes);
        // The sign may now need one byte less: -128 is 0x80.
        while bytes.len() > 1 && bytes.ends_with(&[0xff]) && bytes[bytes.len() - 2] & 0x80 != 0 {
            bytes.pop();
        }
    }
    Some(bytes)
}

/// The digits of a whole number that stands as two's complement, little-endian.
pub(super) fn int_from_bytes(bytes: &[u8]) -> String {
    let negative = bytes.last().is_some_and(|top| top & 0x80 != 0);
    let mut rest = bytes.to_vec();
    if negative {
        negate(&mut rest);
    }
    let mut groups: Vec<u32> = Vec::new();
    while rest.iter().any(|byte| *byte != 0) {
        let mut remainder = 0u64;
        for byte in rest.iter_mut().rev() {
            remainder = remainder << 8 | u64::from(*byte);
            *byte = ((remainder / 1_000_000_000) & 0xff) as u8;
            remainder %= 1_000_000_000;
        }
        groups.push(remainder as u32);
    }
    let Some(first) = groups.pop() else { return "0".to_owned() };
    let mut text = format!("{}{first}", if negative { "-" } else { "" });
    for group in groups.iter().rev() {
        text.push_str(&format!("{group:09}"));
    }
    text
}

fn negate(bytes: &mut [u8]) {
    let mut carry = true;
    for byte in bytes {
        let (sum, over) = (!*byte).overflowing_add(u8::from(carry));
        (*byte, carry) = (sum, over);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_whole_number_of_any_size_reads_back(digits in "-?[1-9][0-9]{0,60}") {
            prop_assert_eq!(int_from_bytes(&int_to_bytes(&digits).expect("digits")), digits);
        }

        #[test]
        fn small_numbers_are_the_machine_s_own(number in any::<i64>()) {
            let bytes = int_to_bytes(&number.to_string()).expect("digits");
            let fill = if number < 0 { 0xff } else { 0 };
            let mut whole = [fill; 8];
            whole[..bytes.len()].copy_from_slice(&bytes);
            prop_assert_eq!(i64::from_le_bytes(whole), number);
        }
    }

    #[test]
    fn the_shortest_form_is_chosen() {
        assert_eq!(int_to_bytes("0"), Some(vec![]));
        assert_eq!(int_to_bytes("-0"), Some(vec![]));
        assert_eq!(int_to_bytes("255"), Some(vec![0xff, 0]));
        assert_eq!(int_to_bytes("-128"), Some(vec![0x80]));
        assert_eq!(int_to_bytes("-256"), Some(vec![0, 0xff]));
        assert_eq!(int_from_bytes(&[]), "0");
        assert_eq!(int_to_bytes(""), None);
        assert_eq!(int_to_bytes("1x"), None);
    }
}
