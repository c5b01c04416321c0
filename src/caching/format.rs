//! Formats of cached values: told apart by their bytes, shown as text without executing anything, and written only where
//! the format can hold what is written. And the names that frameworks give to their keys.

pub mod model;
pub mod name;

#[cfg(feature = "ssr")]
mod json;
#[cfg(feature = "ssr")]
mod look;
#[cfg(feature = "ssr")]
mod msgpack;
#[cfg(feature = "ssr")]
pub mod pickle;
#[cfg(feature = "ssr")]
mod plain;
#[cfg(all(test, feature = "ssr"))]
mod tests;
#[cfg(feature = "ssr")]
mod tree;
#[cfg(feature = "ssr")]
mod written;
#[cfg(feature = "ssr")]
mod zlib;

#[cfg(feature = "ssr")]
pub use look::look;
pub use model::{Format, Looked};
#[cfg(feature = "ssr")]
pub use written::written;
