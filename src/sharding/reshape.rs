//! Changing how a sharded collection is spread: refining its key, resharding, moving, unsharding, dropping, and
//! following what takes long from the servers' own state.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod plan;
