//! What several pages of caching show and ask for alike: the time left, and fields for keys and times.

use super::model::{Lifetime, Told, Ttl};
use crate::text::{Lang, span};
use crate::ui::rule::{Rule, time_units};
use crate::words;

/// The time left, in the reader's words.
pub fn lifetime_words(lifetime: Lifetime, lang: Lang) -> String {
    match lifetime {
        Lifetime::Missing => lang.of("expired, or never there", "만료되었거나 없음").to_owned(),
        Lifetime::Never => lang.of("never expires", "만료 없음").to_owned(),
        Lifetime::Left(millis) => span(millis).read(lang),
    }
}

/// A number, or why there is none.
pub fn told_words(number: Told, lang: Lang, words: impl Fn(i64) -> String) -> String {
    match number {
        Told::Number(number) => words(number),
        Told::NoPermission => lang.of("no permission", "권한 없음").to_owned(),
        Told::Unknown => lang.of("unknown", "알 수 없음").to_owned(),
    }
}

/// What [`Ttl::parse`] takes.
pub fn ttl_rule() -> Rule {
    Rule::new()
        .number(
            time_units(),
            words!(
                "Whole seconds, or a number with s, m, h or d: 60, 10m, 2h, 7d.",
                "초 단위 정수 또는 s, m, h, d를 붙인 수입니다: 60, 10m, 2h, 7d.",
            ),
        )
        .least(
            time_units(),
            1,
            words!("At least 1 second: 0 would delete the key.", "최소 1초입니다. 0은 키를 삭제합니다."),
        )
        .most(
            time_units(),
            Ttl::MAX_SECONDS.unsigned_abs(),
            words!("At most 10 years (3650d).", "최대 10년(3650d)입니다."),
        )
}

/// What [`Key::parse`](super::model::Key::parse) takes; a backslash that stands for nothing is left to the server.
pub fn key_rule() -> Rule {
    Rule::new()
        .filled(words!("Give the key a name.", "키 이름을 입력하세요."))
        .longest(512, words!("At most 512 bytes.", "최대 512바이트입니다."))
        .printable(words!("No control characters or line breaks.", "제어 문자와 줄바꿈은 쓸 수 없습니다."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{key_rule, ttl_rule};
    use crate::caching::model::{Key, Ttl};

    proptest! {
        #[test]
        fn what_is_told_of_a_key_while_typing_is_what_the_server_says(text in "[a: 키\t]{0,20}|[a ]{505,520}") {
            prop_assert_eq!(key_rule().check(&text).err(), Key::parse(text.trim()).err());
        }

        #[test]
        fn what_is_told_of_a_time_while_typing_is_what_the_server_says(text in "[0-9smhd .-]{0,6}|[0-9]{1,25}[smhd ]?") {
            prop_assert_eq!(ttl_rule().check(&text).err(), Ttl::parse(&text).err());
        }
    }
}
