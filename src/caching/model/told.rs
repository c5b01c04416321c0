//! A number that a server may not tell.

use serde::{Deserialize, Serialize};

/// A number, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Told {
    Unknown,
    NoPermission,
    Number(i64),
}
