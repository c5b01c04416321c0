//! What can be done with a slot, and what cannot and why.

use serde::{Deserialize, Serialize};

use crate::text::Words;

/// A database of the server, as the form for a logical slot offers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseChoice {
    pub name: String,
    /// Why no slot can be made there; none where one can.
    pub closed: Option<Words>,
}

/// What the form for a new slot offers on this server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreationChoices {
    /// At most 200, by name.
    pub databases: Vec<DatabaseChoice>,
    /// The target's own, which is chosen unless somebody chooses another.
    pub own_database: String,
    /// Why there can be no logical slot at all; none where there can.
    pub no_logical: Option<Words>,
    /// Why this option is not offered; none where it is.
    pub no_two_phase: Option<Words>,
    pub no_failover: Option<Words>,
    /// A standby's primary, where it is a target that is known: its id and its name.
    pub primary: Option<(String, String)>,
    pub standby: bool,
}

/// What can be done with a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    Drop,
    Evict,
    Copy,
    Advance,
    Peek,
    Recreate,
}

/// A deed, and why it cannot be done now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub deed: Deed,
    /// None: it can be planned.
    pub refused: Option<Words>,
}

/// A lost slot, explained for this version of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// What happened, and what it means on this version.
    pub meaning: Vec<Words>,
    /// What is still there and can be saved.
    pub saved: Vec<Words>,
    /// What to do, in this order. The address of the page where it is done is empty where the console has none.
    pub steps: Vec<(Words, String)>,
}

/// What the page of a slot needs to offer the deeds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotDeeds {
    pub logical: bool,
    pub restart_lsn: String,
    /// The end of the WAL, where a slot is advanced to unless somebody says otherwise.
    pub end: String,
    /// Who may be kept from logging in while the slot is evicted: the consumer's role, if that is safe.
    pub fence: Option<String>,
    pub offers: Vec<Offer>,
    /// None unless the slot is lost.
    pub doctor: Option<Diagnosis>,
    /// The slot is being made: what that waits for, and where it can be helped.
    pub being_made: Option<(Words, String)>,
}

/// What a logical slot holds for its consumer, without taking it away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Peek {
    /// Changes as the plugin writes them.
    Text(Vec<PeekLine>),
    /// Messages of pgoutput, counted by what they are and by table.
    Kinds(Vec<PeekCount>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeekLine {
    pub lsn: String,
    pub xid: String,
    /// At most 300 characters.
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeekCount {
    /// The first letter of the message, as the protocol names it: `B`, `C`, `I`, `U`, `D`.
    pub letter: String,
    /// The table; empty where the message has none.
    pub table: String,
    pub count: i64,
}

/// Rows that a peek shows at most.
pub const PEEK_ROWS: i32 = 100;
