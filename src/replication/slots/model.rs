//! Slots, and the changes that can be made to them.

pub mod change;
pub mod slot;

pub use change::Change;
pub use slot::{Lsn, PAGE_SIZE, Slot, SlotList, SlotName};
