//! Patterns of keys.

use serde::{Deserialize, Serialize};

use crate::caching::model::{spelled, unescaped};
use crate::text::Words;
use crate::words;

/// A glob as Redis has it (`*`, `?`, `[a-z]`, a backslash before what stands for itself), 1 to 512 bytes, written in the
/// spelling of keys: a byte is `\x80`, a backslash `\\`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    bytes: Vec<u8>,
    spelled: String,
}

impl Pattern {
    /// Reads a spelling.
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        if text.is_empty() {
            return Err(words!("Write a pattern: cache:page:*", "패턴을 입력하세요: cache:page:*"));
        }
        if text.chars().any(char::is_control) {
            return Err(words!("No control characters or line breaks.", "제어 문자와 줄바꿈은 쓸 수 없습니다."));
        }
        let bytes = unescaped(text).ok_or_else(|| {
            words!(
                "Write a backslash as \\\\ (a star that stands for itself: \\\\*), and a byte as \\x and two digits.",
                "백슬래시는 \\\\로(별표 자체는 \\\\*), 바이트는 \\x와 두 자리로 쓰세요."
            )
        })?;
        if bytes.len() > 512 {
            return Err(words!("At most 512 bytes.", "최대 512바이트입니다."));
        }
        Ok(Self { spelled: spelled(&bytes), bytes })
    }

    /// All keys that begin with this, and no others.
    pub fn beginning_with(prefix: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(prefix.len() + 1);
        for byte in prefix {
            if b"*?[]^-\\".contains(byte) {
                bytes.push(b'\\');
            }
            bytes.push(*byte);
        }
        bytes.push(b'*');
        Self { spelled: spelled(&bytes), bytes }
    }

    /// What the server takes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What a person knows it by.
    pub fn as_str(&self) -> &str {
        &self.spelled
    }

    /// Whether it says how a key begins; one that does not may match all keys.
    pub fn has_prefix(&self) -> bool {
        !self.bytes.first().is_some_and(|byte| b"*?[".contains(byte))
    }

    /// Whether a key matches, as the server decides it.
    pub fn matches(&self, key: &[u8]) -> bool {
        let pattern = &self.bytes;
        let (mut at, mut place) = (0, 0);
        // Where the last star stands, and the place in the key up to which it reaches so far.
        let mut star: Option<(usize, usize)> = None;
        while place < key.len() {
            if pattern.get(at) == Some(&b'*') {
                star = Some((at, place));
                at += 1;
                continue;
            }
            if let Some(next) = one(pattern, at, key[place]) {
                (at, place) = (next, place + 1);
                continue;
            }
            let Some((of_star, reached)) = star else { return false };
            star = Some((of_star, reached + 1));
            (at, place) = (of_star + 1, reached + 1);
        }
        pattern[at.min(pattern.len())..].iter().all(|byte| *byte == b'*')
    }
}

/// Where the pattern goes on when what stands at `at` matches this byte.
fn one(pattern: &[u8], at: usize, byte: u8) -> Option<usize> {
    match *pattern.get(at)? {
        b'?' => Some(at + 1),
        b'[' => class(pattern, at + 1, byte),
        b'\\' if at + 1 < pattern.len() => (pattern[at + 1] == byte).then_some(at + 2),
        same => (same == byte).then_some(at + 1),
    }
}

/// A class of bytes, as the server reads it: it may lack its end.
fn class(pattern: &[u8], mut at: usize, byte: u8) -> Option<usize> {
    let not = pattern.get(at) == Some(&b'^');
    at += usize::from(not);
    let mut found = false;
    loop {
        match pattern.get(at..)? {
            [] => break,
            [b'\\', it, ..] => {
                found |= *it == byte;
                at += 2;
            }
            [b']', ..] => {
                at += 1;
                break;
            }
            [from, b'-', to, ..] => {
                let (from, to) = (from.min(to), from.max(to));
                found |= (*from..=*to).contains(&byte);
                at += 3;
            }
            [it, ..] => {
                found |= *it == byte;
                at += 1;
            }
        }
    }
    (found != not).then_some(at)
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.spelled
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.spelled)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, key: &str) -> bool {
        Pattern::parse(pattern).expect("a pattern").matches(key.as_bytes())
    }

    #[test]
    fn a_pattern_matches_as_the_server_decides() {
        for (pattern, key) in [
            ("*", "a"),
            ("cache:*", "cache:1"),
            ("a*b*c", "axxbxbyc"),
            ("h?llo", "hallo"),
            ("h[ae]llo", "hello"),
            ("h[^e]llo", "hallo"),
            ("h[a-b]llo", "hbllo"),
            ("a\\\\*", "a*"),
            ("a**", "a"),
            ("[a", "a"),
        ] {
            assert!(matches(pattern, key), "{pattern} {key}");
        }
        for (pattern, key) in
            [("cache:*", "cach"), ("h?llo", "hllo"), ("h[^e]llo", "hello"), ("a\\\\*", "ab"), ("a", "ab")]
        {
            assert!(!matches(pattern, key), "{pattern} {key}");
        }
    }

    proptest! {
        #[test]
        fn a_prefix_as_a_pattern_is_that_prefix(prefix in prop::collection::vec(any::<u8>(), 1..20), rest in prop::collection::vec(any::<u8>(), 0..9)) {
            let pattern = Pattern::beginning_with(&prefix);
            prop_assert!(pattern.matches(&[prefix.clone(), rest].concat()));
            prop_assert!(!pattern.matches(&prefix[..prefix.len() - 1]));
            prop_assert_eq!(Pattern::parse(pattern.as_str()).expect("a spelling"), pattern);
        }
    }

    #[test]
    fn what_says_no_beginning_is_told_apart() {
        for text in ["*", "*:page", "?a", "[ab]c"] {
            assert!(!Pattern::parse(text).expect("a pattern").has_prefix(), "{text}");
        }
        assert!(Pattern::parse(":1:*").expect("a pattern").has_prefix());
        for bad in ["", "a\nb", r"a\*"] {
            assert!(Pattern::parse(bad).is_err(), "{bad:?}");
        }
    }
}
