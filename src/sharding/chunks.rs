//! The map of a collection's chunks: which shard owns which part of the key, with zones and what is too big to move.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod fold;
#[cfg(feature = "ssr")]
pub mod keys;
#[cfg(feature = "ssr")]
pub mod look;
#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod table;
#[cfg(feature = "ssr")]
pub mod watch;

#[cfg(all(test, feature = "sandbox"))]
mod tests;
