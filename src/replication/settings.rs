//! The settings that decide replication: what each does, what is wrong with it here, and changing it with a way back.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
mod meaning;
#[cfg(feature = "ssr")]
mod plan;
#[cfg(feature = "ssr")]
pub mod postgres;
#[cfg(all(test, feature = "sandbox"))]
mod tests;
#[cfg(feature = "ssr")]
mod warnings;
