//! The changes that can be made to one key, as forms ask for them.

use serde::{Deserialize, Serialize};

use super::Moment;
use crate::caching::model::{Key, Ttl};
use crate::error::AppError;
use crate::targets::model::TargetId;
use crate::text::{Words, url_text};
use crate::words;

/// A write to one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Lets a key that exists expire after this time from now.
    SetTtl {
        target: TargetId,
        key: Key,
        ttl: Ttl,
        #[serde(default)]
        only: Only,
    },
    /// The same, unless it lives longer already. What never expires is left alone.
    LengthenTtl {
        target: TargetId,
        key: Key,
        ttl: Ttl,
    },
    /// The same, unless it dies sooner already.
    ShortenTtl {
        target: TargetId,
        key: Key,
        ttl: Ttl,
        #[serde(default)]
        only: Only,
    },
    /// Lets it die at a moment of the server's clock.
    ExpireAt {
        target: TargetId,
        key: Key,
        at: Moment,
    },
    /// Takes a key's time to live away, so that it never expires.
    PersistKey {
        target: TargetId,
        key: Key,
    },
    /// Gives it its full time again, counted from now, as `touch` of Django's cache does.
    TouchKey {
        target: TargetId,
        key: Key,
        ttl: Ttl,
    },
    /// Writes a value in the format of the one that was read, if neither that nor its time to live was changed since.
    SetValue {
        target: TargetId,
        key: Key,
        value: String,
        seen: Digest,
        dies: i64,
    },
    DeleteKey {
        target: TargetId,
        key: Key,
    },
}

/// Whether a time to live is set on a key that has one, that has none, or on any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Only {
    #[default]
    Any,
    WithTtl,
    WithoutTtl,
}

impl Only {
    /// Reads what a form holds: `has`, `none` or nothing.
    fn of(text: &str) -> Option<Self> {
        match text {
            "" | "any" => Some(Self::Any),
            "has" => Some(Self::WithTtl),
            "none" => Some(Self::WithoutTtl),
            _ => None,
        }
    }
}

/// The SHA-1 of a value, by which servers compare it: 40 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

impl Digest {
    pub fn of(sha1: [u8; 20]) -> Self {
        Self(sha1.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Digest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = text.len() == 40 && text.bytes().all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it));
        if fits { Ok(Self(text)) } else { Err("a digest has 40 hexadecimal digits") }
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.0
    }
}

/// Characters of a value that can be edited here: they stand in an address.
pub const LONGEST_VALUE: usize = 8_192;

/// What the forms of a key hold, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    pub action: String,
    pub key: String,
    pub ttl: String,
    pub only: String,
    pub at: String,
    pub value: String,
    /// Of the value that the form was filled with.
    pub seen: String,
    pub dies: String,
}

impl Form {
    /// Reads it.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn change(self, target: TargetId) -> Result<Change, AppError> {
        let key = Key::parse(&self.key).map_err(|rule| AppError::invalid("key", rule))?;
        let ttl = || Ttl::parse(&self.ttl).map_err(|rule| AppError::invalid("ttl", rule));
        let only = Only::of(&self.only).ok_or_else(|| AppError::invalid("only", no_choice()))?;
        match self.action.as_str() {
            "set_ttl" => Ok(Change::SetTtl { target, key, ttl: ttl()?, only }),
            // What has no time to live counts as one that lives for ever, so the servers refuse both together.
            "lengthen_ttl" | "shorten_ttl" if only == Only::WithoutTtl => Err(AppError::invalid(
                "only",
                words!(
                    "A key without a TTL has none that could be compared. Choose “Set it”.",
                    "TTL이 없는 키는 비교할 수 없습니다. “설정”을 선택하세요.",
                ),
            )),
            "lengthen_ttl" => Ok(Change::LengthenTtl { target, key, ttl: ttl()? }),
            "shorten_ttl" => Ok(Change::ShortenTtl { target, key, ttl: ttl()?, only }),
            "touch_key" => Ok(Change::TouchKey { target, key, ttl: ttl()? }),
            "expire_at" => {
                let at = Moment::parse(&self.at).map_err(|rule| AppError::invalid("at", rule))?;
                Ok(Change::ExpireAt { target, key, at })
            }
            "persist_key" => Ok(Change::PersistKey { target, key }),
            "delete_key" => Ok(Change::DeleteKey { target, key }),
            "set_value" => self.value_change(target, key),
            _ => Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        }
    }

    fn value_change(self, target: TargetId, key: Key) -> Result<Change, AppError> {
        // A form sends line breaks as two characters. A value that holds those itself is not offered to be edited.
        let value = self.value.replace("\r\n", "\n");
        if value.len() > LONGEST_VALUE {
            return Err(AppError::invalid("value", words!("At most 8 KiB.", "최대 8KiB입니다.")));
        }
        let unread = || {
            AppError::invalid(
                "value",
                words!(
                    "Open the form anew: what was read is missing.",
                    "양식을 다시 여세요. 읽은 값의 정보가 없습니다."
                ),
            )
        };
        let seen = Digest::try_from(self.seen).map_err(|_| unread())?;
        let dies = self.dies.parse().map_err(|_| unread())?;
        Ok(Change::SetValue { target, key, value, seen, dies })
    }
}

fn no_choice() -> Words {
    words!("This is none of the choices.", "선택할 수 있는 값이 아닙니다.")
}

impl Change {
    /// The key that is written.
    pub fn key(&self) -> &Key {
        match self {
            Self::SetTtl { key, .. }
            | Self::LengthenTtl { key, .. }
            | Self::ShortenTtl { key, .. }
            | Self::ExpireAt { key, .. }
            | Self::PersistKey { key, .. }
            | Self::TouchKey { key, .. }
            | Self::SetValue { key, .. }
            | Self::DeleteKey { key, .. } => key,
        }
    }

    /// Whether it changes when the key dies, and nothing else.
    pub const fn is_of_ttl(&self) -> bool {
        !matches!(self, Self::SetValue { .. } | Self::DeleteKey { .. })
    }

    /// The address of the page that shows the key.
    pub fn place(&self) -> String {
        let target = crate::change::Change::target(self);
        format!("/caching/key?target={target}&key={}", url_text(self.key().as_str()))
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::SetTtl { .. } => "caching.set_ttl",
            Self::LengthenTtl { .. } => "caching.lengthen_ttl",
            Self::ShortenTtl { .. } => "caching.shorten_ttl",
            Self::ExpireAt { .. } => "caching.expire_at",
            Self::PersistKey { .. } => "caching.persist_key",
            Self::TouchKey { .. } => "caching.touch_key",
            Self::SetValue { .. } => "caching.set_value",
            Self::DeleteKey { .. } => "caching.delete_key",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::SetTtl { target, .. }
            | Self::LengthenTtl { target, .. }
            | Self::ShortenTtl { target, .. }
            | Self::ExpireAt { target, .. }
            | Self::PersistKey { target, .. }
            | Self::TouchKey { target, .. }
            | Self::SetValue { target, .. }
            | Self::DeleteKey { target, .. } => target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(form: Form) -> Result<Change, AppError> {
        form.change(TargetId::parse("cache").expect("a name"))
    }

    #[test]
    fn a_change_with_a_ttl_of_zero_is_not_read() {
        for text in [
            r#"{"do":"set_ttl","target":"c","key":"k","ttl":0}"#,
            r#"{"do":"expire_at","target":"c","key":"k","at":[-1,0]}"#,
            r#"{"do":"set_value","target":"c","key":"k","value":"v","seen":"x","dies":-1}"#,
        ] {
            assert!(serde_json::from_str::<Change>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_told_at_its_field() {
        let form = |action: &str| Form { action: action.to_owned(), key: "k".to_owned(), ..Form::default() };
        for (bad, field) in [
            (Form { key: String::new(), ..form("persist_key") }, "key"),
            (Form { ttl: "0".to_owned(), ..form("set_ttl") }, "ttl"),
            (Form { ttl: "-1".to_owned(), ..form("touch_key") }, "ttl"),
            (Form { ttl: "60".to_owned(), only: "none".to_owned(), ..form("lengthen_ttl") }, "only"),
            (Form { at: "yesterday".to_owned(), ..form("expire_at") }, "at"),
            (Form { value: "v".to_owned(), ..form("set_value") }, "value"),
            (form("flush_all"), "action"),
        ] {
            assert_eq!(change(bad.clone()).expect_err("it must be refused").field.as_deref(), Some(field), "{bad:?}");
        }
    }

    #[test]
    fn the_line_breaks_of_a_form_are_those_of_the_value() {
        let form = Form {
            action: "set_value".to_owned(),
            key: "k".to_owned(),
            value: "a\r\nb".to_owned(),
            seen: "0".repeat(40),
            dies: "-1".to_owned(),
            ..Form::default()
        };
        assert!(matches!(change(form), Ok(Change::SetValue { value, dies: -1, .. }) if value == "a\nb"));
    }
}
