//! One key, its value, and the changes that can be made to it.

mod change;
mod moment;

use serde::{Deserialize, Serialize};

pub use self::change::{Change, Digest, Form, LONGEST_VALUE, Only};
pub use self::moment::Moment;
use crate::caching::format::name::Django;
use crate::caching::model::{Lifetime, Told};
use crate::text::Words;

/// A key as it is now, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySeen {
    /// As it is spelled.
    pub key: String,
    /// What Django would read in the name.
    pub django: Option<Django>,
    pub lifetime: Lifetime,
    /// When it dies, by the server's clock, in milliseconds since 1970.
    pub dies: Option<i64>,
    /// The server's clock, in milliseconds since 1970.
    pub now: i64,
    /// `string`, `hash` …; `none` for a missing key.
    pub kind: String,
    /// How the server holds it: `listpack`, `embstr` …
    pub encoding: Option<String>,
    /// In memory, with what belongs to it: of a big collection estimated from five elements.
    pub bytes: Told,
    /// Seconds since it was used; where the policy counts use, its logarithmic counter (0 to 255).
    pub idle: Told,
    pub counts_use: bool,
    /// The server takes no writes.
    pub replica: bool,
    /// Whether conditions such as “only if it is longer” are known: from 7.0. None where the version is unknown.
    pub conditions: Option<bool>,
}

/// The value of a key, as far as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// Bytes of a string, elements of anything else; none where there is no key.
    pub size: Option<i64>,
    pub shown: Shown,
    /// Time for reading it, in microseconds, as the console saw it.
    pub micros: u64,
}

/// What is shown of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    /// There is no such key.
    Missing,
    /// The first 4 KiB of a string, as its format tells it.
    Text { format: Words, text: String, whole: bool, edit: Result<Editable, Words> },
    /// The first 50 elements; a field, score or place, and what stands there.
    Elements(Vec<(String, String)>),
    /// Why nothing is shown.
    Nothing(Words),
}

/// What stands in the form, and what was read: only over that it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Editable {
    pub text: String,
    pub seen: Digest,
    /// When the key dies, in milliseconds since 1970; −1: never.
    pub dies: i64,
}
