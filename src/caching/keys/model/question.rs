//! What can be asked of the keys, as it stands in an address.

use serde::{Deserialize, Serialize};

use crate::caching::model::{Lifetime, unescaped};
use crate::error::AppError;
use crate::text::Words;
use crate::words;

/// Which keys, from where on, and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The bytes that the names begin with.
    pub prefix: Vec<u8>,
    pub kind: Option<Kind>,
    pub lives: Option<Lives>,
    pub sort: Sort,
    pub after: Place,
    /// Of what one look found, from 0.
    pub page: usize,
}

impl Question {
    /// Reads what an address holds.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn parse(prefix: &str, kind: &str, ttl: &str, sort: &str, after: &str, page: &str) -> Result<Self, AppError> {
        let unknown = |field: &str| {
            AppError::invalid(field, words!("This is none of the choices.", "선택할 수 있는 값이 아닙니다."))
        };
        let chosen = |field, text: &str, found: Option<()>| match found {
            None if !text.is_empty() => Err(unknown(field)),
            _ => Ok(()),
        };
        let (kind_of, lives, order) = (Kind::of(kind), Lives::of(ttl), Sort::of(sort));
        chosen("kind", kind, kind_of.map(|_| ()))?;
        chosen("ttl", ttl, lives.map(|_| ()))?;
        chosen("sort", sort, order.map(|_| ()))?;
        Ok(Self {
            prefix: prefix_of(prefix).map_err(|rule| AppError::invalid("prefix", rule))?,
            kind: kind_of,
            lives,
            sort: order.unwrap_or_default(),
            after: Place::parse(after).ok_or_else(|| unknown("after"))?,
            page: if page.is_empty() { 0 } else { page.parse().map_err(|_| unknown("page"))? },
        })
    }
}

fn prefix_of(text: &str) -> Result<Vec<u8>, Words> {
    match unescaped(text) {
        Some(bytes) if bytes.len() <= 512 => Ok(bytes),
        Some(_) => Err(words!("At most 512 bytes.", "최대 512바이트입니다.")),
        None => Err(words!(
            "Write a backslash as \\\\, and a byte as \\x and two digits: \\x0a.",
            "백슬래시는 \\\\로, 바이트는 \\x0a처럼 \\x와 두 자리로 쓰세요."
        )),
    }
}

/// Where a look begins: at which server, and at which of its own cursors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub node: usize,
    pub cursor: u64,
}

impl Place {
    /// Reads `1.4711`; nothing is the beginning.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let (node, cursor) = text.split_once('.')?;
        Some(Self { node: node.parse().ok()?, cursor: cursor.parse().ok()? })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}.{}", self.node, self.cursor)
    }
}

/// Types of values. Those of modules have other names and are not asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    String,
    Hash,
    List,
    Set,
    Zset,
    Stream,
}

impl Kind {
    pub const ALL: [Self; 6] = [Self::String, Self::Hash, Self::List, Self::Set, Self::Zset, Self::Stream];

    /// As the servers call it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Hash => "hash",
            Self::List => "list",
            Self::Set => "set",
            Self::Zset => "zset",
            Self::Stream => "stream",
        }
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }
}

/// Keys by the time that they have left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lives {
    ForEver,
    UnderAMinute,
    UnderAnHour,
    OverADay,
    OverAMonth,
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;

impl Lives {
    pub const ALL: [Self; 5] = [Self::ForEver, Self::UnderAMinute, Self::UnderAnHour, Self::OverADay, Self::OverAMonth];

    /// As it stands in an address.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ForEver => "none",
            Self::UnderAMinute => "minute",
            Self::UnderAnHour => "hour",
            Self::OverADay => "day",
            Self::OverAMonth => "month",
        }
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }

    /// Whether a key is one of these. A month has 30 days. What lives for ever is not “over a month”.
    pub const fn holds(self, lifetime: Lifetime) -> bool {
        match (self, lifetime) {
            (Self::ForEver, Lifetime::Never) => true,
            (Self::UnderAMinute, Lifetime::Left(millis)) => millis < MINUTE,
            (Self::UnderAnHour, Lifetime::Left(millis)) => millis < 60 * MINUTE,
            (Self::OverADay, Lifetime::Left(millis)) => millis > DAY,
            (Self::OverAMonth, Lifetime::Left(millis)) => millis > 30 * DAY,
            _ => false,
        }
    }
}

/// The order of keys in the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sort {
    #[default]
    Name,
    /// The next to die first.
    Ttl,
    /// The biggest first.
    Size,
    /// The least used first.
    Idle,
}

impl Sort {
    pub const ALL: [Self; 4] = [Self::Name, Self::Ttl, Self::Size, Self::Idle];

    /// As it stands in an address.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Ttl => "ttl",
            Self::Size => "size",
            Self::Idle => "idle",
        }
    }

    fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_what_is_no_choice_is_told_at_its_field() {
        let asked = Question::parse(":1:", "hash", "none", "ttl", "2.18446744073709551615", "3").expect("a question");
        assert_eq!(
            (asked.prefix.as_slice(), asked.kind, asked.lives),
            (&b":1:"[..], Some(Kind::Hash), Some(Lives::ForEver))
        );
        assert_eq!(asked.after, Place { node: 2, cursor: u64::MAX });
        assert_eq!(asked.after.to_string(), "2.18446744073709551615");
        for (field, parts) in [
            ("prefix", ["a\\b", "", "", "", "", ""]),
            ("kind", ["", "table", "", "", "", ""]),
            ("ttl", ["", "", "0", "", "", ""]),
            ("sort", ["", "", "", "x", "", ""]),
            ("after", ["", "", "", "", "1", ""]),
            ("page", ["", "", "", "", "", "-1"]),
        ] {
            let [prefix, kind, ttl, sort, after, page] = parts;
            let error = Question::parse(prefix, kind, ttl, sort, after, page).expect_err(field);
            assert_eq!(error.field.as_deref(), Some(field));
        }
    }

    #[test]
    fn keys_are_told_apart_by_the_time_left() {
        let of = |lifetime| Lives::ALL.into_iter().filter(|it| it.holds(lifetime)).map(Lives::word).collect::<Vec<_>>();
        assert_eq!(of(Lifetime::Never), ["none"]);
        assert_eq!(of(Lifetime::Left(59_999)), ["minute", "hour"]);
        assert_eq!(of(Lifetime::Left(60_000)), ["hour"]);
        assert_eq!(of(Lifetime::Left(DAY)), [""; 0]);
        assert_eq!(of(Lifetime::Left(31 * DAY)), ["day", "month"]);
    }
}
