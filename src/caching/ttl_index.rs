//! TTL indexes of MongoDB: which there are, what each would delete before it deletes it, and how they are changed without
//! losing more than was meant.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod plan;

#[cfg(test)]
mod tests;
