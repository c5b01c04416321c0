//! One key: what is known of it, its value, and the changes that can be made to it.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod redis;

#[cfg(test)]
mod tests;
