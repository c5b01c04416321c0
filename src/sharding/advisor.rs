//! The shard-key advisor: several candidate keys side by side, measured within bounds, the best first.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(all(test, feature = "sandbox"))]
mod tests;
