//! Whether ranges can be set and removed as they are asked for.

use crate::change::Check;
use crate::sharding::bound::{is_prefix, precedes};
use crate::sharding::value::shown_document;
use crate::sharding::zones::model::Subject;
use crate::sharding::zones::mongo::Facts;
use crate::sharding::zones::plan::Ranges;
use crate::sharding::zones::ranges;
use crate::text::count;
use crate::words;

pub(super) fn of_ranges(subject: &Subject, facts: &Facts, ranges: &Ranges) -> Vec<Check> {
    let mut checks = vec![same_collection(subject, facts)];
    let resharding = facts.sharded.as_ref().is_some_and(|it| it.is_resharding());
    if resharding {
        checks.push(Check::block(
            words!("The collection is being resharded.", "컬렉션을 리샤딩하는 중입니다."),
            words!("Wait for its end, or abort it.", "끝날 때까지 기다리거나 중단하세요."),
        ));
    }
    checks.extend(bounds_fit(subject, ranges));
    checks.extend(still_there(facts, ranges));
    checks.extend(zones_have_shards(facts, ranges));
    checks.push(overlap(facts, ranges));
    checks.push(gaps(subject, ranges));
    checks
}

fn same_collection(subject: &Subject, facts: &Facts) -> Check {
    let namespace = &subject.namespace;
    let now = facts.sharded.as_ref().map(|it| it.identity());
    if now != subject.identity {
        return Check::block(
            words!(
                "{namespace} is no longer what you looked at: it was sharded, resharded, refined, dropped or replaced.",
                "{namespace}이(가) 확인한 뒤 샤딩, 리샤딩, 키 확장, 삭제 또는 교체되었습니다.",
            ),
            words!("Open the form anew.", "양식을 다시 여세요."),
        );
    }
    match now {
        Some(_) => Check::pass(words!(
            "{namespace} is the collection that you looked at.",
            "{namespace}은(는) 확인하신 그 컬렉션입니다.",
        )),
        None => Check::warn(
            words!("{namespace} is not sharded.", "{namespace}은(는) 샤딩되지 않았습니다."),
            words!(
                "Ranges can be set beforehand; they must fit the key by which it is sharded later.",
                "범위를 미리 지정할 수 있지만, 나중에 샤딩할 키와 맞아야 합니다.",
            ),
        ),
    }
}

/// Bounds are full or the first fields of the key, and the lower one lies below.
fn bounds_fit(subject: &Subject, ranges: &Ranges) -> Vec<Check> {
    let key = ranges.key.as_ref().unwrap_or(&subject.key);
    let mut checks = Vec::new();
    for range in &ranges.set {
        let shown = range.shown();
        if !is_prefix(&range.min, key) || !is_prefix(&range.max, key) {
            checks.push(Check::block(
                words!(
                    "The bounds of {shown} are not the first fields of the key {key}.",
                    "{shown}의 경계가 키 {key}의 앞쪽 필드와 다릅니다.",
                ),
                words!("Name the fields of the key in its order.", "키의 순서대로 필드를 입력하세요."),
            ));
        } else if !precedes(&ranges.as_kept(range).min, &ranges.as_kept(range).max) {
            checks.push(Check::block(
                words!(
                    "{shown} is empty: its upper bound does not lie above the lower one.",
                    "{shown}은(는) 빈 범위입니다: 상한이 하한보다 크지 않습니다."
                ),
                words!("Choose other bounds.", "다른 경계를 지정하세요."),
            ));
        }
    }
    checks
}

/// What is to be removed must be there as it was looked at.
fn still_there(facts: &Facts, ranges: &Ranges) -> Vec<Check> {
    let gone = ranges.remove.iter().filter(|range| !facts.ranges.iter().any(|it| it.is(&ranges.as_kept(range))));
    gone.map(|range| {
        let (shown, zone) = (range.shown(), &range.zone);
        Check::block(
            words!("Zone {zone} has no range {shown} any more.", "존 {zone}에 범위 {shown}이(가) 더 이상 없습니다."),
            words!("Reload the page of the ranges.", "범위 페이지를 새로 고치세요."),
        )
    })
    .collect()
}

fn zones_have_shards(facts: &Facts, ranges: &Ranges) -> Vec<Check> {
    let mut zones: Vec<&str> = ranges.set.iter().map(|range| range.zone.as_str()).collect();
    zones.sort_unstable();
    zones.dedup();
    let of_zone = |zone: &str| {
        let shards = facts.of_zone(zone);
        let names = shards.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ");
        if shards.is_empty() {
            return Check::block(
                words!(
                    "There is no zone {zone}: no shard belongs to it.",
                    "존 {zone}이(가) 없습니다: 속한 샤드가 없습니다."
                ),
                words!("Add a shard to the zone first.", "먼저 존에 샤드를 추가하세요."),
            );
        }
        if shards.iter().all(|it| it.draining) {
            return Check::warn(
                words!(
                    "All shards of zone {zone} are draining ({names}).",
                    "존 {zone}의 샤드가 모두 비우는 중입니다({names})."
                ),
                words!(
                    "Its chunks can go nowhere: add a shard that stays.",
                    "청크가 갈 곳이 없습니다. 남아 있을 샤드를 추가하세요."
                ),
            );
        }
        Check::pass(words!("Zone {zone} has shards: {names}.", "존 {zone}의 샤드: {names}."))
    };
    zones.into_iter().map(of_zone).collect()
}

fn overlap(facts: &Facts, ranges: &Ranges) -> Check {
    match ranges::first_overlap(&ranges.after) {
        None => Check::pass(words!("No two ranges overlap.", "겹치는 범위가 없습니다.")),
        Some((one, other)) => {
            let was = ranges::first_overlap(&facts.ranges).is_some() && ranges.set.is_empty();
            let (first, second) =
                (format!("{} → {}", one.shown(), one.zone), format!("{} → {}", other.shown(), other.zone));
            let found = words!(
                "These ranges would overlap: {first} and {second}.",
                "다음 범위가 겹치게 됩니다: {first}, {second}."
            );
            let advice = words!(
                "Choose bounds that touch no other range, or move the bound between the two.",
                "다른 범위와 겹치지 않는 경계를 지정하거나 둘 사이의 경계를 옮기세요.",
            );
            if was { Check::warn(found, advice) } else { Check::block(found, advice) }
        }
    }
}

fn gaps(subject: &Subject, ranges: &Ranges) -> Check {
    let key = ranges.key.as_ref().unwrap_or(&subject.key);
    let gaps = ranges::gaps(&ranges.after, key);
    let number = count(i64::try_from(gaps.len()).unwrap_or(i64::MAX));
    let Some((min, max)) = gaps.first() else {
        return Check::pass(words!("The ranges cover every key then.", "변경 후 범위가 모든 키를 덮습니다."));
    };
    let first = format!("[ {}, {} )", shown_document(min), shown_document(max));
    Check::pass(words!(
        "{number} stretches of the key belong to no zone then and may live on any shard; the first: {first}.",
        "변경 후 어느 존에도 속하지 않아 어느 샤드에나 있을 수 있는 구간: {number}개, 첫 구간: {first}.",
    ))
}
