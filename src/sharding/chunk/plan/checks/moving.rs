//! Whether a chunk can be moved: where to, how big it is, and what may hold it up.

use super::another_key;
use crate::change::Check;
use crate::sharding::chunk::model::Measured;
use crate::sharding::chunk::mongo::{Facts, limit};
use crate::sharding::chunk::plan::Bounds;
use crate::sharding::zones::ranges::over;
use crate::text::{bytes, count};
use crate::words;

pub(super) fn destination(from: &str, to: &str, bounds: &Bounds, facts: &Facts) -> Vec<Check> {
    let Some(shard) = facts.shards.iter().find(|it| it.name == to) else {
        return vec![Check::block(
            words!("There is no shard {to}.", "샤드 {to}이(가) 없습니다."),
            words!("Choose one of the list.", "목록에서 고르세요."),
        )];
    };
    if from == to {
        return vec![Check::block(
            words!("The chunk is on {to} already.", "청크가 이미 {to}에 있습니다."),
            words!("There is nothing to do.", "할 일이 없습니다."),
        )];
    }
    let mut checks = vec![if shard.draining {
        Check::block(
            words!("{to} is draining: it gives its chunks away.", "{to}은(는) 비우는 중이라 청크를 내보냅니다."),
            words!("Choose another shard.", "다른 샤드를 고르세요."),
        )
    } else {
        Check::pass(words!("{to} takes chunks.", "{to}은(는) 청크를 받습니다."))
    }];
    let zones: Vec<&str> = over(&facts.ranges, &bounds.min, &bounds.max).map(|range| range.zone.as_str()).collect();
    let refusing = zones.iter().find(|zone| !shard.zones.iter().any(|it| it == *zone));
    checks.extend(match (refusing, zones.first()) {
        (Some(zone), _) => Some(Check::warn(
            words!(
                "The chunk belongs to zone {zone}, and {to} does not.",
                "청크는 존 {zone}에 속하지만 {to}은(는) 아닙니다."
            ),
            words!(
                "The balancer moves it away again as soon as it is on. Add the shard to the zone first.",
                "밸런서가 켜지면 다시 옮깁니다. 먼저 샤드를 존에 추가하세요.",
            ),
        )),
        (None, Some(zone)) => Some(Check::pass(words!(
            "Zone {zone} of the chunk allows {to}.",
            "청크의 존 {zone}은(는) {to}을(를) 허용합니다."
        ))),
        (None, None) => None,
    });
    checks
}

/// A chunk with too many documents is not moved, unless it is forced.
pub(super) fn size(forced: bool, facts: &Facts) -> Vec<Check> {
    let mut checks = Vec::new();
    if facts.there.as_ref().is_some_and(|it| it.chunk.jumbo) && !forced {
        checks.push(Check::warn(
            words!("The chunk is marked as jumbo.", "점보로 표시된 청크입니다."),
            if facts.one_key == Some(true) {
                another_key()
            } else {
                words!("Split it first, then clear the mark.", "먼저 나눈 뒤 표시를 해제하세요.")
            },
        ));
    }
    let chunk_size = bytes(facts.chunk_bytes);
    let limit = limit(facts.chunk_bytes, facts.documents.average);
    let (too_big, holds) = match (&facts.measured, limit) {
        (Measured::Is { documents, .. }, Some(limit)) => (*documents > limit, count(*documents)),
        (Measured::MoreThan { documents }, Some(limit)) => (*documents >= limit, format!("> {}", count(*documents))),
        // Without a document there is no average, and nothing is too big.
        (Measured::Is { documents: 0, .. }, None) => (false, "0".to_owned()),
        _ => {
            checks.push(Check::warn(
                words!("Whether the chunk is too big to be moved is unknown.", "옮기기에 너무 큰지 알 수 없습니다."),
                words!(
                    "If it is, nothing is moved, and the answer says so.",
                    "너무 크면 이동하지 않고 응답이 알려 줍니다."
                ),
            ));
            return checks;
        }
    };
    let limit = limit.map_or_else(|| "–".to_owned(), count);
    let found = words!(
        "The chunk holds {holds} documents; up to {limit} can be moved (twice the chunk size of {chunk_size} by their average size).",
        "청크에 문서 {holds}개가 있으며, {limit}개까지 옮길 수 있습니다(평균 문서 크기 기준 청크 크기 {chunk_size}의 두 배).",
    );
    checks.push(match (too_big, forced) {
        (false, _) => Check::pass(found),
        (true, false) if facts.one_key == Some(true) => Check::block(
            found,
            words!(
                "It cannot be split: all its documents have one and the same key. Force it, which blocks writes, or choose another key or a bigger chunk size for the collection.",
                "모든 문서가 같은 키를 가져 나눌 수 없습니다. 쓰기를 막는 강제 이동을 사용하거나, 컬렉션의 키를 바꾸거나 청크 크기를 키우세요.",
            ),
        ),
        (true, false) => Check::block(
            found,
            words!(
                "Split it first; or force it, which blocks writes.",
                "먼저 나누세요. 또는 쓰기를 막는 강제 이동을 사용하세요."
            ),
        ),
        (true, true) => Check::warn(
            found,
            words!(
                "Every write to the collection waits for the whole move.",
                "이동이 끝날 때까지 컬렉션의 모든 쓰기가 대기합니다."
            ),
        ),
    });
    checks
}

/// What may hold up a move, or undo it.
pub(super) fn in_the_way(to: &str, facts: &Facts) -> Vec<Check> {
    let mut checks = Vec::new();
    match facts.documents.orphans.get(to) {
        Some(0) => checks.push(Check::pass(words!(
            "{to} has no orphans of this collection to delete first.",
            "{to}에 먼저 지울 이 컬렉션의 고아 문서가 없습니다.",
        ))),
        Some(orphans) => {
            let orphans = count(*orphans);
            checks.push(Check::warn(
                words!("{to} still has {orphans} orphans of this collection to delete.", "{to}에 아직 지울 이 컬렉션의 고아 문서가 {orphans}개 있습니다."),
                words!(
                    "If they are of these keys, the move waits until they are deleted (15 min after they left, by default).",
                    "이 키 범위의 문서라면 삭제될 때까지(기본값 이동 후 15분) 이동이 대기합니다.",
                ),
            ));
        }
        None if facts.release.reaches(6, 0) => {}
        None => checks.push(Check::warn(
            words!(
                "Whether {to} still deletes documents of these keys is unknown before 6.0.",
                "6.0 전에는 {to}이(가) 이 키의 문서를 아직 지우는지 알 수 없습니다."
            ),
            words!("If it does, the move waits or is refused.", "그렇다면 이동이 대기하거나 거부됩니다."),
        )),
    }
    if facts.sharded.as_ref().is_some_and(|it| it.is_frozen()) {
        checks.push(Check::block(
            words!(
                "Migrations of this collection are forbidden (setAllowMigrations).",
                "이 컬렉션의 청크 이동이 금지되어 있습니다(setAllowMigrations)."
            ),
            words!("Allow them first.", "먼저 허용하세요."),
        ));
    }
    if facts.balancer.is_working() == Some(true) {
        checks.push(Check::pass(words!(
            "The balancer is on: it may move this chunk again to even out the shards.",
            "밸런서가 켜져 있어, 샤드를 고르게 하려고 이 청크를 다시 옮길 수 있습니다.",
        )));
    }
    checks
}
