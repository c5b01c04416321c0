//! The wish to shard a collection.

use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::sharding::model::{Namespace, ShardKey};
use crate::targets::model::TargetId;
use crate::words;

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
    },
}

impl Change {
    /// Reads what a form holds. What the collection is at that moment is added by the engine.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn from_form(
        target: TargetId,
        action: &str,
        namespace: &str,
        key: &str,
        spread: &str,
        unique: &str,
    ) -> Result<Self, AppError> {
        match action {
            "shard_collection" => {
                let namespace =
                    Namespace::parse(namespace.trim()).map_err(|rule| AppError::invalid("namespace", rule))?;
                let key = ShardKey::parse(key, spread == "hashed").map_err(|rule| AppError::invalid("key", rule))?;
                Ok(Self::ShardCollection { target, namespace, key, unique: unique == "yes", uuid: None })
            }
            _ => Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        }
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

    fn target() -> TargetId {
        TargetId::parse("mongo").expect("a valid name")
    }

    #[test]
    fn the_textbook_form_is_read() {
        let change =
            Change::from_form(target(), "shard_collection", " mydatabase.mycollection ", "user_id", "hashed", "");
        let expected = r#"{"do":"shard_collection","target":"mongo","namespace":"mydatabase.mycollection","key":[{"field":"user_id","spread":"hashed"}],"unique":false,"uuid":null}"#;
        assert_eq!(serde_json::to_string(&change.expect("a valid form")).expect("JSON"), expected);
    }

    #[test]
    fn a_wrong_form_is_told_at_its_field() {
        let field = |namespace, key| {
            Change::from_form(target(), "shard_collection", namespace, key, "", "").expect_err("must be refused").field
        };
        assert_eq!(field("mycollection", "user_id").as_deref(), Some("namespace"));
        assert_eq!(field("a.b", "").as_deref(), Some("key"));
        assert!(Change::from_form(target(), "drop_collection", "a.b", "c", "", "").is_err());
    }

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
        assert!(read("config.chunks", "").is_err());
        assert!(read("a.$cmd", "").is_err());
        assert!(read("a.b", r#","numInitialChunks":9"#).is_err());
    }
}
