//! Sharding of MongoDB. Each part is a slice of its own, built like a feature.

pub mod balancer;
pub mod collections;
pub mod model;
pub mod page;
pub mod shard;
pub mod shards;
pub mod tabs;

#[cfg(feature = "ssr")]
pub mod cluster;
#[cfg(feature = "ssr")]
pub mod errors;
#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod preflight;
#[cfg(feature = "ssr")]
pub mod value;
