//! The two languages of the console. Every text is written in both at the place where it is used, so a missing
//! translation does not compile and a text is never far from what it speaks of.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A language the console speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lang {
    #[default]
    En,
    Ko,
}

impl Lang {
    /// Picks one of two fixed texts.
    pub const fn of(self, en: &'static str, ko: &'static str) -> &'static str {
        match self {
            Self::En => en,
            Self::Ko => ko,
        }
    }

    /// The BCP 47 tag, as in `<html lang>`.
    pub const fn tag(self) -> &'static str {
        self.of("en", "ko")
    }

    /// Reads a tag (`ko`, `ko-KR`) or an `Accept-Language` header: the first language we speak wins.
    pub fn from_header(header: &str) -> Option<Self> {
        header.split(',').find_map(|part| {
            let tag = part.split(';').next().unwrap_or_default().trim();
            match tag.split('-').next().unwrap_or_default() {
                "ko" => Some(Self::Ko),
                "en" => Some(Self::En),
                _ => None,
            }
        })
    }
}

/// A text in both languages. What the server finds out is told in this form, so that a record can be read later in
/// either language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    pub en: String,
    pub ko: String,
}

impl Words {
    pub fn new(en: impl Into<String>, ko: impl Into<String>) -> Self {
        Self { en: en.into(), ko: ko.into() }
    }

    /// A text that is the same in both languages: a name, a number, a command.
    pub fn same(text: impl Into<String>) -> Self {
        let en = text.into();
        Self { ko: en.clone(), en }
    }

    /// The text in the reader's language.
    pub fn read(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.en.clone(),
            Lang::Ko => self.ko.clone(),
        }
    }
}

/// Formats a text in both languages: `words!("{n} keys", "키 {n}개")`. Arguments are captured by name.
#[macro_export]
macro_rules! words {
    ($en:literal, $ko:literal $(,)?) => {
        $crate::text::Words { en: format!($en), ko: format!($ko) }
    };
}

/// Formats a text in one language: `tr!(lang, "{n} keys", "키 {n}개")`. Arguments are captured by name.
#[macro_export]
macro_rules! tr {
    ($lang:expr, $en:literal, $ko:literal $(,)?) => {
        match $lang {
            $crate::text::Lang::En => format!($en),
            $crate::text::Lang::Ko => format!($ko),
        }
    };
}

/// The reader's language, put into the context by the shell of the page.
pub fn use_lang() -> Lang {
    use_context::<Lang>().unwrap_or_default()
}

/// Bytes as a person reads them: `4.2 GiB`. Exact below 1 KiB; the sign is kept.
pub fn bytes(count: i64) -> String {
    const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value.abs() >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{count} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}

/// A count with thousands separators: `30,000`. Both languages write it alike.
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        out.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A time span in its two largest units: `2 h 10 min`, `2시간 10분`. Below one second in milliseconds.
pub fn span(millis: i64) -> Words {
    let sign = if millis < 0 { "-" } else { "" };
    let millis = millis.unsigned_abs();
    let seconds = millis / 1000;
    let (days, hours, minutes, rest) = (seconds / 86_400, seconds % 86_400 / 3600, seconds % 3600 / 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) if seconds == 0 => words!("{sign}{millis} ms", "{sign}{millis}ms"),
        (0, 0, 0) => words!("{sign}{rest} s", "{sign}{rest}초"),
        (0, 0, _) if rest == 0 => words!("{sign}{minutes} min", "{sign}{minutes}분"),
        (0, 0, _) => words!("{sign}{minutes} min {rest} s", "{sign}{minutes}분 {rest}초"),
        (0, _, 0) => words!("{sign}{hours} h", "{sign}{hours}시간"),
        (0, _, _) => words!("{sign}{hours} h {minutes} min", "{sign}{hours}시간 {minutes}분"),
        (_, 0, _) => words!("{sign}{days} d", "{sign}{days}일"),
        _ => words!("{sign}{days} d {hours} h", "{sign}{days}일 {hours}시간"),
    }
}

/// Milliseconds since 1970 as date and time: `2026-11-23 06:41:10`. The days are counted in years that begin in March,
/// where the leap day is the last (Howard Hinnant, "chrono-compatible low-level date algorithms").
pub fn utc(millis: i64) -> String {
    let seconds = millis.div_euclid(1000);
    let (days, of_day) = (seconds.div_euclid(86_400) + 719_468, seconds.rem_euclid(86_400));
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (of_day / 3600, of_day % 3600 / 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// Text as it stands in the query of an address: all but letters, digits and `-._~` as `%` and two digits.
pub fn url_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_told_in_the_unit_a_person_would_choose() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1024), "1.0 KiB");
        assert_eq!(bytes(-8 * 1024 * 1024), "-8.0 MiB");
        assert_eq!(bytes(i64::MAX), "8192.0 PiB");
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!(count(999), "999");
        assert_eq!(count(30_000), "30,000");
        assert_eq!(count(-1_234_567), "-1,234,567");
    }

    #[test]
    fn a_span_shows_its_two_largest_units() {
        assert_eq!(span(999).en, "999 ms");
        assert_eq!(span(59_999).en, "59 s");
        assert_eq!(span(60_000), Words::new("1 min", "1분"));
        assert_eq!(span(3_600_000).en, "1 h");
        assert_eq!(span(7_800_000), Words::new("2 h 10 min", "2시간 10분"));
        assert_eq!(span(-90_000).en, "-1 min 30 s");
    }

    #[test]
    fn text_in_an_address_cannot_end_its_parameter() {
        assert_eq!(url_text("a&b=c#d e"), "a%26b%3Dc%23d%20e");
        assert_eq!(url_text("키"), "%ED%82%A4");
    }

    #[test]
    fn the_first_language_of_a_header_that_we_speak_wins() {
        assert_eq!(Lang::from_header("fr-FR, ko-KR;q=0.8, en;q=0.7"), Some(Lang::Ko));
        assert_eq!(Lang::from_header("de"), None);
    }

    #[test]
    fn times_are_told_in_utc() {
        assert_eq!(utc(0), "1970-01-01 00:00:00");
        assert_eq!(utc(951_782_399_999), "2000-02-28 23:59:59");
        assert_eq!(utc(951_782_400_000), "2000-02-29 00:00:00");
        assert_eq!(utc(1_795_416_070_123), "2026-11-23 06:41:10");
        assert_eq!(utc(-1), "1969-12-31 23:59:59");
    }
}
