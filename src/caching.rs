//! Redis and Valkey keys and their time to live; results of queries that are cached under a key.

pub mod api;
pub mod format;
pub mod frame;
pub mod model;
pub mod page;
pub mod parts;
pub mod table;

#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod query;
#[cfg(feature = "ssr")]
pub mod redis;
#[cfg(feature = "ssr")]
pub mod remembered;
