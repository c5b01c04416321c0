//! `synchronous_standby_names`: how many standbys a commit waits for.

use serde::{Deserialize, Serialize};

/// What a commit waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRule {
    /// So many must confirm.
    pub needed: usize,
    /// Any of the names, and not the first ones.
    pub any: bool,
    /// The names, as written; `*` is everybody.
    pub names: Vec<String>,
}

impl SyncRule {
    /// Reads the setting; none where nobody is waited for.
    /// Grammar: <https://www.postgresql.org/docs/current/runtime-config-replication.html>.
    pub fn parse(text: &str) -> Option<Self> {
        let words = tokens(text);
        let (head, names) = match words.iter().position(|word| word == "(") {
            Some(open) => (&words[..open], &words[open + 1..]),
            None => (&words[..0], &words[..]),
        };
        let names: Vec<String> = names.iter().filter(|word| *word != ")").cloned().collect();
        let needed = head.iter().find_map(|word| word.parse().ok()).unwrap_or(1);
        let any = head.first().is_some_and(|word| word.eq_ignore_ascii_case("any"));
        (!names.is_empty() && needed > 0).then_some(Self { needed, any, names })
    }
}

/// Words, quoted words without their quotes, and parentheses; commas and spaces stand between.
fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '(' | ')' => found.push(next.to_string()),
            '"' => {
                let mut name = String::new();
                while let Some(next) = rest.next() {
                    if next == '"' && rest.next_if_eq(&'"').is_none() {
                        break;
                    }
                    name.push(next);
                }
                found.push(name);
            }
            next if next == ',' || next.is_whitespace() => {}
            next => {
                let plain = |it: &char| !it.is_whitespace() && !"(),\"".contains(*it);
                let mut name = String::from(next);
                name.extend(std::iter::from_fn(|| rest.next_if(plain)));
                found.push(name);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_is_read_in_every_form_that_the_server_accepts() {
        let cases: [(&str, usize, bool, &[&str]); 6] = [
            ("s1", 1, false, &["s1"]),
            ("s1, s2", 1, false, &["s1", "s2"]),
            ("2 (s1, s2, s3)", 2, false, &["s1", "s2", "s3"]),
            ("FIRST 2 (s1,\"Weird \"\"name, (x)\")", 2, false, &["s1", "Weird \"name, (x)"]),
            ("any 1(s1,s2)", 1, true, &["s1", "s2"]),
            ("*", 1, false, &["*"]),
        ];
        for (text, needed, any, names) in cases {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(SyncRule::parse(text), Some(SyncRule { needed, any, names }), "{text}");
        }
    }

    #[test]
    fn without_names_nobody_is_waited_for() {
        assert_eq!(SyncRule::parse(""), None);
        assert_eq!(SyncRule::parse("  "), None);
    }
}
