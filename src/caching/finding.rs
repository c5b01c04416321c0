//! Where the findings of caching lead to.

use crate::finding::Way;
use crate::text::{Words, url_text};
use crate::words;

impl Way {
    /// Keys that begin with a prefix and never expire; all of them with an empty prefix.
    pub fn to_immortal_keys(target: &str, prefix: &str) -> Self {
        let prefix = url_text(prefix);
        let link = format!("/caching/keys?target={target}&prefix={prefix}&ttl=none");
        Self { link, action: words!("See the keys without TTL", "TTL 없는 키 보기") }
    }

    /// The form that gives keys of a pattern a TTL.
    pub fn to_bulk(target: &str, pattern: &str) -> Self {
        let shown = if pattern == "*" { words!("all keys", "모든 키") } else { Words::same(pattern) };
        let (en, ko) = (shown.en, shown.ko);
        let link = format!("/caching/bulk?target={target}&pattern={}", url_text(pattern));
        Self { link, action: Words::new(format!("Give {en} a TTL"), format!("{ko}에 TTL 설정")) }
    }

    pub fn to_sweep(target: &str) -> Self {
        let link = format!("/caching/storm?target={target}&action=sweep");
        Self { link, action: words!("Sweep what has expired", "만료된 키 정리") }
    }

    pub fn to_keys(target: &str, prefix: &str) -> Self {
        let link = format!("/caching/keys?target={target}&prefix={}", url_text(prefix));
        Self { link, action: words!("See the keys", "키 보기") }
    }
}

/// A spelled prefix as a spelled pattern in which nothing but its end stands for something else.
pub fn pattern_of(prefix: &str) -> String {
    let mut pattern = String::with_capacity(prefix.len() + 1);
    let mut characters = prefix.chars();
    while let Some(character) = characters.next() {
        match character {
            // Two backslashes are one of the key, which a pattern wants before it another one.
            '\\' => match characters.next() {
                Some('\\') => pattern.push_str("\\\\\\\\"),
                Some(other) => pattern.extend(['\\', other]),
                None => {}
            },
            '*' | '?' | '[' | ']' => pattern.extend(['\\', '\\', character]),
            plain => pattern.push(plain),
        }
    }
    pattern.push('*');
    pattern
}

#[cfg(test)]
mod tests {
    use super::pattern_of;

    #[test]
    fn a_prefix_as_a_pattern_stands_for_itself() {
        assert_eq!(pattern_of(":1:"), ":1:*");
        assert_eq!(pattern_of("a*[b]?"), r"a\\*\\[b\\]\\?*");
        assert_eq!(pattern_of(r"a\\b\x80"), r"a\\\\b\x80*");
    }
}
