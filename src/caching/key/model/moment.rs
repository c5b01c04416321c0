//! Moments: a date and a time, with the zone that they were typed in.

use serde::{Deserialize, Serialize};

use crate::text::{Words, utc};
use crate::words;

/// A moment from 1970 to 2200, and by how many minutes the zone it was typed in is ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(i64, i32)", into = "(i64, i32)")]
pub struct Moment {
    millis: i64,
    zone: i32,
}

const LAST: i64 = 7_258_118_400_000;
const MOST_ZONE: i32 = 14 * 60;

impl Moment {
    /// Reads `2026-11-24 10:00`, with seconds and parts of them or without, in UTC or with a zone: `+09:00`, `Z`.
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        read(text.trim()).ok_or_else(|| {
            words!(
                "A date and a time in UTC, or with its zone: 2026-11-24 10:00, 2026-11-24 19:00 +09:00.",
                "UTC 날짜와 시각, 또는 시간대를 붙여 입력하세요: 2026-11-24 10:00, 2026-11-24 19:00 +09:00.",
            )
        })
    }

    /// In UTC; none before 1970 and after 2200.
    pub fn at(millis: i64) -> Option<Self> {
        Self::try_from((millis, 0)).ok()
    }

    /// Milliseconds since 1970 (UTC).
    pub const fn millis(self) -> i64 {
        self.millis
    }

    /// As [`Moment::parse`] reads it, in UTC.
    pub fn text(self) -> String {
        let part = self.millis.rem_euclid(1_000);
        let text = utc(self.millis);
        if part == 0 { text } else { format!("{text}.{part:03}") }
    }

    /// In UTC, and in the zone it was typed in where that is another one.
    pub fn words(self) -> Words {
        let text = self.text();
        if self.zone == 0 {
            return words!("{text} UTC", "{text} UTC");
        }
        let there = utc(self.millis + i64::from(self.zone) * 60_000);
        let sign = if self.zone < 0 { '-' } else { '+' };
        let (hours, minutes) = (self.zone.abs() / 60, self.zone.abs() % 60);
        words!(
            "{text} UTC ({there} at UTC{sign}{hours:02}:{minutes:02})",
            "{text} UTC(UTC{sign}{hours:02}:{minutes:02} 기준 {there})"
        )
    }
}

impl TryFrom<(i64, i32)> for Moment {
    type Error = &'static str;

    fn try_from((millis, zone): (i64, i32)) -> Result<Self, Self::Error> {
        if (0..LAST).contains(&millis) && zone.abs() <= MOST_ZONE {
            Ok(Self { millis, zone })
        } else {
            Err("a moment is from 1970 to 2200")
        }
    }
}

impl From<Moment> for (i64, i32) {
    fn from(moment: Moment) -> Self {
        (moment.millis, moment.zone)
    }
}

fn read(text: &str) -> Option<Moment> {
    let (date, rest) = text.split_once([' ', 'T'])?;
    let (time, zone) = zone_of(rest.trim())?;
    let mut parts = date.split('-');
    let (year, month, day) = (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let mut of_day = time.split(':');
    let (hour, minute) = (number(of_day.next()?, 2)?, number(of_day.next()?, 2)?);
    let (second, part) = match of_day.next() {
        None => (0, 0),
        Some(text) => match text.split_once('.') {
            None => (number(text, 2)?, 0),
            Some((second, part)) => (number(second, 2)?, number(part, 3)?),
        },
    };
    if parts.next().is_some() || of_day.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days(year, month, day)?;
    let local = ((days * 24 + hour) * 60 + minute) * 60 + second;
    Moment::try_from((local * 1_000 + part - i64::from(zone) * 60_000, zone)).ok()
}

/// The time, and the minutes by which its zone is ahead of UTC.
fn zone_of(text: &str) -> Option<(&str, i32)> {
    if let Some(time) = text.strip_suffix("UTC").or_else(|| text.strip_suffix('Z')) {
        return Some((time.trim_end(), 0));
    }
    let Some(at) = text.find(['+', '-']) else { return Some((text, 0)) };
    let (hours, minutes) = text[at + 1..].split_once(':')?;
    let minutes = number(hours, 2)? * 60 + number(minutes, 2).filter(|it| *it < 60)?;
    let minutes = i32::try_from(minutes).ok().filter(|it| *it <= MOST_ZONE)?;
    Some((text[..at].trim_end(), if text.as_bytes()[at] == b'-' { -minutes } else { minutes }))
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && text.bytes().all(|it| it.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// Days since 1970 of a date that exists (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=longest).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_moment_reads_back(millis in 0..LAST) {
            let moment = Moment::at(millis).expect("a moment");
            prop_assert_eq!(Moment::parse(&moment.text()).expect("its text"), moment);
        }
    }

    #[test]
    fn a_zone_is_taken_off() {
        let seoul = Moment::parse("2026-11-24 19:00 +09:00").expect("a moment");
        assert_eq!(seoul.millis(), Moment::parse("2026-11-24T10:00:00Z").expect("a moment").millis());
        assert_eq!(seoul.words().en, "2026-11-24 10:00:00 UTC (2026-11-24 19:00:00 at UTC+09:00)");
        assert_eq!(Moment::parse("1970-01-01 00:00:00.001").expect("a moment").millis(), 1);
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for bad in [
            "",
            "now",
            "2026-02-29 10:00",
            "2026-13-01 10:00",
            "2026-11-24",
            "2026-11-24 24:00",
            "1969-12-31 23:59",
            "0",
            "-1",
            "2026-11-24 10:00 +15:00",
            "9999-12-31 23:59",
        ] {
            assert!(Moment::parse(bad).is_err(), "{bad:?} must be refused");
        }
    }
}
