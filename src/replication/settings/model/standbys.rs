//! `synchronous_standby_names` as the server reads it: which standbys, and how many of them each commit waits for.

use crate::text::Words;
use crate::words;

/// The standbys that commits wait for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standbys {
    /// How many must have answered.
    pub needed: usize,
    /// Application names; `*` is any.
    pub names: Vec<String>,
}

impl Standbys {
    /// Reads `a, b`, `2 (a, b)`, `FIRST 1 (a, b)` and `ANY 1 (a, b)`; empty for none.
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        let Some((method, rest)) = outside_quotes(text, '(') else {
            // A list alone waits for the first of it.
            return Ok(Self { needed: 1, names: names(text)? });
        };
        let inside = rest.trim_end().strip_suffix(')').ok_or_else(rule)?;
        let words: Vec<&str> = method.split_whitespace().collect();
        let number = match *words.as_slice() {
            [number] => number,
            [word, number] if ["first", "any"].contains(&&*word.to_lowercase()) => number,
            _ => return Err(rule()),
        };
        match number.parse() {
            Ok(needed) if (1..=1_000).contains(&needed) => Ok(Self { needed, names: names(inside)? }),
            _ => Err(rule()),
        }
    }

    /// Whether a standby that gave this application name is one of these. The server compares without regard to case.
    pub fn lists(&self, application_name: &str) -> bool {
        self.names.iter().any(|name| name == "*" || name.eq_ignore_ascii_case(application_name))
    }
}

/// Letters, digits, `_`, and `$`, not beginning with a digit: what needs no quotes.
pub fn is_name(text: &str) -> bool {
    let plain = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '$';
    !text.is_empty() && text.len() <= 63 && text.chars().all(plain)
}

fn names(list: &str) -> Result<Vec<String>, Words> {
    let mut found = Vec::new();
    let mut rest = Some(list);
    while let Some(text) = rest {
        let (name, after) = outside_quotes(text, ',').map_or((text, None), |(name, after)| (name, Some(after)));
        found.push(name_in(name.trim())?);
        rest = after;
    }
    Ok(found)
}

fn name_in(text: &str) -> Result<String, Words> {
    if let Some(quoted) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        let name = quoted.replace("\"\"", "\u{0}");
        return if name.is_empty() || name.contains('"') { Err(rule()) } else { Ok(name.replace('\u{0}', "\"")) };
    }
    let plain = is_name(text) && !text.starts_with(|it: char| it.is_ascii_digit() || it == '$');
    if text == "*" || plain { Ok(text.to_owned()) } else { Err(rule()) }
}

/// What stands before and after the first `mark` that is not within double quotes.
fn outside_quotes(text: &str, mark: char) -> Option<(&str, &str)> {
    let mut quoted = false;
    for (place, character) in text.char_indices() {
        if character == '"' {
            quoted = !quoted;
        } else if character == mark && !quoted {
            return Some((&text[..place], &text[place + mark.len_utf8()..]));
        }
    }
    None
}

fn rule() -> Words {
    words!(
        "Written as FIRST 1 (replica1, replica2), ANY 1 (…) or a list of names; other than plain names go in double \
         quotes.",
        "FIRST 1 (replica1, replica2), ANY 1 (…) 또는 이름 목록으로 씁니다. 일반 이름이 아니면 큰따옴표로 묶으세요.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_that_the_server_knows_are_read() {
        let read = |text| Standbys::parse(text).map(|it| (it.needed, it.names.join("|"))).ok();
        let expect = |needed, names: &str| Some((needed, names.to_owned()));
        assert_eq!(read(""), expect(0, ""));
        assert_eq!(read("replica1"), expect(1, "replica1"));
        assert_eq!(read("a, \"b (c, d)\""), expect(1, "a|b (c, d)"));
        assert_eq!(read("FIRST 2 (a, b,c )"), expect(2, "a|b|c"));
        assert_eq!(read("any 1 (*)"), expect(1, "*"));
        assert_eq!(read("2 (a, b)"), expect(2, "a|b"));
        for wrong in ["FIRST (a)", "FIRST 0 (a)", "SOME 1 (a)", "1 (a", "a,,b", "a b", "a'b", "1a", "ANY 1 ()"] {
            assert_eq!(read(wrong), None, "{wrong:?} must be refused");
        }
    }

    #[test]
    fn a_standby_is_found_in_any_case() {
        let standbys = Standbys::parse("FIRST 1 (Replica1)").expect("a valid list");
        assert!(standbys.lists("replica1"));
        assert!(!standbys.lists("replica2"));
        assert!(Standbys::parse("*").expect("a valid list").lists("walreceiver"));
    }
}
