//! Queries whose results are kept in a cache: stored once (the textbook's `cache.set('mydata', data, 60)`), or under a
//! name that the console keeps fresh, with at most one query at the database at a time; and whether that is worth it.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod desk;
#[cfg(feature = "ssr")]
pub mod flight;
#[cfg(feature = "ssr")]
pub mod look;
#[cfg(feature = "ssr")]
pub mod measure;
#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod postgres;
#[cfg(feature = "ssr")]
pub mod redis;
#[cfg(feature = "ssr")]
pub mod shape;
#[cfg(feature = "ssr")]
pub mod source;
#[cfg(feature = "ssr")]
pub mod store;

#[cfg(test)]
mod tests;
