//! From how often sampled keys are used to what another TTL would do.
//!
//! A key that is asked for `rate` times a second and lives `ttl` seconds after each fill misses `rate / (1 + rate ttl)`
//! times a second. Keys are sampled among those that are there, where a key is with the chance `rate ttl / (1 + rate
//! ttl)`; each therefore stands for the inverse of that many. Misses are predicted, not hits: no single key can add more
//! than one miss per TTL to them, so a sample without regard to how hot its keys are is enough.

use std::collections::BTreeMap;

/// Seconds between two looks at a key that still count.
pub const LONGEST_GAP: usize = 5;

/// How often a key was seen to be used: for gaps of 1 s and more between two looks, how many there were, and in how
/// many of them it was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uses {
    pub gaps: [(u16, u16); LONGEST_GAP],
}

impl Uses {
    /// Takes what was seen after a gap of so many seconds.
    pub fn saw(&mut self, seconds: usize, used: bool) {
        if let Some((gaps, uses)) = seconds.checked_sub(1).and_then(|place| self.gaps.get_mut(place)) {
            *gaps += 1;
            *uses += u16::from(used);
        }
    }

    pub fn total(&self) -> i64 {
        self.gaps.iter().map(|(_, uses)| i64::from(*uses)).sum()
    }
}

/// Rates that are thought possible, per second: 60 from once in a day to 50 times a second.
const RATES: usize = 60;
const LOWEST: f64 = 1.0 / 86_400.0;
const HIGHEST: f64 = 50.0;
/// Rounds after which the prior moves no more.
const ROUNDS: usize = 300;

/// How the rates of the sampled keys are spread, and what each key's may be.
pub struct Spread {
    rates: Vec<f64>,
    /// Each kind of observation: how many keys have it, and how likely each rate is for them.
    kinds: Vec<(f64, Vec<f64>)>,
}

/// Learns the spread of rates from all keys together, by expectation and maximisation on a grid. `fraction` is the part
/// of a second that had gone by when the keys were looked at: the server knows the second of a use only.
pub fn spread(keys: &[Uses], fraction: f64) -> Spread {
    let rates: Vec<f64> =
        (0..RATES).map(|place| LOWEST * (HIGHEST / LOWEST).powf(place as f64 / (RATES - 1) as f64)).collect();
    let mut counted: BTreeMap<Uses, f64> = BTreeMap::new();
    for key in keys {
        *counted.entry(*key).or_default() += 1.0;
    }
    let likely: Vec<(f64, Vec<f64>)> =
        counted.into_iter().map(|(uses, count)| (count, likelihood(&uses, &rates, fraction))).collect();
    let mut prior = vec![1.0 / RATES as f64; RATES];
    for _ in 0..ROUNDS {
        let mut next = vec![0.0; RATES];
        for (count, likely) in &likely {
            for (all, share) in next.iter_mut().zip(posterior(&prior, likely)) {
                *all += count * share;
            }
        }
        let sum: f64 = next.iter().sum();
        prior = next.into_iter().map(|weight| weight / sum.max(f64::MIN_POSITIVE)).collect();
    }
    let kinds = likely.into_iter().map(|(count, likely)| (count, posterior(&prior, &likely))).collect();
    Spread { rates, kinds }
}

impl Spread {
    /// Misses per second of all keys together at the TTL `other`, in parts of those at the TTL `now`.
    pub fn misses(&self, now: f64, other: f64) -> f64 {
        let (mut at_other, mut keys) = (0.0, 0.0);
        for (count, shares) in &self.kinds {
            keys += count;
            let each = self.rates.iter().zip(shares).map(|(rate, share)| {
                let stands_for = (1.0 + rate * now) / (rate * now);
                share * stands_for * rate / (1.0 + rate * other)
            });
            at_other += count * each.sum::<f64>();
        }
        // At the TTL there is, every key of the sample adds one miss per TTL.
        at_other / (keys / now)
    }
}

fn posterior(prior: &[f64], likely: &[f64]) -> Vec<f64> {
    let joint: Vec<f64> = prior.iter().zip(likely).map(|(prior, likely)| prior * likely).collect();
    let sum: f64 = joint.iter().sum();
    joint.into_iter().map(|weight| weight / sum.max(f64::MIN_POSITIVE)).collect()
}

/// How likely the observation is at each rate, in parts of the likeliest.
fn likelihood(uses: &Uses, rates: &[f64], fraction: f64) -> Vec<f64> {
    let logs: Vec<f64> = rates
        .iter()
        .map(|rate| {
            let gaps = uses.gaps.iter().enumerate().filter(|(_, (gaps, _))| *gaps > 0);
            gaps.map(|(place, (gaps, used))| {
                let seen = seen_used(*rate, (place + 1) as f64, fraction).clamp(1e-12, 1.0 - 1e-12);
                f64::from(*used) * seen.ln() + f64::from(gaps - used) * (1.0 - seen).ln()
            })
            .sum()
        })
        .collect();
    let greatest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    logs.into_iter().map(|log| (log - greatest).exp()).collect()
}

/// The chance that a key is seen to have been used between two looks. A use is told by its second. One in the rest of a
/// second in which the key was already seen used is not told, unless another one follows before the next look.
fn seen_used(rate: f64, seconds: f64, fraction: f64) -> f64 {
    let none = |time: f64| (-rate * time).exp();
    let hidden = (1.0 - none(fraction)) * (1.0 - none(1.0 - fraction)) * none(seconds - 1.0 + fraction);
    1.0 - none(seconds) - hidden
}

/// How far the times left are from those of one TTL under a steady load, where any time left is as likely as any
/// other: the greatest distance between both distributions, 0 to 1. The times must be sorted.
pub fn unevenness(left: &[f64]) -> f64 {
    let (Some(longest), count) = (left.last().copied().filter(|it| *it > 0.0), left.len() as f64) else { return 1.0 };
    let distance = |(place, time): (usize, &f64)| {
        let expected = time / longest;
        (expected - place as f64 / count).abs().max((expected - (place + 1) as f64 / count).abs())
    };
    left.iter().enumerate().map(distance).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests;
