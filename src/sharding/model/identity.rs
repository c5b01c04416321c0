//! Which collection a name means: another one may have the same name a moment later.

use serde::{Deserialize, Serialize};

/// What tells a collection from every other of the same name. Noted when a form is opened and compared before anything
/// is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Also that of a collection that is not sharded. Another one after a drop and after a resharding.
    pub uuid: String,
    /// `lastmodEpoch` of a sharded collection: another one after its key was refined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    /// `timestamp` of a sharded collection as `t.i`, from MongoDB 5.0 (FCV 5.0).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
}

impl Identity {
    pub fn is_sharded(&self) -> bool {
        self.epoch.is_some()
    }
}
