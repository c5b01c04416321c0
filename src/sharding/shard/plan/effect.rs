//! What sharding a collection costs and changes, and what leads back.

use super::{Wanted, needs_index};
use crate::sharding::model::{Spread, Version};
use crate::sharding::shard::mongo::{Existing, Facts};
use crate::text::{Words, bytes, count};
use crate::words;

/// A sentence for each thing.
pub(super) fn of(wanted: &Wanted<'_>, facts: &Facts) -> Vec<Words> {
    let mut effect = Vec::new();
    match facts.collection.as_ref().filter(|it| !it.empty) {
        Some(existing) => {
            if needs_index(wanted, existing) {
                effect.extend(index_build(existing, facts));
            }
            effect.push(words!(
                "Writes to the collection wait for a moment, usually less than a second.",
                "컬렉션의 쓰기가 잠시(보통 1초 미만) 대기합니다.",
            ));
            effect.push(moves(existing, facts));
        }
        None => effect.push(first_chunks(wanted, facts)),
    }
    effect.push(routing(wanted));
    effect
}

/// How long it takes depends on disks and load, which nobody knows beforehand, so no time is promised.
fn index_build(existing: &Existing, facts: &Facts) -> Vec<Words> {
    let build = match existing.size {
        Some(size) => {
            let (documents, held) = (count(size.documents), bytes(size.bytes));
            words!(
                "The index build reads all {documents} documents ({held}); reads and writes go on meanwhile, but slower. \
                 How long it takes is not known beforehand; its record tells how far it is.",
                "인덱스 생성은 문서 {documents}개({held})를 모두 읽습니다. 그동안 읽기와 쓰기는 느려지지만 계속됩니다. \
                 걸리는 시간은 미리 알 수 없으며, 진행 상황은 기록에 표시됩니다.",
            )
        }
        None => words!(
            "The index build reads all documents; how many is not known. Reads and writes go on meanwhile, but slower.",
            "인덱스 생성은 모든 문서를 읽습니다(문서 수는 알 수 없음). 그동안 읽기와 쓰기는 느려지지만 계속됩니다.",
        ),
    };
    let members = if facts.version.reaches(4, 4) {
        words!(
            "It is finished when every voting member that holds data has built it (commitQuorum votingMembers, the default): one that is down keeps it waiting.",
            "데이터를 가진 모든 투표 멤버가 만들어야 끝납니다(commitQuorum 기본값 votingMembers). 내려간 멤버가 있으면 기다립니다.",
        )
    } else {
        words!("The secondaries build it after the primary has.", "세컨더리는 프라이머리가 만든 뒤에 만듭니다.")
    };
    vec![build, members]
}

/// Everything is on one shard at first, and equal parts are what the balancer aims at. It starts only when shards
/// differ by more than a few chunks.
fn moves(existing: &Existing, facts: &Facts) -> Words {
    let Some(size) = existing.size else {
        return words!(
            "The balancer then moves data to the other shards in the background; its size is unknown.",
            "이후 밸런서가 백그라운드에서 다른 샤드로 데이터를 옮깁니다. 크기는 알 수 없습니다.",
        );
    };
    let (documents, held) = (count(size.documents), bytes(size.bytes));
    // From 6.0.3 on the balancer compares bytes; before, a collection of one chunk had nothing to move.
    let threshold = facts.chunk_bytes * if facts.version.reaches(6, 0) { 3 } else { 1 };
    if size.bytes <= threshold {
        let threshold = bytes(threshold);
        return words!(
            "{documents} documents ({held}) are on one shard now, and stay there: the balancer leaves differences up to {threshold}.",
            "문서 {documents}개({held})가 지금 한 샤드에 있으며 그대로 남습니다. 밸런서는 {threshold}까지의 차이는 두고 봅니다.",
        );
    }
    let others = i128::from((facts.shards - 1).max(0));
    let share = i128::from(size.bytes) * others / i128::from(facts.shards.max(1));
    let moved = bytes(i64::try_from(share).unwrap_or(size.bytes));
    words!(
        "{documents} documents ({held}) are on one shard now. The balancer moves up to {moved} in the background.",
        "문서 {documents}개({held})가 지금 한 샤드에 있습니다. 밸런서가 백그라운드에서 최대 {moved}을(를) 옮깁니다.",
    )
}

fn first_chunks(wanted: &Wanted<'_>, facts: &Facts) -> Words {
    let hashed_first = wanted.key.fields().first().is_some_and(|it| it.spread == Spread::Hashed);
    if facts.zones > 0 {
        let zones = count(facts.zones);
        return words!(
            "The first chunks follow the {zones} zone ranges that the collection has.",
            "처음 청크는 컬렉션의 존 범위 {zones}개를 따릅니다.",
        );
    }
    match (hashed_first, wanted.extras.chunks) {
        (true, Some(chunks)) => {
            let chunks = count(chunks.into());
            words!(
                "It begins with {chunks} chunks, spread over all shards at once.",
                "청크 {chunks}개로 시작해 처음부터 모든 샤드에 나뉩니다.",
            )
        }
        (true, None) => {
            words!("The first chunks are spread over all shards at once.", "처음부터 모든 샤드에 청크가 나뉩니다.")
        }
        (false, _) => words!(
            "It begins with one chunk on one shard, and spreads as its data grow.",
            "한 샤드의 청크 하나로 시작해 데이터가 늘면서 분산됩니다.",
        ),
    }
}

fn routing(wanted: &Wanted<'_>) -> Words {
    let Some(first) = wanted.key.fields().first() else { return Words::default() };
    let field = &first.field;
    match first.spread {
        Spread::Ranged => words!(
            "Queries that name {field} go to the shards that have it; all others ask every shard.",
            "{field}을(를) 지정한 쿼리는 해당 샤드로만 가고, 나머지는 모든 샤드에 묻습니다.",
        ),
        Spread::Hashed => words!(
            "Queries for one value of {field} go to one shard; ranges of it and all others ask every shard.",
            "{field}의 한 값을 찾는 쿼리는 한 샤드로 가고, 범위 쿼리와 나머지는 모든 샤드에 묻습니다.",
        ),
    }
}

/// The way back that this cluster's version has.
pub(super) fn way_back(facts: &Facts) -> Words {
    let Version { major, minor, .. } = facts.version;
    let own = match (major, minor) {
        (8.., _) => words!(
            "unshardCollection brings all data back to one shard; reshardCollection changes the key. Each copies everything.",
            "unshardCollection은 모든 데이터를 한 샤드로 되돌리고, reshardCollection은 키를 바꿉니다. 둘 다 전체를 복사합니다.",
        ),
        (5..8, _) => words!(
            "None at {major}.{minor}. reshardCollection can change the key (it copies everything); it stays sharded.",
            "{major}.{minor}에서는 없음. reshardCollection(전체 복사)으로 키를 바꿀 수 있지만 샤딩은 유지됩니다.",
        ),
        _ => words!(
            "None before MongoDB 5.0: only to dump the collection, drop it and restore it.",
            "MongoDB 5.0 전에는 없음: 덤프, 삭제, 복원만 가능합니다.",
        ),
    };
    if facts.collection.as_ref().is_some_and(|it| !it.empty) {
        return own;
    }
    let (en, ko) = (own.en, own.ko);
    words!(
        "While it is empty: drop it and make it anew. With data: {en}",
        "비어 있을 때: 삭제 후 다시 생성. 데이터가 있으면: {ko}"
    )
}
