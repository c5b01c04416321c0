//! From what a form holds to a change.

use bson::Document;

use super::model::{Change, Subject, ZoneForm, ZoneRange};
use super::ranges::Range;
use crate::error::AppError;
use crate::sharding::bound::{self, Wrong, extended, precedes};
use crate::sharding::model::{Namespace, ShardKey};
use crate::sharding::mongo::sharded::Sharded;
use crate::sharding::order::compare_bounds;
use crate::sharding::value;
use crate::targets::model::TargetId;
use crate::text::Words;
use crate::words;

/// The longest name of a zone that is taken, in bytes.
const LONGEST: usize = 200;

pub(super) fn is_about_a_shard(form: &ZoneForm) -> bool {
    matches!(form.action.as_str(), "add_shard_to_zone" | "remove_shard_from_zone")
}

/// The key that a collection is to get; none where none was typed, or none that can be used.
pub(super) fn wanted_key(text: &str) -> Option<ShardKey> {
    if text.trim().is_empty() { None } else { ShardKey::parse(text, false).ok() }
}

/// # Errors
/// `Invalid` at the field that cannot be used.
pub(super) fn of_shard(target: TargetId, form: &ZoneForm) -> Result<Change, AppError> {
    let shard = form.shard.trim().to_owned();
    if shard.is_empty() {
        return Err(AppError::invalid("shard", words!("Choose a shard.", "샤드를 선택하세요.")));
    }
    let zone = zone_of(form)?;
    Ok(if form.action == "add_shard_to_zone" {
        Change::AddShardToZone { target, shard, zone }
    } else {
        Change::RemoveShardFromZone { target, shard, zone }
    })
}

/// # Errors
/// `Invalid` at the field that cannot be used.
pub(super) fn of_range(
    target: TargetId,
    namespace: Namespace,
    form: &ZoneForm,
    sharded: Option<&Sharded>,
    ranges: &[Range],
) -> Result<Change, AppError> {
    let key = key_of(form, sharded)?;
    let identity = sharded.map(Sharded::identity);
    let subject = Subject { namespace, key: key.clone(), identity };
    match form.action.as_str() {
        "set_zone_range" => set(target, subject, form, ranges),
        "remove_zone_range" => {
            let at = at_of(form)?;
            let range = ranges.iter().find(|range| compare_bounds(&range.min, &at).is_eq()).ok_or_else(none_there)?;
            Ok(Change::RemoveZoneRange { target, subject, range: range.to_wire() })
        }
        "move_zone_bound" => {
            let at = at_of(form)?;
            let below = ranges.iter().find(|range| compare_bounds(&range.max, &at).is_eq()).map(Range::to_wire);
            let above = ranges.iter().find(|range| compare_bounds(&range.min, &at).is_eq()).map(Range::to_wire);
            if below.is_none() && above.is_none() {
                return Err(none_there());
            }
            let bound = bound_of(&key, &form.min, &form.min_kind, "min")?;
            let bound = value::canonical(&if sharded.is_some() { extended(&bound, &key) } else { bound });
            Ok(Change::MoveZoneBound { target, subject, below, above, bound })
        }
        _ => Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
    }
}

fn set(target: TargetId, subject: Subject, form: &ZoneForm, ranges: &[Range]) -> Result<Change, AppError> {
    let zone = zone_of(form)?;
    let key = &subject.key;
    let min = bound_of(key, &form.min, &form.min_kind, "min")?;
    let max = bound_of(key, &form.max, &form.max_kind, "max")?;
    if !precedes(&extended(&min, key), &extended(&max, key)) {
        let rule = words!("The upper bound must lie above the lower one.", "상한은 하한보다 커야 합니다.",);
        return Err(AppError::invalid("max.0", rule));
    }
    let range = Range { min, max, zone };
    let as_kept = range.extended(key);
    let now = ranges.iter().find(|it| it.extended(key).is_at(&as_kept));
    let instead_of = now.filter(|it| it.zone != range.zone).map(|it| it.zone.clone());
    Ok(Change::SetZoneRange { target, subject, range: range.to_wire(), instead_of })
}

fn key_of(form: &ZoneForm, sharded: Option<&Sharded>) -> Result<ShardKey, AppError> {
    match sharded {
        Some(sharded) => sharded.key().ok_or_else(|| {
            let rule = words!(
                "This collection's key is of a kind that this version does not know.",
                "이 버전이 모르는 종류의 샤드 키입니다.",
            );
            AppError::invalid("namespace", rule)
        }),
        None => ShardKey::parse(&form.key, false).map_err(|rule| AppError::invalid("key", rule)),
    }
}

fn zone_of(form: &ZoneForm) -> Result<String, AppError> {
    let zone = form.zone.trim();
    let wrong = |rule: Words| Err(AppError::invalid("zone", rule));
    if zone.is_empty() {
        return wrong(words!("Name the zone.", "존 이름을 입력하세요."));
    }
    if zone.len() > LONGEST {
        return wrong(words!("At most {LONGEST} bytes.", "최대 {LONGEST}바이트입니다."));
    }
    if zone.chars().any(char::is_control) {
        return wrong(words!("No control characters.", "제어 문자는 쓸 수 없습니다."));
    }
    Ok(zone.to_owned())
}

fn bound_of(key: &ShardKey, texts: &[String], kinds: &[String], name: &str) -> Result<Document, AppError> {
    bound::read(key, texts, kinds).map_err(|Wrong { place, rule }| AppError::invalid(&format!("{name}.{place}"), rule))
}

fn at_of(form: &ZoneForm) -> Result<Document, AppError> {
    value::from_canonical(&form.at).map_err(|rule| AppError::invalid("at", rule))
}

fn none_there() -> AppError {
    AppError::not_found(words!(
        "There is no range with this bound any more.",
        "이 경계를 가진 범위가 더 이상 없습니다.",
    ))
}

/// A range of a change that does not come from a form: a bound may have been written by a script.
///
/// # Errors
/// What is wrong with it.
pub(super) fn range_of(range: &ZoneRange) -> Result<Range, AppError> {
    Range::of(range).map_err(|rule| AppError::invalid("min", rule))
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    /// Where a collection is not sharded, only the address knows the key.
    #[test]
    fn a_range_of_a_collection_that_is_not_sharded_is_removed_with_the_key_of_the_link() {
        let target = TargetId::parse("mongo").expect("a target");
        let namespace = Namespace::parse("a.b").expect("a name");
        let range = Range { min: doc! { "x": 0 }, max: doc! { "x": 5 }, zone: "EU".to_owned() };
        let form = |key: &str| ZoneForm {
            action: "remove_zone_range".to_owned(),
            key: key.to_owned(),
            at: value::canonical(&range.min),
            ..ZoneForm::default()
        };
        let change =
            |key: &str| of_range(target.clone(), namespace.clone(), &form(key), None, std::slice::from_ref(&range));
        let removed = change("x").expect("a change");
        assert_eq!(removed.edit().remove, [range.to_wire()]);
        assert_eq!(change("").expect_err("no key").field.as_deref(), Some("key"));
    }
}
