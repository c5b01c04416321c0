//! What the console's user may do at a Redis or Valkey server: what is missing, and the access list that gives it.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod redis;

#[cfg(all(test, feature = "sandbox"))]
mod tests;
