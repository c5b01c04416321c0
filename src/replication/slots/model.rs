//! Slots, and the changes that can be made to them.

pub mod action;
pub mod change;
pub mod finding;
pub mod meaning;
pub mod names;
pub mod question;
pub mod seen;
pub mod slot;
pub mod volume;

pub use change::{Change, ChangeForm, Gap};
pub use finding::findings;
pub use names::{DatabaseName, PluginName};
pub use question::{PAGE_SIZE, Question, Shown, Sort};
pub use seen::{
    Bound, End, Eta, Inactive, Room, Seen, ServerSeen, SlotList, SlotSeen, Spill, Spilled, WalUsed, Watched,
};
pub use slot::{Consumer, Lsn, Slot, SlotName};
