//! Settings of a server as a page shows them, and the changes that can be made to them.

pub mod change;
pub mod conninfo;
pub mod name;
pub mod standbys;

use serde::{Deserialize, Serialize};

use crate::text::Words;
use change::Name;

/// The settings of one server that decide replication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// 13 to 18.
    pub major: i32,
    pub standby: bool,
    pub rows: Vec<Row>,
    /// Proposed for `max_slot_wal_keep_size`, in MiB.
    pub suggested_cap: i64,
    /// Bytes of the volume that the WAL lies on, where somebody has told the console.
    pub wal_volume: Option<i64>,
}

impl Settings {
    /// The row of a setting that this version may lack.
    pub fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub name: String,
    pub value: Value,
    /// Where the value comes from.
    pub source: Words,
    /// Another value stands in the configuration and waits for a restart.
    pub pending_restart: bool,
    /// What it does, in one sentence.
    pub meaning: Words,
    /// What is wrong with it here.
    pub warning: Option<Words>,
    /// Set where a form can change it.
    pub change: Option<Name>,
}

/// What is known of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    Known {
        /// In the setting's own unit, as ALTER SYSTEM takes it; passwords are masked.
        text: String,
        /// `MB`, `ms`, `s`; empty where there is none.
        unit: String,
    },
    /// The console's role may not see it.
    NoPermission,
    /// This version has no such setting; the first one that has.
    Since(i32),
}

/// At most a quarter of the WAL's volume, so that one forgotten slot cannot fill it. Where nobody has told how large
/// that is, 10 GiB: a figure to be looked at, and not a measured one.
pub fn suggested_cap(wal_volume: Option<i64>) -> i64 {
    const MIB: i64 = 1024 * 1024;
    wal_volume.map_or(10_240, |bytes| (bytes / 4 / MIB).max(1))
}

#[cfg(test)]
mod tests {
    use super::suggested_cap;

    #[test]
    fn the_proposed_cap_is_at_most_a_quarter_of_the_volume() {
        assert_eq!(suggested_cap(Some(200 * 1024 * 1024)), 50);
        assert_eq!(suggested_cap(None), 10_240);
    }
}
