//! The balancer: whether it really works and why not, its window and sizes, and what it may do with one collection.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod plan;

/// Whether the cluster is being balanced: for every part of sharding that has to say so.
pub mod state {
    pub use super::model::{Balancing, Verdict};
    #[cfg(feature = "ssr")]
    pub use super::mongo::read::balancing as read;
}

#[cfg(test)]
mod tests;
