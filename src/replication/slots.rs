//! Slots: seen live, created and dropped by form.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod look;
#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod postgres;
#[cfg(feature = "ssr")]
pub mod volume;
#[cfg(feature = "ssr")]
pub mod watch;
