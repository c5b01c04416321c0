//! What is asked of a job over many keys, and what is known of it before, while and after it runs.

mod change;
mod counts;
mod family;
mod job;
mod pattern;
mod preview;
mod storm;

pub use change::{Change, Form};
pub use counts::{Counts, End, JobKind, JobView, Undone};
pub use family::{Family, family};
pub use job::{Aim, Jitter, Job, Only, Rate};
pub use pattern::Pattern;
pub use preview::{BUCKETS, Preview};
pub use storm::{STORM, Timeline, peak};
