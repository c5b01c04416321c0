//! Outgrow: an admin console for databases that outgrow one machine. Read [`change`] first: every write to a database
//! goes through it. Then any of the features [`sharding`], [`replication`], [`caching`]: they are built alike.

#![recursion_limit = "512"]

pub mod app;
pub mod audit;
pub mod auth;
pub mod caching;
pub mod change;
pub mod error;
pub mod finding;
pub mod replication;
pub mod sharding;
pub mod targets;
pub mod text;
pub mod ui;

#[cfg(feature = "hydrate")]
pub mod browser;
#[cfg(feature = "sandbox")]
pub mod sandbox;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(test)]
mod tidy;
