//! Sharding of MongoDB: collections seen with their keys and chunks, and sharded by form.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod errors;
#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod plan;
