//! Logical replication: publications, subscriptions, and the steps that copy tables from one server to another.

pub mod api;
pub mod model;
pub mod page;
pub mod publications;
pub mod subscriptions;

#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod postgres;

#[cfg(all(test, feature = "ssr", feature = "sandbox"))]
mod tests;
