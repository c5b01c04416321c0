//! How the balancer is looked at and changed.

mod effect;
mod lint;
mod needs;
pub(in crate::sharding) mod read;

#[cfg(test)]
mod tests;

use std::time::Duration;

use bson::{Document, doc};
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use self::effect::{shown, shown_collection};
use super::model::{Balancing, Change, OfCollection};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::{AppError, Kind};
use crate::sharding::cluster::Cluster;
use crate::sharding::model::Namespace;
use crate::sharding::mongo::answer::{first_batch, in_time, line, number, soft};
use crate::sharding::mongo::command;
use crate::sharding::preflight::{self, Common, Seen, Wanted};
use crate::sharding::remembered;
use crate::text::Words;
use crate::words;

/// How old what is shown may be.
const FRESH: std::time::Duration = std::time::Duration::from_millis(900);

/// Looks after the balancer of one cluster.
pub struct Keeper {
    cluster: Cluster,
}

/// What a plan rests on.
pub(super) struct Facts {
    pub(super) state: Balancing,
    /// The documents themselves; none where they may not be read.
    pub(super) documents: Option<Vec<Document>>,
    pub(super) common: Common,
    /// None: the change is about none, or it is not sharded.
    pub(super) collection: Option<OfCollection>,
    /// Collections of which a chunk is being moved; none where the shards did not tell.
    pub(super) moving: Option<Vec<String>>,
    pub(super) counts: Option<Counts>,
}

/// Sharded collections, and how many of them the balancer does not look after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) sharded: i64,
    pub(super) excluded: i64,
}

impl Keeper {
    pub fn new(cluster: Cluster) -> Self {
        Self { cluster }
    }

    /// The name of the cluster, as a person knows it.
    pub fn name(&self) -> &str {
        self.cluster.name()
    }

    /// The balancer as it is now.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn state(&self) -> Result<Balancing, AppError> {
        self.cluster.read(|client| async move { read::balancing(&client).await }).await
    }

    /// As [`Keeper::state`], at most a second old: asked once for all who look.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn shown(&self) -> Result<Balancing, AppError> {
        remembered::asked(self.cluster.entry(), FRESH, |entry| {
            Box::pin(async move { Self::new(Cluster::at(entry)).state().await })
        })
        .await
    }

    /// What it may do with one collection.
    ///
    /// # Errors
    /// `Invalid` at the field `namespace`; `NotFound` where it is not sharded; else as [`Cluster::read`].
    pub async fn collection(&self, namespace: &str) -> Result<OfCollection, AppError> {
        let namespace = Namespace::parse(namespace.trim()).map_err(|rule| AppError::invalid("namespace", rule))?;
        let found = self.cluster.read(|client| async { read::of_collection(&{ client }, &namespace).await }).await?;
        found.ok_or_else(|| {
            AppError::not_found(words!("{namespace} is not sharded.", "{namespace}은(는) 샤딩되어 있지 않습니다."))
                .at("namespace")
        })
    }

    /// Notes in a change from a form which collection it is about.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn observed(&self, change: Change) -> Result<Change, AppError> {
        let Some((namespace, _)) = change.collection() else { return Ok(change) };
        let namespace = namespace.clone();
        let seen = self.cluster.read(|client| async { preflight::identity(&{ client }, &namespace).await }).await?;
        Ok(match seen {
            Seen::Is(identity) => change.of(identity),
            Seen::None | Seen::Unknown => change,
        })
    }

    pub(super) async fn facts(&self, change: &Change) -> Result<Facts, AppError> {
        let namespace = change.collection().map(|(namespace, _)| namespace.clone());
        let mut wanted = namespace.as_ref().map_or_else(Wanted::cluster, Wanted::on);
        wanted.privileges.extend(needs::of(change));
        self.cluster.read(|client| async move { facts(&client, namespace, wanted).await }).await
    }
}

async fn facts(client: &Client, namespace: Option<Namespace>, wanted: Wanted) -> Result<Facts, Error> {
    let (state, documents, common, collection, moving, counts) = tokio::try_join!(
        read::balancing(client),
        read::documents(client),
        preflight::common(client, &wanted),
        async {
            match &namespace {
                Some(namespace) => read::of_collection(client, namespace).await,
                None => Ok(None),
            }
        },
        moving(client),
        counts(client),
    )?;
    Ok(Facts { state, documents, common, collection, moving, counts })
}

/// Asks the shards which chunks they are sending.
async fn moving(client: &Client) -> Result<Option<Vec<String>>, Error> {
    const NAMES: [&str; 3] = ["_shardsvrMoveRange", "moveChunk", "moveRange"];
    let ways: Vec<Document> =
        NAMES.iter().map(|name| doc! { format!("command.{name}"): { "$exists": true } }).collect();
    let command = doc! {
        "aggregate": 1,
        "pipeline": [
            { "$currentOp": { "allUsers": true, "localOps": false } },
            { "$match": { "$or": ways } },
            { "$limit": 200 },
            { "$project": { "command._shardsvrMoveRange": 1, "command.moveChunk": 1, "command.moveRange": 1 } },
        ],
        "cursor": { "batchSize": 200 },
        "maxTimeMS": 1_500,
    };
    let deadline = Instant::now() + Duration::from_millis(1_500);
    let answer = in_time(deadline, client.database("admin").run_command(command).into_future()).await?;
    let named = |row: &Document| {
        let command = row.get_document("command").ok()?;
        NAMES.iter().find_map(|name| command.get_str(name).ok()).map(str::to_owned)
    };
    Ok(answer.map(|answer| {
        let mut names: Vec<String> = first_batch(&answer).filter_map(named).collect();
        names.sort();
        names.dedup();
        names
    }))
}

async fn counts(client: &Client) -> Result<Option<Counts>, Error> {
    let sharded = doc! { "dropped": { "$ne": true }, "unsplittable": { "$ne": true } };
    let excluded = doc! { "$sum": { "$cond": [{ "$eq": ["$noBalance", true] }, 1, 0] } };
    let command = doc! {
        "aggregate": "collections",
        "pipeline": [{ "$match": sharded }, { "$group": { "_id": null, "all": { "$sum": 1 }, "excluded": excluded } }],
        "cursor": {},
        "maxTimeMS": 500,
    };
    let answer = soft(client.database("config").run_command(command).await)?;
    Ok(answer.map(|answer| {
        let row = first_batch(&answer).next();
        let of = |field| row.and_then(|row| number(row, field)).unwrap_or_default();
        Counts { sharded: of("all"), excluded: of("excluded") }
    }))
}

impl Engine<Change> for Keeper {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        let facts = self.facts(change).await?;
        Ok(super::plan::plan(self.name(), change, &facts))
    }

    async fn run(&self, command: &Command, run: &Run) -> Result<Words, AppError> {
        let document = command::parsed(&command.exact)?;
        let answer = if document.contains_key("balancerStop") || document.contains_key("setAllowMigrations") {
            run.tell(words!(
                "It waits for the migration that is under way to end.",
                "진행 중인 청크 이동이 끝나기를 기다립니다."
            ));
            // It answers when no chunk is being moved any more, which may take longer than other changes.
            self.cluster.answer_patiently(command, run, || async {}).await?
        } else {
            self.cluster.answer(command).await?
        };
        if document.get_str("update").is_ok_and(|it| it == "collections") && number(&answer, "n") == Some(0) {
            return Err(AppError::new(
                Kind::Conflict,
                words!(
                    "The collection is no longer the one that you looked at; nothing was changed.",
                    "확인하신 컬렉션이 더 이상 아니어서 아무것도 바꾸지 않았습니다."
                ),
                words!("Open the form anew.", "양식을 다시 여세요."),
            ));
        }
        Ok(Words::same(line(answer)))
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        let Some((namespace, _)) = change.collection() else {
            let state = self.state().await?;
            return Ok(shown(change, &state));
        };
        let namespace = namespace.to_string();
        let collection = self.collection(&namespace).await?;
        Ok(shown_collection(change, &collection))
    }
}
