//! Who streams from whom, how far behind, and who has stopped answering.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod postgres;

#[cfg(all(test, feature = "sandbox"))]
mod tests;
