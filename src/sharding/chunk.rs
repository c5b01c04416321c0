//! One chunk: where it is, how big it is, and what can be done with it by hand.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod plan;

#[cfg(test)]
mod tests;
