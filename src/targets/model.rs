//! What a target is: a database server or cluster that was entered by an admin.

use serde::{Deserialize, Serialize};

use crate::text::Words;
use crate::words;

/// The name of a target in addresses and records: 1 to 40 lower-case letters, digits and dashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TargetId(String);

impl TargetId {
    pub fn parse(text: &str) -> Result<Self, Words> {
        let fits = (1..=40).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(words!(
                "A target's name has 1 to 40 lower-case letters, digits and dashes.",
                "대상 이름은 영문 소문자, 숫자, 대시(-) 1~40자입니다.",
            ))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TargetId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<TargetId> for String {
    fn from(id: TargetId) -> Self {
        id.0
    }
}

impl std::fmt::Display for TargetId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// What kind of database a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetKind {
    Mongodb,
    Postgresql,
    Redis,
}

impl TargetKind {
    /// The name of the product, the same in both languages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mongodb => "MongoDB",
            Self::Postgresql => "PostgreSQL",
            Self::Redis => "Redis",
        }
    }

    /// The page on which such a target is administered.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Mongodb => "/sharding",
            Self::Postgresql => "/replication",
            Self::Redis => "/caching",
        }
    }
}

/// What the browser may know of a target. Never a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub id: TargetId,
    pub kind: TargetKind,
    pub name: String,
    pub host: String,
    pub port: u16,
}

/// A target with what it said when it was last asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetState {
    pub target: Target,
    /// The server's version and role, or why it is not known.
    pub answer: Result<Words, crate::error::AppError>,
    /// How long the answer took, in milliseconds.
    pub millis: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_id_holds_only_what_is_safe_in_an_address() {
        assert!(TargetId::parse("pg-main").is_ok());
        for bad in ["", "PG", "a/b", "a b", "é", "../x", &"a".repeat(41)] {
            assert!(TargetId::parse(bad).is_err(), "{bad:?} must be refused");
        }
    }
}
