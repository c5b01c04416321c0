//! What can be changed about slots.

use serde::{Deserialize, Serialize};

use super::{Lsn, SlotName};
use crate::error::AppError;
use crate::targets::model::TargetId;
use crate::words;

/// A write to a PostgreSQL server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Makes a physical slot, for a streaming standby.
    CreatePhysicalSlot {
        target: TargetId,
        name: SlotName,
        /// Hold WAL from now on, and not only from the first connection.
        reserve: bool,
    },
    /// Removes a slot that nobody uses, and lets go of the WAL it held.
    DropSlot {
        target: TargetId,
        name: SlotName,
        /// Where the slot stood when it was looked at; only that slot is dropped. None: it holds no WAL.
        restart_lsn: Option<Lsn>,
    },
}

impl Change {
    /// Reads what a form holds.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn from_form(
        target: TargetId,
        action: &str,
        name: &str,
        reserve: &str,
        restart_lsn: &str,
    ) -> Result<Self, AppError> {
        let name = SlotName::parse(name.trim()).map_err(|rule| AppError::invalid("name", rule))?;
        match action {
            "create_slot" => Ok(Self::CreatePhysicalSlot { target, name, reserve: reserve != "no" }),
            "drop_slot" => {
                let seen = Some(restart_lsn).filter(|text| !text.is_empty()).map(Lsn::parse).transpose();
                let restart_lsn = seen.map_err(|rule| AppError::invalid("restart_lsn", rule))?;
                Ok(Self::DropSlot { target, name, restart_lsn })
            }
            _ => Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        }
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::CreatePhysicalSlot { .. } => "replication.create_slot",
            Self::DropSlot { .. } => "replication.drop_slot",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::CreatePhysicalSlot { target, .. } | Self::DropSlot { target, .. } => target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_that_was_tampered_with_is_not_read() {
        let text = r#"{"do":"create_physical_slot","target":"pg","name":"a'; DROP TABLE x","reserve":true}"#;
        assert!(serde_json::from_str::<Change>(text).is_err());
        let text = r#"{"do":"drop_slot","target":"pg","name":"a","restart_lsn":"0/0' OR true"}"#;
        assert!(serde_json::from_str::<Change>(text).is_err());
    }
}
