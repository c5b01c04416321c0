//! Slots, and the changes that can be made to them.

pub mod action;
pub mod change;
pub mod names;
pub mod slot;

pub use change::{Change, ChangeForm, Gap};
pub use names::{DatabaseName, PluginName};
pub use slot::{Lsn, PAGE_SIZE, Slot, SlotList, SlotName};
