//! Redis and Valkey keys and their time to live; results of queries that are cached under a key.

pub mod fields;
pub mod format;
pub mod frame;
pub mod key;
pub mod keys;
pub mod model;
pub mod stored;
