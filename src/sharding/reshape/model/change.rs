//! The wish to change how a collection is spread.

use serde::{Deserialize, Serialize};

use crate::sharding::model::{Identity, Namespace, ShardKey};
use crate::targets::model::TargetId;

/// A write that changes the spread of one collection. Each names what was seen when its form was opened, and is refused
/// when something else is there; the engine fills that in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Adds fields to the end of the key. No data moves.
    RefineKey {
        target: TargetId,
        namespace: Namespace,
        key: ShardKey,
        seen: Option<Identity>,
    },
    /// Copies all documents to where another key puts them.
    ReshardCollection {
        target: TargetId,
        namespace: Namespace,
        key: ShardKey,
        options: Options,
        seen: Option<Identity>,
    },
    /// Ends a resharding without effect. `operation` is its UUID.
    AbortReshard {
        target: TargetId,
        namespace: Namespace,
        operation: Option<String>,
    },
    /// Lets a resharding block writes as soon as it can, and not only when it expects to be done within seconds.
    CommitReshard {
        target: TargetId,
        namespace: Namespace,
        operation: Option<String>,
    },
    /// Brings all documents to one shard. None: to the one that has least data.
    UnshardCollection {
        target: TargetId,
        namespace: Namespace,
        shard: Option<String>,
        seen: Option<Identity>,
    },
    AbortUnshard {
        target: TargetId,
        namespace: Namespace,
        operation: Option<String>,
    },
    /// Brings a collection that is not sharded to another shard.
    MoveCollection {
        target: TargetId,
        namespace: Namespace,
        shard: String,
        seen: Option<Identity>,
    },
    AbortMove {
        target: TargetId,
        namespace: Namespace,
        operation: Option<String>,
    },
    DropCollection {
        target: TargetId,
        namespace: Namespace,
        seen: Option<Identity>,
    },
}

/// How a collection is resharded, beside its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Chunks to begin with; none leaves it to the server.
    pub chunks: Option<u32>,
    pub zones: Zones,
    /// Also where the key stays the same (8.0 and later).
    pub force: bool,
}

/// What becomes of the ranges of zones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zones {
    /// Nothing was said: only where the collection has none.
    #[default]
    Unsaid,
    /// The present ones, rewritten for the new key.
    Keep,
    None,
}

impl Change {
    pub fn namespace(&self) -> &Namespace {
        match self {
            Self::RefineKey { namespace, .. }
            | Self::ReshardCollection { namespace, .. }
            | Self::AbortReshard { namespace, .. }
            | Self::CommitReshard { namespace, .. }
            | Self::UnshardCollection { namespace, .. }
            | Self::AbortUnshard { namespace, .. }
            | Self::MoveCollection { namespace, .. }
            | Self::AbortMove { namespace, .. }
            | Self::DropCollection { namespace, .. } => namespace,
        }
    }

    /// The key that is asked for, where one is.
    pub fn key(&self) -> Option<&ShardKey> {
        match self {
            Self::RefineKey { key, .. } | Self::ReshardCollection { key, .. } => Some(key),
            _ => None,
        }
    }

    /// The collection that was looked at.
    pub fn seen(&self) -> Option<&Identity> {
        match self {
            Self::RefineKey { seen, .. }
            | Self::ReshardCollection { seen, .. }
            | Self::UnshardCollection { seen, .. }
            | Self::MoveCollection { seen, .. }
            | Self::DropCollection { seen, .. } => seen.as_ref(),
            _ => None,
        }
    }

    /// The operation under way that this is about: its UUID, once it is known.
    pub fn operation(&self) -> Option<Option<&str>> {
        match self {
            Self::AbortReshard { operation, .. }
            | Self::CommitReshard { operation, .. }
            | Self::AbortUnshard { operation, .. }
            | Self::AbortMove { operation, .. } => Some(operation.as_deref()),
            _ => None,
        }
    }

    /// Notes which collection or which operation it is about, as it is now.
    pub fn observed(mut self, now: Option<Identity>, running: Option<String>) -> Self {
        match &mut self {
            Self::RefineKey { seen, .. }
            | Self::ReshardCollection { seen, .. }
            | Self::UnshardCollection { seen, .. }
            | Self::MoveCollection { seen, .. }
            | Self::DropCollection { seen, .. } => *seen = now,
            Self::AbortReshard { operation, .. }
            | Self::CommitReshard { operation, .. }
            | Self::AbortUnshard { operation, .. }
            | Self::AbortMove { operation, .. } => *operation = running,
        }
        self
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::RefineKey { .. } => "sharding.refine_key",
            Self::ReshardCollection { .. } => "sharding.reshard_collection",
            Self::AbortReshard { .. } => "sharding.abort_reshard",
            Self::CommitReshard { .. } => "sharding.commit_reshard",
            Self::UnshardCollection { .. } => "sharding.unshard_collection",
            Self::AbortUnshard { .. } => "sharding.abort_unshard",
            Self::MoveCollection { .. } => "sharding.move_collection",
            Self::AbortMove { .. } => "sharding.abort_move",
            Self::DropCollection { .. } => "sharding.drop_collection",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::RefineKey { target, .. }
            | Self::ReshardCollection { target, .. }
            | Self::AbortReshard { target, .. }
            | Self::CommitReshard { target, .. }
            | Self::UnshardCollection { target, .. }
            | Self::AbortUnshard { target, .. }
            | Self::MoveCollection { target, .. }
            | Self::AbortMove { target, .. }
            | Self::DropCollection { target, .. } => target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_that_was_tampered_with_is_not_read() {
        let read = |text: &str| serde_json::from_str::<Change>(text);
        assert!(read(r#"{"do":"drop_collection","target":"m","namespace":"a.b","seen":null}"#).is_ok());
        for text in [
            r#"{"do":"drop_collection","target":"m","namespace":"config.chunks","seen":null}"#,
            r#"{"do":"drop_collection","target":"m","namespace":"a.system.views","seen":null}"#,
            r#"{"do":"drop_collection","target":"m","namespace":"a.b","seen":null,"more":1}"#,
            r#"{"do":"drop_collection","target":"m","namespace":"a.b","seen":{"uuid":"u"},"x":1}"#,
            r#"{"do":"drop_database","target":"m","namespace":"a.b","seen":null}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
