//! What can be changed in a cache table.

use serde::{Deserialize, Serialize};

use super::TableName;
use crate::caching::model::Ttl;
use crate::error::AppError;
use crate::targets::model::TargetId;
use crate::text::url_text;
use crate::words;

/// A write to a cache table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Lets an entry expire after this time from now.
    SetExpiry { target: TargetId, table: TableName, key: String, ttl: Ttl },
    /// Lets an entry never expire.
    KeepEntry { target: TargetId, table: TableName, key: String },
    /// Gives an entry another value, as JSON; it expires when it did.
    SetValue { target: TargetId, table: TableName, key: String, json: String },
    /// Lets the living entries whose keys begin so live until `until` at least, `2026-11-23 06:41:10+00`.
    ExtendEntries { target: TargetId, table: TableName, prefix: String, until: String },
    /// Deletes what has expired.
    PurgeExpired { target: TargetId, table: TableName },
}

/// What a form holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    pub table: String,
    pub action: String,
    pub key: String,
    pub ttl: String,
    pub prefix: String,
    pub value: String,
}

impl Form {
    /// Reads what the form holds. `until` gives the moment that lies so far from now at the server.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn parse(&self, target: TargetId, until: impl FnOnce(Ttl) -> String) -> Result<Change, AppError> {
        let table = TableName::parse(&self.table).map_err(|rule| AppError::invalid("table", rule))?;
        let ttl = || Ttl::parse(&self.ttl).map_err(|rule| AppError::invalid("ttl", rule));
        let key = || name(&self.key, "key");
        match self.action.as_str() {
            "set_expiry" => Ok(Change::SetExpiry { target, table, key: key()?, ttl: ttl()? }),
            "keep_entry" => Ok(Change::KeepEntry { target, table, key: key()? }),
            "set_value" => Ok(Change::SetValue { target, table, key: key()?, json: self.value.clone() }),
            "extend_entries" => {
                let until = until(ttl()?);
                Ok(Change::ExtendEntries { target, table, prefix: name(&self.prefix, "prefix")?, until })
            }
            "purge_expired" => Ok(Change::PurgeExpired { target, table }),
            _ => Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        }
    }
}

/// A key, or the beginning of one: the column holds 255 characters.
fn name(text: &str, field: &str) -> Result<String, AppError> {
    let rule = if text.is_empty() {
        words!("Give it a name.", "이름을 입력하세요.")
    } else if text.chars().count() > 255 || text.contains('\0') {
        words!("At most 255 characters.", "최대 255자입니다.")
    } else {
        return Ok(text.to_owned());
    };
    Err(AppError::invalid(field, rule))
}

impl Change {
    pub const fn table(&self) -> &TableName {
        match self {
            Self::SetExpiry { table, .. }
            | Self::KeepEntry { table, .. }
            | Self::SetValue { table, .. }
            | Self::ExtendEntries { table, .. }
            | Self::PurgeExpired { table, .. } => table,
        }
    }

    /// The entry that is changed, where it is one.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::SetExpiry { key, .. } | Self::KeepEntry { key, .. } | Self::SetValue { key, .. } => Some(key),
            Self::ExtendEntries { .. } | Self::PurgeExpired { .. } => None,
        }
    }

    /// The address of the page that shows what was changed.
    pub fn place(&self) -> String {
        let target = crate::change::Change::target(self);
        let table = url_text(&self.table().to_string());
        let key = self.key().map(|key| format!("&key={}", url_text(key))).unwrap_or_default();
        format!("/caching/table?target={target}&table={table}{key}")
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::SetExpiry { .. } => "caching.set_entry_expiry",
            Self::KeepEntry { .. } => "caching.keep_entry",
            Self::SetValue { .. } => "caching.set_entry_value",
            Self::ExtendEntries { .. } => "caching.extend_entries",
            Self::PurgeExpired { .. } => "caching.purge_expired",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::SetExpiry { target, .. }
            | Self::KeepEntry { target, .. }
            | Self::SetValue { target, .. }
            | Self::ExtendEntries { target, .. }
            | Self::PurgeExpired { target, .. } => target,
        }
    }
}

/// Whether this is a moment as the console writes it: `2026-11-23 06:41:10+00`.
#[cfg(feature = "ssr")]
pub(in crate::caching::table) fn is_moment(text: &str) -> bool {
    let pattern = b"0000-00-00 00:00:00+00";
    text.len() == pattern.len()
        && text
            .bytes()
            .zip(pattern)
            .all(|(byte, place)| if *place == b'0' { byte.is_ascii_digit() } else { byte == *place })
}

/// For the sentence that a change is told by.
#[cfg(feature = "ssr")]
pub(in crate::caching::table) fn short(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(action: &str, ttl: &str, key: &str) -> Result<Change, AppError> {
        let form = Form {
            table: "public.django_cache".into(),
            action: action.into(),
            key: key.into(),
            ttl: ttl.into(),
            prefix: key.into(),
            value: "{}".into(),
        };
        form.parse(TargetId::parse("pg").expect("a target"), |_| "2026-11-23 06:41:10+00".into())
    }

    #[test]
    fn what_cannot_be_used_is_told_at_its_field() {
        let long = "a".repeat(256);
        let field = |action, ttl, key| parsed(action, ttl, key).expect_err("it must be refused").field;
        for bad in ["", "0", "-1", "NaN", "1e400", "99999999999999999999", "11y"] {
            assert_eq!(field("set_expiry", bad, "k").as_deref(), Some("ttl"), "{bad:?}");
            assert_eq!(field("extend_entries", bad, "k").as_deref(), Some("ttl"), "{bad:?}");
        }
        assert_eq!(field("set_expiry", "60", "").as_deref(), Some("key"));
        assert_eq!(field("extend_entries", "60", "").as_deref(), Some("prefix"), "no prefix would be everything");
        assert_eq!(field("set_expiry", "60", &long).as_deref(), Some("key"));
        assert_eq!(field("drop_table", "60", "k").as_deref(), Some("action"));
    }

    #[test]
    fn a_moment_is_written_in_one_way() {
        assert!(is_moment("2026-11-23 06:41:10+00"));
        for bad in ["infinity", "2026-11-23", "2026-11-23 06:41:10+00'", "now()", ""] {
            assert!(!is_moment(bad), "{bad:?}");
        }
    }
}
