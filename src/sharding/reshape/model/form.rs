//! What a form about the spread of a collection holds.

use serde::{Deserialize, Serialize};

use super::change::{Change, Options, Zones};
use crate::error::AppError;
use crate::sharding::model::{Namespace, ShardKey};
use crate::targets::model::TargetId;
use crate::words;

/// The fields of all forms of the page; which of them count is said by `action`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReshapeForm {
    /// `refine_key`, `reshard_collection`, `abort_reshard`, `commit_reshard`, `unshard_collection`, `abort_unshard`,
    /// `move_collection`, `abort_move` or `drop_collection`.
    pub action: String,
    pub namespace: String,
    /// As the form for sharding takes it.
    pub key: String,
    /// Chunks to begin with; empty leaves it to the server.
    pub chunks: String,
    /// `keep` or `none`; empty where the collection has no zones.
    pub zones: String,
    /// `yes`: also where the key stays the same.
    pub force: String,
    /// Where a whole collection goes.
    pub shard: String,
}

/// Chunks that a server makes at most when it reshards.
const MOST_CHUNKS: u32 = 10_000;

impl ReshapeForm {
    /// Whether it holds enough to plan; a link may lead to a form that is still to be filled.
    pub fn is_filled(&self) -> bool {
        match self.action.as_str() {
            "refine_key" | "reshard_collection" => !self.key.is_empty(),
            "move_collection" => !self.shard.is_empty(),
            // Where it goes may be left to the server, so the form says that it was sent.
            "unshard_collection" => !self.shard.is_empty(),
            "" => false,
            _ => true,
        }
    }

    /// The change that it asks for. What the collection is at that moment is added by the engine.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn parse(&self, target: TargetId) -> Result<Change, AppError> {
        let namespace = Namespace::parse(self.namespace.trim()).map_err(|rule| AppError::invalid("namespace", rule))?;
        let key = || ShardKey::parse(&self.key, false).map_err(|rule| AppError::invalid("key", rule));
        Ok(match self.action.as_str() {
            "refine_key" => Change::RefineKey { target, namespace, key: key()?, seen: None },
            "reshard_collection" => {
                Change::ReshardCollection { target, namespace, key: key()?, options: self.options()?, seen: None }
            }
            "abort_reshard" => Change::AbortReshard { target, namespace, operation: None },
            "commit_reshard" => Change::CommitReshard { target, namespace, operation: None },
            "unshard_collection" => {
                Change::UnshardCollection { target, namespace, shard: self.shard_or_any()?, seen: None }
            }
            "abort_unshard" => Change::AbortUnshard { target, namespace, operation: None },
            "move_collection" => Change::MoveCollection { target, namespace, shard: self.shard()?, seen: None },
            "abort_move" => Change::AbortMove { target, namespace, operation: None },
            "drop_collection" => Change::DropCollection { target, namespace, seen: None },
            _ => return Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        })
    }

    fn options(&self) -> Result<Options, AppError> {
        let chunks = match self.chunks.trim() {
            "" => None,
            text => Some(text.parse().ok().filter(|it| (1..=MOST_CHUNKS).contains(it)).ok_or_else(|| {
                AppError::invalid(
                    "chunks",
                    words!("A whole number from 1 to {MOST_CHUNKS}.", "1에서 {MOST_CHUNKS}까지의 정수입니다."),
                )
            })?),
        };
        let zones = match self.zones.as_str() {
            "" => Zones::Unsaid,
            "keep" => Zones::Keep,
            "none" => Zones::None,
            _ => return Err(AppError::invalid("zones", words!("Choose one of the two.", "둘 중 하나를 선택하세요."))),
        };
        Ok(Options { chunks, zones, force: self.force == "yes" })
    }

    fn shard_or_any(&self) -> Result<Option<String>, AppError> {
        if self.shard == ANY { Ok(None) } else { self.shard().map(Some) }
    }

    fn shard(&self) -> Result<String, AppError> {
        let shard = self.shard.trim();
        if shard.is_empty() || shard.len() > 127 || shard.chars().any(char::is_control) {
            return Err(AppError::invalid("shard", words!("Choose a shard.", "샤드를 선택하세요.")));
        }
        Ok(shard.to_owned())
    }
}

/// Stands for the shard that has least data, which the server chooses. No shard can have this name.
pub const ANY: &str = "*";

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> TargetId {
        TargetId::parse("mongo").expect("a valid name")
    }

    fn form(action: &str, key: &str) -> ReshapeForm {
        ReshapeForm { action: action.into(), namespace: "a.b".into(), key: key.into(), ..ReshapeForm::default() }
    }

    #[test]
    fn a_reshard_form_is_read_with_all_its_options() {
        let all = ReshapeForm {
            chunks: "12".into(),
            zones: "none".into(),
            force: "yes".into(),
            ..form("reshard_collection", "x:hashed")
        };
        let expected = r#"{"do":"reshard_collection","target":"mongo","namespace":"a.b","key":[{"field":"x","spread":"hashed"}],"options":{"chunks":12,"zones":"none","force":true},"seen":null}"#;
        assert_eq!(serde_json::to_string(&all.parse(target()).expect("a valid form")).expect("JSON"), expected);
    }

    #[test]
    fn a_wrong_form_is_told_at_its_field() {
        let field = |form: ReshapeForm| form.parse(target()).expect_err("must be refused").field;
        assert_eq!(field(form("refine_key", "a,,b")).as_deref(), Some("key"));
        assert_eq!(field(form("move_collection", "")).as_deref(), Some("shard"));
        assert_eq!(field(form("nonsense", "")).as_deref(), Some("action"));
        for chunks in ["0", "-1", "x", "10001", "1.5"] {
            let wrong = ReshapeForm { chunks: chunks.into(), ..form("reshard_collection", "a") };
            assert_eq!(field(wrong).as_deref(), Some("chunks"), "{chunks}");
        }
        let system = ReshapeForm { namespace: "config.system.sessions".into(), ..form("drop_collection", "") };
        assert_eq!(field(system).as_deref(), Some("namespace"));
    }

    #[test]
    fn unsharding_may_leave_the_shard_to_the_server() {
        let any = ReshapeForm { shard: ANY.into(), ..form("unshard_collection", "") };
        assert!(matches!(any.parse(target()), Ok(Change::UnshardCollection { shard: None, .. })));
        assert!(!form("unshard_collection", "").is_filled() && any.is_filled());
    }
}
