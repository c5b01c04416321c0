//! Keys, times to live, and the changes that can be made to them.

mod key;
mod lifetime;
mod ttl;

use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::targets::model::TargetId;
use crate::text::{Words, url_text};
use crate::words;
pub use key::{Key, spelled, unescaped};
pub use lifetime::Lifetime;
pub use ttl::Ttl;

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
    /// Lets a key that exists expire after this time from now.
    SetTtl { target: TargetId, key: Key, ttl: Ttl },
    /// Takes a key's time to live away, so that it never expires.
    Persist { target: TargetId, key: Key },
    /// Runs a query at `source` and stores its rows as JSON: the textbook's `cache.set('mydata', data, 60)`.
    StoreQuery { target: TargetId, key: Key, ttl: Ttl, source: TargetId, query: QueryText },
}

impl Change {
    /// Reads what a form holds.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn from_form(
        target: TargetId,
        action: &str,
        key: &str,
        ttl: &str,
        source: &str,
        query: &str,
    ) -> Result<Self, AppError> {
        let key = Key::parse(key.trim()).map_err(|rule| AppError::invalid("key", rule))?;
        let ttl = || Ttl::parse(ttl).map_err(|rule| AppError::invalid("ttl", rule));
        match action {
            "set_ttl" => Ok(Self::SetTtl { target, key, ttl: ttl()? }),
            "persist_key" => Ok(Self::Persist { target, key }),
            "store_query" => {
                let query = QueryText::parse(query).map_err(|rule| AppError::invalid("query", rule))?;
                let source = TargetId::parse(source).map_err(|rule| AppError::invalid("source", rule))?;
                Ok(Self::StoreQuery { target, key, ttl: ttl()?, source, query })
            }
            _ => Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        }
    }

    /// The address of the page that shows the key.
    pub fn place(&self) -> String {
        let target = crate::change::Change::target(self);
        format!("/caching/keys?target={target}&key={}", url_text(self.key().as_str()))
    }

    /// The key that is written.
    pub fn key(&self) -> &Key {
        match self {
            Self::SetTtl { key, .. } | Self::Persist { key, .. } | Self::StoreQuery { key, .. } => key,
        }
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::SetTtl { .. } => "caching.set_ttl",
            Self::Persist { .. } => "caching.persist_key",
            Self::StoreQuery { .. } => "caching.store_query",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::SetTtl { target, .. } | Self::Persist { target, .. } | Self::StoreQuery { target, .. } => target,
        }
    }
}

/// A key as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyState {
    pub key: String,
    pub lifetime: Lifetime,
    /// `string`, `hash` …; `none` for a missing key.
    pub kind: String,
    /// Bytes of a string.
    pub bytes: Option<i64>,
    /// The first 4 KiB of a string, as text.
    pub value: Option<String>,
    /// Time for reading the value, in microseconds, as the console saw it.
    pub micros: u64,
    /// The query whose result was stored under the key by this console.
    pub query: Option<CachedQuery>,
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

/// A key in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedKey {
    pub key: String,
    pub lifetime: Lifetime,
    pub kind: String,
}

/// Some of the keys that begin with a prefix, in no order: the server has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyList {
    pub keys: Vec<ListedKey>,
    /// All keys of the database, expired ones that were not reclaimed yet among them.
    pub total: i64,
    /// Where the search goes on; none at its end. The server's cursor has 64 bits, more than a browser's number.
    pub cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ttl_is_read_with_its_unit() {
        let seconds = |text| Ttl::parse(text).map(Ttl::seconds).ok();
        assert_eq!(seconds("60"), Some(60));
        assert_eq!(seconds(" 10m "), Some(600));
        assert_eq!(seconds("2h"), Some(7_200));
        assert_eq!(seconds("7d"), Some(604_800));
    }

    #[test]
    fn what_would_delete_a_key_is_no_ttl() {
        for bad in ["0", "-1", "", "abc", "1.5", "NaN", "1e400", "9223372036854775807", "99999999999999999999", "3651d"]
        {
            assert!(Ttl::parse(bad).is_err(), "{bad:?} must be refused");
        }
    }

    #[test]
    fn only_a_reading_statement_is_a_query() {
        assert_eq!(QueryText::parse(" SELECT 1; ").expect("a query").as_str(), "SELECT 1");
        for bad in ["", ";", "DROP TABLE x", "UPDATE a SET b = 1", "BEGIN", "SELECT U&\"pg_sle\\0065p\"(1)"] {
            assert!(QueryText::parse(bad).is_err(), "{bad:?} must be refused");
        }
    }

    #[test]
    fn an_answer_of_pttl_is_told_apart() {
        assert_eq!(Lifetime::from_pttl(-2), Lifetime::Missing);
        assert_eq!(Lifetime::from_pttl(-1), Lifetime::Never);
        assert_eq!(Lifetime::from_pttl(0), Lifetime::Left(0));
    }

    #[test]
    fn a_change_with_a_ttl_of_zero_is_not_read() {
        assert!(serde_json::from_str::<Change>(r#"{"do":"set_ttl","target":"c","key":"k","ttl":0}"#).is_err());
    }
}
