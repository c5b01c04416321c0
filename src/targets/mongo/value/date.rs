//! Moments as RFC 3339 text and back, in milliseconds since 1970, without the years beyond which it has no digits.

/// The first and the last millisecond of the years 0 to 9999.
const WRITTEN: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

/// `2026-11-23T06:41:10.123Z`; none before the year 0 and after 9999.
pub(super) fn written(millis: i64) -> Option<String> {
    if !WRITTEN.contains(&millis) {
        return None;
    }
    let seconds = crate::text::utc(millis).replace(' ', "T");
    Some(format!("{seconds}.{:03}Z", millis.rem_euclid(1000)))
}

/// Reads `2026-11-23`, `2026-11-23T06:41`, with seconds, with parts of a second, with `Z` or `+09:00`. Without a zone
/// it is UTC. None where it is no moment: there is no 30th of February, and no leap second.
pub(super) fn read(text: &str) -> Option<i64> {
    let (day, clock) = match text.split_once(['T', 't', ' ']) {
        Some((day, clock)) => (day, Some(clock)),
        None => (text.trim_end_matches(['Z', 'z']), None),
    };
    let days = read_day(day)?;
    let (of_day, zone) = match clock {
        Some(clock) => read_clock(clock)?,
        None => (0, 0),
    };
    days.checked_mul(86_400_000)?.checked_add(of_day)?.checked_sub(zone)
}

/// Days since 1970.
fn read_day(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let (year, month, day) = (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=length_of_month(year, month)).contains(&day) {
        return None;
    }
    // Years begin in March here, so that the leap day is the last one.
    let (year, from_march) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year * 365 + leap_days + of_year - 719_468)
}

fn length_of_month(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Milliseconds of the day, and those by which its zone is ahead of UTC.
fn read_clock(text: &str) -> Option<(i64, i64)> {
    let (clock, zone) = match text.find(['Z', 'z', '+', '-']) {
        Some(place) => (&text[..place], read_zone(&text[place..])?),
        None => (text, 0),
    };
    let (whole, part) = clock.split_once('.').map_or((clock, None), |(whole, part)| (whole, Some(part)));
    let mut parts = whole.split(':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let second = parts.next().map_or(Some(0), |second| digits(second, 2))?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let part = part.map_or(Some(0), read_part)?;
    Some((((hour * 60 + minute) * 60 + second) * 1000 + part, zone))
}

/// Parts of a second; what is finer than a millisecond is cut off, as the servers do.
fn read_part(text: &str) -> Option<i64> {
    let is_number = !text.is_empty() && text.len() <= 9 && text.bytes().all(|it| it.is_ascii_digit());
    let three: String = text.chars().chain("00".chars()).take(3).collect();
    is_number.then(|| three.parse().ok())?
}

fn read_zone(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, zone) = match text.split_at_checked(1)? {
        ("+", zone) => (1, zone),
        (_, zone) => (-1, zone),
    };
    let (hour, minute) = match zone.split_once(':') {
        Some(parts) => parts,
        None => zone.split_at_checked(2)?,
    };
    let (hour, minute) = (digits(hour, 2)?, digits(minute, 2)?);
    (hour < 24 && minute < 60).then_some(sign * (hour * 60 + minute) * 60_000)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    let is_number = text.len() == count && text.bytes().all(|it| it.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}
