//! The ranges of zones, rewritten for a new key.

use bson::{Bson, Document};

use crate::change::Check;
use crate::sharding::model::{KeyField, ShardKey};
use crate::sharding::mongo::catalog::key_of;
use crate::sharding::reshape::model::change::Zones;
use crate::sharding::reshape::mongo::{Cataloged, Existing, MOST_ZONES, Zone};
use crate::sharding::value::shown_document;
use crate::words;

/// The names of the zones that have ranges; none where there are no ranges.
pub(super) fn named(zones: &[Zone]) -> Option<String> {
    let mut names: Vec<&str> = zones.iter().map(|it| it.zone.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| names.join(", "))
}

/// What is sent in the field `zones`; none where it is left out.
pub(super) fn sent(existing: &Existing, sharded: &Cataloged, key: &ShardKey, choice: Zones) -> Option<Vec<Document>> {
    match choice {
        Zones::None => Some(Vec::new()),
        Zones::Unsaid => None,
        Zones::Keep => {
            let converted = existing.zones.iter().filter_map(|zone| convert(zone, sharded, key));
            Some(converted.map(|Zone { zone, min, max }| bson::doc! { "min": min, "max": max, "zone": zone }).collect())
        }
    }
}

/// Whether what was said about the zones fits those that there are.
pub(super) fn checks(existing: &Existing, sharded: &Cataloged, key: &ShardKey, choice: Zones) -> Vec<Check> {
    let Some(names) = named(&existing.zones) else {
        return Vec::new();
    };
    let ranges = existing.zones.len();
    if ranges as i64 >= i64::from(MOST_ZONES) {
        return vec![Check::block(
            words!("It has {MOST_ZONES} ranges of zones or more.", "존 범위가 {MOST_ZONES}개 이상입니다."),
            words!("Reshard it in mongosh, or with fewer ranges.", "mongosh에서 하거나 범위를 줄이세요."),
        )];
    }
    match choice {
        Zones::Unsaid => vec![Check::block(
            words!("It has {ranges} ranges of the zones {names}.", "존 {names}의 범위가 {ranges}개 있습니다."),
            words!(
                "Say in the form what becomes of them: rewritten for the new key, or removed.",
                "양식에서 새 키에 맞게 바꿀지 제거할지 선택하세요.",
            ),
        )],
        Zones::None => vec![Check::warn(
            words!("{ranges} ranges of the zones {names} are removed.", "존 {names}의 범위 {ranges}개를 제거합니다."),
            words!("Documents may then lie on every shard.", "이후 문서가 모든 샤드에 놓일 수 있습니다."),
        )],
        Zones::Keep => kept(existing, sharded, key),
    }
}

fn kept(existing: &Existing, sharded: &Cataloged, key: &ShardKey) -> Vec<Check> {
    let lost: Vec<&Zone> = existing.zones.iter().filter(|zone| convert(zone, sharded, key).is_none()).collect();
    if lost.is_empty() {
        let ranges = existing.zones.len();
        return vec![Check::pass(words!(
            "All {ranges} ranges of zones can be rewritten for the new key.",
            "존 범위 {ranges}개를 모두 새 키에 맞게 바꿀 수 있습니다.",
        ))];
    }
    let told = |zone: &&Zone| {
        let (name, min, max) = (&zone.zone, shown_document(&zone.min), shown_document(&zone.max));
        Check::block(
            words!(
                "The range {min} to {max} of zone {name} says nothing about the new key.",
                "존 {name}의 범위 {min}~{max}을(를) 새 키로 나타낼 수 없습니다.",
            ),
            words!(
                "Choose a new key that begins with the same field, or have the ranges removed.",
                "같은 필드로 시작하는 키를 고르거나 범위를 제거하도록 선택하세요.",
            ),
        )
    };
    lost.iter().take(5).map(told).collect()
}

/// The range for the new key: the same bounds on the fields that both keys begin with. None where a bound lies within a
/// field that the new key does not have there.
pub(super) fn convert(zone: &Zone, sharded: &Cataloged, key: &ShardKey) -> Option<Zone> {
    let old = key_of(&sharded.key)?;
    let shared: Vec<&KeyField> =
        old.fields().iter().zip(key.fields()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
    if shared.is_empty() {
        return None;
    }
    Some(Zone { zone: zone.zone.clone(), min: bound(&zone.min, &shared, key)?, max: bound(&zone.max, &shared, key)? })
}

fn bound(bound: &Document, shared: &[&KeyField], key: &ShardKey) -> Option<Document> {
    let cut = bound.iter().skip(shared.len());
    let highest = shared.iter().all(|it| bound.get(&it.field) == Some(&Bson::MaxKey));
    // What is cut off must not have narrowed the range.
    for (_, value) in cut {
        if !(*value == Bson::MinKey || highest && *value == Bson::MaxKey) {
            return None;
        }
    }
    let rest = if highest { Bson::MaxKey } else { Bson::MinKey };
    let value = |it: &KeyField| bound.get(&it.field).filter(|_| shared.contains(&it)).cloned().unwrap_or(rest.clone());
    Some(key.fields().iter().map(|it| (it.field.clone(), value(it))).collect())
}
