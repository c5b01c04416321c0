//! `expireAfterSeconds`: how long after the date in its field a document is deleted.

use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::text::{Words, count, span};
use crate::words;

/// 0 to 2147483647 seconds. What is no whole number, is negative or greater is refused before a server sees it: MongoDB
/// takes NaN for 0 and deletes everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Seconds(i32);

impl Seconds {
    /// The greatest that a server takes: 68 years. It stands for "deletes nothing", though older dates go even then.
    pub const NEVER: Self = Self(i32::MAX);
    /// A document goes when the date in its field is past.
    pub const AT_THE_DATE: Self = Self(0);

    /// Reads `60`, `60s`, `10m`, `2h`, `7d`: at least 1 second, less than [`Seconds::NEVER`].
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let text = text.trim();
        let (digits, factor) = match text.chars().last() {
            Some('s') => (&text[..text.len() - 1], 1),
            Some('m') => (&text[..text.len() - 1], 60),
            Some('h') => (&text[..text.len() - 1], 3_600),
            Some('d') => (&text[..text.len() - 1], 86_400),
            _ => (text, 1),
        };
        let digits = digits.trim();
        if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
            return Err(words!(
                "Whole seconds, or a number with s, m, h or d: 60, 10m, 2h, 7d.",
                "초 단위 정수 또는 s, m, h, d를 붙인 수입니다: 60, 10m, 2h, 7d.",
            ));
        }
        // Too many digits are a number beyond the limit.
        let seconds = digits.parse::<i64>().ok().and_then(|it| it.checked_mul(factor)).unwrap_or(i64::MAX);
        match seconds {
            0 => Err(words!(
                "At least 1 second. For documents that hold their own date of expiry choose “at the date in the field”.",
                "최소 1초입니다. 필드에 만료 날짜가 들어 있다면 “필드의 날짜에”를 고르세요.",
            )),
            1..=2_147_483_646 => Ok(Self(seconds as i32)),
            _ => Err(words!(
                "At most 2,147,483,646 seconds (24855d). To delete nothing choose “never”.",
                "최대 2,147,483,646초(24855d)입니다. 아무것도 삭제하지 않으려면 “삭제 안 함”을 고르세요.",
            )),
        }
    }

    /// Of a form: `when` is `after` with a number in `text`, `date` or `never`. Zero and never are chosen, not typed.
    ///
    /// # Errors
    /// `Invalid` at the field `seconds` or `when`.
    pub fn of_form(when: &str, text: &str) -> Result<Self, AppError> {
        match when {
            "" | "after" => Self::parse(text).map_err(|rule| AppError::invalid("seconds", rule)),
            "date" => Ok(Self::AT_THE_DATE),
            "never" => Ok(Self::NEVER),
            _ => Err(AppError::invalid("when", words!("Choose when documents go.", "언제 삭제할지 고르세요."))),
        }
    }

    /// As [`Seconds::of_form`]; none where nothing was asked for.
    ///
    /// # Errors
    /// As [`Seconds::of_form`].
    pub fn wanted(when: &str, text: &str) -> Result<Option<Self>, AppError> {
        match (when, text.trim()) {
            ("" | "after", "") | ("off", _) => Ok(None),
            _ => Self::of_form(when, text).map(Some),
        }
    }

    pub const fn get(self) -> i64 {
        self.0 as i64
    }

    /// As it is sent.
    pub const fn sent(self) -> i32 {
        self.0
    }

    /// As a person reads it, with the exact number: `7 d (604,800 s)`.
    pub fn told(self) -> Words {
        if self == Self::NEVER {
            return words!("never (disarmed)", "삭제 안 함(해제됨)");
        }
        if self == Self::AT_THE_DATE {
            return words!("at the date in the field (0 s)", "필드의 날짜에(0초)");
        }
        told(self.get())
    }
}

/// Seconds in their two largest units and exactly.
pub fn told(seconds: i64) -> Words {
    let exact = count(seconds);
    if seconds.abs() < 60 {
        return words!("{exact} s", "{exact}초");
    }
    let long = span(seconds.saturating_mul(1_000));
    let (en, ko) = (long.en.trim_end_matches(" 0 h"), long.ko.trim_end_matches(" 0시간"));
    words!("{en} ({exact} s)", "{ko}({exact}초)")
}

impl TryFrom<i64> for Seconds {
    type Error = &'static str;

    fn try_from(seconds: i64) -> Result<Self, Self::Error> {
        match i32::try_from(seconds) {
            Ok(seconds) if seconds >= 0 => Ok(Self(seconds)),
            _ => Err("expireAfterSeconds is 0 to 2147483647"),
        }
    }
}

impl From<Seconds> for i64 {
    fn from(seconds: Seconds) -> Self {
        seconds.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_of_seconds_is_refused() {
        for text in [
            "",
            " ",
            "abc",
            "NaN",
            "1e400",
            "-1",
            "1.9",
            "2147483647",
            "2147483648",
            "0",
            "0d",
            "d",
            "٣",
            "9d9",
            "99999999999999999999",
            "9223372036854775807d",
            "Infinity",
        ] {
            let error = Seconds::of_form("after", text).expect_err(text);
            assert_eq!(error.field.as_deref(), Some("seconds"), "{text:?}");
        }
        assert!(Seconds::of_form("sometimes", "60").is_err());
        for wrong in ["-1", "2147483648", "1.5", "1e400", "null", "\"60\""] {
            assert!(serde_json::from_str::<Seconds>(wrong).is_err(), "{wrong} came through in a posted change");
        }
    }

    #[test]
    fn units_are_read_and_zero_is_chosen_by_its_own_choice() {
        let of = |text: &str| Seconds::parse(text).expect(text).get();
        assert_eq!((of("60"), of("10m"), of("2h"), of("7d"), of(" 5s ")), (60, 600, 7_200, 604_800, 5));
        assert_eq!(Seconds::of_form("date", "ignored").expect("a choice").get(), 0);
        assert_eq!(Seconds::of_form("never", "").expect("a choice").get(), 2_147_483_647);
        assert_eq!(Seconds::parse("7d").expect("days").told().en, "7 d (604,800 s)");
        assert_eq!(Seconds::parse("59").expect("seconds").told().en, "59 s");
    }
}
