//! What is seen of TTL indexes: as servers list them, and what is known of each.

use serde::{Deserialize, Serialize};

use super::preview::Counted;
use super::seconds::told;
use crate::text::Words;
use crate::words;

/// What an index says of expiry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expiry {
    /// It has none: a plain index, or a collection whose expiry is off.
    None,
    /// Seconds after the date; 0 at the date itself.
    After(i64),
    /// 2147483647: disarmed.
    Never,
    /// NaN, which older servers stored as it came; some read it as 0 and delete everything.
    NotANumber,
    /// Something that no server should have taken, as it stands.
    Odd(String),
}

impl Expiry {
    /// Whether documents are deleted because of it, and after how many seconds.
    pub fn seconds(&self) -> Option<i64> {
        match self {
            Self::After(seconds) => Some(*seconds),
            // Read as 0 by some servers, so what is in danger is counted for 0.
            Self::NotANumber => Some(0),
            _ => None,
        }
    }

    /// As a person reads it, with the exact number.
    pub fn told(&self) -> Words {
        match self {
            Self::None => words!("none", "없음"),
            Self::After(0) => words!("at the date in the field (0 s)", "필드의 날짜에(0초)"),
            Self::After(seconds) => told(*seconds),
            Self::Never => words!("never (disarmed: 2,147,483,647 s)", "삭제 안 함(해제됨: 2,147,483,647초)"),
            Self::NotANumber => Words::same("NaN"),
            Self::Odd(text) => Words::same(text.clone()),
        }
    }
}

/// What expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Documents, by an index.
    Index,
    /// Documents of a clustered collection, by the date in `_id`.
    Clustered,
    /// Whole buckets of a time-series collection, by their newest time.
    TimeSeries,
}

/// Why an index never deletes anything, although it has seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Idle {
    Hashed,
    Text,
    Wildcard,
    Compound,
    /// Another kind of key that holds no dates: 2d and the like.
    Other,
    Capped,
}

impl Idle {
    pub fn told(self) -> Words {
        match self {
            Self::Hashed => words!("a hashed index holds no dates", "해시 인덱스에는 날짜가 없습니다"),
            Self::Text => words!("a text index holds no dates", "텍스트 인덱스에는 날짜가 없습니다"),
            Self::Wildcard => words!("a wildcard index expires nothing", "와일드카드 인덱스는 만료시키지 않습니다"),
            Self::Compound => words!("an index on several fields expires nothing", "복합 인덱스는 만료시키지 않습니다"),
            Self::Other => words!("this kind of index holds no dates", "이 종류의 인덱스에는 날짜가 없습니다"),
            Self::Capped => words!(
                "a capped collection lets nothing expire before MongoDB 7.1",
                "MongoDB 7.1 이전의 capped 컬렉션은 만료시키지 않습니다"
            ),
        }
    }
}

/// A TTL index, or a collection with an expiry of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub namespace: String,
    /// The index; empty where the collection itself expires.
    pub name: String,
    pub kind: Kind,
    /// The field with the date.
    pub field: String,
    pub expiry: Expiry,
    /// `partialFilterExpression` as mongosh takes it.
    pub partial: Option<String>,
    pub hidden: bool,
    pub idle: Option<Idle>,
    /// What is due now; none where it was not counted.
    pub due: Option<Counted>,
    /// Whether the index holds a date at all; none where nobody looked, or where there are no documents.
    pub dates: Option<bool>,
}

/// All that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    pub rows: Vec<Row>,
    pub monitor: Monitor,
    /// Databases and collections that were looked at.
    pub databases: i64,
    pub collections: i64,
    /// What was not looked at, and why.
    pub left_out: Vec<Words>,
    /// Age of what is told, in milliseconds.
    pub age: i64,
}

/// The task of the server that deletes what has expired.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Monitor {
    /// A router knows nothing of it: the primary of each shard has its own.
    pub router: bool,
    /// It deletes on a primary only.
    pub secondary: bool,
    pub enabled: Option<bool>,
    /// Seconds from one pass to the next.
    pub sleep: Option<i64>,
    /// Since the server started.
    pub passes: Option<i64>,
    pub deleted: Option<i64>,
}

/// One index or collection, with all that decides what may be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub namespace: String,
    /// The index; empty where the collection itself is meant.
    pub name: String,
    /// Empty where there is no such collection.
    pub uuid: String,
    pub kind: Kind,
    pub capped: bool,
    /// The index as the server lists it, or the expiry of the collection, in canonical extended JSON; empty where there
    /// is none.
    pub spec: String,
    /// As mongosh takes it.
    pub key: String,
    pub field: String,
    pub expiry: Expiry,
    pub partial: Option<String>,
    pub hidden: bool,
    pub idle: Option<Idle>,
    /// Documents, as the servers keep count.
    pub documents: Option<i64>,
    /// Other indexes of the collection on one field that could be made TTL indexes: name and field.
    pub plain: Vec<(String, String)>,
}

impl Subject {
    /// Whether there is such an index, or a collection with an expiry of its own.
    pub fn exists(&self) -> bool {
        !self.uuid.is_empty() && !self.spec.is_empty()
    }
}
