//! Changes to one chunk, and a chunk as it is seen.

mod seen;

use serde::{Deserialize, Serialize};

pub use self::seen::{ChunkInfo, ChunkSeen, Measured, Offered, Owner};
use crate::sharding::model::{Identity, Namespace};
use crate::targets::model::TargetId;

/// A chunk as it was looked at. Bounds are canonical extended JSON of documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    pub namespace: Namespace,
    pub identity: Identity,
    pub min: String,
    pub max: String,
    pub shard: String,
}

/// Where a chunk is split.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitAt {
    /// Where half of its documents lie on either side.
    Middle,
    /// At this bound: canonical extended JSON; of a hashed field it holds the hash.
    Key(String),
    /// In the middle of the chunk that owns a document with this key: canonical extended JSON of the fields' own values.
    Document(String),
}

/// A write about one chunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    SplitChunk {
        target: TargetId,
        subject: Subject,
        at: SplitAt,
    },
    MoveChunk {
        target: TargetId,
        subject: Subject,
        to: String,
        /// Also where it is too big; its collection cannot be written to meanwhile.
        force_jumbo: bool,
    },
    /// Makes one chunk of all that lie between two bounds.
    MergeChunks {
        target: TargetId,
        subject: Subject,
        from: String,
        until: String,
    },
    ClearJumbo {
        target: TargetId,
        subject: Subject,
    },
}

impl Change {
    pub fn subject(&self) -> &Subject {
        match self {
            Self::SplitChunk { subject, .. }
            | Self::MoveChunk { subject, .. }
            | Self::MergeChunks { subject, .. }
            | Self::ClearJumbo { subject, .. } => subject,
        }
    }

    /// Where the chunk begins that there is afterwards.
    pub fn begins_at(&self) -> &str {
        match self {
            Self::MergeChunks { from, .. } => from,
            _ => &self.subject().min,
        }
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::SplitChunk { .. } => "sharding.split_chunk",
            Self::MoveChunk { .. } => "sharding.move_chunk",
            Self::MergeChunks { .. } => "sharding.merge_chunks",
            Self::ClearJumbo { .. } => "sharding.clear_jumbo",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::SplitChunk { target, .. }
            | Self::MoveChunk { target, .. }
            | Self::MergeChunks { target, .. }
            | Self::ClearJumbo { target, .. } => target,
        }
    }
}

/// What a form about a chunk holds, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkForm {
    /// `split_chunk`, `move_chunk`, `merge_chunks` or `clear_jumbo`.
    pub action: String,
    pub namespace: String,
    /// The lower bound of the chunk: canonical extended JSON.
    pub min: String,
    /// Of splitting: `middle`, `key` or `document`.
    #[serde(default)]
    pub how: String,
    /// A literal of mongosh for each field of the key, and `min` or `max` where MinKey or MaxKey was chosen.
    #[serde(default)]
    pub key: Vec<String>,
    #[serde(default)]
    pub key_kind: Vec<String>,
    /// Of moving: the shard.
    #[serde(default)]
    pub to: String,
    /// Of moving: `yes`.
    #[serde(default)]
    pub force_jumbo: String,
    /// Of merging: `previous`, `next` or `both`.
    #[serde(default)]
    pub with: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_that_was_tampered_with_is_not_read() {
        let subject = Subject {
            namespace: Namespace::parse("a.b").expect("a name"),
            identity: Identity::default(),
            min: "{}".into(),
            max: "{}".into(),
            shard: "s1".into(),
        };
        let target = TargetId::parse("mongo").expect("a target");
        let change = Change::SplitChunk { target, subject, at: SplitAt::Key(r#"{"x":1}"#.into()) };
        let text = serde_json::to_string(&change).expect("JSON");
        assert_eq!(serde_json::from_str::<Change>(&text).expect("reads back"), change);
        for (from, to) in [("a.b", "config.chunks"), ("\"key\"", "\"code\""), ("\"shard\"", "\"force\":1,\"shard\"")] {
            assert!(serde_json::from_str::<Change>(&text.replace(from, to)).is_err(), "{from}");
        }
    }
}
