//! Subscriptions: made, watched until every table is copied, changed, and taken away without leaving WAL behind.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod kept;
#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod postgres;
