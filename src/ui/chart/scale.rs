//! The axes of a chart: round values in the unit that is measured, and times as short as they can be.

use crate::text::{Lang, bytes, count, span, utc};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Bytes,
    Count,
    Seconds,
}

impl Unit {
    /// A value as a person reads it.
    pub fn text(self, value: f64, lang: Lang) -> String {
        match self {
            Self::Bytes => bytes(value.round() as i64),
            Self::Count if value.fract() != 0.0 && value.abs() < 100.0 => format!("{value:.1}"),
            Self::Count => count(value.round() as i64),
            Self::Seconds if value == 0.0 => lang.of("0 s", "0초").to_owned(),
            Self::Seconds => span((value * 1_000.0).round() as i64).read(lang),
        }
    }

    /// The first round value that is not less.
    fn round_up(self, value: f64) -> f64 {
        const SECONDS: [f64; 17] = [
            1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 21_600.0,
            43_200.0, DAY,
        ];
        match self {
            // Halves of halves of a unit are round here: 256 MiB, 512 MiB.
            Self::Bytes => value.max(1.0).log2().ceil().exp2(),
            Self::Count => decimal(value.max(1.0)),
            Self::Seconds if value <= 1.0 => decimal(value.max(0.001)),
            Self::Seconds => {
                SECONDS.into_iter().find(|round| *round >= value).unwrap_or_else(|| decimal(value / DAY) * DAY)
            }
        }
    }
}

const DAY: f64 = 86_400.0;

/// 1, 2 or 5 with zeros.
fn decimal(value: f64) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    // A little more than the quotient of two equal numbers may come out.
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|round| round * power)
        .find(|round| *round >= value * 0.999_999)
        .unwrap_or(value)
}

/// Round values from 0 up to the first that is not below `highest`: three to six of them.
pub fn ticks(unit: Unit, highest: f64) -> Vec<f64> {
    let step = unit.round_up(highest.max(0.0) / 4.0);
    let steps = (highest / step - 0.000_001).ceil().max(2.0) as usize;
    (0..=steps).map(|number| number as f64 * step).collect()
}

/// A time on an axis that shows so many milliseconds: with seconds where it shows minutes, with the day where it shows
/// days.
pub fn time_label(millis: i64, shown: i64) -> String {
    let whole = utc(millis);
    let (day, time) = whole.split_once(' ').unwrap_or_default();
    // Both are ASCII of a fixed length: 2026-11-23, 06:41:10.
    let (month_and_day, minutes) = (day.get(5..).unwrap_or(day), time.get(..5).unwrap_or(time));
    match shown / 1_000 {
        0..600 => time.to_owned(),
        600..86_400 => minutes.to_owned(),
        _ => format!("{month_and_day} {minutes}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: f64 = 1024.0 * 1024.0;

    #[test]
    fn the_marks_of_an_axis_are_round_in_their_unit() {
        assert_eq!(ticks(Unit::Count, 87.0), [0.0, 50.0, 100.0]);
        assert_eq!(ticks(Unit::Count, 0.0), [0.0, 1.0, 2.0]);
        assert_eq!(ticks(Unit::Bytes, 900.0 * MIB), [0.0, 256.0 * MIB, 512.0 * MIB, 768.0 * MIB, 1024.0 * MIB]);
        assert_eq!(ticks(Unit::Seconds, 100.0), [0.0, 30.0, 60.0, 90.0, 120.0]);
        assert_eq!(ticks(Unit::Seconds, 0.004), [0.0, 0.001, 0.002, 0.003, 0.004]);
        assert_eq!(ticks(Unit::Seconds, 10.0 * DAY), [0.0, 5.0 * DAY, 10.0 * DAY]);
    }

    #[test]
    fn an_axis_holds_its_highest_value_and_has_few_marks() {
        for unit in [Unit::Bytes, Unit::Count, Unit::Seconds] {
            for power in 0..45 {
                let highest = 0.003 * 2.5_f64.powi(power);
                let ticks = ticks(unit, highest);
                assert!(ticks.last().is_some_and(|top| *top >= highest * 0.999), "{unit:?} {highest}: {ticks:?}");
                assert!((3..=6).contains(&ticks.len()), "{unit:?} {highest}: {ticks:?}");
            }
        }
    }

    #[test]
    fn values_are_told_in_the_readers_language() {
        assert_eq!(Unit::Bytes.text(1536.0 * MIB, Lang::En), "1.5 GiB");
        assert_eq!(Unit::Count.text(30_000.0, Lang::Ko), "30,000");
        assert_eq!(Unit::Count.text(0.25, Lang::En), "0.2");
        assert_eq!(Unit::Seconds.text(90.0, Lang::Ko), "1분 30초");
        assert_eq!(Unit::Seconds.text(0.0, Lang::En), "0 s");
        assert_eq!(Unit::Seconds.text(0.25, Lang::En), "250 ms");
    }

    #[test]
    fn a_time_is_as_short_as_the_chart_allows() {
        let time = 1_795_416_070_123;
        assert_eq!(time_label(time, 60_000), "06:41:10");
        assert_eq!(time_label(time, 3_600_000), "06:41");
        assert_eq!(time_label(time, 7 * 86_400_000), "11-23 06:41");
    }
}
