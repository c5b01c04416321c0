//! What a change to a chunk costs, and what leads back.

use crate::sharding::chunk::model::{Change, Measured};
use crate::sharding::chunk::mongo::Facts;
use crate::text::{Words, bytes, count};
use crate::words;

/// A sentence for each thing.
pub(super) fn of(change: &Change, facts: &Facts) -> Vec<Words> {
    match change {
        Change::SplitChunk { .. } => vec![
            words!(
                "Metadata only: no document moves. It takes milliseconds.",
                "메타데이터만 바뀌며 문서는 이동하지 않습니다. 수 밀리초면 끝납니다.",
            ),
            holds(facts),
        ],
        Change::MoveChunk { subject, to, force_jumbo, .. } => moving(facts, &subject.shard, to, *force_jumbo),
        Change::MergeChunks { .. } => vec![words!(
            "Metadata only: no document moves. Routers read the new bounds at their next request.",
            "메타데이터만 바뀌며 문서는 이동하지 않습니다. 라우터는 다음 요청에서 새 경계를 읽습니다.",
        )],
        Change::ClearJumbo { .. } => vec![
            words!(
                "Metadata only: the balancer tries to move or split the chunk again.",
                "메타데이터만 바뀌며, 밸런서가 청크를 다시 옮기거나 나누려 합니다.",
            ),
            words!(
                "If it is still too big, it is marked again at the next attempt.",
                "여전히 크면 다음 시도에서 다시 표시됩니다.",
            ),
        ],
    }
}

fn moving(facts: &Facts, from: &str, to: &str, forced: bool) -> Vec<Words> {
    let mut told = vec![
        holds(facts),
        words!(
            "The documents are copied from {from} to {to}; reads and writes go on. At the end, writes to the collection wait for a moment.",
            "문서를 {from}에서 {to}(으)로 복사합니다. 읽기와 쓰기는 계속되며, 마지막에 컬렉션 쓰기가 잠시 대기합니다.",
        ),
        words!(
            "Afterwards {from} deletes its copies in the background; until then they count as orphans.",
            "이후 {from}이(가) 백그라운드에서 사본을 삭제하며, 그때까지는 고아 문서로 남습니다.",
        ),
    ];
    if forced {
        told.push(words!(
            "With forceJumbo, if the chunk is too big, every write to the collection waits for the whole move.",
            "forceJumbo를 쓰면 청크가 너무 클 때 이동이 끝날 때까지 컬렉션의 모든 쓰기가 대기합니다.",
        ));
    }
    told
}

fn holds(facts: &Facts) -> Words {
    match &facts.measured {
        Measured::Is { documents, bytes: size } => {
            let (documents, size) = (count(*documents), bytes(*size));
            words!(
                "The chunk holds {documents} documents, about {size} by their average size.",
                "청크에 문서 {documents}개, 평균 크기로 약 {size}이(가) 있습니다.",
            )
        }
        Measured::MoreThan { documents } => {
            let documents = count(*documents);
            words!("The chunk holds more than {documents} documents.", "청크에 문서가 {documents}개 넘게 있습니다.")
        }
        Measured::Unknown => words!(
            "How much the chunk holds is unknown: its shard did not tell in time.",
            "청크의 크기를 알 수 없습니다. 샤드가 제때 답하지 않았습니다.",
        ),
    }
}

pub(super) fn way_back(change: &Change) -> Words {
    match change {
        Change::SplitChunk { .. } => {
            words!("Merge the two chunks while they are on one shard.", "두 청크가 한 샤드에 있을 때 병합하세요.")
        }
        Change::MoveChunk { subject, .. } => {
            let from = &subject.shard;
            words!(
                "Move it back to {from}, which costs as much again.",
                "{from}(으)로 다시 옮기세요. 같은 비용이 다시 듭니다.",
            )
        }
        Change::MergeChunks { .. } => words!("Split it at the same bounds.", "같은 경계에서 다시 나누세요."),
        Change::ClearJumbo { .. } => {
            words!("None needed; the balancer marks it again by itself.", "필요 없음. 밸런서가 스스로 다시 표시합니다.")
        }
    }
}
