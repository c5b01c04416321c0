//! What becomes of each logical slot when a standby is promoted.

mod findings;
mod judge;
mod obstacles;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::replication::finding::{Finding, Way};
use crate::replication::topology::model::Conninfo;
use crate::targets::model::Target;
use crate::text::Words;

/// The first version that copies slots to standbys.
pub const COPIES: i32 = 17;
/// Logical slots that a page shows; the rest is counted.
pub const SHOWN: usize = 200;

/// What one server says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FailoverSight {
    /// `server_version_num`: 150018 is 15.18.
    pub version: i32,
    pub logical: Vec<LogicalSlot>,
    pub physical: Vec<PhysicalSlot>,
    /// All slots; more than are listed when there are very many.
    pub total: i64,
    /// `synchronized_standby_slots`; empty before 17.
    pub synchronized: String,
    /// `sync_replication_slots`; off before 17.
    pub copies: bool,
    /// `hot_standby_feedback`.
    pub feedback: bool,
    /// `primary_slot_name`; empty: none.
    pub slot: String,
    /// `primary_conninfo`; none: no permission.
    pub conninfo: Option<Conninfo>,
    /// Whether it has a walreceiver.
    pub receives: bool,
}

impl FailoverSight {
    pub const fn major(&self) -> i32 {
        self.version / 10_000
    }

    pub fn logical(&self, name: &str) -> Option<&LogicalSlot> {
        self.logical.iter().find(|slot| slot.name == name)
    }
}

/// A logical slot, on the primary or on a standby.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LogicalSlot {
    pub name: String,
    pub database: String,
    pub temporary: bool,
    pub active: bool,
    /// Is to be copied to standbys.
    pub failover: bool,
    /// Is such a copy.
    pub synced: bool,
    /// Cannot be used any more.
    pub lost: bool,
}

/// A physical slot, as far as `synchronized_standby_slots` can name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhysicalSlot {
    pub name: String,
    pub active: bool,
}

/// What becomes of a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It can be used on these servers, once one of them is promoted. What is missing on others is told with it.
    Safe {
        on: Vec<String>,
        not_on: Vec<Words>,
    },
    Lost(Reason),
    /// It cannot be told.
    Unknown(Reason),
}

/// Why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub why: Words,
    pub next: Words,
    pub way: Way,
}

/// A slot with what becomes of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlotReady {
    pub slot: LogicalSlot,
    pub verdict: Verdict,
}

/// A known standby, and what keeps it from copying slots.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StandbyReady {
    pub target: Target,
    /// None: it did not say.
    pub sight: Option<FailoverSight>,
    /// Settings, and what else is missing.
    pub obstacles: Vec<Reason>,
    /// Slots of its own with the names of slots that are to be copied. Each stops the copying of all.
    pub clashes: Vec<Reason>,
}

/// What is known of the failover of one server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Readiness {
    pub target: Target,
    pub major: i32,
    /// The server is a standby itself; its primary, where the console knows it. Nothing else is told of a standby.
    pub standby: bool,
    pub primary: Option<Target>,
    pub standbys: Vec<StandbyReady>,
    /// Those that will be lost first.
    pub slots: Vec<SlotReady>,
    pub total: usize,
    pub findings: Vec<Finding>,
}
