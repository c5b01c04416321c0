//! A cached query as it is written down: what is asked, where the answer goes, and how long it lives there.

use serde::{Deserialize, Serialize};

use super::reading::Reading;
use crate::caching::model::{Key, Ttl};
use crate::targets::model::TargetId;
use crate::text::Words;
use crate::words;

/// The name of a cached query: 1 to 40 lower-case letters, digits, dashes and underscores.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QueryName(String);

impl QueryName {
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        if (1..=40).contains(&text.len()) && text.bytes().all(letter) {
            return Ok(Self(text.to_owned()));
        }
        Err(words!(
            "1 to 40 lower-case letters, digits, dashes and underscores.",
            "영문 소문자, 숫자, 대시(-), 밑줄(_) 1~40자입니다.",
        ))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for QueryName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<QueryName> for String {
    fn from(name: QueryName) -> Self {
        name.0
    }
}

impl std::fmt::Display for QueryName {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// How long an answer may be served beyond its time to live while a newer one is fetched: none, or up to 10 years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Grace(i64);

impl Grace {
    /// Reads `0`, or what a time to live is read from.
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        if text.trim() == "0" { Ok(Self(0)) } else { Ttl::parse(text).map(|time| Self(time.seconds())) }
    }

    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// As long as the answer lives: what a query with a name has where nothing else is said.
    pub const fn like(ttl: Ttl) -> Self {
        Self(ttl.seconds())
    }

    fn is_none(&self) -> bool {
        self.0 == 0
    }
}

impl TryFrom<i64> for Grace {
    type Error = &'static str;

    fn try_from(seconds: i64) -> Result<Self, Self::Error> {
        if (0..=Ttl::MAX_SECONDS).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err("no grace is longer than 10 years")
        }
    }
}

impl From<Grace> for i64 {
    fn from(grace: Grace) -> Self {
        grace.0
    }
}

/// By how many percent of its time to live an answer may live shorter or longer, so that keys that were set together
/// do not die together: 0 to 50.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Jitter(u8);

impl Jitter {
    /// What a query with a name has where nothing else is said.
    pub const USUAL: Self = Self(10);

    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let percent = text.trim().trim_end_matches('%').trim_end().parse::<u8>().ok();
        percent
            .and_then(|percent| Self::try_from(percent).ok())
            .ok_or_else(|| words!("A whole number from 0 to 50.", "0~50의 정수입니다."))
    }

    pub const fn percent(self) -> u8 {
        self.0
    }

    fn is_none(&self) -> bool {
        self.0 == 0
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

/// The form in which rows are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// That of the keys beside it.
    #[default]
    Found,
    Json,
    /// A pickle of plain data, as Django's cache reads it.
    Pickle,
}

impl Wanted {
    /// Reads the value of a form's field; none is the form that is found.
    ///
    /// # Errors
    /// When it is none of them.
    pub fn parse(text: &str) -> Result<Self, Words> {
        match text {
            "" | "found" => Ok(Self::Found),
            "json" => Ok(Self::Json),
            "pickle" => Ok(Self::Pickle),
            _ => Err(words!("Choose one of the formats.", "형식을 하나 선택하세요.")),
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Json => "json",
            Self::Pickle => "pickle",
        }
    }

    fn is_found(&self) -> bool {
        *self == Self::Found
    }
}

/// A cached query. What is empty in an old record was not known then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The cache.
    pub target: TargetId,
    pub key: Key,
    pub ttl: Ttl,
    /// The database.
    pub source: TargetId,
    pub query: Reading,
    /// Under which the console keeps it fresh; without one it is stored once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<QueryName>,
    #[serde(default, skip_serializing_if = "Grace::is_none")]
    pub grace: Grace,
    #[serde(default, skip_serializing_if = "Jitter::is_none")]
    pub jitter: Jitter,
    #[serde(default, skip_serializing_if = "Wanted::is_found")]
    pub format: Wanted,
}

impl Recipe {
    /// For how long an answer counts as fresh, in milliseconds: the time to live, moved by the key's own share of the
    /// jitter. The share follows from the key, so every console comes to the same time, a plan stays as it was shown,
    /// and the age of an answer can be told from the time it has left; keys that are set together still die apart.
    pub fn fresh_millis(&self) -> i64 {
        let whole = self.ttl.seconds() * 1_000;
        let widest = whole / 100 * i64::from(self.jitter.percent());
        let share = i64::from(share(self.key.bytes()));
        (whole + widest * share / 1_000).max(1)
    }

    /// For how long an answer stays in the cache, in milliseconds.
    pub fn kept_millis(&self) -> i64 {
        self.fresh_millis() + self.grace.seconds() * 1_000
    }
}

/// From -1000 to 1000, evenly spread over keys (FNV-1a, 64 bits).
fn share(key: &[u8]) -> i16 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in key {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // The low bits of such a hash follow the last bytes too closely; the high ones are well mixed.
    i16::try_from((hash >> 32) % 2_001).unwrap_or_default() - 1_000
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn recipe(key: &str, ttl: &str, jitter: &str) -> Recipe {
        let id = |text: &str| TargetId::parse(text).expect("a name");
        Recipe {
            target: id("cache"),
            key: Key::parse(key).expect("a key"),
            ttl: Ttl::parse(ttl).expect("a TTL"),
            source: id("pg"),
            query: serde_json::from_str(r#""SELECT 1""#).expect("a query"),
            name: None,
            grace: Grace::parse("30").expect("a grace"),
            jitter: Jitter::parse(jitter).expect("a jitter"),
            format: Wanted::Found,
        }
    }

    proptest! {
        #[test]
        fn jitter_stays_within_its_percent(key in "[a-z:]{1,20}", ttl in 1_i64..100_000, jitter in 0_u8..=50) {
            let recipe = recipe(&key, &ttl.to_string(), &jitter.to_string());
            let (fresh, whole) = (recipe.fresh_millis(), ttl * 1_000);
            prop_assert!((fresh - whole).abs() <= whole / 100 * i64::from(jitter));
            prop_assert_eq!(recipe.kept_millis(), fresh + 30_000);
        }
    }

    #[test]
    fn keys_that_are_set_together_die_apart() {
        let times: Vec<i64> = (0..1_000).map(|n| recipe(&format!("page:{n}"), "100", "10").fresh_millis()).collect();
        let in_second = |second: i64| times.iter().filter(|time| **time / 1_000 == second).count();
        let most = (90..=110).map(in_second).max();
        assert!(most.is_some_and(|most| most < 100), "of 1,000 keys {most:?} die in one of 20 seconds");
        assert_eq!(recipe("mydata", "60", "0").fresh_millis(), 60_000);
    }

    #[test]
    fn what_is_no_time_percent_or_name_is_refused() {
        for bad in ["", "-1", "abc", "1.5", "3651d"] {
            assert!(Grace::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Grace::parse("0").map(Grace::seconds).ok(), Some(0));
        for bad in ["", "-1", "51", "1.5", "NaN"] {
            assert!(Jitter::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Jitter::parse("10 %").map(Jitter::percent).ok(), Some(10));
        for bad in ["", "Top", "a b", "a/b", &"a".repeat(41)] {
            assert!(QueryName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_record_of_the_first_version_is_read() {
        let old = r#"{"target":"cache","key":"mydata","ttl":60,"source":"pg","query":"SELECT 1"}"#;
        let read: Recipe = serde_json::from_str(old).expect("a recipe");
        assert_eq!((read.kept_millis(), read.name.as_ref(), read.jitter.percent()), (60_000, None, 0));
        assert_eq!(serde_json::to_string(&read).expect("JSON"), old);
        let zero = old.replace(":60", ":0");
        assert!(serde_json::from_str::<Recipe>(&zero).is_err());
    }
}
