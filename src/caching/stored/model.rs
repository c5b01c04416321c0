//! A query whose result is stored under a key.

use serde::{Deserialize, Serialize};

use crate::caching::model::{Key, Ttl};
use crate::error::AppError;
use crate::targets::model::TargetId;
use crate::text::{Words, url_text};
use crate::words;

/// The text of one read-only query, without its closing semicolon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QueryText(String);

impl QueryText {
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let text = text.trim().trim_end_matches(';').trim_end();
        let start: String = text.chars().take(6).collect::<String>().to_ascii_lowercase();
        if text.is_empty() {
            return Err(words!("Write the query whose result is to be cached.", "결과를 캐시할 쿼리를 입력하세요."));
        }
        if text.len() > 20_000 || text.contains('\0') {
            return Err(words!("At most 20,000 characters of text.", "최대 20,000자입니다."));
        }
        if text.to_ascii_lowercase().contains("u&\"") {
            return Err(words!(
                "Names with Unicode escapes (U&) are not allowed here.",
                "유니코드 이스케이프(U&) 이름은 쓸 수 없습니다."
            ));
        }
        if !(start.starts_with("select") || start.starts_with("with") || start.starts_with("values")) {
            return Err(words!(
                "Only SELECT, WITH and VALUES can be cached.",
                "SELECT, WITH, VALUES만 캐시할 수 있습니다."
            ));
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for QueryText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<QueryText> for String {
    fn from(text: QueryText) -> Self {
        text.0
    }
}

/// A write to a cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Runs a query at `source` and stores its rows as JSON: the textbook's `cache.set('mydata', data, 60)`.
    StoreQuery { target: TargetId, key: Key, ttl: Ttl, source: TargetId, query: QueryText },
}

impl Change {
    /// Reads what a form holds.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn from_form(target: TargetId, key: &str, ttl: &str, source: &str, query: &str) -> Result<Self, AppError> {
        let key = Key::parse(key.trim()).map_err(|rule| AppError::invalid("key", rule))?;
        let ttl = Ttl::parse(ttl).map_err(|rule| AppError::invalid("ttl", rule))?;
        let query = QueryText::parse(query).map_err(|rule| AppError::invalid("query", rule))?;
        let source = TargetId::parse(source).map_err(|rule| AppError::invalid("source", rule))?;
        Ok(Self::StoreQuery { target, key, ttl, source, query })
    }

    /// The address of the page that shows the key.
    pub fn place(&self) -> String {
        let Self::StoreQuery { target, key, .. } = self;
        format!("/caching/key?target={target}&key={}", url_text(key.as_str()))
    }

    /// The key that is written.
    pub fn key(&self) -> &Key {
        let Self::StoreQuery { key, .. } = self;
        key
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        "caching.store_query"
    }

    fn target(&self) -> &TargetId {
        let Self::StoreQuery { target, .. } = self;
        target
    }
}

/// A query whose result this console stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedQuery {
    pub source: String,
    pub query: String,
    /// Seconds.
    pub ttl: i64,
    /// Time that the database took when the result was stored, in microseconds, as the console saw it.
    pub micros: u64,
    /// When that was, in milliseconds since 1970 (UTC).
    pub at: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_reading_statement_is_a_query() {
        assert_eq!(QueryText::parse(" SELECT 1; ").expect("a query").as_str(), "SELECT 1");
        for bad in ["", ";", "DROP TABLE x", "UPDATE a SET b = 1", "BEGIN", "SELECT U&\"pg_sle\\0065p\"(1)"] {
            assert!(QueryText::parse(bad).is_err(), "{bad:?} must be refused");
        }
    }
}
