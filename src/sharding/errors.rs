//! What MongoDB's error codes mean to somebody who administers a sharded cluster, and what to do about each.
//! Some codes stand for many mistakes; the plan catches those beforehand, so what is left here is the general case.

use crate::error::{AppError, Kind};
use crate::text::Words;
use crate::words;

/// Kind, what happened, what to do next.
type Told = (Kind, Words, Words);

/// Tells an error code of the server. `name` is the target's, `code_name` the code's as the server spells it.
pub fn tell(name: &str, code: i32, code_name: &str) -> AppError {
    let told = of_server(name, code)
        .or_else(|| of_conflict(name, code))
        .or_else(|| of_namespace(code))
        .or_else(|| of_key(code))
        .or_else(|| of_index(code))
        .or_else(|| of_shard(code))
        .or_else(|| of_chunk(code));
    let (kind, happened, next) = told.unwrap_or_else(|| unknown(name, code, code_name));
    AppError::new(kind, happened, next)
}

fn unknown(name: &str, code: i32, code_name: &str) -> Told {
    // The name of a code is the server's word, so only what such names consist of is repeated.
    let code_name: String = code_name.chars().filter(char::is_ascii_alphanumeric).take(60).collect();
    (
        Kind::Refused,
        words!("{name} refused it ({code} {code_name}).", "{name}이(가) 거부했습니다({code} {code_name})."),
        words!("The log holds the server's own words.", "로그에 서버의 원문이 있습니다."),
    )
}

fn of_server(name: &str, code: i32) -> Option<Told> {
    Some(match code {
        13 => (
            Kind::NoPermission,
            words!("The console's user at {name} may not do this.", "{name}의 콘솔 사용자에 이 작업의 권한이 없습니다."),
            words!(
                "Sharding needs the role clusterManager; the index and the checks need readWrite on the database.",
                "샤딩에는 clusterManager 역할, 인덱스와 점검에는 해당 데이터베이스의 readWrite 역할이 필요합니다.",
            ),
        ),
        18 => (
            Kind::NoPermission,
            words!("{name} refused the console's user or password.", "{name}이(가) 콘솔의 사용자 또는 암호를 거부했습니다."),
            words!("Correct the credentials of this target.", "이 대상의 접속 정보를 고치세요."),
        ),
        59 | 193 => (
            Kind::Refused,
            words!("{name} does not know this command: it is no router, or too old.", "{name}이(가) 이 명령을 모릅니다: 라우터가 아니거나 버전이 낮습니다."),
            words!("Enter the address of a router (mongos).", "라우터(mongos)의 주소를 등록하세요."),
        ),
        50 | 262 => (
            Kind::Unreachable,
            words!("{name} did not finish in time.", "{name}이(가) 제시간에 끝내지 못했습니다."),
            words!("Look at what is there now before trying again.", "다시 시도하기 전에 현재 상태를 확인하세요."),
        ),
        64 => (
            Kind::Unreachable,
            words!("It was done, but a majority has not confirmed it.", "실행되었지만 과반수가 확인하지 않았습니다."),
            words!("Check the members of the shards and the config servers.", "샤드와 설정 서버의 멤버를 확인하세요."),
        ),
        6 | 7 | 89 | 91 | 133 | 189 | 9001 | 10107 | 11600 | 11602 | 13435 | 13436 => (
            Kind::Unreachable,
            words!("A shard or the config server of {name} has no primary that answers.", "{name}의 샤드 또는 설정 서버에 응답하는 프라이머리가 없습니다."),
            words!("Check the members of each replica set; an election takes a few seconds.", "각 복제 세트의 멤버를 확인하세요. 선출에는 몇 초가 걸립니다."),
        ),
        14031 => (
            Kind::Refused,
            words!("A server of {name} has no disk space left.", "{name}의 서버에 디스크 공간이 없습니다."),
            words!("Free space first.", "먼저 공간을 확보하세요."),
        ),
        _ => return None,
    })
}

fn of_conflict(name: &str, code: i32) -> Option<Told> {
    Some(match code {
        46 | 117 | 414 => (
            Kind::Conflict,
            words!("{name} is busy with another change to the same thing.", "{name}이(가) 같은 대상에 대한 다른 작업을 진행 중입니다."),
            words!("Wait until it has ended, then plan again.", "끝난 뒤 계획을 다시 세우세요."),
        ),
        63 | 150 | 249 | 13388 => (
            Kind::Conflict,
            words!("The collection was changed in the middle of this.", "작업 도중 컬렉션이 변경되었습니다."),
            words!("Look at it again, then plan again.", "다시 확인한 뒤 계획을 다시 세우세요."),
        ),
        338 => (
            Kind::Conflict,
            words!("The collection is being resharded.", "컬렉션을 리샤딩하는 중입니다."),
            words!("Wait for its end, or abort it.", "끝날 때까지 기다리거나 중단하세요."),
        ),
        339 => (
            Kind::NotFound,
            words!("No resharding of this collection is under way.", "이 컬렉션에 진행 중인 리샤딩이 없습니다."),
            words!("Reload the page.", "페이지를 새로 고치세요."),
        ),
        340 => (
            Kind::Conflict,
            words!("The resharding has been committed and cannot be aborted any more.", "리샤딩이 이미 확정되어 중단할 수 없습니다."),
            words!("Wait for its end.", "끝날 때까지 기다리세요."),
        ),
        341 => (
            Kind::Refused,
            words!("The resharding was aborted; the old key stands.", "리샤딩이 중단되어 기존 키가 유지됩니다."),
            Words::default(),
        ),
        342 => (
            Kind::Refused,
            words!("The resharding did not catch up with the writes in time and was rolled back.", "리샤딩이 쓰기를 제때 따라잡지 못해 되돌려졌습니다."),
            words!("Try again when there are fewer writes.", "쓰기가 적을 때 다시 시도하세요."),
        ),
        _ => return None,
    })
}

fn of_namespace(code: i32) -> Option<Told> {
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
            words!("Write database.collection; some names are MongoDB's own.", "database.collection 형식으로 쓰세요. 일부 이름은 MongoDB 전용입니다."),
        ),
        13297 => (
            Kind::Refused,
            words!("There is a database whose name differs only in upper and lower case.", "대소문자만 다른 이름의 데이터베이스가 있습니다."),
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
            words!("The collection is sharded already, with another key or option.", "이미 다른 키나 옵션으로 샤딩되어 있습니다."),
            words!("To change its key it must be resharded (MongoDB 5.0 and later).", "키를 바꾸려면 리샤딩해야 합니다(MongoDB 5.0 이상)."),
        ),
        _ => return None,
    })
}

fn of_key(code: i32) -> Option<Told> {
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
            words!("Give all fields of the key, in its order, and no arrays.", "키의 모든 필드를 순서대로, 배열 없이 지정하세요."),
        ),
        16634 => (
            Kind::Refused,
            words!("The bounds do not have the fields of the shard key.", "경계값의 필드가 샤드 키와 다릅니다."),
            words!("Give exactly the fields of the key, in its order.", "키의 필드를 순서대로 정확히 지정하세요."),
        ),
        405 | 4_952_606 => (
            Kind::Refused,
            words!("The key has too few different values for so many chunks.", "청크 수에 비해 키의 서로 다른 값이 너무 적습니다."),
            words!("Choose a key with more values, or ask for fewer chunks.", "값이 더 많은 키를 고르거나 청크 수를 줄이세요."),
        ),
        _ => return None,
    })
}

fn of_index(code: i32) -> Option<Told> {
    Some(match code {
        67 => (
            Kind::Refused,
            words!("The index cannot be built on this collection.", "이 컬렉션에 인덱스를 만들 수 없습니다."),
            words!("On a sharded collection a unique index must start with the shard key.", "샤딩된 컬렉션의 고유 인덱스는 샤드 키로 시작해야 합니다."),
        ),
        85 | 86 => (
            Kind::Refused,
            words!("There is an index of this name or on these fields with other options.", "같은 이름 또는 같은 필드에 옵션이 다른 인덱스가 있습니다."),
            words!("Drop or rename that index first.", "먼저 그 인덱스를 삭제하거나 이름을 바꾸세요."),
        ),
        11000 => (
            Kind::Refused,
            words!("Two documents have the same key, so it cannot be unique.", "같은 키를 가진 문서가 있어 고유 키로 만들 수 없습니다."),
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

fn of_shard(code: i32) -> Option<Told> {
    Some(match code {
        70 => (
            Kind::NotFound,
            words!("There is no such shard.", "그런 샤드가 없습니다."),
            words!("Reload the page to see the shards.", "페이지를 새로 고쳐 샤드를 확인하세요."),
        ),
        163 => (
            Kind::Refused,
            words!("It is the only shard of a zone that has key ranges.", "키 범위가 있는 존의 유일한 샤드입니다."),
            words!("Add another shard to the zone, or remove its ranges.", "존에 다른 샤드를 추가하거나 범위를 제거하세요."),
        ),
        177 => (
            Kind::NotFound,
            words!("There is no such zone.", "그런 존이 없습니다."),
            words!("Add a shard to the zone first.", "먼저 존에 샤드를 추가하세요."),
        ),
        178 => (
            Kind::Refused,
            words!("The range overlaps another zone's.", "다른 존의 범위와 겹칩니다."),
            words!("Choose bounds that touch no other range.", "다른 범위와 겹치지 않는 경계를 지정하세요."),
        ),
        96 => (
            Kind::Refused,
            words!("The servers began it and gave up.", "서버가 작업을 시작했다가 포기했습니다."),
            words!("Look at what is there now; the log holds the reason.", "현재 상태를 확인하세요. 이유는 로그에 있습니다."),
        ),
        _ => return None,
    })
}

fn of_chunk(code: i32) -> Option<Told> {
    Some(match code {
        87 => (
            Kind::Refused,
            words!("The chunk cannot be split there.", "그 위치에서 청크를 나눌 수 없습니다."),
            words!("Choose a key inside the chunk that is not its lower bound.", "하한이 아닌, 청크 안의 키를 고르세요."),
        ),
        153 => (
            Kind::Refused,
            words!("The chunk is too big to be moved.", "청크가 너무 커서 옮길 수 없습니다."),
            words!("Split it first.", "먼저 나누세요."),
        ),
        200 => (
            Kind::Conflict,
            words!("The shard still removes documents of this range from an earlier move.", "샤드가 이전 이동에서 남은 이 범위의 문서를 아직 지우는 중입니다."),
            words!("Wait until it has finished.", "끝날 때까지 기다리세요."),
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes that real servers gave for some 55 mistakes.
    const SEEN: [(i32, &str); 22] = [
        (2, "BadValue"),
        (9, "FailedToParse"),
        (20, "IllegalOperation"),
        (23, "AlreadyInitialized"),
        (26, "NamespaceNotFound"),
        (48, "NamespaceExists"),
        (61, "ShardKeyNotFound"),
        (67, "CannotCreateIndex"),
        (70, "ShardNotFound"),
        (72, "InvalidOptions"),
        (73, "InvalidNamespace"),
        (117, "ConflictingOperationInProgress"),
        (118, "NamespaceNotSharded"),
        (163, "ZoneStillInUse"),
        (166, "CommandNotSupportedOnView"),
        (177, "ZoneNotFound"),
        (339, "NoSuchReshardCollection"),
        (370, "CannotDropShardKeyIndex"),
        (11000, "DuplicateKey"),
        (13297, "DatabaseDifferCase"),
        (13388, "StaleConfig"),
        (16634, "Location16634"),
    ];

    #[test]
    fn every_code_that_real_servers_gave_is_told_with_what_to_do() {
        for (code, code_name) in SEEN {
            let told = tell("shop", code, code_name);
            assert!(!told.happened.en.contains(code_name), "{code} {code_name} is not translated");
            assert!(!told.next.en.is_empty() && !told.next.ko.is_empty(), "{code}: what to do is missing");
        }
    }

    #[test]
    fn an_unknown_code_is_told_by_its_number_and_a_harmless_name() {
        let told = tell("shop", 4242, "Strange<b>Code");
        assert_eq!(told.kind, Kind::Refused);
        assert!(told.happened.en.contains("4242 StrangebCode"));
    }

    #[test]
    fn an_answer_that_leaves_the_outcome_open_is_no_refusal() {
        for code in [50, 64, 91, 262, 10107] {
            assert_eq!(tell("shop", code, "").kind, Kind::Unreachable, "{code}");
        }
    }
}
