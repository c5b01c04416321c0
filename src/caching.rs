//! Redis and Valkey keys and their time to live; results of queries that are cached under a key.

pub mod access;
pub mod advisor;
pub mod api;
pub mod bulk;
pub mod fields;
pub mod finding;
pub mod format;
pub mod frame;
pub mod key;
pub mod keys;
pub mod model;
pub mod overview;
pub mod page;
pub mod parts;
pub mod policy;
pub mod queries;
pub mod ttl_index;

#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod query;
#[cfg(feature = "ssr")]
pub mod redis;
#[cfg(feature = "ssr")]
pub mod remembered;
