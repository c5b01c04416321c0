//! What lives how long: drawn from a sample of keys, each of which stands for many.

mod names;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::names::{family, prefix};
use crate::caching::format::name::Family;
use crate::caching::model::spelled;

/// A key of the sample.
#[derive(Clone, Debug)]
pub struct Sampled {
    pub key: Vec<u8>,
    /// Milliseconds; None: it never expires.
    pub left: Option<i64>,
    /// What it takes in memory; None where that may not be asked.
    pub bytes: Option<i64>,
    /// The keys it stands for.
    pub weight: f64,
}

/// What lives how long. All numbers of keys and bytes are estimates unless the sample is `whole`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Keys that were looked at.
    pub sampled: i64,
    /// Keys that the console's user may not look at.
    pub hidden: i64,
    /// All keys there were, exactly.
    pub total: i64,
    /// Whether every key was looked at.
    pub whole: bool,
    /// Milliseconds since it was taken.
    pub age: i64,
    /// When it was taken, in milliseconds since 1970.
    pub at: i64,
    /// The shortest first; at the end what never expires.
    pub classes: Vec<Class>,
    /// Keys that die within the next minutes, for an hour.
    pub minutes: Vec<f64>,
    /// The same by the hour, for a day.
    pub hours: Vec<f64>,
    /// The most keys without TTL first.
    pub prefixes: Vec<Prefix>,
    /// Parts of names that tell applications apart: `KEY_PREFIX` of Django's caches, the default one among them.
    pub django: Vec<String>,
    /// Sampled keys that no Django cache has written.
    pub others: i64,
}

/// Keys whose time left is of one order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// They die before so many milliseconds; None: not within the greatest bound.
    pub under: Option<i64>,
    /// They never expire.
    pub never: bool,
    pub keys: f64,
    /// None where memory may not be asked.
    pub bytes: Option<f64>,
}

/// Keys whose names begin alike.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Prefix {
    /// As keys are spelled; empty for names without a separator.
    pub prefix: String,
    /// Sampled keys with and without TTL.
    pub with: i64,
    pub without: i64,
    /// Keys without TTL, estimated.
    pub keys: f64,
    pub family: Option<Family>,
}

/// Bounds of the classes in milliseconds.
pub const BOUNDS: [i64; 9] = [10_000, 60_000, 600_000, 3_600_000, 6 * 3_600_000, DAY, 7 * DAY, 30 * DAY, 365 * DAY];
const DAY: i64 = 86_400_000;
const MINUTE: i64 = 60_000;
/// Prefixes that are kept.
const PREFIXES: usize = 200;

/// Makes the picture of a sample; `total` is the number of all keys.
pub fn picture(sample: &[Sampled], total: i64, hidden: i64, whole: bool) -> Picture {
    let (django, others) = names::applications(sample.iter().map(|it| it.key.as_slice()));
    Picture {
        sampled: sample.len() as i64,
        hidden,
        total,
        whole,
        classes: classes(sample),
        minutes: dying(sample, MINUTE, 60),
        hours: dying(sample, 60 * MINUTE, 24),
        prefixes: prefixes(sample),
        django,
        others,
        ..Picture::default()
    }
}

fn classes(sample: &[Sampled]) -> Vec<Class> {
    let bounds = BOUNDS.iter().map(|bound| Class { under: Some(*bound), ..Class::default() });
    let ends = [Class::default(), Class { never: true, ..Class::default() }];
    let mut classes: Vec<Class> = bounds.chain(ends).collect();
    let may_measure = sample.iter().any(|it| it.bytes.is_some());
    for class in &mut classes {
        class.bytes = may_measure.then_some(0.0);
    }
    for one in sample {
        let place = match one.left {
            None => BOUNDS.len() + 1,
            Some(left) => BOUNDS.iter().position(|bound| left < *bound).unwrap_or(BOUNDS.len()),
        };
        classes[place].keys += one.weight;
        if let (Some(all), Some(bytes)) = (&mut classes[place].bytes, one.bytes) {
            *all += bytes as f64 * one.weight;
        }
    }
    classes
}

/// Keys that die in each of the next spans.
fn dying(sample: &[Sampled], span: i64, spans: usize) -> Vec<f64> {
    let mut dying = vec![0.0; spans];
    for one in sample {
        let place = one.left.and_then(|left| usize::try_from(left / span).ok());
        if let Some(all) = place.and_then(|place| dying.get_mut(place)) {
            *all += one.weight;
        }
    }
    dying
}

fn prefixes(sample: &[Sampled]) -> Vec<Prefix> {
    let mut all: BTreeMap<&[u8], Prefix> = BTreeMap::new();
    for one in sample {
        let name = prefix(&one.key);
        let known = all.entry(name).or_insert_with(|| Prefix {
            prefix: spelled(name),
            family: family(&one.key),
            ..Prefix::default()
        });
        match one.left {
            Some(_) => known.with += 1,
            None => {
                known.without += 1;
                known.keys += one.weight;
            }
        }
    }
    let mut all: Vec<Prefix> = all.into_values().collect();
    all.sort_by_key(|it| (std::cmp::Reverse(it.without), std::cmp::Reverse(it.with)));
    all.truncate(PREFIXES);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampled(key: &str, left: Option<i64>) -> Sampled {
        Sampled { key: key.into(), left, bytes: Some(100), weight: 10.0 }
    }

    #[test]
    fn each_sampled_key_stands_for_many_in_its_class_and_minute() {
        let sample = [
            sampled(":1:a", Some(9_999)),
            sampled(":1:b", Some(60_000)),
            sampled(":1:c", Some(2 * 3_600_000)),
            sampled("cart:1", None),
            sampled(":1:d", Some(400 * DAY)),
        ];
        let seen = picture(&sample, 50, 0, false);
        let keys: Vec<f64> = seen.classes.iter().map(|class| class.keys).collect();
        assert_eq!(keys, [10.0, 0.0, 10.0, 0.0, 10.0, 0.0, 0.0, 0.0, 0.0, 10.0, 10.0]);
        assert_eq!(seen.classes[0].bytes, Some(1_000.0));
        assert_eq!((seen.minutes[0], seen.minutes[1], seen.hours[2]), (10.0, 10.0, 10.0));
        assert_eq!(seen.hours.iter().sum::<f64>(), 30.0, "what lives longer than a day is not in the day");
        let first = &seen.prefixes[0];
        assert_eq!((first.prefix.as_str(), first.without, first.keys), ("cart:", 1, 10.0));
    }

    #[test]
    fn what_may_not_be_measured_is_unknown_and_not_nothing() {
        let seen = picture(&[Sampled { bytes: None, ..sampled("a", None) }], 1, 0, true);
        assert!(seen.classes.iter().all(|class| class.bytes.is_none()));
    }
}
