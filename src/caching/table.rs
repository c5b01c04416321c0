//! Django's cache in a table of PostgreSQL: what is in it, what it costs, and its times to live.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
mod plan;
#[cfg(feature = "ssr")]
pub mod postgres;
#[cfg(all(test, feature = "sandbox"))]
mod tests;
