//! Names of keys, which are bytes to the server and text to a person.

use serde::{Deserialize, Serialize};

use crate::text::Words;
use crate::words;

/// A key: 1 to 512 bytes. It is written as its text, and what is no printable text as redis-cli shows it: `\x80`, `\n`;
/// a backslash is doubled. So every key has one spelling, which may stand in an address, a form and a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key {
    bytes: Vec<u8>,
    spelled: String,
}

impl Key {
    /// Bytes of a key that the console handles. Servers take more, and such keys are shown and left alone.
    pub const LONGEST: usize = 512;

    /// Reads a spelling.
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        if text.is_empty() {
            return Err(words!("Give the key a name.", "키 이름을 입력하세요."));
        }
        if text.chars().any(char::is_control) {
            return Err(words!("No control characters or line breaks.", "제어 문자와 줄바꿈은 쓸 수 없습니다."));
        }
        let bytes = unescaped(text).ok_or_else(|| {
            words!(
                "Write a backslash as \\\\, and a byte as \\x and two digits: \\x0a.",
                "백슬래시는 \\\\로, 바이트는 \\x0a처럼 \\x와 두 자리로 쓰세요."
            )
        })?;
        Self::of(&bytes).ok_or_else(|| words!("At most 512 bytes.", "최대 512바이트입니다."))
    }

    /// A key that a server has; none where it is empty or longer than [`Key::LONGEST`].
    pub fn of(bytes: &[u8]) -> Option<Self> {
        (1..=Self::LONGEST).contains(&bytes.len()).then(|| Self { bytes: bytes.to_vec(), spelled: spelled(bytes) })
    }

    /// What the server knows it by.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What a person knows it by.
    pub fn as_str(&self) -> &str {
        &self.spelled
    }
}

/// Bytes as a key is spelled; of any length, so that also what is no [`Key`] can be shown.
pub fn spelled(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                it if it.is_control() => {
                    let mut buffer = [0; 4];
                    text.extend(it.encode_utf8(&mut buffer).bytes().map(|byte| format!("\\x{byte:02x}")));
                }
                it => text.push(it),
            }
        }
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text
}

/// The bytes of a spelling, also of a part of a key such as a prefix; none where a backslash stands for nothing.
pub fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let (kind, after) = rest.split_first()?;
        rest = after;
        match kind {
            b'\\' => bytes.push(b'\\'),
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'x' => {
                let digits = rest.get(..2).filter(|it| it.iter().all(u8::is_ascii_hexdigit))?;
                bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
                rest = &rest[2..];
            }
            _ => return None,
        }
    }
    Some(bytes)
}

impl TryFrom<String> for Key {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.spelled
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.spelled)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_key_has_one_spelling_that_reads_back(bytes in prop::collection::vec(any::<u8>(), 1..40)) {
            let key = Key::of(&bytes).expect("short enough");
            prop_assert_eq!(Key::parse(key.as_str()).expect("a spelling"), key);
        }
    }

    #[test]
    fn a_key_that_is_text_is_spelled_as_it_is() {
        for text in [":1:mydata", "키 1", "a b\"c"] {
            assert_eq!(Key::parse(text).expect("a key").bytes(), text.as_bytes());
            assert_eq!(spelled(text.as_bytes()), text);
        }
        assert_eq!(Key::parse(r"a\\b\x80\n").expect("a key").bytes(), b"a\\b\x80\n");
    }

    #[test]
    fn what_can_be_no_key_is_refused() {
        for text in ["", "a\nb", r"a\b", r"\x0", r"\xzz", "\\", &"a".repeat(513)] {
            assert!(Key::parse(text).is_err(), "{text:?} must be refused");
        }
        assert!(Key::parse(&r"\x00".repeat(512)).is_ok());
    }
}
