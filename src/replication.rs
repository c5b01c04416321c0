//! PostgreSQL replication. Each part is a slice of its own, built like a feature: slots are the first of them.

pub mod settings;
pub mod slots;
pub mod sql;
pub mod wizard;

#[cfg(feature = "ssr")]
pub mod server;
