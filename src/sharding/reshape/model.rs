//! What the page about the spread of one collection shows and asks for.

pub mod change;
pub mod form;
pub mod operation;

use serde::{Deserialize, Serialize};

use crate::text::Words;

/// What may be done with one collection, and what stands against it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub namespace: String,
    /// As mongosh takes it; none where it is not sharded.
    pub key: Option<String>,
    /// As a form takes it: `region, user_id:hashed`.
    pub key_typed: String,
    pub unique: bool,
    /// It is there at all.
    pub exists: bool,
    pub zones: Vec<ShownZone>,
    /// Their names.
    pub shards: Vec<String>,
    /// The operations that this cluster does not offer, each with the reason.
    pub refused: Vec<(String, Words)>,
}

impl Subject {
    /// Why the operation is not offered on this cluster; none where it is.
    pub fn refusal(&self, action: &str) -> Option<Words> {
        self.refused.iter().find(|(name, _)| name == action).map(|(_, why)| why.clone())
    }
}

/// The range of a zone as mongosh would print it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownZone {
    pub zone: String,
    pub min: String,
    pub max: String,
}
