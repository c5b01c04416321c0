//! What a change to zones costs, and what leads back.

use super::Ranges;
use crate::sharding::zones::model::Change;
use crate::sharding::zones::mongo::{Facts, Moves};
use crate::sharding::zones::ranges::{self, Range};
use crate::text::{Words, bytes, count};
use crate::words;

/// A sentence for each thing.
pub(super) fn of(change: &Change, facts: &Facts, ranges: &Ranges) -> Vec<Words> {
    let mut effect = vec![words!(
        "The change itself is a line of metadata: it takes milliseconds, and no read or write waits for it.",
        "변경 자체는 메타데이터 한 줄이라 수 밀리초면 끝나고, 읽기와 쓰기는 기다리지 않습니다.",
    )];
    if ranges.remove.len() + ranges.set.len() > 1 {
        effect.push(words!(
            "Between the commands the keys belong to no zone for some milliseconds; a migration that begins just then may go anywhere.",
            "명령 사이의 수 밀리초 동안 해당 키는 어느 존에도 속하지 않습니다. 그때 시작된 이동은 어디로든 갈 수 있습니다.",
        ));
    }
    let no_ranges = change.subject().is_none() && facts.ranges_of_zone.is_empty();
    if no_ranges {
        effect
            .push(words!("The zone has no ranges, so no data moves.", "존에 범위가 없어 데이터가 이동하지 않습니다."));
    } else if change.subject().is_some() && facts.sharded.is_none() {
        effect.push(words!(
            "The collection is not sharded, so no data moves. When an empty collection is sharded, its first chunks follow the ranges.",
            "샤딩되지 않은 컬렉션이므로 데이터가 이동하지 않습니다. 빈 컬렉션을 샤딩할 때 첫 청크가 이 범위를 따릅니다.",
        ));
    } else if ranges::first_overlap(&ranges.after).is_some() {
        effect.push(words!(
            "What would move is not known while ranges overlap.",
            "범위가 겹치는 동안에는 이동량을 알 수 없습니다.",
        ));
    } else {
        effect.extend(moves(&facts.moves));
        effect.push(facts.balancer.told());
    }
    effect
}

/// How much moves, and how that was found out.
fn moves(moves: &Moves) -> Vec<Words> {
    let (looked, outside, crossing) = (count(moves.looked), count(moves.outside), count(moves.crossing));
    let mut told = Vec::new();
    if moves.more {
        told.push(words!(
            "There are more than {looked} chunks, so only the first {looked} were looked at: at least {outside} of them will move; bytes unknown.",
            "청크가 {looked}개를 넘어 처음 {looked}개만 확인했습니다. 적어도 {outside}개가 이동하며 바이트는 알 수 없습니다.",
        ));
    } else if moves.outside == 0 {
        told.push(words!(
            "All {looked} chunks are where they belong then; nothing has to move.",
            "변경 후에도 청크 {looked}개가 모두 제자리이므로 이동할 것이 없습니다.",
        ));
    } else {
        let size = match moves.bytes {
            Some(size) => {
                let size = bytes(size);
                words!(
                    "about {size}, estimated as that many chunks of average size by the bytes that the shards own",
                    "약 {size}(샤드가 소유한 바이트로 계산한 평균 청크 크기 × 개수로 추정)",
                )
            }
            None => words!("their bytes are unknown", "바이트는 알 수 없음"),
        };
        let (en, ko) = (size.en, size.ko);
        told.push(words!(
            "{outside} of {looked} chunks lie outside their zone then and will be moved: {en}.",
            "변경 후 청크 {looked}개 중 {outside}개가 존 밖에 있어 이동합니다: {ko}.",
        ));
    }
    if moves.crossing > 0 {
        told.push(words!(
            "{crossing} of these reach over a bound: they are split first, so less than their whole size moves.",
            "그중 {crossing}개는 경계에 걸쳐 있어 먼저 나뉘므로, 이동량은 전체 크기보다 적습니다.",
        ));
    }
    if moves.homeless > 0 {
        let homeless = count(moves.homeless);
        told.push(words!(
            "{homeless} chunks belong to a zone without a shard and stay where they are.",
            "청크 {homeless}개는 샤드가 없는 존에 속해 그대로 남습니다.",
        ));
    }
    told
}

pub(super) fn way_back(change: &Change, ranges: &Ranges) -> Words {
    let list = |ranges: &[Range]| {
        ranges.iter().map(|range| format!("{} → {}", range.shown(), range.zone)).collect::<Vec<_>>().join("; ")
    };
    match change {
        Change::AddShardToZone { shard, zone, .. } => words!(
            "Remove {shard} from zone {zone}. Data that has moved then moves back, which costs as much again.",
            "{shard}을(를) 존 {zone}에서 제거하세요. 이동한 데이터가 되돌아가며 같은 비용이 다시 듭니다.",
        ),
        Change::RemoveShardFromZone { shard, zone, .. } => words!(
            "Add {shard} to zone {zone} again. Data that has moved does not come back by itself.",
            "{shard}을(를) 존 {zone}에 다시 추가하세요. 이동한 데이터는 저절로 돌아오지 않습니다.",
        ),
        Change::SetZoneRange { instead_of: None, .. } => words!(
            "Remove the range. Data that has moved does not come back by itself.",
            "범위를 제거하세요. 이동한 데이터는 저절로 돌아오지 않습니다.",
        ),
        Change::RemoveZoneRange { .. } => {
            let removed = list(&ranges.remove);
            words!("Set the range again: {removed}", "범위를 다시 지정하세요: {removed}")
        }
        Change::SetZoneRange { .. } | Change::MoveZoneBound { .. } => {
            let before = list(&ranges.remove);
            words!(
                "Set what was before: {before}. Data that has moved then moves back.",
                "이전 상태로 다시 지정하세요: {before}. 이동한 데이터는 다시 돌아갑니다.",
            )
        }
    }
}
