//! The shards of a cluster: adding one, draining and removing one, and moving the primary shard of a database.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod watch;

#[cfg(all(test, feature = "sandbox"))]
mod tests;
