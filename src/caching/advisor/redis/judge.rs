//! Whether what was seen allows advice, and the advice. It is pure: it asks nothing.

use super::follow::Seen;
use crate::auth::session::clock::wall;
use crate::caching::advisor::model::estimate::{spread, unevenness};
use crate::caching::advisor::model::{Advice, Answer, Curve, FACTORS, Point};
use crate::text::{Words, count};
use crate::words;

/// Of fewer keys or uses nothing is concluded.
const KEYS: usize = 200;
const USES: i64 = 300;
/// Parts of the sample that may be otherwise than the method takes them to be.
const LASTING: f64 = 0.2;
const RENEWED: f64 = 0.05;
const UNEVEN: f64 = 0.15;
/// How much more one half of the time may have had than the other.
const UNSTEADY: f64 = 1.4;

pub(super) fn judge(seen: &Seen) -> Advice {
    let uses = seen.keys.iter().map(|(uses, _)| uses.total()).sum();
    let answer = match reason(seen, uses) {
        Some(why) => Answer::Unknown(why),
        None => Answer::Curve(curve(seen)),
    };
    Advice { at: wall(), keys: i64::try_from(seen.keys.len()).unwrap_or(i64::MAX), uses, answer }
}

/// Why it is not worth following these keys, if so: so many that have a TTL, and so many that have none.
pub(super) fn unfit(keys: usize, lasting: usize) -> Option<Words> {
    let (followed, all) = (count(keys as i64), count((keys + lasting) as i64));
    if lasting as f64 > (keys + lasting) as f64 * LASTING {
        let lasting = count(lasting as i64);
        return Some(words!(
            "{lasting} of {all} sampled keys have no TTL. Choose a prefix whose keys have one.",
            "표본 {all}개 중 {lasting}개에 TTL이 없습니다. TTL이 있는 키의 접두사를 고르세요."
        ));
    }
    (keys < KEYS).then(|| {
        words!(
            "Only {followed} keys with a TTL were found; it takes {KEYS}.",
            "TTL이 있는 키가 {followed}개뿐입니다. {KEYS}개가 필요합니다."
        )
    })
}

/// Why nothing can be told, if so.
fn reason(seen: &Seen, uses: i64) -> Option<Words> {
    let (keys, followed) = (seen.keys.len(), count(seen.keys.len() as i64));
    if let Some(why) = unfit(keys, seen.lasting) {
        return Some(why);
    }
    if uses < USES {
        let uses = count(uses);
        return Some(words!(
            "The {followed} sampled keys were used {uses} times; it takes {USES}. Measure when there is more to do.",
            "표본 키 {followed}개가 {uses}번 쓰였습니다. {USES}번이 필요합니다. 요청이 많을 때 측정하세요."
        ));
    }
    if seen.renewed.0 as f64 > seen.renewed.1 as f64 * RENEWED {
        return Some(words!(
            "Keys get a new TTL before the old one is over (a sliding TTL, or they are written anew). The method needs a TTL that begins with the fill.",
            "기존 TTL이 끝나기 전에 새 TTL이 설정됩니다(슬라이딩 TTL이거나 다시 저장). 이 방법은 저장할 때 정해지는 TTL에만 쓸 수 있습니다."
        ));
    }
    let left = sorted(seen);
    // Of a small sample chance alone makes it uneven: 1.63 by the root of its size in one of a hundred.
    if unevenness(&left) > UNEVEN.max(1.63 / (keys as f64).sqrt()) {
        return Some(words!(
            "The times left are not spread as one TTL under a steady load spreads them: there are several TTLs, or the keys were written at once. Choose a prefix with one TTL.",
            "남은 시간의 분포가 하나의 TTL과 일정한 부하에서 나오는 모양이 아닙니다. TTL이 여러 개이거나 키가 한꺼번에 저장되었습니다. TTL이 하나인 접두사를 고르세요."
        ));
    }
    let [first, second] = seen.halves.map(|(hits, misses)| hits + misses);
    if first.max(second) > first.min(second) * UNSTEADY + 1.0 {
        let (first, second) = (count(first.round() as i64), count(second.round() as i64));
        return Some(words!(
            "The load is not steady: {first} requests a second in the first half of the time, {second} in the second.",
            "부하가 일정하지 않습니다. 전반 초당 {first}건, 후반 초당 {second}건이었습니다."
        ));
    }
    None
}

fn sorted(seen: &Seen) -> Vec<f64> {
    let mut left: Vec<f64> = seen.keys.iter().map(|(_, left)| *left).collect();
    left.sort_by(f64::total_cmp);
    left
}

fn curve(seen: &Seen) -> Curve {
    let left = sorted(seen);
    let (longest, keys) = (left.last().copied().unwrap_or(0.0), left.len() as f64);
    // The longest of so many even times left is a little shorter than the TTL.
    let current = longest * (keys + 1.0) / keys;
    let uses: Vec<_> = seen.keys.iter().map(|(uses, _)| *uses).collect();
    let spread = spread(&uses, seen.fraction);
    let [first, second] = seen.halves;
    let (hits, misses) = ((first.0 + second.0) / 2.0, (first.1 + second.1) / 2.0);
    // Where the server counts these keys only, its misses are measured; else keys leave as fast as they come.
    let now = if seen.whole { misses } else { seen.all / current };
    let points = FACTORS.iter().map(|factor| {
        let ttl = current * factor;
        let queries = now * spread.misses(current, ttl);
        let share = (1.0 - queries / (hits + misses).max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
        Point { ttl, queries, hits: seen.whole.then_some(share) }
    });
    Curve { current, points: points.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caching::advisor::model::estimate::Uses;

    /// 400 keys of one TTL of 20 s, each used in half of 40 looks, under a steady load.
    fn steady() -> Seen {
        let mut uses = Uses::default();
        for look in 0..40 {
            uses.saw(1, look % 2 == 0);
        }
        Seen {
            keys: (1..=400).map(|place| (uses, f64::from(place) / 20.0)).collect(),
            all: 1_000.0,
            fraction: 0.3,
            renewed: (0, 200),
            halves: [(90.0, 10.0), (90.0, 10.0)],
            whole: true,
            ..Seen::default()
        }
    }

    fn why(seen: &Seen) -> String {
        match judge(seen).answer {
            Answer::Unknown(why) => why.en,
            Answer::Curve(_) => String::new(),
        }
    }

    #[test]
    fn a_longer_ttl_hits_more_often_and_the_current_one_as_measured() {
        let Answer::Curve(curve) = judge(&steady()).answer else { panic!("{}", why(&steady())) };
        assert!((curve.current - 20.0).abs() < 0.1, "{}", curve.current);
        assert!(curve.points.is_sorted_by(|one, other| one.queries > other.queries), "{:?}", curve.points);
        let now = curve.points[4];
        assert!(now.hits.is_some_and(|hits| (hits - 0.9).abs() < 0.001), "{now:?}");
    }

    #[test]
    fn of_a_part_of_the_keys_the_queries_are_told_and_the_hit_ratio_is_not() {
        let Answer::Curve(curve) = judge(&Seen { whole: false, ..steady() }).answer else { panic!("a curve") };
        let now = curve.points[4];
        assert!(now.hits.is_none() && (now.queries - 50.0).abs() < 0.5, "{now:?}");
    }

    #[test]
    fn where_the_method_does_not_hold_nothing_is_drawn() {
        assert_eq!(why(&steady()), "");
        let mixed = steady().keys.into_iter().map(|(uses, left)| (uses, if left > 10.0 { left * 10.0 } else { left }));
        for (seen, part) in [
            (Seen { lasting: 200, ..steady() }, "have no TTL"),
            (Seen { keys: steady().keys.split_off(300), ..steady() }, "Only 100 keys"),
            (
                Seen { keys: steady().keys.into_iter().map(|(_, left)| (Uses::default(), left)).collect(), ..steady() },
                "used 0 times",
            ),
            (Seen { renewed: (50, 200), ..steady() }, "sliding"),
            (Seen { keys: mixed.collect(), ..steady() }, "several TTLs"),
            (Seen { halves: [(90.0, 10.0), (900.0, 100.0)], ..steady() }, "not steady"),
        ] {
            assert!(why(&seen).contains(part), "{part}: {}", why(&seen));
        }
    }
}
