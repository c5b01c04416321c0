//! From what a form holds to a change.

use bson::Document;

use super::model::{Change, ChunkForm, SplitAt, Subject};
use super::mongo::{Chunk, Neighbours};
use crate::error::AppError;
use crate::sharding::bound::{self, Wrong};
use crate::sharding::model::{KeyField, Namespace, ShardKey, Spread};
use crate::sharding::mongo::sharded::Sharded;
use crate::sharding::value;
use crate::targets::model::TargetId;
use crate::words;

/// # Errors
/// `Invalid` at the field that cannot be used.
pub(super) fn of(
    target: TargetId,
    namespace: Namespace,
    form: &ChunkForm,
    sharded: &Sharded,
    there: &Neighbours,
) -> Result<Change, AppError> {
    let subject = subject(namespace, sharded, &there.chunk);
    match form.action.as_str() {
        "split_chunk" => Ok(Change::SplitChunk { target, subject, at: split_at(form, sharded)? }),
        "move_chunk" => {
            let to = form.to.trim().to_owned();
            if to.is_empty() {
                return Err(AppError::invalid("to", words!("Choose a shard.", "샤드를 선택하세요.")));
            }
            Ok(Change::MoveChunk { target, subject, to, force_jumbo: form.force_jumbo == "yes" })
        }
        "merge_chunks" => merge(target, subject, form, there),
        "clear_jumbo" => Ok(Change::ClearJumbo { target, subject }),
        _ => Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
    }
}

fn subject(namespace: Namespace, sharded: &Sharded, chunk: &Chunk) -> Subject {
    Subject {
        namespace,
        identity: sharded.identity(),
        min: value::canonical(&chunk.min),
        max: value::canonical(&chunk.max),
        shard: chunk.shard.clone(),
    }
}

fn split_at(form: &ChunkForm, sharded: &Sharded) -> Result<SplitAt, AppError> {
    if form.how != "key" && form.how != "document" {
        return Ok(SplitAt::Middle);
    }
    let key = sharded.key().ok_or_else(|| {
        let rule = words!(
            "This collection's key is of a kind that this version does not know.",
            "이 버전이 모르는 종류의 샤드 키입니다.",
        );
        AppError::invalid("how", rule)
    })?;
    if form.how == "key" {
        return Ok(SplitAt::Key(value::canonical(&whole(&key, form)?)));
    }
    // A document has the field's own value, also where the key has its hash.
    let plain = |field: &KeyField| KeyField { spread: Spread::Ranged, ..field.clone() };
    let own = ShardKey::new(key.fields().iter().map(plain).collect()).unwrap_or(key);
    Ok(SplitAt::Document(value::canonical(&whole(&own, form)?)))
}

/// A value for every field of the key.
fn whole(key: &ShardKey, form: &ChunkForm) -> Result<Document, AppError> {
    let wrong = |Wrong { place, rule }| AppError::invalid(&format!("key.{place}"), rule);
    let bound = bound::read(key, &form.key, &form.key_kind).map_err(wrong)?;
    if bound.len() < key.fields().len() {
        let rule = words!("Every field of the key needs a value here.", "여기서는 키의 모든 필드에 값이 필요합니다.");
        return Err(AppError::invalid(&format!("key.{}", bound.len()), rule));
    }
    Ok(bound)
}

fn merge(target: TargetId, subject: Subject, form: &ChunkForm, there: &Neighbours) -> Result<Change, AppError> {
    let nothing = |rule| Err(AppError::invalid("with", rule));
    let (mut from, mut until) = (subject.min.clone(), subject.max.clone());
    if matches!(form.with.as_str(), "previous" | "both") {
        match &there.previous {
            Some(previous) => from = value::canonical(&previous.min),
            None => return nothing(words!("There is no chunk before this one.", "이 청크 앞에 청크가 없습니다.")),
        }
    }
    if matches!(form.with.as_str(), "next" | "both") {
        match &there.next {
            Some(next) => until = value::canonical(&next.max),
            None => return nothing(words!("There is no chunk after this one.", "이 청크 뒤에 청크가 없습니다.")),
        }
    }
    if from == subject.min && until == subject.max {
        return nothing(words!("Choose with which neighbour.", "어느 이웃과 합칠지 선택하세요."));
    }
    Ok(Change::MergeChunks { target, subject, from, until })
}
