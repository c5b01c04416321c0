//! A reader of JSON that keeps whole numbers of any size and tells text that was cut from text that is wrong.

use super::plain::Plain;

/// Lists and dictionaries inside one another that are read.
const DEEPEST: usize = 100;

/// Values in all that are read. A small value can unpack to millions of them, each many times its text in memory.
const MOST: usize = 200_000;

/// Digits of a whole number. Python refuses to read a longer one from text.
pub(super) const MOST_DIGITS: usize = 4_000;

/// Why text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It ends too early, and is right up to there.
    Cut,
    /// The byte at which it goes wrong.
    At(usize),
    TooDeep,
    TooMany,
    /// Two entries of a dictionary have the same name; the byte of the second.
    Twice(usize),
}

/// Reads one value that is the whole text.
pub(super) fn parse(text: &str) -> Result<Plain, Wrong> {
    let mut reader = Reader { text, at: 0, left: MOST };
    let value = reader.value(0)?;
    reader.space();
    if reader.at < text.len() { Err(Wrong::At(reader.at)) } else { Ok(value) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Values that may still come.
    left: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Result<Plain, Wrong> {
        if depth > DEEPEST {
            return Err(Wrong::TooDeep);
        }
        self.left = self.left.checked_sub(1).ok_or(Wrong::TooMany)?;
        self.space();
        match self.peek()? {
            b'{' => self.dict(depth),
            b'[' => self.list(depth),
            b'"' => self.string().map(Plain::Text),
            b't' => self.word("true", Plain::Bool(true)),
            b'f' => self.word("false", Plain::Bool(false)),
            b'n' => self.word("null", Plain::Null),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Plain, Wrong> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.peek()? == b']' {
            self.at += 1;
            return Ok(Plain::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.next_or_end(b']')? {
                return Ok(Plain::List(items));
            }
        }
    }

    fn dict(&mut self, depth: usize) -> Result<Plain, Wrong> {
        self.at += 1;
        let mut entries: Vec<(String, Plain)> = Vec::new();
        let mut names = std::collections::HashSet::new();
        self.space();
        if self.peek()? == b'}' {
            self.at += 1;
            return Ok(Plain::Dict(entries));
        }
        loop {
            self.space();
            let start = self.at;
            if self.peek()? != b'"' {
                return Err(Wrong::At(self.at));
            }
            let name = self.string()?;
            if !names.insert(name.clone()) {
                return Err(Wrong::Twice(start));
            }
            self.space();
            if self.peek()? != b':' {
                return Err(Wrong::At(self.at));
            }
            self.at += 1;
            entries.push((name, self.value(depth + 1)?));
            if self.next_or_end(b'}')? {
                return Ok(Plain::Dict(entries));
            }
        }
    }

    /// After an item: a comma, or the end.
    fn next_or_end(&mut self, end: u8) -> Result<bool, Wrong> {
        self.space();
        let found = self.peek()?;
        if found != b',' && found != end {
            return Err(Wrong::At(self.at));
        }
        self.at += 1;
        Ok(found == end)
    }

    fn string(&mut self) -> Result<String, Wrong> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    self.at += 1;
                    self.peek()?;
                    self.at += 1;
                }
                byte if byte < 0x20 => return Err(Wrong::At(self.at)),
                _ => self.at += 1,
            }
        }
        self.at += 1;
        serde_json::from_str(&self.text[start..self.at]).map_err(|_| Wrong::At(start))
    }

    fn number(&mut self) -> Result<Plain, Wrong> {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)).count();
        let text = &self.text[start..start + length];
        if text.is_empty() {
            return Err(Wrong::At(start));
        }
        self.at += length;
        let at_end = self.at == self.text.len();
        // What JSON allows as a number is decided by its own crate.
        if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
            let unfinished = at_end && matches!(text.as_bytes().last(), Some(b'-' | b'+' | b'.' | b'e' | b'E'));
            return Err(if unfinished { Wrong::Cut } else { Wrong::At(start) });
        }
        if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return if length > MOST_DIGITS { Err(Wrong::At(start)) } else { Ok(Plain::Int(text.to_owned())) };
        }
        text.parse().ok().filter(|it: &f64| it.is_finite()).map(Plain::Float).ok_or(Wrong::At(start))
    }

    fn word(&mut self, word: &str, value: Plain) -> Result<Plain, Wrong> {
        let rest = &self.text[self.at..];
        if rest.starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else if word.starts_with(rest) {
            Err(Wrong::Cut)
        } else {
            Err(Wrong::At(self.at))
        }
    }

    fn space(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
    }

    fn peek(&self) -> Result<u8, Wrong> {
        self.text.as_bytes().get(self.at).copied().ok_or(Wrong::Cut)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(?s).{0,200}") {
            let _ = parse(&text);
        }

        #[test]
        fn what_the_crate_accepts_is_accepted(text in r#"[\[\]{}",:0-9a-e.\\ntrufls -]{0,24}"#) {
            let ours = parse(&text);
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            // The crate takes the last of two equal names, and whole numbers of up to 64 bits exactly.
            if !matches!(ours, Err(Wrong::Twice(_))) {
                prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?}", text);
            }
        }
    }

    #[test]
    fn a_whole_number_keeps_all_its_digits() {
        let text = "[123456789012345678901234567890, -1, 1.5, 1e3]";
        let value = parse(text).expect("JSON");
        assert_eq!(value.to_json(), "[123456789012345678901234567890, -1, 1.5, 1000.0]");
    }

    #[test]
    fn text_that_was_cut_is_told_from_text_that_is_wrong() {
        for cut in ["{\"a\": 1", "[1,", "\"abc", "tru", "[1, -", ""] {
            assert_eq!(parse(cut), Err(Wrong::Cut), "{cut:?}");
        }
        for wrong in ["hello", "{a: 1}", "[1 2]", "01", "1e400", "[1]]", "NaN"] {
            assert!(matches!(parse(wrong), Err(Wrong::At(_))), "{wrong:?}");
        }
        assert_eq!(parse(&"[".repeat(1_000_000)), Err(Wrong::TooDeep));
        assert_eq!(parse(r#"{"a": 1, "a": 2}"#), Err(Wrong::Twice(9)));
        assert_eq!(parse(&format!("[{}0]", "0,".repeat(1_000_000))), Err(Wrong::TooMany));
    }
}
