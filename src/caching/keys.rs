//! The keys of a target: a tree of their prefixes and a list, both from a bounded look.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod redis;

#[cfg(test)]
mod tests;
