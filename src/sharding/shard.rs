//! Sharding a collection: the form, the plan with its checks, and how it is carried out.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod plan;

#[cfg(all(test, feature = "sandbox"))]
mod tests;
