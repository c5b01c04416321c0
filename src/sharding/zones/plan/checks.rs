//! What is looked at before zones are changed: what the servers would refuse, and what they would not but a person should
//! know.

mod of_ranges;

use self::of_ranges::of_ranges;
use super::Ranges;
use crate::change::Check;
use crate::sharding::balancer::state::Verdict;
use crate::sharding::model::offered::Operation;
use crate::sharding::zones::model::Change;
use crate::sharding::zones::mongo::Facts;
use crate::text::bytes;
use crate::words;

/// All checks, the most basic first.
pub(super) fn of(change: &Change, facts: &Facts, ranges: &Ranges) -> Vec<Check> {
    let mut checks = facts.common.checks();
    checks.extend(offered(change, facts));
    match change {
        Change::AddShardToZone { shard, zone, .. } => checks.extend(adding(facts, shard, zone)),
        Change::RemoveShardFromZone { shard, zone, .. } => checks.extend(removing(facts, shard, zone)),
        _ => {
            if let Some(subject) = change.subject() {
                checks.extend(of_ranges(subject, facts, ranges));
            }
        }
    }
    checks.extend(capacity(change, facts, ranges));
    checks.extend(moving(change, facts));
    checks
}

/// Whether this cluster's version has the command.
fn offered(change: &Change, facts: &Facts) -> Option<Check> {
    let operation = match change {
        Change::AddShardToZone { .. } => Operation::AddShardToZone,
        Change::RemoveShardFromZone { .. } => Operation::RemoveShardFromZone,
        Change::RemoveZoneRange { .. } => Operation::RemoveZoneRange,
        Change::SetZoneRange { .. } | Change::MoveZoneBound { .. } => Operation::SetZoneRange,
    };
    let why_not = operation.offered(facts.common.release).err()?;
    Some(Check::block(why_not, words!("Upgrade the cluster first.", "먼저 클러스터를 업그레이드하세요.")))
}

fn adding(facts: &Facts, shard: &str, zone: &str) -> Vec<Check> {
    let Some(found) = facts.shards.iter().find(|it| it.name == shard) else { return vec![no_shard(shard)] };
    if found.zones.iter().any(|it| it == zone) {
        return vec![Check::block(
            words!("{shard} belongs to zone {zone} already.", "{shard}은(는) 이미 존 {zone}에 속합니다."),
            words!("There is nothing to do.", "할 일이 없습니다."),
        )];
    }
    let mut checks =
        vec![Check::pass(words!("{shard} is a shard of this cluster.", "{shard}은(는) 이 클러스터의 샤드입니다."))];
    let known = facts.of_zone(zone).len();
    if known > 0 {
        checks.push(Check::pass(words!(
            "Zone {zone} has {known} shards now.",
            "존 {zone}에 지금 샤드가 {known}개 있습니다."
        )));
    } else {
        let similar = facts.shards.iter().flat_map(|it| &it.zones).find(|it| it.eq_ignore_ascii_case(zone));
        checks.push(match similar {
            Some(similar) => Check::warn(
                words!(
                    "Zone {zone} is new, and there is a zone {similar}.",
                    "존 {zone}은(는) 새 존이며, 이미 존 {similar}이(가) 있습니다."
                ),
                words!("Names differ by case; check which one you mean.", "대소문자가 다른 이름입니다. 확인하세요."),
            ),
            None => Check::pass(words!("Zone {zone} is new.", "존 {zone}은(는) 새로 만들어집니다.")),
        });
    }
    if found.draining {
        checks.push(Check::warn(
            words!("{shard} is draining: it takes no chunks.", "{shard}은(는) 비우는 중이라 청크를 받지 않습니다."),
            words!("Choose another shard, or stop draining it.", "다른 샤드를 고르거나 비우기를 중단하세요."),
        ));
    }
    checks
}

fn removing(facts: &Facts, shard: &str, zone: &str) -> Vec<Check> {
    let Some(found) = facts.shards.iter().find(|it| it.name == shard) else { return vec![no_shard(shard)] };
    if !found.zones.iter().any(|it| it == zone) {
        return vec![Check::block(
            words!("{shard} does not belong to zone {zone}.", "{shard}은(는) 존 {zone}에 속하지 않습니다."),
            words!("There is nothing to do.", "할 일이 없습니다."),
        )];
    }
    let others: Vec<_> = facts.of_zone(zone).into_iter().filter(|it| it.name != shard).collect();
    let ranges: i64 = facts.ranges_of_zone.values().sum();
    if others.is_empty() && ranges > 0 {
        let of: Vec<&str> = facts.ranges_of_zone.keys().map(String::as_str).take(5).collect();
        let of = of.join(", ");
        return vec![Check::block(
            words!(
                "{shard} is the only shard of zone {zone}, which has {ranges} ranges ({of}).",
                "{shard}은(는) 범위 {ranges}개가 있는 존 {zone}의 유일한 샤드입니다({of}).",
            ),
            words!(
                "Add another shard to the zone first, or remove its ranges.",
                "먼저 존에 다른 샤드를 추가하거나 범위를 제거하세요.",
            ),
        )];
    }
    if others.is_empty() {
        return vec![Check::pass(words!(
            "Zone {zone} has no ranges and no other shard, so it ceases to be.",
            "존 {zone}에는 범위도 다른 샤드도 없어 존이 사라집니다.",
        ))];
    }
    let left = others.len();
    if others.iter().all(|it| it.draining) {
        return vec![Check::warn(
            words!(
                "The {left} shards that are left in zone {zone} are all draining: its chunks can go nowhere.",
                "존 {zone}에 남는 샤드 {left}개가 모두 비우는 중이라 청크가 갈 곳이 없습니다.",
            ),
            words!("Add a shard that stays to the zone first.", "먼저 남아 있을 샤드를 존에 추가하세요."),
        )];
    }
    vec![Check::pass(words!("{left} shards are left in zone {zone}.", "존 {zone}에 샤드 {left}개가 남습니다."))]
}

fn no_shard(shard: &str) -> Check {
    Check::block(
        words!("There is no shard {shard}.", "샤드 {shard}이(가) 없습니다."),
        words!("Choose one of the list.", "목록에서 고르세요."),
    )
}

/// Whether what moves fits on the shards of the zones.
fn capacity(change: &Change, facts: &Facts, ranges: &Ranges) -> Option<Check> {
    let zones: Vec<&str> = match change {
        Change::AddShardToZone { zone, .. } | Change::RemoveShardFromZone { zone, .. } => vec![zone.as_str()],
        _ => ranges.set.iter().map(|range| range.zone.as_str()).collect(),
    };
    let wanted = facts.moves.bytes.filter(|bytes| *bytes > 0)?;
    let leaving = match change {
        Change::RemoveShardFromZone { shard, .. } => Some(shard.as_str()),
        _ => None,
    };
    let mut shards: Vec<_> =
        zones.iter().flat_map(|zone| facts.of_zone(zone)).filter(|it| Some(it.name.as_str()) != leaving).collect();
    shards.sort_by(|one, other| one.name.cmp(&other.name));
    shards.dedup();
    let free: Option<i64> = shards.iter().map(|it| facts.capacity.free.get(&it.name).copied()).sum();
    let names = shards.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ");
    let moved = bytes(wanted);
    Some(match free {
        None => Check::warn(
            words!(
                "How much room {names} has is unknown; about {moved} may move there.",
                "{names}의 여유 공간을 알 수 없습니다. 약 {moved}이(가) 이동할 수 있습니다."
            ),
            words!("Look at the disks of these shards first.", "먼저 해당 샤드의 디스크를 확인하세요."),
        ),
        // What arrives needs room for its indexes, and what it was on the other shard is deleted later.
        Some(free) if free < wanted.saturating_mul(2) => {
            let free = bytes(free);
            Check::warn(
                words!(
                    "{names} has {free} free; about {moved} move there, with indexes.",
                    "{names}의 여유 공간은 {free}이며, 약 {moved}과(와) 인덱스가 이동합니다."
                ),
                words!("Add room or a shard to the zone first.", "먼저 공간을 늘리거나 존에 샤드를 추가하세요."),
            )
        }
        Some(free) => {
            let free = bytes(free);
            Check::pass(words!(
                "{names} has {free} free; about {moved} move there.",
                "{names}의 여유 공간은 {free}이며, 약 {moved}이(가) 이동합니다."
            ))
        }
    })
}

/// Whether anything moves at all.
fn moving(change: &Change, facts: &Facts) -> Vec<Check> {
    let mut checks = Vec::new();
    let told = facts.balancer.told();
    checks.push(match facts.balancer.verdict() {
        Verdict::Working | Verdict::Outside(_) | Verdict::Depends => Check::pass(told),
        Verdict::Off => Check::warn(told, words!("Switch it on when the zones stand.", "존 설정이 끝나면 켜세요.")),
        Verdict::Dead | Verdict::Unknown => {
            Check::warn(told, words!("See the page of the balancer.", "밸런서 페이지를 보세요."))
        }
    });
    let sharded = facts.sharded.as_ref().filter(|_| change.subject().is_some());
    if sharded.is_some_and(|it| it.is_excluded()) {
        checks.push(Check::warn(
            words!(
                "Balancing of this collection is off: its data does not move.",
                "이 컬렉션의 밸런싱이 꺼져 있어 데이터가 이동하지 않습니다."
            ),
            words!("Switch it on for this collection.", "이 컬렉션의 밸런싱을 켜세요."),
        ));
    }
    if sharded.is_some_and(|it| it.is_frozen()) {
        checks.push(Check::warn(
            words!(
                "Migrations of this collection are forbidden (setAllowMigrations).",
                "이 컬렉션의 청크 이동이 금지되어 있습니다(setAllowMigrations)."
            ),
            words!("Allow them again.", "다시 허용하세요."),
        ));
    }
    checks
}
