//! Rules for how long keys of a prefix are to live, how far the keys are from them, and the way into line: a bulk job.

pub mod api;
pub mod model;
pub mod page;

#[cfg(feature = "ssr")]
pub mod plan;
#[cfg(feature = "ssr")]
pub mod stored;
