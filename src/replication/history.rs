//! What replication measured over the last hours, kept in the console's store within bounds. Every slice of replication
//! may keep series here: bytes held back by a slot, lag of a standby.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod look;
#[cfg(feature = "ssr")]
pub mod store;
