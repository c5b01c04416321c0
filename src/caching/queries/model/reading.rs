//! What is read at the source: one SQL query, or one find.

use serde::{Deserialize, Serialize};

use crate::targets::model::{Namespace, TargetKind, quoted};
use crate::text::Words;
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
        if !["select", "with", "values"].iter().any(|word| start.starts_with(word)) {
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

/// One `find`. The documents are as they were typed, as mongosh takes them; the engine reads them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Find {
    pub namespace: Namespace,
    pub filter: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub projection: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sort: String,
    /// Documents at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// What is read at the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Reading {
    Sql(QueryText),
    Find(Find),
}

impl Reading {
    /// What it can be asked of.
    pub const fn kind(&self) -> TargetKind {
        match self {
            Self::Sql(_) => TargetKind::Postgresql,
            Self::Find(_) => TargetKind::Mongodb,
        }
    }

    /// As a person types it.
    pub fn typed(&self) -> String {
        match self {
            Self::Sql(text) => text.as_str().to_owned(),
            Self::Find(find) => find.typed(),
        }
    }
}

impl Find {
    /// The line for mongosh.
    pub fn typed(&self) -> String {
        let Self { namespace, filter, projection, sort, limit } = self;
        let (database, collection) = (quoted(namespace.database()), quoted(namespace.collection()));
        let filter = if filter.is_empty() { "{}" } else { filter.as_str() };
        let mut line = format!("db.getSiblingDB({database}).getCollection({collection}).find({filter}");
        if !projection.is_empty() {
            line.push_str(&format!(", {projection}"));
        }
        line.push(')');
        if !sort.is_empty() {
            line.push_str(&format!(".sort({sort})"));
        }
        if let Some(limit) = limit {
            line.push_str(&format!(".limit({limit})"));
        }
        line
    }
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

    #[test]
    fn a_query_is_written_as_its_text_and_a_find_as_its_parts() {
        let sql: Reading = serde_json::from_str(r#""SELECT 1""#).expect("a query");
        assert_eq!(serde_json::to_string(&sql).expect("JSON"), r#""SELECT 1""#);
        let find: Reading = serde_json::from_str(r#"{"namespace":"a.b","filter":"{}","limit":3}"#).expect("a find");
        assert_eq!(find.typed(), r#"db.getSiblingDB("a").getCollection("b").find({}).limit(3)"#);
        assert!(serde_json::from_str::<Reading>(r#"{"namespace":"a.b","filter":"{}","update":1}"#).is_err());
        assert!(serde_json::from_str::<Reading>(r#""DELETE FROM a""#).is_err());
    }
}
