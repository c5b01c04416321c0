//! Codes of MongoDB's errors in an operator's words, as they are meant where indexes are looked at and changed.

use crate::error::{AppError, Kind};
use crate::text::Words;
use crate::words;

/// What a code means. The server's own text is in the log.
pub fn tell(name: &str, code: i32, _code_name: &str) -> AppError {
    let (kind, happened, next) = told(name, code);
    AppError::new(kind, happened, next)
}

fn told(name: &str, code: i32) -> (Kind, Words, Words) {
    access(name, code).or_else(|| index(code)).unwrap_or_else(|| {
        (
            Kind::Refused,
            words!("{name} refused it (code {code}).", "{name}이(가) 거부했습니다(코드 {code})."),
            words!("The log holds the server's own words.", "로그에 서버의 원문이 있습니다."),
        )
    })
}

type Told = Option<(Kind, Words, Words)>;

fn access(name: &str, code: i32) -> Told {
    Some(match code {
        13 => (
            Kind::NoPermission,
            words!(
                "The console's user at {name} may not do this.",
                "{name}의 콘솔 사용자에게 이 작업의 권한이 없습니다."
            ),
            words!(
                "It needs listIndexes and find to look, collMod, createIndex and dropIndex to change (role dbAdmin).",
                "조회에는 listIndexes와 find, 변경에는 collMod, createIndex, dropIndex 권한(dbAdmin 역할)이 필요합니다.",
            ),
        ),
        50 | 262 => (
            Kind::Unreachable,
            words!("{name} did not finish in the time allowed.", "{name}이(가) 제한 시간 안에 끝내지 못했습니다."),
            words!("Try again when it is less busy.", "부하가 줄어든 뒤 다시 시도하세요."),
        ),
        11600 | 11602 | 91 | 189 => (
            Kind::Unreachable,
            words!(
                "{name} is shutting down or is choosing a new primary.",
                "{name}이(가) 종료 중이거나 새 프라이머리를 뽑는 중입니다."
            ),
            words!(
                "Whether it was done is unknown: look, then try again.",
                "실행 여부를 알 수 없습니다. 확인한 뒤 다시 시도하세요."
            ),
        ),
        10107 | 13435 | 13436 => (
            Kind::Refused,
            words!(
                "{name} is no primary, so nothing can be changed there.",
                "{name}은(는) 프라이머리가 아니어서 변경할 수 없습니다."
            ),
            words!("Use the target of the primary or of the router.", "프라이머리 또는 라우터 대상을 사용하세요."),
        ),
        6 | 7 | 89 | 133 | 9001 => (
            Kind::Unreachable,
            words!("A server that {name} needs does not answer.", "{name}에 필요한 서버가 응답하지 않습니다."),
            words!("Look whether all shards are up.", "모든 샤드가 동작하는지 확인하세요."),
        ),
        64 | 100 => (
            Kind::Unreachable,
            words!("It was done, but a majority has not confirmed it.", "실행되었지만 과반수가 확인하지 않았습니다."),
            words!("Look at the replica set, then at the index.", "레플리카 세트와 인덱스를 확인하세요."),
        ),
        _ => return None,
    })
}

fn index(code: i32) -> Told {
    let (happened, next) = match code {
        67 => (
            words!("The server makes no such index.", "서버가 만들 수 없는 인덱스입니다."),
            words!(
                "A TTL index has exactly one field, which is not _id, on a collection that is not capped.",
                "TTL 인덱스는 _id가 아닌 필드 하나에, capped가 아닌 컬렉션에만 만들 수 있습니다.",
            ),
        ),
        72 | 197 => (
            words!("These options do not fit this index or collection.", "이 인덱스나 컬렉션에 맞지 않는 옵션입니다."),
            words!(
                "Time-series and clustered collections have an expiry of their own; older versions convert no plain index.",
                "시계열·클러스터드 컬렉션은 자체 만료를 사용합니다. 이전 버전은 일반 인덱스를 변환하지 못합니다.",
            ),
        ),
        85 | 86 => (
            words!(
                "There is an index on this field already, with other options.",
                "이 필드에 옵션이 다른 인덱스가 이미 있습니다."
            ),
            words!(
                "Open that index: change its seconds, or convert it.",
                "그 인덱스를 열어 초 값을 바꾸거나 변환하세요."
            ),
        ),
        26 => (
            words!("The collection is not there any more.", "컬렉션이 더 이상 없습니다."),
            words!("Look at the list again.", "목록을 다시 확인하세요."),
        ),
        27 => (
            words!("The index is not there any more.", "인덱스가 더 이상 없습니다."),
            words!("Look at the list again.", "목록을 다시 확인하세요."),
        ),
        117 => (
            words!("Another change of this collection is under way.", "이 컬렉션에 다른 변경이 진행 중입니다."),
            words!("Wait until it has ended, then plan again.", "끝난 뒤 다시 계획하세요."),
        ),
        _ => return None,
    };
    Some((if matches!(code, 26 | 27) { Kind::NotFound } else { Kind::Refused }, happened, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_has_words_of_its_own() {
        let mut told = Vec::new();
        for code in [67, 72, 85, 26, 27, 13, 91, 50, 117, 10107, 6, 64] {
            let error = tell("M", code, "");
            assert!(!error.happened.en.contains("(code"), "{code}");
            assert!(!error.next.ko.is_empty(), "{code}");
            told.push(error.happened.en);
        }
        let count = told.len();
        told.sort();
        told.dedup();
        assert_eq!(told.len(), count, "two codes are told alike");
        for (one, other) in [(197, 72), (86, 85), (11600, 91), (262, 50)] {
            assert_eq!(tell("M", one, "").happened, tell("M", other, "").happened);
        }
        assert!(tell("M", 4242, "").happened.en.contains("4242"));
    }
}
