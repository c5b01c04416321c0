//! A cluster as a whole: first what is wrong, then what there is.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod mongo;

#[cfg(test)]
mod tests;
