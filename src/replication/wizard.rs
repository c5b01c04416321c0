//! Adding a replica, physically: what SQL can do is done here, the rest is printed, and each step is watched until it
//! is there.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
mod hba;
#[cfg(feature = "ssr")]
mod plan;
#[cfg(feature = "ssr")]
pub mod postgres;
#[cfg(feature = "ssr")]
mod steps;
#[cfg(all(test, feature = "sandbox"))]
mod tests;
