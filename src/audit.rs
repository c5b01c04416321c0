//! The record of every attempt: append-only and hash-chained.

pub mod api;
pub mod model;
pub mod notice;
pub mod page;

#[cfg(feature = "ssr")]
pub mod journal;
