//! Cache tables and their entries.

mod change;
mod findings;

use serde::{Deserialize, Serialize};

use crate::caching::format::{Looked, name::Family};
use crate::finding::Finding;
use crate::text::Words;
use crate::words;
pub use change::{Change, Form, is_moment};
pub use findings::findings;

/// A schema and a table in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TableName {
    pub schema: String,
    pub name: String,
}

impl TableName {
    /// Reads `schema.name`. The first dot separates, and a schema with a dot in its name is not handled.
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        match text.split_once('.') {
            Some((schema, name)) if is_name(schema) && is_name(name) => {
                Ok(Self { schema: schema.to_owned(), name: name.to_owned() })
            }
            _ => Err(words!("Name a table as schema.name.", "테이블을 schema.name 형식으로 입력하세요.")),
        }
    }
}

fn is_name(text: &str) -> bool {
    (1..=63).contains(&text.len()) && !text.chars().any(char::is_control)
}

impl TryFrom<String> for TableName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<TableName> for String {
    fn from(table: TableName) -> Self {
        table.to_string()
    }
}

impl std::fmt::Display for TableName {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}.{}", self.schema, self.name)
    }
}

/// The cache tables of a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tables {
    pub database: String,
    pub standby: bool,
    pub tables: Vec<Table>,
}

/// A table that is exactly as `createcachetable` makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub name: TableName,
    /// The planner's estimate; none before the table was first analysed.
    pub rows: Option<i64>,
    /// With its indexes.
    pub bytes: i64,
    /// Whether an index begins with `expires`.
    pub indexed: bool,
    pub may_read: bool,
    pub may_update: bool,
    pub may_delete: bool,
}

/// A number that is counted up to a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub count: i64,
    /// There are more than were counted.
    pub more: bool,
}

/// The cost of what Django asks on every set, add and touch: how many rows there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cost {
    /// All rows, and the time that counting them took, in microseconds, as the console saw it.
    Known { rows: i64, micros: u64 },
    /// It took longer than this, in milliseconds, and was ended.
    LongerThan(u64),
}

/// What is known of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    pub table: Table,
    pub standby: bool,
    pub cost: Cost,
    /// Rows that have expired; Django deletes them when their key is read, or when there are too many rows. None where
    /// the table has no index to count them by.
    pub expired: Option<Counted>,
    /// How long ago the first of the rows expired, in milliseconds; none where nothing has.
    pub oldest_millis: Option<i64>,
    /// How many rows die within each span, counted by the index; empty where there is none.
    pub deaths: Vec<(Span, Counted)>,
}

impl Facts {
    /// Rows: counted, or the planner's estimate.
    pub fn rows(&self) -> Option<i64> {
        match self.cost {
            Cost::Known { rows, .. } => Some(rows),
            Cost::LongerThan(_) => self.table.rows,
        }
    }
}

/// When a row dies, counted from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Span {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Later,
    Never,
}

impl Span {
    pub const ALL: [Self; 7] = [Self::Minute, Self::Hour, Self::Day, Self::Week, Self::Month, Self::Later, Self::Never];

    pub fn words(self) -> Words {
        match self {
            Self::Minute => words!("within a minute", "1분 이내"),
            Self::Hour => words!("within an hour", "1시간 이내"),
            Self::Day => words!("within a day", "1일 이내"),
            Self::Week => words!("within a week", "7일 이내"),
            Self::Month => words!("within 30 days", "30일 이내"),
            Self::Later => words!("later", "그 이후"),
            Self::Never => words!("never", "만료 없음"),
        }
    }
}

/// A row without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub key: String,
    /// Bytes of its value as it is stored.
    pub bytes: i64,
    pub expires: Expires,
    pub family: Option<Family>,
}

/// When a row expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expires {
    /// In so many milliseconds; it has expired where they are not positive.
    In(i64),
    /// In the year 9999, as Django writes it.
    Never,
    /// `infinity`, on which Django fails.
    Infinite,
}

/// A table as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub facts: Facts,
    pub findings: Vec<Finding>,
    /// Some rows, by key.
    pub rows: Vec<Row>,
    /// The key after which the next page begins; none on the last.
    pub next: Option<String>,
}

/// One row with its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub row: Row,
    pub looked: Looked,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_named_with_its_schema() {
        let table = TableName::parse("public.django_cache").expect("a table");
        assert_eq!((table.schema.as_str(), table.name.as_str()), ("public", "django_cache"));
        assert_eq!(TableName::parse(&table.to_string()), Ok(table));
        for bad in ["", "django_cache", ".x", "x.", "a.b\n"] {
            assert!(TableName::parse(bad).is_err(), "{bad:?}");
        }
    }
}
