//! What is asked of and sent to MongoDB's routers, 4.2 to 8.

mod answer;
mod catalog;
mod facts;
mod list;
mod router;
mod size;
mod values;

use std::sync::Arc;

use bson::{Bson, Document};

pub use self::catalog::{Entry as Cataloged, key_of, shown_key};
pub use self::facts::{Existing, Facts, Index, Version};
pub use self::list::list;
pub use self::size::Size;
pub use self::values::{Sample, Values};
use super::errors::tell;
use super::model::{CHUNKS_COUNTED, Change, Chunks, Namespace, ShardKey};
use crate::auth::session::{Authorized, Changes};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::{AppError, Kind};
use crate::targets::model::{TargetId, TargetKind};
use crate::targets::mongo;
use crate::targets::registry::Entry;
use crate::text::Words;
use crate::words;

/// MongoDB of one target, at work for somebody who may change it.
pub struct Mongo {
    entry: Arc<Entry>,
}

impl Mongo {
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn of(who: &Authorized<Changes>, target: &str) -> Result<Self, AppError> {
        Ok(Self { entry: who.state().registry.find(target, TargetKind::Mongodb)? })
    }

    /// Notes in a change from a form which collection it is about, so that another one of the same name is not taken
    /// for it later.
    ///
    /// # Errors
    /// `Refused` when the target is no router; else as [`mongo::read`].
    pub async fn observed(&self, change: Change) -> Result<Change, AppError> {
        router::require(&self.entry).await?;
        let Change::ShardCollection { target, namespace, key, unique, .. } = change;
        let uuid =
            mongo::read(&self.entry, tell, |client| async { facts::uuid(&{ client }, &namespace).await }).await?;
        Ok(Change::ShardCollection { target, namespace, key, unique, uuid })
    }

    /// Everything the checks need to know.
    ///
    /// # Errors
    /// `Refused` when the target is no router; else as [`mongo::read`].
    pub async fn facts(&self, namespace: &Namespace, key: &ShardKey) -> Result<Facts, AppError> {
        router::require(&self.entry).await?;
        mongo::read(&self.entry, tell, |client| async move { facts::read(&client, namespace, key).await }).await
    }

    /// The target that is worked on.
    pub fn target(&self) -> &TargetId {
        &self.entry.configured.target.id
    }

    /// The name of the cluster, as a person knows it.
    pub fn name(&self) -> &str {
        &self.entry.configured.target.name
    }
}

impl Engine<Change> for Mongo {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        super::plan::plan(self, change).await
    }

    async fn run(&self, command: &Command, _run: &Run) -> Result<Words, AppError> {
        let document = parsed(&command.exact)?;
        let answer = mongo::change(&self.entry, tell, &command.database, document).await?;
        if answer.contains_key("writeConcernError") {
            // It may have happened, so it must not be told as a refusal.
            return Err(tell(self.name(), WRITE_CONCERN_FAILED, "WriteConcernFailed"));
        }
        Ok(Words::same(answer::line(answer)))
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        let Change::ShardCollection { namespace, key, unique, .. } = change;
        let full_name = namespace.to_string();
        let mut found =
            mongo::read(&self.entry, tell, |client| async move { catalog::sharded(&client, &[full_name]).await })
                .await?;
        Ok(shown(namespace, key, *unique, found.remove(&namespace.to_string())))
    }
}

const WRITE_CONCERN_FAILED: i32 = 64;

/// A command as it stands in a plan. Relaxed and canonical extended JSON both are read.
fn parsed(exact: &str) -> Result<Document, AppError> {
    let value: Option<serde_json::Value> = serde_json::from_str(exact).ok();
    match value.map(Bson::try_from) {
        Some(Ok(Bson::Document(document))) => Ok(document),
        _ => Err(AppError::new(
            Kind::Internal,
            words!("The plan holds a command that cannot be sent.", "계획에 보낼 수 없는 명령이 있습니다."),
            words!("Plan again.", "계획을 다시 세우세요."),
        )),
    }
}

fn shown(namespace: &Namespace, key: &ShardKey, unique: bool, found: Option<Cataloged>) -> ReadBack {
    let Some(found) = found else {
        let seen =
            words!("config.collections does not list {namespace}.", "config.collections에 {namespace}이(가) 없습니다.");
        return ReadBack { holds: false, seen };
    };
    let is = shown_key(&found.key);
    let spread = spread(&found.chunks);
    let (en, ko) = (spread.en, spread.ko);
    ReadBack {
        holds: key_of(&found.key).as_ref() == Some(key) && found.unique == unique,
        seen: words!(
            "config.collections shows {namespace} sharded on {is}; {en}.",
            "config.collections에 {namespace}이(가) {is}(으)로 샤딩되어 있습니다. {ko}.",
        ),
    }
}

fn spread(chunks: &Chunks) -> Words {
    match chunks {
        Chunks::Counted(shards) => {
            let each: Vec<String> = shards.iter().map(|it| format!("{} {}", it.shard, it.chunks)).collect();
            let each = each.join(", ");
            words!("chunks: {each}", "청크: {each}")
        }
        Chunks::Many => words!("more than {CHUNKS_COUNTED} chunks", "청크 {CHUNKS_COUNTED}개 초과"),
        Chunks::Unknown => words!("chunks were not counted", "청크 수 확인 못 함"),
    }
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;
    use crate::sharding::model::ShardChunks;

    #[test]
    fn a_command_is_sent_as_it_stands() {
        let document = parsed(r#"{"shardCollection":"a.b","key":{"z":1,"a":"hashed"},"unique":true}"#);
        let expected = doc! { "shardCollection": "a.b", "key": { "z": 1, "a": "hashed" }, "unique": true };
        assert_eq!(document.expect("a command"), expected);
        assert!(parsed("[]").is_err() && parsed("{").is_err());
    }

    #[test]
    fn the_effect_is_there_only_with_the_key_that_was_asked_for() {
        let namespace = Namespace::parse("a.b").expect("a valid name");
        let key = ShardKey::parse("x", true).expect("a valid key");
        let chunks = vec![ShardChunks { shard: "s1".into(), chunks: 2 }, ShardChunks { shard: "s2".into(), chunks: 2 }];
        let found = |key, unique| Some(Cataloged { key, unique, chunks: Chunks::Counted(chunks.clone()) });
        let back = shown(&namespace, &key, false, found(doc! { "x": "hashed" }, false));
        assert!(back.holds);
        assert_eq!(back.seen.en, r#"config.collections shows a.b sharded on { x: "hashed" }; chunks: s1 2, s2 2."#);
        assert!(!shown(&namespace, &key, false, found(doc! { "x": 1 }, false)).holds);
        assert!(!shown(&namespace, &key, false, found(doc! { "x": "hashed" }, true)).holds);
        assert!(!shown(&namespace, &key, false, None).holds);
    }
}
