//! What each change to a chunk would do, found out beforehand.

mod checks;
mod commands;
mod effect;

use bson::Document;

use super::model::{Change, SplitAt};
use super::mongo::{Chunks, Facts};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Plan};
use crate::error::AppError;
use crate::sharding::hashed::hashed;
use crate::sharding::model::{ShardKey, Spread};
use crate::sharding::value;
use crate::text::Words;
use crate::words;

/// Plans a change.
///
/// # Errors
/// When the cluster cannot be asked, or is none.
pub async fn plan(chunks: &Chunks, change: &Change) -> Result<Plan, AppError> {
    let facts = chunks.facts(change).await?;
    let bounds = Bounds::of(change)?;
    let commands = vec![commands::of(change, &bounds, facts.release)];
    Ok(Plan {
        title: title(chunks.cluster().name(), change, &bounds),
        checks: checks::of(change, &bounds, &facts),
        fingerprint: fingerprint(&observed(&facts), &commands),
        commands,
        revert: Vec::new(),
        effect: effect::of(change, &facts),
        way_back: effect::way_back(change),
        blast: blast(change),
    })
}

fn blast(change: &Change) -> Blast {
    match change {
        Change::SplitChunk { .. } | Change::ClearJumbo { .. } => Blast::Plain,
        Change::MoveChunk { subject, force_jumbo: true, .. } => Blast::TypeName(subject.namespace.to_string()),
        Change::MoveChunk { .. } | Change::MergeChunks { .. } => Blast::Confirm,
    }
}

/// The bounds of a change as documents.
pub(super) struct Bounds {
    pub min: Document,
    pub max: Document,
    /// Of a merge: from where to where. Else those of the chunk.
    pub from: Document,
    pub until: Document,
    /// Of a split: the key that is named.
    pub key: Option<Document>,
}

impl Bounds {
    fn of(change: &Change) -> Result<Self, AppError> {
        let read = |text: &str| value::from_canonical(text).map_err(|rule| AppError::invalid("min", rule));
        let subject = change.subject();
        let (min, max) = (read(&subject.min)?, read(&subject.max)?);
        let (from, until) = match change {
            Change::MergeChunks { from, until, .. } => (read(from)?, read(until)?),
            _ => (min.clone(), max.clone()),
        };
        let key = match change {
            Change::SplitChunk { at: SplitAt::Key(key) | SplitAt::Document(key), .. } => Some(read(key)?),
            _ => None,
        };
        Ok(Self { min, max, from, until, key })
    }

    /// `[ { a: 1 }, { a: 5 } )`.
    pub(super) fn shown(&self) -> String {
        format!("[ {}, {} )", value::shown_document(&self.min), value::shown_document(&self.max))
    }
}

/// Where a document with this key lies: hashed fields hold the hash of their value.
pub(super) fn place_of(key: &Document, by: &ShardKey) -> Option<Document> {
    let value = |field: &crate::sharding::model::KeyField| {
        let value = key.get(&field.field)?;
        let place = match field.spread {
            Spread::Ranged => value.clone(),
            Spread::Hashed => hashed(value).into(),
        };
        Some((field.field.clone(), place))
    };
    by.fields().iter().map(value).collect()
}

fn title(server: &str, change: &Change, bounds: &Bounds) -> Words {
    let (namespace, shown) = (&change.subject().namespace, bounds.shown());
    match change {
        Change::SplitChunk { .. } => {
            words!("Split the chunk {shown} of {namespace} at {server}", "{server}: {namespace}의 청크 {shown} 나누기")
        }
        Change::MoveChunk { to, .. } => words!(
            "Move the chunk {shown} of {namespace} to {to} at {server}",
            "{server}: {namespace}의 청크 {shown}을(를) {to}(으)로 이동",
        ),
        Change::MergeChunks { .. } => words!(
            "Merge the chunk {shown} of {namespace} with its neighbours at {server}",
            "{server}: {namespace}의 청크 {shown}을(를) 이웃과 병합",
        ),
        Change::ClearJumbo { .. } => words!(
            "Clear the jumbo mark of the chunk {shown} of {namespace} at {server}",
            "{server}: {namespace}의 청크 {shown}의 점보 표시 해제",
        ),
    }
}

/// What must still be so when the plan is applied. How much the chunk holds drifts while nothing of meaning changes.
fn observed(facts: &Facts) -> impl serde::Serialize {
    let identity = facts.sharded.as_ref().map(|it| it.identity());
    let of = |chunk: &super::mongo::Chunk| {
        (value::canonical(&chunk.min), value::canonical(&chunk.max), chunk.shard.clone(), chunk.jumbo)
    };
    let there = facts.there.as_ref().map(|it| of(&it.chunk));
    let merged: Vec<_> = facts.merged.iter().map(of).collect();
    let shards: Vec<_> = facts.shards.iter().map(|it| (it.name.clone(), it.zones.clone(), it.draining)).collect();
    (facts.release, identity, there, merged, shards)
}
