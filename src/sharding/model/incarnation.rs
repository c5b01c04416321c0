//! Which collection of a name it is.

use serde::{Deserialize, Serialize};

/// A sharded collection as it was looked at. Another one under the same name has another UUID; resharding, refining the
/// key or dropping it makes another epoch or timestamp.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incarnation {
    /// Empty before 5.0, where the config servers may not keep it.
    pub uuid: String,
    /// As 24 hexadecimal digits.
    pub epoch: String,
    /// Seconds and counter as `1:2`; empty before 5.0.
    pub timestamp: String,
}
