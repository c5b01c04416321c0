//! Ranges of keys: their order, what lies between them, and where two of them meet in the same keys.

use bson::{Bson, Document};

use super::model::{Edit, ZoneRange};
use crate::sharding::bound::{end_of_all, extended, precedes};
use crate::sharding::model::ShardKey;
use crate::sharding::order::compare_bounds;
use crate::sharding::value;
use crate::text::Words;

/// A range of `config.tags`. The lower bound belongs to it, the upper one does not.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    pub min: Document,
    pub max: Document,
    pub zone: String,
}

impl Range {
    /// Reads a range of a change.
    ///
    /// # Errors
    /// What is wrong with a bound.
    pub(in crate::sharding) fn of(range: &ZoneRange) -> Result<Self, Words> {
        Ok(Self {
            min: value::from_canonical(&range.min)?,
            max: value::from_canonical(&range.max)?,
            zone: range.zone.clone(),
        })
    }

    /// As it stands in a change.
    pub(in crate::sharding) fn to_wire(&self) -> ZoneRange {
        ZoneRange { min: value::canonical(&self.min), max: value::canonical(&self.max), zone: self.zone.clone() }
    }

    /// As the config servers keep it.
    pub(in crate::sharding) fn extended(&self, key: &ShardKey) -> Self {
        Self { min: extended(&self.min, key), max: extended(&self.max, key), zone: self.zone.clone() }
    }

    pub(in crate::sharding) fn overlaps(&self, other: &Self) -> bool {
        precedes(&self.min, &other.max) && precedes(&other.min, &self.max)
    }

    /// Whether it is this range, of whatever zone.
    pub(in crate::sharding) fn is_at(&self, other: &Self) -> bool {
        compare_bounds(&self.min, &other.min).is_eq() && compare_bounds(&self.max, &other.max).is_eq()
    }

    pub(in crate::sharding) fn is(&self, other: &Self) -> bool {
        self.zone == other.zone && self.is_at(other)
    }

    /// `[ { a: 1 }, { a: 5 } )`.
    pub(in crate::sharding) fn shown(&self) -> String {
        format!("[ {}, {} )", value::shown_document(&self.min), value::shown_document(&self.max))
    }
}

/// The ranges as they are after an edit, sorted. With a key, bounds are as the config servers of a sharded collection keep
/// them. What cannot be read is left out.
pub(in crate::sharding) fn after(now: &[Range], edit: &Edit, key: Option<&ShardKey>) -> Vec<Range> {
    let as_kept = |range: &ZoneRange| {
        let range = Range::of(range).ok()?;
        Some(key.map_or_else(|| range.clone(), |key| range.extended(key)))
    };
    let removed: Vec<Range> = edit.remove.iter().filter_map(as_kept).collect();
    let set = edit.set.iter().filter_map(as_kept).collect::<Vec<_>>();
    let is_there = |wanted: &Range| now.iter().any(|it| it.is(wanted)) && !removed.iter().any(|it| it.is(wanted));
    let new: Vec<Range> = set.iter().filter(|range| !is_there(range)).cloned().collect();
    let mut after: Vec<Range> = now.iter().filter(|it| !removed.iter().any(|gone| gone.is(it))).cloned().collect();
    after.extend(new);
    sort(&mut after);
    after
}

/// The ranges that have keys in common with what lies between two bounds.
pub(in crate::sharding) fn over<'a>(
    ranges: &'a [Range],
    min: &'a Document,
    max: &'a Document,
) -> impl Iterator<Item = &'a Range> {
    ranges.iter().filter(|range| precedes(&range.min, max) && precedes(min, &range.max))
}

/// Puts ranges in the order of their lower bounds.
pub(in crate::sharding) fn sort(ranges: &mut [Range]) {
    ranges.sort_by(|one, other| compare_bounds(&one.min, &other.min));
}

/// The first pair that has keys in common; of sorted ranges only neighbours can be the first.
pub(in crate::sharding) fn first_overlap(sorted: &[Range]) -> Option<(&Range, &Range)> {
    let mut reaching = sorted.first()?;
    for range in &sorted[1..] {
        if range.overlaps(reaching) {
            return Some((reaching, range));
        }
        if precedes(&reaching.max, &range.max) {
            reaching = range;
        }
    }
    None
}

/// The stretches of the key that no range covers.
pub(in crate::sharding) fn gaps(sorted: &[Range], key: &ShardKey) -> Vec<(Document, Document)> {
    let (first, last) = (end_of_all(key, &Bson::MinKey), end_of_all(key, &Bson::MaxKey));
    let mut gaps = Vec::new();
    let mut reached = first;
    for range in sorted {
        if precedes(&reached, &range.min) {
            gaps.push((reached.clone(), range.min.clone()));
        }
        if precedes(&reached, &range.max) {
            reached = range.max.clone();
        }
    }
    if precedes(&reached, &last) {
        gaps.push((reached, last));
    }
    gaps
}

#[cfg(test)]
mod tests {
    use bson::doc;
    use proptest::prelude::*;

    use super::*;

    /// Values whose order is not that of their texts nor of one type.
    fn values() -> Vec<Bson> {
        let decimal = |text: &str| Bson::Decimal128(text.parse().expect("a decimal"));
        vec![
            Bson::MinKey,
            Bson::Null,
            Bson::Int64(-4_611_686_018_427_387_902),
            Bson::Double(-0.5),
            Bson::Int32(0),
            decimal("0.1"),
            Bson::Int32(9),
            Bson::Int64(10),
            Bson::from(""),
            Bson::from("b"),
            Bson::ObjectId(bson::oid::ObjectId::from_bytes([3; 12])),
            Bson::Boolean(true),
            Bson::DateTime(bson::DateTime::from_millis(5)),
            Bson::MaxKey,
        ]
    }

    fn range(one: (usize, usize), other: (usize, usize)) -> Option<(Range, std::ops::Range<usize>)> {
        let all = values();
        let at = |(a, b): (usize, usize)| a * all.len() + b;
        let (low, high) = if at(one) < at(other) { (one, other) } else { (other, one) };
        let bound = |(a, b): (usize, usize)| doc! { "a": all[a].clone(), "b": all[b].clone() };
        let range = Range { min: bound(low), max: bound(high), zone: String::new() };
        (at(low) < at(high)).then(|| (range, at(low)..at(high)))
    }

    proptest! {
        /// The key space here has 14 × 14 points; whether two ranges overlap is whether they share one.
        #[test]
        fn overlaps_are_those_of_a_search_of_every_key(
            bounds in proptest::collection::vec(((0_usize..14, 0_usize..14), (0_usize..14, 0_usize..14)), 0..6)
        ) {
            let all: Vec<_> = bounds.into_iter().filter_map(|(one, other)| range(one, other)).collect();
            for (one, points) in &all {
                for (other, other_points) in &all {
                    let shared = points.clone().any(|point| other_points.contains(&point));
                    prop_assert_eq!(one.overlaps(other), shared, "{} and {}", one.shown(), other.shown());
                }
            }
            let any = (0..196).any(|point| all.iter().filter(|(_, points)| points.contains(&point)).count() > 1);
            let mut sorted: Vec<Range> = all.iter().map(|(range, _)| range.clone()).collect();
            sort(&mut sorted);
            prop_assert_eq!(first_overlap(&sorted).is_some(), any);
            let key = ShardKey::parse("a,b", false).expect("a key");
            let covered = (0..196 - 1).filter(|point| all.iter().any(|(_, points)| points.contains(point))).count();
            let free: usize = gaps(&sorted, &key)
                .iter()
                .filter_map(|(min, max)| Some(place(max)? - place(min)?))
                .sum();
            prop_assert_eq!(free, 195 - covered);
        }
    }

    fn place(bound: &Document) -> Option<usize> {
        let at = |field: &str| values().iter().position(|it| Some(it) == bound.get(field));
        Some(at("a")? * 14 + at("b")?)
    }

    #[test]
    fn what_no_range_covers_is_a_gap_at_the_ends_too() {
        let key = ShardKey::parse("a", false).expect("a key");
        let range = |min: i32, max: i32| Range { min: doc! { "a": min }, max: doc! { "a": max }, zone: "EU".into() };
        let ends = |min: Bson, max: Bson| (doc! { "a": min }, doc! { "a": max });
        assert_eq!(gaps(&[], &key), [ends(Bson::MinKey, Bson::MaxKey)]);
        let found = gaps(&[range(0, 5), range(5, 9), range(20, 30)], &key);
        let expected = [ends(Bson::MinKey, 0.into()), ends(9.into(), 20.into()), ends(30.into(), Bson::MaxKey)];
        assert_eq!(found, expected);
    }
}
