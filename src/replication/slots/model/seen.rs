//! What the console knows of slots: what the server shows, and what follows from having watched it.

use serde::{Deserialize, Serialize};

use super::slot::Slot;
use crate::replication::history::model::Point;

/// A slot with what was seen of it over time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub slot: Slot,
    /// By how many bytes a second the WAL that it holds back grows; negative when it shrinks. None before ten samples.
    pub growth: Option<i64>,
    pub room: Room,
    pub end: End,
    /// Since when nobody uses it; none while somebody does.
    pub inactive: Option<Inactive>,
    /// For so many milliseconds its consumer has been connected without moving on, while WAL was written.
    pub stuck_millis: Option<i64>,
}

/// What can still be written before something happens to the slot or to the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Room {
    /// It holds nothing back, so nothing can happen.
    #[default]
    Nothing,
    /// Bytes until `max_slot_wal_keep_size`: then the slot is lost.
    UntilLost(i64),
    /// Bytes until the volume of the WAL is full: then the server stops.
    UntilFull(i64),
    /// No limit is set, and the size of the volume is not known.
    Unknown,
}

/// Which of both comes first, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    #[default]
    None,
    Lost(Eta),
    Full(Eta),
    Unknown,
}

impl End {
    /// Milliseconds until it comes, where that can be told.
    pub const fn millis(self) -> Option<i64> {
        match self {
            Self::Lost(Eta::In(millis)) | Self::Full(Eta::In(millis)) => Some(millis),
            _ => None,
        }
    }
}

/// When something will come, at the rate of the last seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Eta {
    /// Fewer than ten samples.
    Measuring,
    /// It does not grow.
    Never,
    /// Milliseconds.
    In(i64),
}

/// Since when nobody uses a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inactive {
    /// Milliseconds since 1970.
    pub since: i64,
    pub how: Bound,
}

/// How a time is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bound {
    /// The server says so (17 and later).
    Told,
    /// The console saw it happen.
    Seen,
    /// It was so when the console first looked; it may have been so for longer.
    AtLeast,
}

/// What a server says of itself, as far as slots depend on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerSeen {
    /// 13 to 18.
    pub major: i32,
    pub standby: bool,
    /// Slots that it has, and `max_replication_slots`.
    pub total: i64,
    pub limit: i64,
    /// `max_slot_wal_keep_size` in bytes; -1: WAL is held without a limit.
    pub keep_bytes: i64,
    /// `autovacuum_freeze_max_age` in transactions.
    pub freeze_max_age: i64,
    /// Bytes of a WAL file.
    pub segment_bytes: i64,
    pub wal_used: WalUsed,
    /// Bytes of the volume that the WAL is on, as an operator has entered it.
    pub volume: Option<i64>,
    /// Whether the role sees what other roles' connections do.
    pub sees_all: bool,
    /// The console's role there.
    pub role: String,
}

/// Bytes of all files of WAL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum WalUsed {
    #[default]
    Unknown,
    /// Our role may not list them.
    NoPermission,
    Bytes(i64),
}

/// A page of slots, with what the server says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotList {
    pub slots: Vec<Seen>,
    /// Slots that match the search and the filters.
    pub matching: i64,
    pub server: ServerSeen,
    /// How the server was watched.
    pub watched: Watched,
}

/// When a server was last asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    /// When it answered, in milliseconds since 1970.
    pub at: i64,
    /// Milliseconds since it answered.
    pub age_millis: u64,
    /// How long the answer took, in microseconds.
    pub micros: u64,
}

/// One slot with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotSeen {
    /// None: the server has no slot of this name.
    pub seen: Option<Seen>,
    pub server: ServerSeen,
    pub watched: Watched,
    pub spill: Spilled,
    /// The last hours, oldest first; empty when nothing was kept.
    pub history: Vec<Point>,
}

/// Whether the decoding statistics are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Spilled {
    /// A physical slot, or a server before 14.
    None,
    /// The server did not tell.
    Unknown,
    Known(Spill),
}

/// What decoding for a slot has written to disk since `reset`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spill {
    pub spill_txns: i64,
    pub spill_count: i64,
    pub spill_bytes: i64,
    pub stream_txns: i64,
    pub stream_bytes: i64,
    pub total_txns: i64,
    pub total_bytes: i64,
    /// Milliseconds since 1970; none: never.
    pub reset: Option<i64>,
}
