//! The databases that the console may act on, and the only ways to reach them.

pub mod api;
pub mod model;
pub mod page;
pub mod picker;
pub mod settings;
pub mod sql;

#[cfg(feature = "ssr")]
pub mod call;
#[cfg(feature = "ssr")]
pub mod entered;
#[cfg(feature = "ssr")]
pub mod mongo;
#[cfg(feature = "ssr")]
pub mod postgres;
#[cfg(feature = "ssr")]
pub mod redis;
#[cfg(feature = "ssr")]
pub mod registry;
#[cfg(feature = "ssr")]
pub mod tls;
#[cfg(feature = "ssr")]
pub mod vault;
#[cfg(feature = "ssr")]
pub mod wire;

#[cfg(all(test, feature = "ssr"))]
mod faults;
