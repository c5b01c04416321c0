//! How the spread of a collection is changed, and how what takes hours is followed.

mod facts;
mod follow;
mod operations;
mod read_back;
pub mod resume;
mod sample;
mod stored;

#[cfg(test)]
mod tests;

use bson::Document;

pub use self::facts::{Cataloged, Existing, Facts, MOST_ZONES, Shard, Zone};
use self::follow::Follower;
pub(in crate::sharding::reshape) use self::follow::abort_command;
pub use self::sample::Sample;
pub use self::stored::Stored;
use super::model::change::Change;
use super::model::operation::{Kind, Operation};
use super::model::{ShownZone, Subject};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::AppError;
use crate::sharding::cluster::Cluster;
use crate::sharding::model::{KeyField, Namespace, ShardKey, Spread};
use crate::sharding::mongo::catalog::{key_of, shown_key};
use crate::sharding::mongo::{answer, command};
use crate::sharding::preflight::{self, Privilege, Wanted};
use crate::sharding::remembered;
use crate::sharding::value::shown_document;
use crate::text::Words;
use crate::words;

/// How old what is shown may be.
const FRESH: std::time::Duration = std::time::Duration::from_millis(900);

/// Changes the spread of the collections of one cluster.
pub struct Reshaper {
    cluster: Cluster,
}

impl Reshaper {
    pub fn new(cluster: Cluster) -> Self {
        Self { cluster }
    }

    /// The name of the cluster, as a person knows it.
    pub fn name(&self) -> &str {
        self.cluster.name()
    }

    /// Notes in a change from a form which collection or which operation it is about.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn observed(&self, change: Change) -> Result<Change, AppError> {
        if change.operation().is_some() {
            let running = self.operations().await?.unwrap_or_default();
            let name = change.namespace().to_string();
            let id = running.into_iter().find(|it| it.namespace == name).map(|it| it.id);
            return Ok(change.observed(None, id));
        }
        let seen = self.facts(change.namespace(), None).await?.collection.map(|it| it.seen());
        Ok(change.observed(seen, None))
    }

    /// Everything the checks need to know; `key` is the one that is asked for.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn facts(&self, namespace: &Namespace, key: Option<&ShardKey>) -> Result<Facts, AppError> {
        self.cluster.read(|client| async move { facts::read(&client, namespace, key).await }).await
    }

    async fn facts_of(&self, change: &Change) -> Result<Facts, AppError> {
        if change.operation().is_some() {
            return self.cluster.read(|client| async move { facts::of_operation(&client).await }).await;
        }
        self.facts(change.namespace(), change.key()).await
    }

    /// What runs in the cluster, from the servers' own state. None where that may not be asked.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn operations(&self) -> Result<Option<Vec<Operation>>, AppError> {
        self.cluster.read(|client| async move { operations::operations(&client).await }).await
    }

    /// As [`Reshaper::operations`], at most a second old: asked once for all who look.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn shown(&self) -> Result<Option<Vec<Operation>>, AppError> {
        remembered::asked(self.cluster.entry(), FRESH, |entry| {
            Box::pin(async move { Self::new(Cluster::at(entry)).operations().await })
        })
        .await
    }

    /// What the page shows of one collection, and what may be done with it.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn subject(&self, namespace: &Namespace) -> Result<Subject, AppError> {
        let facts = self.facts(namespace, None).await?;
        let collection = facts.collection.as_ref();
        let sharded = collection.and_then(Existing::sharded);
        let zone =
            |it: &Zone| ShownZone { zone: it.zone.clone(), min: shown_document(&it.min), max: shown_document(&it.max) };
        Ok(Subject {
            namespace: namespace.to_string(),
            key: sharded.map(|it| shown_key(&it.key)),
            key_typed: sharded.and_then(|it| key_of(&it.key)).map(|key| typed(&key)).unwrap_or_default(),
            unique: sharded.is_some_and(|it| it.unique),
            exists: collection.is_some(),
            zones: collection.map(|it| it.zones.iter().map(zone).collect()).unwrap_or_default(),
            shards: facts.shards.iter().map(|it| it.name.clone()).collect(),
            refused: super::plan::offered::refused(facts.release),
        })
    }

    /// Sends a command that may answer only after hours, with nothing to tell meanwhile.
    async fn wait(&self, command: &Command, run: &Run, doing: Words) -> Result<Document, AppError> {
        run.tell(doing);
        self.cluster.answer_patiently(command, run, || async {}).await
    }
}

/// As a form takes it.
fn typed(key: &ShardKey) -> String {
    let field = |it: &KeyField| match it.spread {
        Spread::Hashed => format!("{}:hashed", it.field),
        Spread::Ranged => it.field.clone(),
    };
    key.fields().iter().map(field).collect::<Vec<_>>().join(", ")
}

/// Which long operation a command begins, and of which collection.
fn begins(command: &Document) -> Option<(Kind, &str)> {
    [Kind::Reshard, Kind::Move, Kind::Unshard]
        .into_iter()
        .find_map(|kind| Some((kind, command.get_str(kind.command()).ok()?)))
}

fn doing(command: &Document) -> Words {
    match command.keys().next().map(String::as_str).unwrap_or_default() {
        "createIndexes" => words!("Building the index.", "인덱스를 만드는 중입니다."),
        "refineCollectionShardKey" => words!("Refining the key.", "키를 확장하는 중입니다."),
        "drop" => words!("Dropping the collection.", "컬렉션을 삭제하는 중입니다."),
        "commitReshardCollection" => {
            words!("Waiting until the resharding has committed.", "리샤딩이 확정될 때까지 기다리는 중입니다.")
        }
        _ => words!("Waiting for the answer.", "응답을 기다리는 중입니다."),
    }
}

impl Engine<Change> for Reshaper {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        let (namespace, action) = (change.namespace(), super::plan::action(change));
        let needed = Privilege::on(namespace.database(), namespace.collection(), action);
        let wanted = Wanted::on(namespace).with(needed);
        let common = self.cluster.read(|client| async move { preflight::common(&client, &wanted).await });
        let (common, mut facts) = tokio::try_join!(common, self.facts_of(change))?;
        facts.release = common.release;
        facts.common = common.checks_during(super::plan::meant(change));
        if super::plan::needs_all_shards(change) {
            facts.common.extend(common.all_shards_answer());
        }
        Ok(super::plan::plan(self.name(), change, &facts))
    }

    async fn run(&self, command: &Command, run: &Run) -> Result<Words, AppError> {
        let document = command::parsed(&command.exact)?;
        let answer = match begins(&document) {
            Some((kind, namespace)) => Follower::new(&self.cluster, kind, namespace).send(command, run).await?,
            None => {
                let answer = self.wait(command, run, doing(&document)).await?;
                if let Ok(namespace) = document.get_str("commitReshardCollection") {
                    Follower::new(&self.cluster, Kind::Reshard, namespace).committed(run).await?;
                }
                answer
            }
        };
        Ok(Words::same(answer::line(answer)))
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        read_back::read_back(&self.cluster, change).await
    }
}
