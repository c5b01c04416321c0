//! What a target is: a database server or cluster that was entered by an admin.

mod literal;
mod namespace;
mod redis_place;
mod value;

use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::text::{Words, url_text};
use crate::words;
pub use literal::{property, quoted};
pub use namespace::Namespace;
pub use redis_place::RedisPlace;
pub use value::Value;

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
    pub answer: Result<Words, AppError>,
    /// How long the answer took, in microseconds.
    pub micros: u64,
}

/// A target in the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    pub target: Target,
    pub user: String,
    pub database: String,
    /// Entered on the settings page, where it can be removed; else it stands in the targets file.
    pub here: bool,
}

/// What the settings' form holds, but for the password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetForm {
    pub id: String,
    pub kind: String,
    pub name: String,
    pub host: String,
    pub port: String,
    pub user: String,
    pub database: String,
}

impl TargetForm {
    /// The fields as they stand in an address, each with its `&`.
    pub fn to_query(&self) -> String {
        let fields = [
            ("id", &self.id),
            ("kind", &self.kind),
            ("name", &self.name),
            ("host", &self.host),
            ("port", &self.port),
            ("user", &self.user),
            ("database", &self.database),
        ];
        fields.map(|(name, value)| format!("&{name}={}", url_text(value))).concat()
    }

    /// The target that the form describes.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn parse(&self) -> Result<Target, AppError> {
        let invalid = |field: &str, rule: Words| Err(AppError::invalid(field, rule));
        let id = TargetId::parse(self.id.trim()).map_err(|rule| AppError::invalid("id", rule))?;
        let kind = match self.kind.as_str() {
            "mongodb" => TargetKind::Mongodb,
            "postgresql" => TargetKind::Postgresql,
            "redis" => TargetKind::Redis,
            _ => return invalid("kind", words!("Choose the kind of database.", "데이터베이스 종류를 선택하세요.")),
        };
        let host = self.host.trim();
        // A path would be a socket to some drivers, and a list or an address with options more than one host.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
        if host.is_empty() || host.len() > 253 || !host.bytes().all(plain) {
            return invalid("host", words!("A host name or an IP address.", "호스트 이름 또는 IP 주소를 입력하세요."));
        }
        let Some(port) = self.port.trim().parse::<u16>().ok().filter(|port| *port > 0) else {
            return invalid("port", words!("A number from 1 to 65535.", "1~65535의 숫자입니다."));
        };
        let text = |text: &str| text.chars().count() <= 80 && !text.chars().any(char::is_control);
        if let Some(field) = [("name", &self.name), ("user", &self.user), ("database", &self.database)]
            .into_iter()
            .find_map(|(field, value)| (!text(value)).then_some(field))
        {
            return invalid(field, words!("At most 80 characters on one line.", "한 줄에 최대 80자입니다."));
        }
        if kind == TargetKind::Redis {
            RedisPlace::parse(&self.database).map_err(|rule| AppError::invalid("database", rule))?;
        }
        let name = if self.name.trim().is_empty() { id.to_string() } else { self.name.trim().to_owned() };
        Ok(Target { id, kind, name, host: host.to_owned(), port })
    }
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

    #[test]
    fn a_host_is_a_name_or_an_address_and_nothing_more() {
        let parse = |host: &str| {
            let form = TargetForm {
                id: "a".into(),
                kind: "redis".into(),
                host: host.into(),
                port: "6379".into(),
                ..TargetForm::default()
            };
            form.parse()
        };
        for good in ["db1.example.com", "127.0.0.1", "::1"] {
            assert!(parse(good).is_ok(), "{good} must be accepted");
        }
        for bad in ["", "/var/run", "a,b", "a b", "user@host", "host?tls=no", "호스트"] {
            assert_eq!(parse(bad).err().and_then(|error| error.field).as_deref(), Some("host"), "{bad:?}");
        }
    }
}
