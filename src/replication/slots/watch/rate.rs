//! How fast what a slot holds back grows: an average that forgets, so that it follows a load that changes, and that is
//! kept back until it has seen enough.

use std::time::{Duration, Instant};

/// Share of a sample that came one second after the one before. Later ones count for more.
const ALPHA: f64 = 0.2;

/// Samples before an estimate is told. With one sample it was wrong by a quarter under a noisy load.
pub(super) const ENOUGH: u32 = 10;

/// Two readings closer than this tell nothing.
const TOO_CLOSE: Duration = Duration::from_millis(200);

/// The average so far.
#[derive(Default)]
pub(super) struct Growth {
    last: Option<(Instant, i64)>,
    samples: u32,
    sum: f64,
    /// Of all samples so far: what the average misses to 1 at its beginning.
    weight: f64,
}

impl Growth {
    /// Takes what was held at a time.
    pub(super) fn learn(&mut self, at: Instant, held: i64) {
        let Some((before, earlier)) = self.last else {
            self.last = Some((at, held));
            return;
        };
        let passed = at.saturating_duration_since(before);
        if passed < TOO_CLOSE {
            return;
        }
        let seconds = passed.as_secs_f64();
        let share = 1.0 - (1.0 - ALPHA).powf(seconds);
        self.sum += share * ((held - earlier) as f64 / seconds - self.sum);
        self.weight += share * (1.0 - self.weight);
        self.samples = self.samples.saturating_add(1);
        self.last = Some((at, held));
    }

    /// What was held when it was last asked.
    pub(super) fn held(&self) -> Option<i64> {
        self.last.map(|(_, held)| held)
    }

    /// Bytes a second; none before there are enough samples.
    pub(super) fn per_second(&self) -> Option<f64> {
        (self.samples >= ENOUGH).then(|| self.sum / self.weight)
    }
}

/// Milliseconds until `room` bytes are used up at this rate; none when they never are.
pub(super) fn until(room: i64, per_second: f64) -> Option<i64> {
    if room <= 0 {
        return Some(0);
    }
    // Slower than a WAL record in a minute is standing still.
    let millis = room as f64 * 1000.0 / per_second;
    (per_second >= 1.0 && millis < 1e15).then_some(millis as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cheap generator of even numbers between 0 and 1, the same in every run.
    struct Noise(u64);

    impl Noise {
        fn of(seed: u64) -> Self {
            // Spread over all bits: the first numbers of a small seed are small.
            Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        }

        fn next(&mut self) -> f64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 % 10_000) as f64 / 10_000.0
        }
    }

    #[test]
    fn nothing_is_told_before_ten_samples() {
        let (start, mut growth) = (Instant::now(), Growth::default());
        for second in 0..=10 {
            assert_eq!(growth.per_second(), None, "after {second} readings");
            growth.learn(start + Duration::from_secs(second), second as i64 * 1000);
        }
        let rate = growth.per_second().expect("enough samples");
        assert!((rate - 1000.0).abs() < 1e-6, "a steady load is told exactly, not as {rate}");
    }

    #[test]
    fn under_a_noisy_load_the_estimate_is_within_fifteen_percent() {
        // 3.5 MB/s that varies by a fifth from second to second, towards 160 MB.
        let room: f64 = 160e6;
        for seed in 1..=50 {
            let (start, mut growth, mut noise) = (Instant::now(), Growth::default(), Noise::of(seed));
            let steps: Vec<f64> = (0..80).map(|_| 3.5e6 * (0.8 + 0.4 * noise.next())).collect();
            let held = |second: usize| steps[..second].iter().sum::<f64>();
            let end = (0..80).find(|second| held(*second) >= room).expect("it ends") as f64;
            for second in 0..=20 {
                growth.learn(start + Duration::from_secs(second as u64), held(second) as i64);
                let Some(rate) = growth.per_second() else { continue };
                let told = until((room - held(second)) as i64, rate).expect("it grows") as f64 / 1000.0;
                let error = told / (end - second as f64) - 1.0;
                assert!(
                    error.abs() <= 0.15,
                    "seed {seed}, second {second}: {told:.1} s, off by {:.0} %",
                    error * 100.0
                );
            }
        }
    }

    #[test]
    fn readings_that_come_seldom_count_for_the_time_between_them() {
        let (start, mut often, mut seldom) = (Instant::now(), Growth::default(), Growth::default());
        for second in 0..=300_u64 {
            let held = if second < 150 { 0 } else { (second as i64 - 150) * 1000 };
            often.learn(start + Duration::from_secs(second), held);
            if second % 15 == 0 {
                seldom.learn(start + Duration::from_secs(second), held);
            }
        }
        let (often, seldom) = (often.per_second().expect("many"), seldom.per_second().expect("twenty"));
        assert!((often - 1000.0).abs() < 1.0 && (seldom - 1000.0).abs() < 1.0, "{often} {seldom}");
    }

    #[test]
    fn what_does_not_grow_never_ends() {
        assert_eq!(until(100, 0.0), None);
        assert_eq!(until(100, -5.0), None);
        assert_eq!(until(0, -5.0), Some(0), "it has ended already");
        assert_eq!(until(5_000, 1_000.0), Some(5_000));
        assert_eq!(until(i64::MAX, 1.0), None, "longer than anybody can think of");
    }
}
