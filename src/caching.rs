//! Redis and Valkey keys and their time to live; results of queries that are cached under a key.

pub mod access;
pub mod advisor;
pub mod bulk;
pub mod fields;
pub mod finding;
pub mod format;
pub mod frame;
pub mod key;
pub mod keys;
pub mod model;
pub mod overview;
pub mod policy;
pub mod queries;
pub mod table;
pub mod ttl_index;
