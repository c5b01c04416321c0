//! TTL indexes: what is seen of them, what they would delete, and what may be changed.

pub mod change;
pub mod findings;
pub mod preview;
pub mod seconds;
pub mod seen;

pub use change::{Change, Deed, Form};
pub use preview::{Bar, Counted, Preview};
pub use seconds::Seconds;
pub use seen::{Expiry, Idle, Kind, Listing, Monitor, Row, Subject};
