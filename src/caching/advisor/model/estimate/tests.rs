use super::*;

/// Numbers that look random and are the same in every run (Steele and others, "SplitMix").
struct Dice(u64);

impl Dice {
    fn number(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Seconds until the next of events that come so often.
    fn pause(&mut self, rate: f64) -> f64 {
        -(1.0 - self.number()).ln() / rate
    }
}

const KEYS: usize = 20_000;
const REQUESTS: f64 = 2_000.0;
const TTL: f64 = 20.0;
const WARM: f64 = 80.0;
const LOOKS: usize = 42;
const FRACTION: f64 = 0.3;

/// A simulated cache: fills on a miss, forgets after the TTL, and knows the second of the last use.
struct Cache {
    rates: Vec<f64>,
    seen: Vec<Option<(f64, f64)>>,
}

impl Cache {
    fn is_there(&self, key: usize, now: f64) -> bool {
        self.seen[key].is_some_and(|(dies, _)| dies > now)
    }

    fn last_second(&self, key: usize, now: f64) -> Option<f64> {
        self.seen[key].filter(|(dies, _)| *dies > now).map(|(_, used)| used.floor())
    }
}

/// Follows keys of a cache whose users ask for keys by Zipf's law, on a simulated clock.
fn followed(dice: &mut Dice) -> (Vec<f64>, Vec<Uses>) {
    let weights: Vec<f64> = (1..=KEYS).map(|place| 1.0 / place as f64).collect();
    let sum: f64 = weights.iter().sum();
    let rates: Vec<f64> = weights.iter().map(|weight| weight / sum * REQUESTS).collect();
    let mut bounds = Vec::with_capacity(KEYS);
    let mut so_far = 0.0;
    for weight in &weights {
        so_far += weight / sum;
        bounds.push(so_far);
    }
    let mut cache = Cache { rates, seen: vec![None; KEYS] };
    let mut sample: Vec<(usize, Option<f64>, Uses)> = Vec::new();
    let (mut now, mut look) = (0.0, 0);
    loop {
        let next = now + dice.pause(REQUESTS);
        while look <= LOOKS && next >= WARM + look as f64 + FRACTION {
            let at = WARM + look as f64 + FRACTION;
            if look == 0 {
                let mut there: Vec<usize> = (0..KEYS).filter(|key| cache.is_there(*key, at)).collect();
                for _ in 0..1_500 {
                    let drawn = there.swap_remove((dice.number() * there.len() as f64) as usize);
                    sample.push((drawn, cache.last_second(drawn, at), Uses::default()));
                }
            } else {
                for (key, before, uses) in &mut sample {
                    let last = cache.last_second(*key, at);
                    match (*before, last) {
                        (Some(before), Some(last)) => uses.saw(1, last > before),
                        (None, last) => uses.saw(1, last.is_some()),
                        (Some(_), None) => {}
                    }
                    *before = last;
                }
            }
            look += 1;
        }
        if look > LOOKS {
            return (cache.rates, sample.into_iter().map(|(_, _, uses)| uses).collect());
        }
        now = next;
        let drawn = dice.number();
        let key = bounds.partition_point(|bound| *bound < drawn).min(KEYS - 1);
        let dies = match cache.seen[key] {
            Some((dies, _)) if dies > now => dies,
            _ => now + TTL,
        };
        cache.seen[key] = Some((dies, now));
    }
}

#[test]
fn the_hit_ratio_at_other_ttls_is_told_within_four_points() {
    let (rates, uses) = followed(&mut Dice(1));
    let misses = |ttl: f64| rates.iter().map(|rate| rate / (1.0 + rate * ttl)).sum::<f64>();
    let spread = spread(&uses, FRACTION);
    for factor in [0.1, 0.25, 0.5, 1.0, 2.0, 4.0] {
        let told = 1.0 - misses(TTL) * spread.misses(TTL, TTL * factor) / REQUESTS;
        let truth = 1.0 - misses(TTL * factor) / REQUESTS;
        let allowed = if factor == 1.0 { 0.015 } else { 0.04 };
        assert!((told - truth).abs() < allowed, "TTL {}: {told} and not {truth}", TTL * factor);
    }
}

#[test]
fn a_use_is_seen_as_often_as_the_server_tells_its_second() {
    let mut dice = Dice(2);
    for rate in [0.05, 0.7, 2.2, 6.0] {
        let (mut now, mut last, mut before, mut seen) = (0.0, -1.0, -1.0, 0);
        let mut look = 1.0 + FRACTION;
        let looks = 40_000;
        for _ in 0..looks {
            loop {
                let next = now + dice.pause(rate);
                if next >= look {
                    // Without memory: what comes after the look is drawn anew.
                    now = look;
                    break;
                }
                now = next;
                last = next.floor();
            }
            seen += i32::from(last > before);
            before = last;
            look += 1.0;
        }
        let share = f64::from(seen) / f64::from(looks);
        let expected = seen_used(rate, 1.0, FRACTION);
        assert!((share - expected).abs() < 0.012, "rate {rate}: {share} and not {expected}");
    }
}

#[test]
fn times_left_of_one_ttl_are_even_and_those_of_two_are_not() {
    let even: Vec<f64> = (1..=500).map(f64::from).collect();
    assert!(unevenness(&even) < 0.01);
    let mut two: Vec<f64> = (1..=500).map(|place| f64::from(place) * if place % 2 == 0 { 1.0 } else { 0.1 }).collect();
    two.sort_by(f64::total_cmp);
    assert!(unevenness(&two) > 0.3, "{}", unevenness(&two));
    assert_eq!(unevenness(&[]), 1.0);
}
