//! Sharding of MongoDB. Each part is a slice of its own, built like a feature.

pub mod advisor;
pub mod balancer;
pub mod chunk;
pub mod chunks;
pub mod collections;
pub mod frame;
pub mod history;
pub mod model;
pub mod overview;
pub mod reshape;
pub mod shard;
pub mod shards;
pub mod zones;

#[cfg(feature = "ssr")]
pub mod bound;
#[cfg(feature = "ssr")]
pub mod cluster;
#[cfg(feature = "ssr")]
pub mod errors;
#[cfg(feature = "ssr")]
pub mod hashed;
#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod order;
#[cfg(feature = "ssr")]
pub mod preflight;
#[cfg(feature = "ssr")]
pub mod remembered;
#[cfg(feature = "ssr")]
pub mod sizes;

#[cfg(feature = "ssr")]
pub use crate::targets::mongo::value;
