//! Whether chunks can be merged, and whether clearing a mark helps.

use super::another_key;
use crate::change::Check;
use crate::sharding::bound::precedes;
use crate::sharding::chunk::model::Measured;
use crate::sharding::chunk::mongo::Facts;
use crate::sharding::chunk::plan::Bounds;
use crate::sharding::order::compare_bounds;
use crate::sharding::zones::ranges::over;
use crate::text::bytes;
use crate::words;

pub(super) fn merging(bounds: &Bounds, facts: &Facts) -> Vec<Check> {
    let all = &facts.merged;
    let mut checks = Vec::new();
    let fills = all.first().is_some_and(|it| compare_bounds(&it.min, &bounds.from).is_eq())
        && all.last().is_some_and(|it| compare_bounds(&it.max, &bounds.until).is_eq());
    let number = all.len();
    let mut owners: Vec<&str> = all.iter().map(|it| it.shard.as_str()).collect();
    owners.dedup();
    let names = owners.join(", ");
    if !fills || number < 2 {
        checks.push(Check::block(
            words!(
                "The chunks between these bounds are others than you looked at.",
                "경계 사이의 청크가 확인하신 것과 다릅니다."
            ),
            words!("Look at the chunk again, then plan again.", "청크를 다시 확인한 뒤 계획을 다시 세우세요."),
        ));
    } else if owners.len() > 1 {
        checks.push(Check::block(
            words!("The chunks are on different shards: {names}.", "청크가 서로 다른 샤드에 있습니다: {names}."),
            words!("Move them to one shard first.", "먼저 한 샤드로 옮기세요."),
        ));
    } else {
        checks.push(Check::pass(words!(
            "The {number} chunks lie side by side on {names}.",
            "청크 {number}개가 {names}에 나란히 있습니다.",
        )));
    }
    if all.iter().any(|it| it.jumbo) {
        checks.push(Check::warn(
            words!("One of them is marked as jumbo.", "점보로 표시된 청크가 있습니다."),
            words!("Merged, it is even harder to move.", "병합하면 옮기기가 더 어려워집니다."),
        ));
    }
    let crossed = over(&facts.ranges, &bounds.from, &bounds.until)
        .find(|range| precedes(&bounds.from, &range.min) || precedes(&range.max, &bounds.until));
    if let Some(range) = crossed {
        let zone = &range.zone;
        checks.push(Check::warn(
            words!("A bound of zone {zone} lies between them.", "존 {zone}의 경계가 그 사이에 있습니다."),
            words!("The balancer splits them there again.", "밸런서가 그 자리에서 다시 나눕니다."),
        ));
    }
    checks
}

pub(super) fn clearing(facts: &Facts) -> Vec<Check> {
    let Some(there) = &facts.there else { return Vec::new() };
    if !there.chunk.jumbo {
        return vec![Check::block(
            words!("The chunk is not marked as jumbo.", "점보로 표시되지 않은 청크입니다."),
            words!("There is nothing to do.", "할 일이 없습니다."),
        )];
    }
    let chunk_size = bytes(facts.chunk_bytes);
    vec![match &facts.measured {
        Measured::Is { bytes: size, .. } if *size <= facts.chunk_bytes => {
            let size = bytes(*size);
            Check::pass(words!(
                "It holds about {size}, which is below the chunk size of {chunk_size}.",
                "약 {size}이며 청크 크기 {chunk_size}보다 작습니다.",
            ))
        }
        _ if facts.one_key == Some(true) => Check::warn(
            words!(
                "All its documents have one and the same key, so it cannot be split. If they are more than the chunk size of {chunk_size} allows, it is marked again at the next attempt to move it.",
                "모든 문서가 같은 키를 가져 나눌 수 없습니다. 청크 크기 {chunk_size}이(가) 허용하는 것보다 많으면 다음 이동 시도에서 다시 표시됩니다.",
            ),
            another_key(),
        ),
        _ => Check::warn(
            words!(
                "It may still be bigger than the chunk size of {chunk_size}.",
                "아직 청크 크기 {chunk_size}보다 클 수 있습니다."
            ),
            words!("Split it first: at the middle, then clear the mark.", "먼저 가운데에서 나눈 뒤 표시를 해제하세요."),
        ),
    }]
}
