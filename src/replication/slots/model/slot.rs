//! A slot: its name, its place in the WAL, and what is seen of it.

use serde::{Deserialize, Serialize};

use crate::text::Words;
use crate::words;

/// The name of a replication slot: 1 to 63 lower-case letters, digits and underscores.
///
/// The server truncates a longer name silently when it comes as a literal, so the length is checked here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SlotName(String);

impl SlotName {
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        if text.is_empty() {
            return Err(words!("Give the slot a name.", "슬롯 이름을 입력하세요."));
        }
        if text.len() > 63 {
            return Err(words!("At most 63 characters.", "최대 63자입니다."));
        }
        let wrong = text.chars().find(|it| !(it.is_ascii_lowercase() || it.is_ascii_digit() || *it == '_'));
        match wrong {
            None => Ok(Self(text.to_owned())),
            Some(wrong) => Err(words!(
                "“{wrong}” is not allowed: only lower-case letters a–z, digits and underscores.",
                "“{wrong}”은(는) 쓸 수 없습니다: 영문 소문자, 숫자, 밑줄(_)만 가능합니다.",
            )),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SlotName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<SlotName> for String {
    fn from(name: SlotName) -> Self {
        name.0
    }
}

impl std::fmt::Display for SlotName {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// A position in the WAL as PostgreSQL writes it: `16/B374D848`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Lsn(String);

impl Lsn {
    /// # Errors
    /// When the text is not two hexadecimal numbers of at most eight digits with a slash between.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let half = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        match text.split_once('/') {
            Some((high, low)) if half(high) && half(low) => Ok(Self(text.to_owned())),
            _ => Err(words!("This is not a WAL position.", "WAL 위치가 아닙니다.")),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Lsn {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|rule| rule.en)
    }
}

impl From<Lsn> for String {
    fn from(lsn: Lsn) -> Self {
        lsn.0
    }
}

/// A slot as the server shows it. Bytes are bytes of WAL, times are milliseconds since 1970 (UTC).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    pub name: String,
    /// `physical` or `logical`.
    pub kind: String,
    /// Output plugin and database of a logical slot.
    pub plugin: Option<String>,
    pub database: Option<String>,
    pub temporary: bool,
    pub active: bool,
    /// Who uses it: application name and address, as far as the console's role may see.
    pub user: Option<String>,
    /// Who uses it, in parts; none when nobody does, or when who did has just gone.
    pub consumer: Option<Consumer>,
    /// `reserved`, `extended`, `unreserved`, `lost`; none while the slot holds no WAL.
    pub wal_status: Option<String>,
    pub restart_lsn: Option<String>,
    /// Up to where the consumer of a logical slot has confirmed.
    pub confirmed_flush_lsn: Option<String>,
    /// Bytes of WAL that the server keeps for this slot; none when it keeps none, or when the slot is lost.
    pub held_bytes: Option<i64>,
    /// Bytes from what the consumer has confirmed to the end of the WAL; logical slots only.
    pub unconfirmed_bytes: Option<i64>,
    /// Bytes that can still be written before the slot may be lost; none where there is no limit.
    pub safe_bytes: Option<i64>,
    /// Transactions since the oldest one that the slot keeps VACUUM from cleaning up after.
    pub xmin_age: Option<i64>,
    /// The same for the catalogs.
    pub catalog_xmin_age: Option<i64>,
    /// 14 and later.
    pub two_phase: Option<bool>,
    /// 16 and later: a conflict with recovery has invalidated it.
    pub conflicting: Option<bool>,
    /// 17 and later.
    pub inactive_since: Option<i64>,
    pub invalidation_reason: Option<String>,
    pub failover: Option<bool>,
    pub synced: Option<bool>,
}

/// A connection that uses a slot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consumer {
    pub pid: i32,
    pub application: String,
    /// Empty for a local socket.
    pub address: String,
    /// `walsender`, `client backend`, …
    pub backend: String,
    /// When it connected.
    pub since: Option<i64>,
    /// The server shows no more than pid and application to our role.
    pub hidden: bool,
}

impl Slot {
    pub fn is_logical(&self) -> bool {
        self.kind == "logical"
    }

    pub fn is_lost(&self) -> bool {
        self.wal_status.as_deref() == Some("lost")
    }

    /// The greater of both ages.
    pub fn oldest_xmin(&self) -> Option<i64> {
        self.xmin_age.max(self.catalog_xmin_age)
    }

    /// The number of the subscription whose table this slot copies, as the subscriber knows it. Such a slot goes by
    /// itself when the copy is done; the server gives it the name `pg_SUBSCRIPTION_sync_TABLE_SYSTEM`.
    pub fn table_copy_of(&self) -> Option<&str> {
        let (subscription, rest) = self.name.strip_prefix("pg_")?.split_once("_sync_")?;
        let (table, system) = rest.split_once('_')?;
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        (is_number(subscription) && is_number(table) && is_number(system)).then_some(subscription)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_name_is_what_the_server_accepts() {
        assert!(SlotName::parse("myslot").is_ok());
        assert!(SlotName::parse(&"a".repeat(63)).is_ok());
        for bad in ["", "MySlot", "my-slot", "슬롯", "a b", "a'b", "a;--", &"a".repeat(64)] {
            assert!(SlotName::parse(bad).is_err(), "{bad:?} must be refused");
        }
    }

    #[test]
    fn a_wal_position_is_two_hexadecimal_numbers() {
        assert!(Lsn::parse("16/B374D848").is_ok());
        for bad in ["", "/", "1/", "g/1", "1/2/3", "123456789/0", "0/0'"] {
            assert!(Lsn::parse(bad).is_err(), "{bad:?} must be refused");
        }
    }

    #[test]
    fn a_table_copy_is_known_by_its_name() {
        let named = |name: &str| Slot { name: name.into(), ..Slot::default() };
        assert_eq!(named("pg_16394_sync_16388_7412345678901234567").table_copy_of(), Some("16394"));
        for other in ["pg_sync_1", "pg_a_sync_1_2", "pg_1_sync_2", "mypg_1_sync_2_3", "pg_1_sync_2_3x"] {
            assert_eq!(named(other).table_copy_of(), None, "{other}");
        }
    }
}
