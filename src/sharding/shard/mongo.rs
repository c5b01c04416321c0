//! How a collection is sharded.

mod building;
mod facts;
mod multikey;
mod values;

pub use self::facts::{Existing, Facts};
pub use self::values::{Sample, Values};
use super::model::Change;
use super::model::form::Observed;
use super::model::offer::Offer;
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::AppError;
use crate::sharding::cluster::Cluster;
use crate::sharding::model::{CHUNKS_COUNTED, Chunks, Namespace, ShardKey};
use crate::sharding::mongo::answer;
use crate::sharding::mongo::catalog::{self, key_of, shown_key};
use crate::sharding::preflight::{self, Common, Privilege, Wanted};
use crate::text::Words;
use crate::words;

/// Shards collections of one cluster.
pub struct Sharder {
    cluster: Cluster,
}

impl Sharder {
    pub fn new(cluster: Cluster) -> Self {
        Self { cluster }
    }

    /// What the form needs when it is opened for the collection of this name, which may be empty or none yet.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn offer(&self, namespace: &str) -> Result<Offer, AppError> {
        let offer = Offer::of(self.cluster.release().await?);
        let Ok(namespace) = Namespace::parse(namespace.trim()) else { return Ok(offer) };
        let uuid = self.uuid(&namespace).await?;
        Ok(Offer { observed: Observed::text(&namespace, uuid.as_deref()), ..offer })
    }

    /// Notes in a change from a form which collection it is about, so that another one of the same name is not taken
    /// for it later. Where the form was opened for this collection, that was noted then.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn observed(&self, (change, observed): (Change, Observed)) -> Result<Change, AppError> {
        let Change::ShardCollection { target, namespace, key, unique, uuid, extras } = change;
        let uuid = if observed == Observed::NotYet { self.uuid(&namespace).await? } else { uuid };
        Ok(Change::ShardCollection { target, namespace, key, unique, uuid, extras })
    }

    async fn uuid(&self, namespace: &Namespace) -> Result<Option<String>, AppError> {
        self.cluster.read(|client| async move { facts::uuid(&client, namespace).await }).await
    }

    /// What is looked at before every write.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn common(&self, namespace: &Namespace) -> Result<Common, AppError> {
        let needed = Privilege::on(namespace.database(), namespace.collection(), "enableSharding");
        let wanted = Wanted::on(namespace).with(needed);
        self.cluster.read(|client| async move { preflight::common(&client, &wanted).await }).await
    }

    /// Everything the checks need to know.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn facts(&self, namespace: &Namespace, key: &ShardKey) -> Result<Facts, AppError> {
        self.cluster.read(|client| async move { facts::read(&client, namespace, key).await }).await
    }

    /// The name of the cluster, as a person knows it.
    pub fn name(&self) -> &str {
        self.cluster.name()
    }
}

impl Engine<Change> for Sharder {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        super::plan::plan(self, change).await
    }

    /// Building an index and sharding take as long as they take.
    async fn run(&self, command: &Command, run: &Run) -> Result<Words, AppError> {
        let watch = || building::tell(&self.cluster, command, run);
        Ok(Words::same(answer::line(self.cluster.answer_patiently(command, run, watch).await?)))
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        let Change::ShardCollection { namespace, key, unique, .. } = change;
        let (found, stored) = self
            .cluster
            .read(|client| async move {
                let series = facts::time_series(&client, namespace).await?;
                let stored = series.as_ref().map_or_else(|| key.clone(), |it| it.stored(key));
                let name = facts::stored_name(namespace, series.is_some());
                Ok((catalog::sharded(&client, std::slice::from_ref(&name)).await?.remove(&name), stored))
            })
            .await?;
        Ok(shown(namespace, &stored, *unique, found))
    }
}

fn shown(namespace: &Namespace, key: &ShardKey, unique: bool, found: Option<catalog::Entry>) -> ReadBack {
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
    fn the_effect_is_there_only_with_the_key_that_was_asked_for() {
        let namespace = Namespace::parse("a.b").expect("a valid name");
        let key = ShardKey::parse("x", true).expect("a valid key");
        let chunks = vec![ShardChunks { shard: "s1".into(), chunks: 2 }, ShardChunks { shard: "s2".into(), chunks: 2 }];
        let found = |key, unique| Some(catalog::Entry { key, unique, chunks: Chunks::Counted(chunks.clone()) });
        let back = shown(&namespace, &key, false, found(doc! { "x": "hashed" }, false));
        assert!(back.holds);
        assert_eq!(back.seen.en, r#"config.collections shows a.b sharded on { x: "hashed" }; chunks: s1 2, s2 2."#);
        assert!(!shown(&namespace, &key, false, found(doc! { "x": 1 }, false)).holds);
        assert!(!shown(&namespace, &key, false, found(doc! { "x": "hashed" }, true)).holds);
        assert!(!shown(&namespace, &key, false, None).holds);
    }
}
