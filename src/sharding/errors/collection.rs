//! Codes about a collection, its key and its indexes.

use super::Told;
use crate::error::Kind;
use crate::words;

pub(super) fn of_namespace(code: i32) -> Option<Told> {
    Some(match code {
        26 => (
            Kind::NotFound,
            words!("There is no such collection or database (any more).", "컬렉션 또는 데이터베이스가 없습니다."),
            words!("Reload the list.", "목록을 새로 고치세요."),
        ),
        48 => (
            Kind::Refused,
            words!("It exists already, in another form.", "이미 다른 형태로 존재합니다."),
            words!("Look at what is there, or choose another name.", "기존 대상을 확인하거나 다른 이름을 선택하세요."),
        ),
        73 => (
            Kind::Refused,
            words!("The server does not accept this name.", "서버가 이 이름을 받아들이지 않습니다."),
            words!(
                "Write database.collection; some names are MongoDB's own.",
                "database.collection 형식으로 쓰세요. 일부 이름은 MongoDB 전용입니다."
            ),
        ),
        13297 => (
            Kind::Refused,
            words!(
                "There is a database whose name differs only in upper and lower case.",
                "대소문자만 다른 이름의 데이터베이스가 있습니다."
            ),
            words!("Write the name as the existing one.", "기존 이름과 똑같이 입력하세요."),
        ),
        166 | 169 => (
            Kind::Refused,
            words!("This is a view. Views cannot be sharded.", "뷰입니다. 뷰는 샤딩할 수 없습니다."),
            words!("Shard the collection that it looks at.", "뷰가 참조하는 컬렉션을 샤딩하세요."),
        ),
        118 => (
            Kind::Refused,
            words!("The collection is not sharded.", "샤딩되지 않은 컬렉션입니다."),
            words!("Shard it first.", "먼저 샤딩하세요."),
        ),
        23 => (
            Kind::Conflict,
            words!(
                "The collection is sharded already, with another key or option.",
                "이미 다른 키나 옵션으로 샤딩되어 있습니다."
            ),
            words!(
                "To change its key it must be resharded (MongoDB 5.0 and later).",
                "키를 바꾸려면 리샤딩해야 합니다(MongoDB 5.0 이상)."
            ),
        ),
        _ => return None,
    })
}

pub(super) fn of_key(code: i32) -> Option<Told> {
    Some(match code {
        2 | 9 | 14 => (
            Kind::Refused,
            words!("The server cannot use a value of this request.", "서버가 요청의 값을 사용할 수 없습니다."),
            words!(
                "A key has fields of 1 and at most one “hashed”; a collection with its own collation needs the simple one.",
                "키 필드는 1이고 해시는 하나까지이며, 자체 정렬 규칙이 있는 컬렉션은 simple 규칙이 필요합니다.",
            ),
        ),
        72 => (
            Kind::Refused,
            words!("The collection does not allow it as it is.", "컬렉션의 현재 상태로는 할 수 없습니다."),
            words!(
                "Usual causes: no index that starts with the key, arrays in the key, another unique index, a capped collection.",
                "흔한 원인: 키로 시작하는 인덱스 없음, 키 값이 배열, 다른 고유 인덱스, capped 컬렉션.",
            ),
        ),
        20 => (
            Kind::Refused,
            words!("The server does not allow this here.", "서버가 여기서는 허용하지 않습니다."),
            words!("The log holds the server's reason.", "로그에 서버의 이유가 있습니다."),
        ),
        61 | 349 => (
            Kind::Refused,
            words!("It does not fit the collection's shard key.", "컬렉션의 샤드 키와 맞지 않습니다."),
            words!(
                "Give all fields of the key, in its order, and no arrays.",
                "키의 모든 필드를 순서대로, 배열 없이 지정하세요."
            ),
        ),
        16634 => (
            Kind::Refused,
            words!("The bounds do not have the fields of the shard key.", "경계값의 필드가 샤드 키와 다릅니다."),
            words!("Give exactly the fields of the key, in its order.", "키의 필드를 순서대로 정확히 지정하세요."),
        ),
        405 | 4_952_606 => (
            Kind::Refused,
            words!(
                "The key has too few different values for so many chunks.",
                "청크 수에 비해 키의 서로 다른 값이 너무 적습니다."
            ),
            words!(
                "Choose a key with more values, or ask for fewer chunks.",
                "값이 더 많은 키를 고르거나 청크 수를 줄이세요."
            ),
        ),
        _ => return None,
    })
}

pub(super) fn of_index(code: i32) -> Option<Told> {
    Some(match code {
        67 => (
            Kind::Refused,
            words!("The index cannot be built on this collection.", "이 컬렉션에 인덱스를 만들 수 없습니다."),
            words!(
                "On a sharded collection a unique index must start with the shard key.",
                "샤딩된 컬렉션의 고유 인덱스는 샤드 키로 시작해야 합니다."
            ),
        ),
        85 | 86 => (
            Kind::Refused,
            words!(
                "There is an index of this name or on these fields with other options.",
                "같은 이름 또는 같은 필드에 옵션이 다른 인덱스가 있습니다."
            ),
            words!("Drop or rename that index first.", "먼저 그 인덱스를 삭제하거나 이름을 바꾸세요."),
        ),
        11000 => (
            Kind::Refused,
            words!(
                "Two documents have the same key, so it cannot be unique.",
                "같은 키를 가진 문서가 있어 고유 키로 만들 수 없습니다."
            ),
            words!("Remove the duplicates, or leave “unique” unticked.", "중복을 제거하거나 “고유”를 해제하세요."),
        ),
        171 | 16766 => (
            Kind::Refused,
            words!("A document has an array in the key's field.", "키 필드에 배열이 있는 문서가 있습니다."),
            words!("Choose another key, or change these documents.", "다른 키를 고르거나 그 문서들을 수정하세요."),
        ),
        370 => (
            Kind::Refused,
            words!("This is the only index that supports the shard key.", "샤드 키를 지원하는 유일한 인덱스입니다."),
            words!("Build another one first.", "먼저 다른 인덱스를 만드세요."),
        ),
        _ => return None,
    })
}
