//! Zones: which shards belong to each, and which ranges of a collection's key must live there.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod ranges;

#[cfg(test)]
mod tests;
