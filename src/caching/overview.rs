//! A cache as a whole: first what is wrong, then how well it answers, what lives how long in it, and what dies when.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod history;
#[cfg(feature = "ssr")]
pub mod redis;

#[cfg(test)]
mod tests;
