//! Subscriptions as the servers at both ends show them.

use serde::{Deserialize, Serialize};

use crate::replication::logical::model::TableName;
use crate::targets::model::TargetId;

/// A subscription.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subscription {
    pub name: String,
    pub owner: String,
    pub enabled: bool,
    /// None: it has let go of its slot.
    pub slot: Option<String>,
    pub publications: Vec<String>,
    /// Host, port, user and the like, never a password; none: the console's role may not read it.
    pub connection: Option<Vec<(String, String)>>,
    /// Process id of the worker that applies changes; none: none runs.
    pub worker: Option<i32>,
    pub received_lsn: Option<String>,
    pub latest_end_lsn: Option<String>,
    /// Seconds since the publisher was last heard.
    pub silent_seconds: Option<f64>,
    /// Failures since the counters were last reset; none before 15.
    pub apply_errors: Option<i64>,
    pub sync_errors: Option<i64>,
    /// Options that differ from what is usual, as they are written in SQL.
    pub options: Vec<String>,
    /// The first 500, those that are not ready first.
    pub tables: Vec<TableState>,
    pub table_count: i64,
    pub ready_count: i64,
    /// The publisher, where it is a known target.
    pub publisher: Option<Publisher>,
}

/// How far a table is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableState {
    pub name: TableName,
    pub state: Stage,
    pub rows_copied: Option<i64>,
    /// By the publisher's last estimate.
    pub rows_total: Option<i64>,
    /// The role that copies may not read the table at the publisher.
    pub unreadable: bool,
}

/// `srsubstate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    Waiting,
    Copying,
    Copied,
    CatchingUp,
    Ready,
    Unknown,
}

impl Stage {
    pub fn of(letter: &str) -> Self {
        match letter {
            "i" => Self::Waiting,
            "d" => Self::Copying,
            "f" => Self::Copied,
            "s" => Self::CatchingUp,
            "r" => Self::Ready,
            _ => Self::Unknown,
        }
    }
}

/// The other end of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publisher {
    pub target: TargetId,
    pub name: String,
    pub database: String,
    pub slot_active: bool,
    pub wal_status: Option<String>,
    /// Bytes that were written there and that the subscriber has not confirmed.
    pub lag_bytes: Option<i64>,
    /// Bytes of WAL that the slot holds.
    pub held_bytes: Option<i64>,
    /// Slots that copies of single tables use, or have left.
    pub sync_slots: Vec<SyncSlot>,
}

/// A slot for the first copy of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncSlot {
    pub name: String,
    pub active: bool,
    pub held_bytes: Option<i64>,
}

/// All subscriptions of one database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    pub target: TargetId,
    pub database: String,
    pub databases: Vec<String>,
    /// 13 to 18.
    pub major: i32,
    pub standby: bool,
    pub subscriptions: Vec<Subscription>,
}

/// What the console knows of a publisher while somebody fills in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Databases of the publisher.
    pub databases: Vec<String>,
    pub database: String,
    /// Publications of that database.
    pub publications: Vec<String>,
}
