//! What is cached, for how long, what can be done with it, and what can be known of it.

mod change;
mod form;
mod reading;
mod recipe;
mod seen;
mod verdict;

pub use change::{Change, Named};
pub use form::Form;
pub use reading::{Find, QueryText, Reading};
pub use recipe::{Grace, Jitter, QueryName, Recipe, Wanted};
pub use seen::{Answer, Counts, Filled, Listed, One, Present, State};
pub use verdict::{Judgement, LEAST_RUNS, LEAST_SAMPLES, Measured, Spread, Why, suggested_ttl};
