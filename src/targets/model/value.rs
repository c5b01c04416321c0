//! A value of BSON on its way to the browser, which has no BSON of its own.

use serde::{Deserialize, Serialize};

/// A value, or a document of values such as the bound of a chunk. The browser repeats `ejson` as it is, since its own
/// numbers would lose the last digits of a hash.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// Canonical extended JSON: reads back as the very same value.
    pub ejson: String,
    /// As a person types it in mongosh.
    pub shown: String,
}
