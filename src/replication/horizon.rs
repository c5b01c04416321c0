//! Who keeps VACUUM from cleaning up, followed to the standby whose feedback it is.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod postgres;

#[cfg(all(test, feature = "sandbox"))]
mod tests;
