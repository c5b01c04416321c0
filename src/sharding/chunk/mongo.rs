//! How a chunk is read and changed.

mod facts;
mod look;

use bson::doc;
use mongodb::Client;

pub(super) use self::facts::limit;
pub use self::facts::{Chunk, Facts, Neighbours};
use super::form;
use super::model::{Change, ChunkForm, ChunkSeen};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::{AppError, Kind};
use crate::sharding::cluster::Cluster;
use crate::sharding::model::Namespace;
use crate::sharding::mongo::answer::{self, first_batch, number, soft};
use crate::sharding::mongo::{command, sharded};
use crate::sharding::order::compare_bounds;
use crate::sharding::value;
use crate::text::Words;
use crate::words;

/// A name is at most so long, in bytes.
const LONGEST_NAME: usize = 255;

/// Chunks of one cluster.
pub struct Chunks {
    cluster: Cluster,
}

impl Chunks {
    pub fn of(cluster: Cluster) -> Self {
        Self { cluster }
    }

    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The chunk that begins at `min`, or that owns it; with `measure`, how much it holds.
    ///
    /// # Errors
    /// `Invalid` at `namespace` or `min`; `NotFound` where the collection is not sharded; else as [`Cluster::read`].
    pub async fn look(&self, namespace: &str, min: &str, measure: bool) -> Result<ChunkSeen, AppError> {
        let namespace = name_to_look_at(namespace)?;
        let min = value::from_canonical(min).map_err(|rule| AppError::invalid("min", rule))?;
        let seen = self.cluster.read(|client| look::read(client, namespace, min, measure)).await?;
        seen.ok_or_else(not_sharded)
    }

    /// What a form asks for, with what its chunk is at this moment.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used; `NotFound` where no chunk begins at its bound; else as
    /// [`Cluster::read`].
    pub async fn observed(&self, form: ChunkForm) -> Result<Change, AppError> {
        let namespace = name_of(&form.namespace)?;
        let min = value::from_canonical(&form.min).map_err(|rule| AppError::invalid("min", rule))?;
        let (of, at) = (namespace.to_string(), min.clone());
        let found = self
            .cluster
            .read(|client| async move {
                let Some(sharded) = sharded::sharded(&client, &of).await? else { return Ok(None) };
                let there = facts::neighbours(&client, &sharded, &at).await?;
                Ok(Some((sharded, there)))
            })
            .await?;
        let Some((sharded, there)) = found else { return Err(not_sharded()) };
        match there.filter(|it| compare_bounds(&it.chunk.min, &min).is_eq()) {
            Some(there) => form::of(self.cluster.target().clone(), namespace, &form, &sharded, &there),
            None => Err(AppError::not_found(words!(
                "No chunk begins at this bound any more.",
                "이 경계에서 시작하는 청크가 더 이상 없습니다.",
            ))),
        }
    }

    /// Everything that the plan of a change rests on.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn facts(&self, change: &Change) -> Result<Facts, AppError> {
        let change = change.clone();
        let min = value::from_canonical(&change.subject().min).map_err(|rule| AppError::invalid("min", rule))?;
        self.cluster.read(|client| async move { facts::read(&client, &change, &min).await }).await
    }

    /// Tells how far the move of a chunk is, as its donor tells it.
    async fn watch(&self, namespace: &str, run: &Run) {
        let of = namespace.to_owned();
        let asked = self.cluster.read(|client| async move { step(&client, &of).await }).await;
        let Ok(Some((done, total, seconds))) = asked else {
            run.tell(words!(
                "The chunk is being moved; the shards do not tell how far.",
                "청크를 옮기는 중이며, 샤드가 진행 정도를 알려 주지 않습니다."
            ));
            return;
        };
        run.tell(words!("Step {done} of {total}, for {seconds} s.", "{total}단계 중 {done}단계, {seconds}초 경과."));
        run.measure(done, Some(total));
    }
}

fn name_of(text: &str) -> Result<Namespace, AppError> {
    Namespace::parse(text.trim()).map_err(|rule| AppError::invalid("namespace", rule))
}

/// Collections of MongoDB itself and buckets of a time series have chunks that can be seen.
fn name_to_look_at(text: &str) -> Result<String, AppError> {
    let text = text.trim();
    let is_own = |(database, collection): (&str, &str)| !database.is_empty() && collection.starts_with("system.");
    if text.len() <= LONGEST_NAME && text.split_once('.').is_some_and(is_own) {
        return Ok(text.to_owned());
    }
    name_of(text).map(|it| it.to_string())
}

fn not_sharded() -> AppError {
    AppError::new(
        Kind::NotFound,
        words!("This collection is not sharded, so it has no chunks.", "샤딩되지 않은 컬렉션이라 청크가 없습니다."),
        words!("Look at the list of collections.", "컬렉션 목록을 확인하세요."),
    )
}

impl Engine<Change> for Chunks {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        super::plan::plan(self, change).await
    }

    async fn run(&self, command: &Command, run: &Run) -> Result<Words, AppError> {
        let document = command::parsed(&command.exact)?;
        let moved = document.get_str("moveRange").or_else(|_| document.get_str("moveChunk"));
        let Ok(namespace) = moved else { return self.cluster.send(command).await };
        let answer = self.cluster.answer_patiently(command, run, || self.watch(namespace, run)).await?;
        Ok(Words::same(answer::line(answer)))
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        let subject = change.subject();
        let wrong = |rule| AppError::invalid("min", rule);
        let (from, until) = match change {
            Change::MergeChunks { from, until, .. } => (from, until),
            _ => (&subject.min, &subject.max),
        };
        let from = value::from_canonical(from).map_err(wrong)?;
        let until = value::from_canonical(until).map_err(wrong)?;
        let (of, at, end) = (subject.namespace.to_string(), from.clone(), until.clone());
        let found = self
            .cluster
            .read(|client| async move {
                let Some(sharded) = sharded::sharded(&client, &of).await? else { return Ok(Vec::new()) };
                facts::between(&client, &sharded, &at, &end).await
            })
            .await?;
        Ok(shown(change, &found, &until))
    }
}

/// Whether the chunks between two bounds are what the change makes of them.
fn shown(change: &Change, found: &[Chunk], until: &bson::Document) -> ReadBack {
    let first = found.first();
    let holds = match change {
        Change::SplitChunk { .. } => found.len() > 1,
        Change::MoveChunk { to, .. } => !found.is_empty() && found.iter().all(|it| it.shard == *to),
        Change::MergeChunks { .. } => first.is_some_and(|it| compare_bounds(&it.max, until).is_eq()),
        Change::ClearJumbo { .. } => first.is_some_and(|it| !it.jumbo),
    };
    let list: Vec<String> = found
        .iter()
        .take(5)
        .map(|it| {
            let jumbo = if it.jumbo { " (jumbo)" } else { "" };
            format!("{} → {}{jumbo}", it.shown(), it.shard)
        })
        .collect();
    let (list, number) = (list.join("; "), found.len());
    let seen = words!(
        "config.chunks shows {number} chunks there: {list}",
        "config.chunks에 그 자리의 청크 {number}개가 있습니다: {list}",
    );
    ReadBack { holds, seen }
}

/// Step, of how many, and for how many seconds, of the move of a chunk of this collection.
async fn step(client: &Client, namespace: &str) -> Result<Option<(u64, u64, i64)>, mongodb::error::Error> {
    let of = |name: &str| doc! { format!("command.{name}"): namespace };
    let ours = vec![of("_shardsvrMoveRange"), of("moveChunk"), of("moveRange")];
    let command = doc! {
        "aggregate": 1,
        "pipeline": [
            { "$currentOp": { "allUsers": true, "localOps": false } },
            { "$match": { "$or": ours, "msg": { "$exists": true } } },
            { "$project": { "msg": 1, "secs_running": 1 } },
            { "$limit": 1 },
        ],
        "cursor": {}, "maxTimeMS": 1_000,
    };
    let answer = soft(client.database("admin").run_command(command).await)?;
    let Some(row) = answer.as_ref().and_then(|answer| first_batch(answer).next()) else { return Ok(None) };
    // As the donor says it: `step 3 of 6`.
    let message = row.get_str("msg").unwrap_or_default();
    let mut numbers = message.split(' ').filter_map(|word| word.parse::<u64>().ok());
    let seconds = number(row, "secs_running").unwrap_or_default();
    Ok(numbers.next().zip(numbers.next()).map(|(done, total)| (done, total, seconds)))
}
