//! Names as logical replication has them: of publications, tables, roles and databases.

use serde::{Deserialize, Serialize};

use crate::text::Words;
use crate::words;

/// A name at a PostgreSQL server: 1 to 63 bytes. The server cuts a longer one silently, so the length is checked here.
///
/// `‹` and `›` are refused since the console marks with them, in a statement that it shows, where a password will be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Name {
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        if text.is_empty() {
            return Err(words!("Give a name.", "이름을 입력하세요."));
        }
        if text.len() > 63 {
            return Err(words!("At most 63 bytes.", "최대 63바이트입니다."));
        }
        if text.chars().any(|it| it.is_control() || "‹›".contains(it)) {
            return Err(words!(
                "Control characters and the marks ‹ › cannot be used.",
                "제어 문자와 ‹ › 기호는 쓸 수 없습니다."
            ));
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// A table with its schema, written as SQL writes it: `public.orders`, `"Shop"."order lines"`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TableName {
    pub schema: Name,
    pub name: Name,
}

impl TableName {
    /// Reads `schema.table`; a table alone is in `public`. Without quotes, letters are folded to lower case as the
    /// server does.
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let parts = parts(text.trim()).ok_or_else(|| {
            words!(
                "“{text}” is not a table: write schema.table.",
                "“{text}”은(는) 테이블이 아닙니다. schema.table로 쓰세요."
            )
        })?;
        match &parts[..] {
            [table] => Ok(Self { schema: Name("public".to_owned()), name: Name::parse(table)? }),
            [schema, table] => Ok(Self { schema: Name::parse(schema)?, name: Name::parse(table)? }),
            _ => Err(words!(
                "“{text}” has too many dots: write schema.table.",
                "“{text}”에 점이 너무 많습니다. schema.table로 쓰세요."
            )),
        }
    }

    /// Reads names that commas or line ends part. Empty lines count as nothing.
    ///
    /// # Errors
    /// The rule that the first wrong one breaks.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, Words> {
        let mut found = Vec::new();
        for part in unquoted_split(text) {
            let table = Self::parse(&part)?;
            if !found.contains(&table) {
                found.push(table);
            }
        }
        Ok(found)
    }

    /// Of a name that the server gave.
    pub fn of(schema: &str, name: &str) -> Option<Self> {
        Some(Self { schema: Name::parse(schema).ok()?, name: Name::parse(name).ok()? })
    }
}

/// Names that commas or line ends part, for schemas and publications.
///
/// # Errors
/// The rule that the first wrong one breaks.
pub fn parse_names(text: &str) -> Result<Vec<Name>, Words> {
    let mut found = Vec::new();
    for part in unquoted_split(text) {
        let bare =
            part.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map(|rest| rest.replace("\"\"", "\""));
        let name = Name::parse(&bare.unwrap_or(part))?;
        if !found.contains(&name) {
            found.push(name);
        }
    }
    Ok(found)
}

fn unquoted_split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for character in text.chars() {
        quoted ^= character == '"';
        match character {
            ',' | '\n' | '\r' if !quoted => parts.push(String::new()),
            _ => parts.last_mut().into_iter().for_each(|part| part.push(character)),
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// The parts of a dotted name; none where quotes do not close, or stand in the middle.
fn parts(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_part(quoted)?,
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                let bare = &rest[..end];
                if bare.is_empty() || bare.contains(['"', ' ', '\'', ';', '(', ')']) {
                    return None;
                }
                (bare.to_lowercase(), &rest[end..])
            }
        };
        parts.push(part);
        match after.strip_prefix('.') {
            Some(next) => rest = next,
            None if after.is_empty() => return Some(parts),
            None => return None,
        }
    }
}

fn quoted_part(text: &str) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut characters = text.char_indices();
    while let Some((place, character)) = characters.next() {
        let after = &text[place + character.len_utf8()..];
        match character {
            '"' if after.starts_with('"') => {
                characters.next();
                part.push('"');
            }
            '"' => return Some((part, after)),
            _ => part.push(character),
        }
    }
    None
}

impl TryFrom<String> for TableName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<TableName> for String {
    fn from(name: TableName) -> Self {
        name.to_string()
    }
}

impl std::fmt::Display for TableName {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}.{}", plain(self.schema.as_str()), plain(self.name.as_str()))
    }
}

/// A name with quotes only where it needs them to be read again.
fn plain(name: &str) -> String {
    let simple = name
        .chars()
        .enumerate()
        .all(|(place, it)| it.is_ascii_lowercase() || it == '_' || (place > 0 && (it.is_ascii_digit() || it == '$')));
    if simple { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// How far one step of a logical copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    Done,
    /// The next thing to do.
    Now,
    /// Waits for a step before it.
    Later,
}

/// One step on the way to a logical copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub progress: Progress,
    pub title: Words,
    /// What was seen just now.
    pub found: Words,
    /// Where the console does it; none where it is done by hand.
    pub href: Option<String>,
    /// What a person types in a shell, exactly.
    pub print: Option<String>,
}

/// Which copy the steps lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Way {
    pub publisher: String,
    pub publisher_database: String,
    pub subscriber: String,
    pub database: String,
    pub publication: String,
    pub name: String,
    /// The role at the publisher; empty: the console's own.
    pub user: String,
}

/// Names in one line, at most `most`, with the number of the others.
pub fn few(names: &[String], most: usize) -> String {
    let shown = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > most { format!("{shown} … (+{})", names.len() - most) } else { shown }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_table_is_read_as_the_server_would_read_it() {
        let read = |text: &str| TableName::parse(text).expect(text).to_string();
        assert_eq!(read("orders"), "public.orders");
        assert_eq!(read("Shop.Orders"), "shop.orders");
        assert_eq!(read(r#""Shop"."order lines""#), r#""Shop"."order lines""#);
        assert_eq!(read(r#""a.b"."c""d""#), r#""a.b"."c""d""#);
        for bad in ["", "a.b.c", "a.", ".a", "\"a", "a\"b", "a b", "a;drop", &"x".repeat(64)] {
            assert!(TableName::parse(bad).is_err(), "{bad:?} must be refused");
        }
    }

    #[test]
    fn a_list_is_parted_by_commas_and_lines_outside_of_quotes() {
        let list = TableName::parse_list("a, b\n\"x,y\".z,a").expect("a list");
        assert_eq!(list.iter().map(ToString::to_string).collect::<Vec<_>>(), ["public.a", "public.b", "\"x,y\".z"]);
        assert_eq!(parse_names("p1, \"P 2\"").expect("names")[1].as_str(), "P 2");
    }

    proptest! {
        #[test]
        fn a_name_that_is_written_is_read_again(schema in "[^\\p{Cc}‹›]{1,20}", name in "[^\\p{Cc}‹›]{1,20}") {
            if let Some(table) = TableName::of(&schema, &name) {
                prop_assert_eq!(TableName::parse(&table.to_string()), Ok(table));
            }
        }
    }
}
