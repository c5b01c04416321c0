//! PostgreSQL replication. Each part is a slice of its own, built like a feature: slots are the first of them.

pub mod logical;
pub mod slots;
pub mod sql;

#[cfg(feature = "ssr")]
pub mod server;
