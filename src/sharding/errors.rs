//! What MongoDB's error codes mean to somebody who administers a sharded cluster, and what to do about each.
//! Some codes stand for many mistakes; the plan catches those beforehand, so what is left here is the general case.

mod cluster;
mod collection;
mod sent;

#[cfg(test)]
mod tests;

use bson::Document;

use crate::error::{AppError, Kind};
use crate::text::Words;
use crate::words;

/// Kind, what happened, what to do next.
type Told = (Kind, Words, Words);

/// Tells an error code of the server. `name` is the target's, `code_name` the code's as the server spells it.
pub fn tell(name: &str, code: i32, code_name: &str) -> AppError {
    tell_of(name, "", code, code_name)
}

/// As [`tell`], for a code that was the answer to this command: one code stands for many mistakes, and the command says
/// which of them are possible. The server's own text is never looked at, since it differs from version to version.
pub fn tell_of(name: &str, command: &str, code: i32, code_name: &str) -> AppError {
    let told = sent::of_command(command, code)
        .or_else(|| of_server(name, code))
        .or_else(|| cluster::of_conflict(name, code))
        .or_else(|| collection::of_namespace(code))
        .or_else(|| collection::of_key(code))
        .or_else(|| collection::of_index(code))
        .or_else(|| cluster::of_shard(code))
        .or_else(|| cluster::of_chunk(code));
    let (kind, happened, next) = told.unwrap_or_else(|| unknown(name, code, code_name));
    AppError::new(kind, happened, next)
}

/// The name of a command: its first field.
pub fn command_of(document: &Document) -> &str {
    document.keys().next().map(String::as_str).unwrap_or_default()
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
            words!(
                "The console's user at {name} may not do this.",
                "{name}의 콘솔 사용자에 이 작업의 권한이 없습니다."
            ),
            words!(
                "Sharding needs the role clusterManager; the index and the checks need readWrite on the database.",
                "샤딩에는 clusterManager 역할, 인덱스와 점검에는 해당 데이터베이스의 readWrite 역할이 필요합니다.",
            ),
        ),
        18 => (
            Kind::NoPermission,
            words!(
                "{name} refused the console's user or password.",
                "{name}이(가) 콘솔의 사용자 또는 암호를 거부했습니다."
            ),
            words!("Correct the credentials of this target.", "이 대상의 접속 정보를 고치세요."),
        ),
        59 | 193 => (
            Kind::Refused,
            words!(
                "{name} does not know this command: it is no router, or too old.",
                "{name}이(가) 이 명령을 모릅니다: 라우터가 아니거나 버전이 낮습니다."
            ),
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
        6 | 7 | 89 | 91 | 133 | 189 | 202 | 9001 | 10107 | 11600 | 11602 | 13435 | 13436 => (
            Kind::Unreachable,
            words!(
                "A shard or the config server of {name} has no primary that answers.",
                "{name}의 샤드 또는 설정 서버에 응답하는 프라이머리가 없습니다."
            ),
            words!(
                "Check the members of each replica set; an election takes a few seconds.",
                "각 복제 세트의 멤버를 확인하세요. 선출에는 몇 초가 걸립니다."
            ),
        ),
        11 => (
            Kind::NoPermission,
            words!("{name} does not know the console's user.", "{name}에 콘솔의 사용자가 없습니다."),
            words!("Correct the credentials of this target.", "이 대상의 접속 정보를 고치세요."),
        ),
        24 | 112 => (
            Kind::Conflict,
            words!(
                "{name} was busy with other writes to the same thing.",
                "{name}이(가) 같은 대상의 다른 쓰기로 바빴습니다."
            ),
            words!("Try again.", "다시 시도하세요."),
        ),
        11601 => (
            Kind::Unreachable,
            words!("{name} was interrupted at this.", "{name}의 작업이 중단되었습니다."),
            words!("Look at what is there now before trying again.", "다시 시도하기 전에 현재 상태를 확인하세요."),
        ),
        121 => (
            Kind::Refused,
            words!(
                "{name} checks what is written there, and turned it down.",
                "{name}이(가) 기록할 값을 검사해 거부했습니다."
            ),
            words!("Choose a value within the limits.", "허용 범위의 값을 고르세요."),
        ),
        188 => (
            Kind::Refused,
            words!(
                "A server's version does not fit the cluster's FCV.",
                "서버의 버전이 클러스터의 FCV와 맞지 않습니다."
            ),
            words!("Upgrade it, or raise the FCV.", "업그레이드하거나 FCV를 올리세요."),
        ),
        40414 | 40415 | 238 => (
            Kind::Refused,
            words!(
                "{name} is of a version that takes this command in another form.",
                "{name}의 버전은 이 명령의 형식이 다릅니다."
            ),
            words!("Compare the version of the cluster with the manual.", "클러스터 버전의 매뉴얼을 확인하세요."),
        ),
        14031 => (
            Kind::Refused,
            words!("A server of {name} has no disk space left.", "{name}의 서버에 디스크 공간이 없습니다."),
            words!("Free space first.", "먼저 공간을 확보하세요."),
        ),
        _ => return None,
    })
}
