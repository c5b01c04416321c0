//! Sharding of MongoDB. Each part is a slice of its own, built like a feature.

pub mod balancer;
pub mod collections;
pub mod model;
pub mod overview;
pub mod shard;
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
pub mod remembered;
#[cfg(feature = "ssr")]
pub mod sizes;
#[cfg(feature = "ssr")]
pub mod value;
