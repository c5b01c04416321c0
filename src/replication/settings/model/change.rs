//! The change of one setting.

use serde::{Deserialize, Serialize};

pub use super::name::Name;
use crate::error::AppError;
use crate::targets::model::TargetId;
use crate::words;

/// A write to the server's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Writes the value into `postgresql.auto.conf` and has the server read its configuration again.
    SetSetting {
        target: TargetId,
        name: Name,
        /// In the setting's own unit.
        value: String,
    },
    /// Takes what `postgresql.auto.conf` says of the setting away.
    ResetSetting { target: TargetId, name: Name },
}

impl Change {
    /// Reads what a form holds.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn from_form(target: TargetId, action: &str, name: &str, value: &str) -> Result<Self, AppError> {
        let name = Name::parse(name).ok_or_else(|| {
            AppError::invalid("name", words!("This setting is not changed here.", "여기서 바꾸는 설정이 아닙니다."))
        })?;
        match action {
            "set_setting" => {
                let value = name.value(value).map_err(|rule| AppError::invalid("value", rule))?;
                Ok(Self::SetSetting { target, name, value })
            }
            "reset_setting" => Ok(Self::ResetSetting { target, name }),
            _ => Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        }
    }

    pub const fn name(&self) -> Name {
        match self {
            Self::SetSetting { name, .. } | Self::ResetSetting { name, .. } => *name,
        }
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::SetSetting { .. } => "replication.set_setting",
            Self::ResetSetting { .. } => "replication.reset_setting",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::SetSetting { target, .. } | Self::ResetSetting { target, .. } => target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(name: &str, value: &str) -> Result<Change, AppError> {
        Change::from_form(TargetId::parse("pg").expect("a valid name"), "set_setting", name, value)
    }

    #[test]
    fn what_cannot_be_used_is_told_at_its_field() {
        assert_eq!(form("shared_buffers", "1").expect_err("not ours").field.as_deref(), Some("name"));
        assert_eq!(form("max_wal_senders", "many").expect_err("no number").field.as_deref(), Some("value"));
        assert!(form("max_wal_senders", " 12 ").is_ok());
    }

    #[test]
    fn a_setting_that_is_not_in_the_list_is_not_read_from_a_change() {
        let text = r#"{"do":"set_setting","target":"pg","name":"archive_command","value":"rm -rf /"}"#;
        assert!(serde_json::from_str::<Change>(text).is_err());
    }
}
