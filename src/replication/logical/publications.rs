//! Publications: what a database offers to subscribers, and which tables an application could not write any more.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod postgres;
