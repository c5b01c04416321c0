//! Roles and rights.

use serde::{Deserialize, Serialize};

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads the state of the targets, but no data values.
    Viewer,
    /// Also makes reversible changes.
    Operator,
    /// Everything, accounts and targets too.
    Admin,
}

/// What a server function needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Right {
    /// Anybody, also without a session: only logging in, and choosing language and colours.
    Public,
    /// Reading the state of targets.
    Read,
    /// Reading data values, and changing a target.
    Change,
    /// Accounts, targets and settings of the console.
    Administer,
}

impl Role {
    /// The one place that decides.
    pub const fn has(self, right: Right) -> bool {
        match right {
            Right::Public | Right::Read => true,
            Right::Change => matches!(self, Self::Operator | Self::Admin),
            Right::Administer => matches!(self, Self::Admin),
        }
    }
}

/// Who is logged in, as the browser may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    pub name: String,
    pub role: Role,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_only_reads() {
        assert!(Role::Viewer.has(Right::Read));
        assert!(!Role::Viewer.has(Right::Change));
        assert!(!Role::Operator.has(Right::Administer));
        assert!(Role::Admin.has(Right::Administer));
    }
}
