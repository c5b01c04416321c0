//! What a job does to the keys that match.

use serde::{Deserialize, Serialize};

use super::pattern::Pattern;
use crate::caching::model::Ttl;
use crate::text::Words;
use crate::words;

/// A job over all keys that match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    pub pattern: Pattern,
    pub aim: Aim,
    pub only: Only,
    pub jitter: Jitter,
    /// None: as fast as the server answers.
    pub rate: Option<Rate>,
}

/// What the keys get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aim {
    Ttl(Ttl),
    /// No time to live any more.
    Persist,
}

/// Which of the keys that match are changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Only {
    /// Those that have a time to live (XX).
    #[default]
    Expiring,
    /// Those that have none (NX).
    Lasting,
    /// Those that would live longer by it (GT). A key without a time to live lives longest, and stays so.
    Lengthen,
    /// Those that would live shorter by it (LT). A key without a time to live is one of them.
    Shorten,
    All,
}

impl Only {
    pub const ALL: [Self; 5] = [Self::Expiring, Self::Lasting, Self::Lengthen, Self::Shorten, Self::All];

    /// Its name in an address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Expiring => "expiring",
            Self::Lasting => "lasting",
            Self::Lengthen => "lengthen",
            Self::Shorten => "shorten",
            Self::All => "all",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        if name.is_empty() { Some(Self::default()) } else { Self::ALL.into_iter().find(|it| it.name() == name) }
    }

    /// The word that the server knows it by; none for all keys.
    pub const fn option(self) -> Option<&'static str> {
        match self {
            Self::Expiring => Some("XX"),
            Self::Lasting => Some("NX"),
            Self::Lengthen => Some("GT"),
            Self::Shorten => Some("LT"),
            Self::All => None,
        }
    }

    /// Which keys these are.
    pub fn words(self) -> Words {
        match self {
            Self::Expiring => words!("only keys that already expire (XX)", "이미 만료 시간이 있는 키만(XX)"),
            Self::Lasting => words!("only keys without a TTL (NX)", "TTL이 없는 키만(NX)"),
            Self::Lengthen => {
                words!("only keys that would live longer by it (GT)", "이 TTL로 더 오래 남게 되는 키만(GT)")
            }
            Self::Shorten => words!(
                "only keys that would live shorter by it, those without a TTL too (LT)",
                "이 TTL로 더 빨리 만료되는 키만, TTL 없는 키 포함(LT)"
            ),
            Self::All => words!("all keys that match", "일치하는 모든 키"),
        }
    }

    /// Whether a key that dies at `former` (milliseconds since 1970; -1: never) may be made to die at `set`.
    pub const fn admits(self, former: i64, set: i64) -> bool {
        match self {
            Self::Expiring => former >= 0,
            Self::Lasting => former < 0,
            Self::Lengthen => former >= 0 && set > former,
            Self::Shorten => former < 0 || set < former,
            Self::All => true,
        }
    }
}

/// By how much the time to live of each key may differ from the one that was asked for: 0 to 50 percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Jitter(u8);

impl Jitter {
    pub const DEFAULT: Self = Self(10);

    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let number = text.trim().trim_end_matches('%').trim_end();
        if number.is_empty() {
            return Ok(Self::DEFAULT);
        }
        let read = number.parse().ok().and_then(|it: u8| Self::try_from(it).ok());
        read.ok_or_else(|| words!("A whole number from 0 to 50.", "0부터 50까지의 정수입니다."))
    }

    pub const fn percent(self) -> u8 {
        self.0
    }

    /// The time between the first and the last death of keys that get this at one moment, in milliseconds.
    pub const fn spread_millis(self, ttl: Ttl) -> i64 {
        ttl.seconds() * 20 * self.0 as i64
    }
}

impl TryFrom<u8> for Jitter {
    type Error = &'static str;

    fn try_from(percent: u8) -> Result<Self, Self::Error> {
        if percent <= 50 { Ok(Self(percent)) } else { Err("a jitter is 0 to 50 percent") }
    }
}

impl From<Jitter> for u8 {
    fn from(jitter: Jitter) -> Self {
        jitter.0
    }
}

/// Keys per second at most: 10 to 1,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Rate(u32);

impl Rate {
    /// Reads a number; nothing means as fast as possible.
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Option<Self>, Words> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let read = text.parse().ok().and_then(|it: u32| Self::try_from(it).ok());
        read.map(Some).ok_or_else(|| {
            words!("A whole number from 10 to 1000000, or nothing.", "10부터 1000000까지의 정수이거나 빈칸입니다.")
        })
    }

    pub const fn per_second(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Rate {
    type Error = &'static str;

    fn try_from(rate: u32) -> Result<Self, Self::Error> {
        if (10..=1_000_000).contains(&rate) { Ok(Self(rate)) } else { Err("a rate is 10 to 1,000,000 keys per second") }
    }
}

impl From<Rate> for u32 {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_without_a_time_to_live_lives_longest() {
        assert!(!Only::Lengthen.admits(-1, 9));
        assert!(Only::Shorten.admits(-1, 9));
        assert!(Only::Lasting.admits(-1, 9) && !Only::Expiring.admits(-1, 9));
        assert!(Only::Expiring.admits(5, 9) && !Only::Lasting.admits(5, 9));
        assert!(Only::Lengthen.admits(5, 9) && !Only::Lengthen.admits(9, 9));
        assert!(Only::Shorten.admits(10, 9) && !Only::Shorten.admits(9, 9));
    }

    #[test]
    fn jitter_and_rate_have_limits() {
        assert_eq!(Jitter::parse("").map(Jitter::percent), Ok(10));
        assert_eq!(Jitter::parse(" 5 % ").map(Jitter::percent), Ok(5));
        for bad in ["51", "-1", "a", "1.5", "300"] {
            assert!(Jitter::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Rate::parse(""), Ok(None));
        for bad in ["9", "0", "1000001", "x", "-5"] {
            assert!(Rate::parse(bad).is_err(), "{bad}");
        }
    }
}
