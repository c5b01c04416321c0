//! What is allowed and what is missing.

use serde::{Deserialize, Serialize};

use crate::text::Words;
use crate::words;

/// What a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Purpose {
    Reading,
    Changing,
    Looking,
    Connecting,
}

impl Purpose {
    pub fn words(self) -> Words {
        match self {
            Self::Reading => words!("see keys and their TTL", "키와 TTL 보기"),
            Self::Changing => words!("change keys and their TTL", "키와 TTL 변경"),
            Self::Looking => words!("look at the server", "서버 상태 보기"),
            Self::Connecting => words!("connect", "연결"),
        }
    }

    /// Whether a key of the prefix is an argument.
    pub const fn takes_key(self) -> bool {
        matches!(self, Self::Reading | Self::Changing)
    }
}

/// One command that the console sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// As access lists name it: `get`, `config|get`.
    pub command: String,
    pub purpose: Purpose,
    /// None where the server could not be asked.
    pub allowed: Option<bool>,
    /// The line for redis-cli that gives it; empty where nothing is missing.
    pub line: String,
}

/// What the console's user may do, and what it should.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// `Redis 7.0`; without a number where the server does not tell.
    pub server: String,
    pub replica: bool,
    /// None where the server does not tell.
    pub user: Option<String>,
    /// Why it is not known what is allowed; empty where it is.
    pub unknown: Words,
    pub rows: Vec<Row>,
    /// The lines for redis-cli that make such a user; empty for a server without access lists.
    pub template: String,
    /// The same for a user that only reads; empty where the server cannot tell reading from changing.
    pub reading: String,
}

impl Access {
    pub fn missing(&self) -> usize {
        self.rows.iter().filter(|row| row.allowed == Some(false)).count()
    }

    /// Whether the user sees keys and changes none.
    pub fn only_reads(&self) -> bool {
        let all = |purpose, allowed| {
            let mut rows = self.rows.iter().filter(|row| row.purpose == purpose).peekable();
            rows.peek().is_some() && rows.all(|row| row.allowed == Some(allowed))
        };
        all(Purpose::Reading, true) && all(Purpose::Changing, false)
    }
}

/// The prefix of the keys that the user may reach: any text on one line without spaces, which no pattern of an access
/// list can hold.
///
/// # Errors
/// The rule.
pub fn parse_prefix(text: &str) -> Result<String, Words> {
    let fits = text.len() <= 200 && !text.chars().any(|it| it.is_whitespace() || it.is_control());
    fits.then(|| text.to_owned()).ok_or_else(|| {
        words!(
            "At most 200 characters without spaces: an access list cannot hold them.",
            "공백 없이 최대 200자입니다. 접근 목록에는 공백을 넣을 수 없습니다.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(reading: bool, changing: bool) -> Access {
        let row = |purpose, allowed| Row { command: "x".into(), purpose, allowed: Some(allowed), line: String::new() };
        Access {
            server: "Redis 7.0".into(),
            replica: false,
            user: None,
            unknown: Words::default(),
            rows: vec![row(Purpose::Reading, reading), row(Purpose::Changing, changing)],
            template: String::new(),
            reading: String::new(),
        }
    }

    #[test]
    fn a_user_that_sees_and_changes_nothing_only_reads() {
        assert!(access(true, false).only_reads());
        assert!(!access(true, true).only_reads() && !access(false, false).only_reads());
        assert_eq!(access(false, false).missing(), 2);
    }

    #[test]
    fn a_prefix_has_no_spaces() {
        assert!(parse_prefix("").is_ok() && parse_prefix(":1:세션").is_ok());
        for bad in ["a b", "a\n", "a\u{3000}b", &"x".repeat(201)] {
            assert!(parse_prefix(bad).is_err(), "{bad:?}");
        }
    }
}
