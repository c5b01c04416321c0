//! Which logical slots outlive a failover.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod postgres;

#[cfg(all(test, feature = "sandbox"))]
mod tests;
