//! PostgreSQL replication. Each part is a slice of its own, built like a feature: slots are the first of them.

pub mod conninfo;
pub mod failover;
pub mod finding;
pub mod history;
pub mod horizon;
pub mod logical;
pub mod settings;
pub mod slots;
pub mod tabs;
pub mod topology;
pub mod wizard;

#[cfg(feature = "ssr")]
pub mod fleet;
#[cfg(feature = "ssr")]
pub mod server;

pub use crate::targets::sql;
