//! What is looked at before a chunk is changed.

use super::{Bounds, place_of};
use crate::change::Check;
use crate::sharding::bound::precedes;
use crate::sharding::chunk::model::{Change, Measured, SplitAt};
use crate::sharding::chunk::mongo::{Facts, limit};
use crate::sharding::model::offered::Operation;
use crate::sharding::order::compare_bounds;
use crate::sharding::value::shown_document;
use crate::sharding::zones::ranges::over;
use crate::text::{bytes, count};
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

fn splitting(at: &SplitAt, bounds: &Bounds, facts: &Facts) -> Vec<Check> {
    let mut checks = Vec::new();
    match (at, &bounds.key) {
        (SplitAt::Key(_), Some(key)) => checks.push(inside(key, bounds, true)),
        (SplitAt::Document(_), Some(key)) => {
            let by = facts.sharded.as_ref().and_then(|it| it.key());
            checks.push(match by.and_then(|by| place_of(key, &by)) {
                Some(place) => inside(&place, bounds, false),
                None => Check::block(
                    words!("Where such a document lies is unknown.", "그런 문서의 위치를 알 수 없습니다."),
                    words!("Split in the middle or at a key.", "가운데 또는 키에서 나누세요."),
                ),
            });
        }
        _ => {}
    }
    let at_a_key = matches!(at, SplitAt::Key(_));
    match facts.measured {
        Measured::Is { documents: documents @ 0..2, .. } if !at_a_key => checks.push(Check::block(
            words!(
                "The chunk holds {documents} documents, so it has no middle.",
                "청크에 문서가 {documents}개라 가운데가 없습니다."
            ),
            words!("Split it at a key.", "키를 지정해 나누세요."),
        )),
        Measured::Unknown if !at_a_key => checks.push(Check::warn(
            words!("How much the chunk holds is unknown.", "청크의 크기를 알 수 없습니다."),
            words!("Without two different keys it has no middle.", "서로 다른 키가 둘 이상이어야 가운데가 있습니다."),
        )),
        _ => {}
    }
    if facts.release.reaches(7, 0) {
        checks.push(Check::warn(
            words!(
                "The auto-merger of this version may merge the two again.",
                "이 버전의 자동 병합이 둘을 다시 합칠 수 있습니다."
            ),
            words!(
                "Switch it off for this collection if the split is to stay.",
                "유지하려면 이 컬렉션의 자동 병합을 끄세요."
            ),
        ));
    }
    checks
}

/// Whether the key lies in the chunk; a bound of a split must not be the lower one.
fn inside(key: &bson::Document, bounds: &Bounds, strictly: bool) -> Check {
    let shown = shown_document(key);
    if precedes(key, &bounds.min) || !precedes(key, &bounds.max) {
        return Check::block(
            words!("{shown} does not lie in this chunk.", "{shown}은(는) 이 청크에 없습니다."),
            words!(
                "Choose a key of this chunk, or the chunk that owns it.",
                "이 청크의 키 또는 그 키를 가진 청크를 고르세요."
            ),
        );
    }
    if strictly && compare_bounds(key, &bounds.min).is_eq() {
        return Check::block(
            words!("{shown} is the lower bound of the chunk already.", "{shown}은(는) 이미 청크의 하한입니다."),
            words!("Choose a key above it.", "그보다 큰 키를 고르세요."),
        );
    }
    Check::pass(words!("{shown} lies in this chunk.", "{shown}은(는) 이 청크에 있습니다."))
}

fn destination(from: &str, to: &str, bounds: &Bounds, facts: &Facts) -> Vec<Check> {
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
fn size(forced: bool, facts: &Facts) -> Vec<Check> {
    let mut checks = Vec::new();
    if facts.there.as_ref().is_some_and(|it| it.chunk.jumbo) && !forced {
        checks.push(Check::warn(
            words!("The chunk is marked as jumbo.", "점보로 표시된 청크입니다."),
            words!("Split it first, then clear the mark.", "먼저 나눈 뒤 표시를 해제하세요."),
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
fn in_the_way(to: &str, facts: &Facts) -> Vec<Check> {
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
    if facts.balancer.on {
        checks.push(Check::pass(words!(
            "The balancer is on: it may move this chunk again to even out the shards.",
            "밸런서가 켜져 있어, 샤드를 고르게 하려고 이 청크를 다시 옮길 수 있습니다.",
        )));
    }
    checks
}

fn merging(bounds: &Bounds, facts: &Facts) -> Vec<Check> {
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

fn clearing(facts: &Facts) -> Vec<Check> {
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
        _ => Check::warn(
            words!(
                "It may still be bigger than the chunk size of {chunk_size}.",
                "아직 청크 크기 {chunk_size}보다 클 수 있습니다."
            ),
            words!("Split it first: at the middle, then clear the mark.", "먼저 가운데에서 나눈 뒤 표시를 해제하세요."),
        ),
    }]
}
