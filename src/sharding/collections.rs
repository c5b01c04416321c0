//! The collections of a cluster, a page at a time.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod mongo;
