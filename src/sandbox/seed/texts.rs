//! Names and words that the example data is made of, and the numbers that choose among them:
//! always the same ones, so that two sandboxes differ only in their dates.

pub(super) const REGIONS: [&str; 4] = ["kr", "jp", "de", "us"];

const GIVEN: [&str; 12] =
    ["민준", "서연", "도윤", "하은", "지호", "수아", "Yuki", "Haruto", "Lena", "Jonas", "Olivia", "Ethan"];
const FAMILY: [&str; 12] =
    ["김", "이", "박", "최", "정", "강", "佐藤", "鈴木", "Müller", "Schneider", "Smith", "Johnson"];
const PRODUCTS: [&str; 10] = [
    "웹 호스팅 기본형",
    "웹 호스팅 비즈니스",
    "도메인 등록 (.kr)",
    "도메인 등록 (.com)",
    "SSL 인증서 1년",
    "이메일 호스팅 10계정",
    "백업 스토리지 100GB",
    "VPS 2코어 4GB",
    "Managed PostgreSQL",
    "CDN 1TB",
];
const NOTES: [&str; 6] = [
    "빠른 배송 부탁드립니다.",
    "세금계산서 발행 요청",
    "Please invoice in EUR.",
    "서버 이전 지원 필요",
    "領収書をお願いします。",
    "자동 연장 설정됨",
];

/// A person's name, family name first where that is the custom.
pub(super) fn name(n: u64) -> String {
    // Six Korean given names and family names come first, then pairs of the other countries.
    let at = index(mix(n), GIVEN.len());
    let family = match at {
        0..6 => index(mix(n ^ 1), 6),
        even => even,
    };
    match at {
        0..6 => format!("{}{}", FAMILY[family], GIVEN[at]),
        6..8 => format!("{} {}", FAMILY[family], GIVEN[at]),
        _ => format!("{} {}", GIVEN[at], FAMILY[family]),
    }
}

pub(super) fn email(n: u64) -> String {
    format!("user{n}@{}", ["example.kr", "example.com", "example.de"][index(mix(n ^ 2), 3)])
}

pub(super) fn region(n: u64) -> &'static str {
    // Half of the customers are Korean.
    REGIONS[index(mix(n ^ 3), 6).saturating_sub(2)]
}

pub(super) fn product(n: u64) -> &'static str {
    PRODUCTS[index(mix(n ^ 4), PRODUCTS.len())]
}

pub(super) fn note(n: u64) -> &'static str {
    NOTES[index(mix(n ^ 5), NOTES.len())]
}

/// A number from `low` up to but not including `high`.
pub(super) fn between(n: u64, low: u64, high: u64) -> u64 {
    low + mix(n ^ 6) % (high - low)
}

/// Splitmix64: neighbouring numbers give unrelated ones.
pub(super) fn mix(n: u64) -> u64 {
    let mut it = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    it ^ (it >> 31)
}

fn index(number: u64, length: usize) -> usize {
    let length = u64::try_from(length).expect("a list's length fits 64 bits");
    usize::try_from(number % length).expect("it is below the list's length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_gives_the_same_texts_and_others_occur() {
        assert_eq!(name(7), name(7));
        let names: std::collections::HashSet<String> = (0..500).map(name).collect();
        assert!(names.len() > 30);
        let regions: std::collections::HashSet<&str> = (0..500).map(region).collect();
        assert_eq!(regions.len(), 4);
        assert!((0..500).all(|n| (60..86_400).contains(&between(n, 60, 86_400))));
    }
}
