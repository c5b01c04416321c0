//! Times to live of many keys at once: a job by pattern with its preview, its journal and its way back; and what can be
//! done against many keys dying in one moment.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod redis;
