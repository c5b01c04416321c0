//! Bounds of ranges as a person enters them: a value for each field of the key, or for its first ones.

use std::cmp::Ordering;

use bson::{Bson, Document};

use super::model::{KeyField, ShardKey, Spread};
use super::order::compare_bounds;
use super::value;
use crate::text::Words;
use crate::words;

/// What is wrong with a bound, and at which field of the key.
pub(in crate::sharding) struct Wrong {
    pub place: usize,
    pub rule: Words,
}

/// Reads a bound. `texts` are literals of mongosh, one for each field; `kinds` say `min` or `max` where MinKey or MaxKey
/// was chosen in their place. Fields that are left empty at the end are left out.
///
/// # Errors
/// The first field that cannot be used.
pub(in crate::sharding) fn read(key: &ShardKey, texts: &[String], kinds: &[String]) -> Result<Document, Wrong> {
    let mut bound = Document::new();
    let mut left_out = None;
    for (place, field) in key.fields().iter().enumerate() {
        let wrong = |rule| Wrong { place, rule };
        let text = texts.get(place).map(|text| text.trim()).unwrap_or_default();
        let value = match kinds.get(place).map(String::as_str) {
            Some("min") => Bson::MinKey,
            Some("max") => Bson::MaxKey,
            _ if text.is_empty() => {
                left_out.get_or_insert(place);
                continue;
            }
            _ => value::parse_value(text).map_err(wrong)?,
        };
        if left_out.is_some() {
            return Err(Wrong {
                place: left_out.unwrap_or_default(),
                rule: words!("Only the last fields can be left empty.", "마지막 필드부터만 비워 둘 수 있습니다."),
            });
        }
        bound.insert(field.field.clone(), usable(field, value).map_err(wrong)?);
    }
    if bound.is_empty() {
        let rule = words!("Enter a value at least for the first field.", "첫 필드의 값은 입력해야 합니다.");
        return Err(Wrong { place: 0, rule });
    }
    Ok(bound)
}

/// A value as it can be a part of a bound: of a hashed field, bounds are hashes, whole numbers of 64 bits.
fn usable(field: &KeyField, value: Bson) -> Result<Bson, Words> {
    let name = &field.field;
    match (field.spread, value) {
        (Spread::Hashed, Bson::Int32(hash)) => Ok(Bson::Int64(hash.into())),
        (Spread::Hashed, value @ (Bson::Int64(_) | Bson::MinKey | Bson::MaxKey)) => Ok(value),
        (Spread::Hashed, _) => Err(words!(
            "{name} is hashed, so a bound is a hash: a whole number of 64 bits such as Long(\"-4611686018427387902\").",
            "{name}은(는) 해시 필드이므로 경계는 해시 값, 즉 Long(\"-4611686018427387902\") 같은 64비트 정수입니다.",
        )),
        (Spread::Ranged, Bson::Array(_) | Bson::RegularExpression(_) | Bson::Undefined) => {
            Err(words!("A shard key cannot hold such a value.", "샤드 키에 쓸 수 없는 값입니다."))
        }
        (Spread::Ranged, value) => Ok(value),
    }
}

/// Whether the bound names the first fields of the key, in their order.
pub(in crate::sharding) fn is_prefix(bound: &Document, key: &ShardKey) -> bool {
    !bound.is_empty()
        && bound.len() <= key.fields().len()
        && bound.keys().zip(key.fields()).all(|(name, field)| *name == field.field)
}

/// The bound as the config servers keep it: fields that are left out are MinKey, at either end of a range.
pub(in crate::sharding) fn extended(bound: &Document, key: &ShardKey) -> Document {
    let value = |field: &KeyField| bound.get(&field.field).cloned().unwrap_or(Bson::MinKey);
    key.fields().iter().map(|field| (field.field.clone(), value(field))).collect()
}

/// MinKey or MaxKey in every field: where all begins and where all ends.
pub(in crate::sharding) fn end_of_all(key: &ShardKey, value: &Bson) -> Document {
    key.fields().iter().map(|field| (field.field.clone(), value.clone())).collect()
}

/// Whether `one` lies before `other`.
pub(in crate::sharding) fn precedes(one: &Document, other: &Document) -> bool {
    compare_bounds(one, other) == Ordering::Less
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn bound(key: &str, values: &[&str], kinds: &[&str]) -> Result<Document, (usize, String)> {
        let key = ShardKey::parse(key, false).expect("a valid key");
        read(&key, &texts(values), &texts(kinds)).map_err(|wrong| (wrong.place, wrong.rule.en))
    }

    #[test]
    fn a_bound_is_read_field_by_field() {
        assert_eq!(bound("a,b", &["5", "\"x\""], &[]), Ok(doc! { "a": 5, "b": "x" }));
        assert_eq!(bound("a,b", &["5", ""], &[]), Ok(doc! { "a": 5 }));
        assert_eq!(bound("a,b", &["", ""], &["max", "min"]), Ok(doc! { "a": Bson::MaxKey, "b": Bson::MinKey }));
        assert_eq!(
            bound("a:hashed", &["Long(\"-4611686018427387902\")"], &[""]),
            Ok(doc! { "a": -4_611_686_018_427_387_902_i64 })
        );
        assert_eq!(bound("a:hashed", &["5"], &[""]), Ok(doc! { "a": 5_i64 }));
    }

    #[test]
    fn what_is_wrong_is_told_at_its_field() {
        let place = |key, values: &[&str]| bound(key, values, &[]).expect_err("must be refused");
        assert_eq!(place("a,b", &["", "1"]).0, 0);
        assert_eq!(place("a,b", &["", ""]).0, 0);
        assert_eq!(place("a,b", &["1", "ObjectId("]).0, 1);
        assert_eq!(place("a,b", &["[1]", ""]).0, 0);
        assert!(place("a:hashed", &["\"kr\""]).1.contains("is a hash"));
    }

    #[test]
    fn a_prefix_means_the_lowest_rest() {
        let key = ShardKey::parse("a,b", false).expect("a valid key");
        assert_eq!(extended(&doc! { "a": 5 }, &key), doc! { "a": 5, "b": Bson::MinKey });
        assert!(is_prefix(&doc! { "a": 1 }, &key) && is_prefix(&doc! { "a": 1, "b": 1 }, &key));
        for bound in [doc! {}, doc! { "b": 1 }, doc! { "b": 1, "a": 1 }, doc! { "a": 1, "b": 1, "c": 1 }] {
            assert!(!is_prefix(&bound, &key), "{bound}");
        }
    }
}
