//! The collections of a cluster, a page at a time, and one of them with all that can be done to it.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod mongo;

#[cfg(test)]
mod tests;
