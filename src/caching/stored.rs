//! A query whose result is stored under a key: the textbook's three lines.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod redis;
#[cfg(feature = "ssr")]
pub mod remembered;
#[cfg(feature = "ssr")]
pub mod sql;
