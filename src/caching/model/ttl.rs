//! Times to live.

use serde::{Deserialize, Serialize};

use crate::text::Words;
use crate::words;

/// A time to live: 1 second to 10 years, in whole seconds.
///
/// Zero and less would delete the key at once (`EXPIRE` answers 1 to that), so they are no times to live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Ttl(i64);

impl Ttl {
    pub const MAX_SECONDS: i64 = 10 * 365 * 86_400;

    /// Reads `60`, `60s`, `10m`, `2h`, `7d`.
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
        let number = digits.trim();
        let seconds = if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            None
        } else {
            // Too many digits are a number beyond the limit, and are told so below.
            Some(number.parse::<i64>().ok().and_then(|it| it.checked_mul(factor)).unwrap_or(i64::MAX))
        };
        match seconds {
            None => Err(words!(
                "Whole seconds, or a number with s, m, h or d: 60, 10m, 2h, 7d.",
                "초 단위 정수 또는 s, m, h, d를 붙인 수입니다: 60, 10m, 2h, 7d.",
            )),
            Some(seconds) => Self::try_from(seconds).map_err(|_| {
                if seconds < 1 {
                    words!("At least 1 second: 0 would delete the key.", "최소 1초입니다. 0은 키를 삭제합니다.")
                } else {
                    words!("At most 10 years (3650d).", "최대 10년(3650d)입니다.")
                }
            }),
        }
    }

    pub const fn seconds(self) -> i64 {
        self.0
    }
}

impl TryFrom<i64> for Ttl {
    type Error = &'static str;

    fn try_from(seconds: i64) -> Result<Self, Self::Error> {
        if (1..=Self::MAX_SECONDS).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err("a TTL is 1 second to 10 years")
        }
    }
}

impl From<Ttl> for i64 {
    fn from(ttl: Ttl) -> Self {
        ttl.0
    }
}
