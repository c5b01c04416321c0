//! What PostgreSQL answers, in an operator's words.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::error::{AppError, Kind};
use crate::targets::registry::Entry;
use crate::words;

/// An error of the driver in an operator's words. The text differs between versions, so only the SQLSTATE counts.
/// Codes: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
pub fn told(entry: &Entry, error: &Error) -> AppError {
    let name = &entry.configured.target.name;
    let incident = match error.as_db_error() {
        Some(db) => crate::server::incident(&format!("{} {}", db.code().code(), db.message()), name),
        None => crate::server::incident(error, name),
    };
    let Some(code) = error.code() else {
        return AppError { incident: Some(incident), ..unanswered(entry) };
    };
    let mut told = by_code(name, code);
    told.incident = Some(incident);
    told
}

fn by_code(name: &str, code: &SqlState) -> AppError {
    // A hostile server may put any text in its place.
    let sqlstate = Some(code.code()).filter(|code| is_sqlstate(code)).unwrap_or("?");
    let refused = |happened, next| AppError::new(Kind::Refused, happened, next);
    match sqlstate {
        "42710" => AppError::new(
            Kind::Conflict,
            words!("A slot of this name exists already.", "같은 이름의 슬롯이 이미 있습니다."),
            words!(
                "Choose another name, or drop the other slot first.",
                "다른 이름을 쓰거나 기존 슬롯을 먼저 삭제하세요."
            ),
        )
        .at("name"),
        "42704" => AppError::not_found(words!("It does not exist any more.", "더 이상 존재하지 않습니다.")),
        "42602" | "42622" => AppError::invalid(
            "name",
            words!("{name} does not accept this name.", "{name}이(가) 이 이름을 허용하지 않습니다."),
        ),
        "53400" => refused(
            words!("All replication slots of {name} are in use.", "{name}의 복제 슬롯이 모두 사용 중입니다."),
            words!(
                "Drop one, or raise max_replication_slots (restart).",
                "하나를 삭제하거나 max_replication_slots를 늘리세요(재시작 필요)."
            ),
        ),
        "55006" => AppError::new(
            Kind::Conflict,
            words!("The slot is in use right now.", "슬롯이 지금 사용 중입니다."),
            words!("Stop its consumer first.", "먼저 소비자를 중지하세요."),
        ),
        "42501" => AppError::new(
            Kind::NoPermission,
            words!("The console's role at {name} may not do this.", "{name}의 콘솔 역할에 이 작업의 권한이 없습니다."),
            words!(
                "Slots need the REPLICATION attribute: ALTER ROLE … REPLICATION; tables need GRANT SELECT.",
                "슬롯에는 REPLICATION 속성(ALTER ROLE … REPLICATION), 테이블에는 GRANT SELECT가 필요합니다.",
            ),
        ),
        "28P01" | "28000" => AppError::new(
            Kind::NoPermission,
            words!(
                "{name} refused the console's user or password.",
                "{name}이(가) 콘솔의 사용자 또는 암호를 거부했습니다."
            ),
            words!("Correct the credentials of this target.", "이 대상의 접속 정보를 고치세요."),
        ),
        "57014" => AppError::new(
            Kind::Unreachable,
            words!(
                "{name} did not finish in time and stopped the statement.",
                "{name}이(가) 제시간에 끝내지 못해 문장을 중단했습니다."
            ),
            words!(
                "Nothing was changed by it. Try again when the server is less busy.",
                "변경된 것은 없습니다. 서버가 한가할 때 다시 시도하세요."
            ),
        ),
        "25006" => refused(
            words!("Only reading is allowed here.", "여기서는 읽기만 허용됩니다."),
            words!("Take the statement's writes out.", "쓰기 구문을 제거하세요."),
        ),
        "57P01" | "57P02" | "57P03" | "53300" => AppError::new(
            Kind::Unreachable,
            words!("{name} takes no connections right now.", "{name}이(가) 지금 연결을 받지 않습니다."),
            words!("Wait until it has started, or free a connection.", "시작될 때까지 기다리거나 연결을 확보하세요."),
        ),
        _ => refused(
            words!("{name} refused it (SQLSTATE {sqlstate}).", "{name}이(가) 거부했습니다(SQLSTATE {sqlstate})."),
            words!("The log holds the server's own words.", "로그에 서버의 원문이 있습니다."),
        ),
    }
}

fn is_sqlstate(code: &str) -> bool {
    code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// There was no answer at all.
pub(super) fn unanswered(entry: &Entry) -> AppError {
    let name = &entry.configured.target.name;
    AppError::new(
        Kind::Unreachable,
        words!("{name} cannot be reached.", "{name}에 연결할 수 없습니다."),
        words!("Check that the server runs and can be reached.", "서버가 실행 중이고 연결 가능한지 확인하세요."),
    )
}
