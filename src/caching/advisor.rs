//! What another TTL would do: hit ratio and database queries per second, told from how often sampled keys are used.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod redis;

#[cfg(test)]
mod tests;
