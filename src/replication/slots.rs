//! Slots: seen live; created, dropped, copied and moved by form.

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

#[cfg(all(test, feature = "sandbox"))]
mod tests;
