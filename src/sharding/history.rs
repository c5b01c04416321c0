//! What became of the moves of chunks, and of everything else that changed where data lives: the cluster's own logs.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod cause;
#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod tell;

#[cfg(test)]
mod tests;
