//! The wish to shard a collection.

pub mod form;
pub mod offer;
pub mod time_series;

use serde::{Deserialize, Serialize};

use self::time_series::TimeSeries;
use crate::sharding::model::{Namespace, ShardKey};
use crate::targets::model::TargetId;

/// A write to a sharded cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Spreads a collection over the shards; makes it first where there is none.
    ShardCollection {
        target: TargetId,
        namespace: Namespace,
        key: ShardKey,
        /// No two documents may have the same key.
        unique: bool,
        /// The collection that was looked at, by its UUID; only that one is sharded. None: there was none.
        uuid: Option<String>,
        #[serde(default, skip_serializing_if = "Extras::is_none")]
        extras: Extras,
    },
}

/// What is seldom asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Extras {
    /// How many chunks there are at first; the server's own number where it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunks: Option<u32>,
    /// The first chunks follow the zones that the collection has.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub presplit: bool,
    /// The collection is made as a time series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_series: Option<TimeSeries>,
}

impl Extras {
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::ShardCollection { .. } => "sharding.shard_collection",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::ShardCollection { target, .. } => target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_that_was_tampered_with_is_not_read() {
        let key = r#"[{"field":"a","spread":"ranged"}]"#;
        let read = |namespace: &str, more: &str| {
            let text = format!(
                r#"{{"do":"shard_collection","target":"m","namespace":"{namespace}","key":{key},"unique":false,"uuid":null{more}}}"#
            );
            serde_json::from_str::<Change>(&text)
        };
        assert!(read("a.b", "").is_ok());
        assert!(read("a.b", r#","extras":{"chunks":9}"#).is_ok());
        assert!(read("config.chunks", "").is_err());
        assert!(read("a.$cmd", "").is_err());
        assert!(read("a.b", r#","numInitialChunks":9"#).is_err());
        assert!(read("a.b", r#","extras":{"numInitialChunks":9}"#).is_err());
        assert!(read("a.b", r#","extras":{"chunks":-1}"#).is_err());
        assert!(read("a.b", r#","extras":{"time_series":{"time_field":"$t"}}"#).is_err());
    }
}
