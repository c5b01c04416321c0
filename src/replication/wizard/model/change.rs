//! What the wizard itself writes: a role without a password, and the reload after a person has edited `pg_hba.conf`.

use serde::{Deserialize, Serialize};

use super::replica::Asked;
use crate::error::AppError;
use crate::targets::model::TargetId;
use crate::words;

/// A write on the way to a replica. Each carries the form, so that its record leads back to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Makes the role that the replica logs in as. It gets no password here: psql sets it and tells nobody.
    CreateRole { target: TargetId, asked: Asked },
    /// Has the server read `pg_hba.conf` and its configuration again.
    Reload { target: TargetId, asked: Asked },
}

impl Change {
    /// Reads what a link holds.
    ///
    /// # Errors
    /// `Invalid` where there is no such action.
    pub fn from_form(target: TargetId, action: &str, asked: Asked) -> Result<Self, AppError> {
        match action {
            "create_role" => Ok(Self::CreateRole { target, asked }),
            "reload" => Ok(Self::Reload { target, asked }),
            _ => Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        }
    }

    pub const fn asked(&self) -> &Asked {
        match self {
            Self::CreateRole { asked, .. } | Self::Reload { asked, .. } => asked,
        }
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::CreateRole { .. } => "replication.create_role",
            Self::Reload { .. } => "replication.reload",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::CreateRole { target, .. } | Self::Reload { target, .. } => target,
        }
    }
}
