//! What is looked at before a chunk is changed.

mod moving;
mod split;
mod together;

use self::moving::{destination, in_the_way, size};
use self::split::splitting;
use self::together::{clearing, merging};
use super::Bounds;
use crate::change::Check;
use crate::sharding::chunk::model::Change;
use crate::sharding::chunk::mongo::Facts;
use crate::sharding::model::offered::Operation;
use crate::sharding::order::compare_bounds;
use crate::text::Words;
use crate::words;

/// All checks, the most basic first.
pub(super) fn of(change: &Change, bounds: &Bounds, facts: &Facts) -> Vec<Check> {
    let mut checks = facts.common.checks();
    checks.extend(offered(change, facts));
    checks.push(same_collection(change, facts));
    checks.push(same_chunk(change, bounds, facts));
    if facts.sharded.as_ref().is_some_and(|it| it.is_resharding()) {
        checks.push(Check::block(
            words!("The collection is being resharded.", "컬렉션을 리샤딩하는 중입니다."),
            words!("Wait for its end, or abort it.", "끝날 때까지 기다리거나 중단하세요."),
        ));
    }
    match change {
        Change::SplitChunk { at, .. } => checks.extend(splitting(at, bounds, facts)),
        Change::MoveChunk { subject, to, force_jumbo, .. } => {
            checks.extend(destination(&subject.shard, to, bounds, facts));
            checks.extend(size(*force_jumbo, facts));
            checks.extend(in_the_way(to, facts));
        }
        Change::MergeChunks { .. } => checks.extend(merging(bounds, facts)),
        Change::ClearJumbo { .. } => checks.extend(clearing(facts)),
    }
    checks
}

fn offered(change: &Change, facts: &Facts) -> Option<Check> {
    let operation = match change {
        Change::SplitChunk { .. } => Operation::SplitChunk,
        Change::MoveChunk { force_jumbo: true, .. } => Operation::MoveJumboChunk,
        Change::MoveChunk { .. } => Operation::MoveChunk,
        Change::MergeChunks { .. } => Operation::MergeChunks,
        Change::ClearJumbo { .. } => Operation::ClearJumbo,
    };
    let why_not = operation.offered(facts.release).err()?;
    Some(Check::block(why_not, words!("Upgrade the cluster first.", "먼저 클러스터를 업그레이드하세요.")))
}

fn same_collection(change: &Change, facts: &Facts) -> Check {
    let subject = change.subject();
    let namespace = &subject.namespace;
    if facts.sharded.as_ref().map(|it| it.identity()).as_ref() == Some(&subject.identity) {
        return Check::pass(words!(
            "{namespace} is the collection that you looked at.",
            "{namespace}은(는) 확인하신 그 컬렉션입니다.",
        ));
    }
    Check::block(
        words!(
            "{namespace} is no longer what you looked at: it was resharded, refined, dropped or replaced.",
            "{namespace}이(가) 확인한 뒤 리샤딩, 키 확장, 삭제 또는 교체되었습니다.",
        ),
        words!("Open the page of its chunks anew.", "청크 페이지를 다시 여세요."),
    )
}

fn same_chunk(change: &Change, bounds: &Bounds, facts: &Facts) -> Check {
    let shown = bounds.shown();
    let subject = change.subject();
    let Some(there) = facts.there.as_ref().map(|it| &it.chunk) else {
        return Check::block(
            words!("There is no chunk {shown}.", "청크 {shown}이(가) 없습니다."),
            words!("Open the page of its chunks anew.", "청크 페이지를 다시 여세요."),
        );
    };
    let owner = &there.shard;
    let same = compare_bounds(&there.min, &bounds.min).is_eq() && compare_bounds(&there.max, &bounds.max).is_eq();
    if same && *owner == subject.shard {
        return Check::pass(words!("The chunk {shown} is on {owner}.", "청크 {shown}은(는) {owner}에 있습니다."));
    }
    let now = there.shown();
    Check::block(
        words!(
            "The chunk was split, merged or moved in between: now it is {now} on {owner}.",
            "그 사이에 청크가 나뉘거나 병합되거나 이동했습니다. 지금은 {owner}의 {now}입니다.",
        ),
        words!("Look at it again, then plan again.", "다시 확인한 뒤 계획을 다시 세우세요."),
    )
}

/// What helps where no bound can be drawn inside of a chunk.
fn another_key() -> Words {
    words!(
        "Add a field to the key (refine), reshard to another key, or give the collection a bigger chunk size.",
        "키에 필드를 추가(확장)하거나, 다른 키로 리샤딩하거나, 컬렉션의 청크 크기를 키우세요.",
    )
}
