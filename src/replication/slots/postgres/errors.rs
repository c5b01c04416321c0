//! What PostgreSQL answers to a change of a slot, in an operator's words: by SQLSTATE and by what was asked, since the
//! texts differ between versions and one of them says the opposite of what it means.

use tokio_postgres::Error;

use crate::error::{AppError, Kind};
use crate::targets::postgres;
use crate::targets::registry::Entry;
use crate::text::Words;
use crate::words;

/// What kind of statement was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    CreatePhysical,
    CreateLogical,
    Drop,
    Evict,
    Copy,
    Advance,
    Peek,
    Snapshot,
    Role,
}

impl Sent {
    /// By the beginning of a statement of ours, which no name that comes from a form can reach.
    pub fn of(sql: &str) -> Self {
        let of = [
            ("SELECT slot_name, lsn FROM pg_create_physical_replication_slot(", Self::CreatePhysical),
            ("SELECT slot_name, lsn FROM pg_create_logical_replication_slot(", Self::CreateLogical),
            ("SELECT slot_name, pg_drop_replication_slot(", Self::Drop),
            ("SELECT a.slot_name, a.end_lsn", Self::Advance),
            ("SELECT c.slot_name, c.lsn", Self::Copy),
            ("SELECT pg_log_standby_snapshot()", Self::Snapshot),
            ("ALTER ROLE", Self::Role),
            ("DO ", Self::Evict),
        ];
        of.into_iter().find(|(beginning, _)| sql.starts_with(beginning)).map_or(Self::Peek, |(_, sent)| sent)
    }
}

/// An error in an operator's words. The server's own go to the log.
pub fn told(entry: &Entry, error: &Error, sent: Sent) -> AppError {
    let general = postgres::told(entry, error);
    let code = error.code().map(|code| code.code()).unwrap_or_default();
    match by_code(&entry.configured.target.name, code, sent) {
        Some(told) => AppError { incident: general.incident, ..told },
        None => general,
    }
}

/// What this code means as the answer to this statement; none where the general words say it.
fn by_code(name: &str, code: &str, sent: Sent) -> Option<AppError> {
    let refused = |happened: Words, next: Words| Some(AppError::new(Kind::Refused, happened, next));
    let at = |field: &str, happened: Words, next: Words| {
        Some(AppError { field: Some(field.to_owned()), ..AppError::new(Kind::Refused, happened, next) })
    };
    match (code, sent) {
        ("42710", Sent::Copy) => at(
            "copy",
            words!("A slot of this name exists already.", "같은 이름의 슬롯이 이미 있습니다."),
            words!("Give the copy another name.", "복사본에 다른 이름을 쓰세요."),
        ),
        ("42704", Sent::Evict) => Some(AppError::new(
            Kind::Conflict,
            words!(
                "The slot is gone, or it is another one than the plan saw.",
                "슬롯이 사라졌거나 계획에서 본 슬롯이 아닙니다.",
            ),
            words!("It was not dropped. Look at the list.", "삭제하지 않았습니다. 목록을 확인하세요."),
        )),
        ("55006", Sent::Evict) => refused(
            words!(
                "Its consumer came back each time for five seconds, so the slot was not dropped.",
                "소비자가 5초 동안 계속 다시 연결해 슬롯을 삭제하지 못했습니다.",
            ),
            words!(
                "Stop the consumer, or keep its role from logging in meanwhile.",
                "소비자를 멈추거나 그 역할의 로그인을 잠시 막으세요."
            ),
        ),
        ("55000", _) => object_not_in_state(name, sent),
        ("58P01", Sent::CreateLogical) => at(
            "plugin",
            words!("{name} has no output plugin of this name.", "{name}에 이 이름의 출력 플러그인이 없습니다."),
            words!(
                "pgoutput is always there; others are packages that are installed on the server's machine.",
                "pgoutput은 항상 있습니다. 다른 플러그인은 서버 장비에 패키지로 설치해야 합니다.",
            ),
        ),
        ("XX000", Sent::CreateLogical) => at(
            "plugin",
            words!("This library is no output plugin.", "이 라이브러리는 출력 플러그인이 아닙니다."),
            words!("Name an output plugin, such as pgoutput.", "pgoutput 같은 출력 플러그인을 지정하세요."),
        ),
        ("XX000" | "22023", Sent::Advance) => {
            at("to", words!("This is no position to advance to.", "이동할 수 있는 위치가 아닙니다."), Words::default())
        }
        ("42883", Sent::CreateLogical) => refused(
            words!("This version of {name} has no such option.", "{name}의 버전에는 그런 옵션이 없습니다."),
            words!(
                "two_phase is there from 14 on, failover from 17 on.",
                "two_phase는 14, failover는 17부터 있습니다."
            ),
        ),
        ("0A000", Sent::CreateLogical) => refused(
            words!("{name} is a standby that cannot do this.", "{name}은(는) 이 작업을 할 수 없는 대기 서버입니다."),
            words!(
                "Logical slots on a standby need PostgreSQL 16; failover slots are made on the primary.",
                "대기 서버의 논리 슬롯은 PostgreSQL 16부터 가능하고, failover 슬롯은 기본 서버에서 만듭니다.",
            ),
        ),
        ("0A000", Sent::Copy) => refused(
            words!("The slot is of the other kind now.", "슬롯의 종류가 바뀌었습니다."),
            words!("Look at it again.", "다시 확인하세요."),
        ),
        ("0A000", Sent::Peek) => refused(
            words!(
                "This plugin writes bytes that cannot be shown as text.",
                "이 플러그인은 텍스트로 볼 수 없는 바이트를 씁니다."
            ),
            words!("Its own consumer can read them.", "그 플러그인의 소비자만 읽을 수 있습니다."),
        ),
        ("25001", Sent::CreateLogical) => refused(
            words!("The connection had written before.", "연결이 이미 쓰기를 했습니다."),
            words!("Plan it again.", "다시 계획하세요."),
        ),
        ("42501", _) => Some(no_permission(name, sent)),
        ("57014", Sent::Peek) => refused(
            words!(
                "Two seconds were not enough to read it: a large transaction comes first.",
                "2초 안에 읽지 못했습니다. 앞에 큰 트랜잭션이 있습니다.",
            ),
            words!("Nothing was taken from the slot.", "슬롯에서 가져간 것은 없습니다."),
        ),
        ("57014", Sent::CreateLogical | Sent::Advance) => refused(
            words!("Somebody on the server stopped it.", "서버에서 누군가 중단했습니다."),
            words!("Nothing is left of it. Plan it again.", "남은 것은 없습니다. 다시 계획하세요."),
        ),
        _ => None,
    }
}

/// 55000 stands for many things, each the only one that is possible after what was asked.
fn object_not_in_state(name: &str, sent: Sent) -> Option<AppError> {
    let refused = |happened: Words, next: Words| Some(AppError::new(Kind::Refused, happened, next));
    match sent {
        Sent::CreatePhysical => refused(
            words!(
                "{name} is set to have no slots: max_replication_slots is 0 or wal_level is minimal.",
                "{name}에 슬롯을 둘 수 없습니다: max_replication_slots가 0이거나 wal_level이 minimal입니다.",
            ),
            words!("Raise the setting (restart).", "설정을 올리세요(재시작 필요)."),
        ),
        Sent::CreateLogical => refused(
            words!(
                "wal_level is below logical on {name}, or on its primary if it is a standby.",
                "{name}(대기 서버라면 그 기본 서버)의 wal_level이 logical보다 낮습니다.",
            ),
            words!(
                "Set wal_level = logical there (restart).",
                "그 서버에서 wal_level = logical로 설정하세요(재시작 필요)."
            ),
        ),
        Sent::Drop | Sent::Evict => refused(
            words!(
                "{name} keeps this slot: it is synchronised from the primary, or wal_level is minimal.",
                "{name}이(가) 이 슬롯을 유지합니다: 기본 서버에서 동기화되었거나 wal_level이 minimal입니다.",
            ),
            words!(
                "Drop it on the primary; its copies go with it.",
                "기본 서버에서 삭제하세요. 사본도 함께 사라집니다."
            ),
        ),
        Sent::Copy => refused(
            words!(
                "The slot holds no WAL (any more), so there is nothing to copy.",
                "슬롯이 보관하는 WAL이 없어 복사할 수 없습니다."
            ),
            words!("Make a new slot instead.", "대신 새 슬롯을 만드세요."),
        ),
        Sent::Advance => refused(
            words!(
                "The slot cannot move there: it stands beyond, it is lost, or it has never held WAL.",
                "그 위치로 이동할 수 없습니다: 이미 지났거나, 유실되었거나, WAL을 보관한 적이 없습니다.",
            ),
            words!("Look at it again.", "다시 확인하세요."),
        ),
        Sent::Peek => refused(
            words!(
                "The slot can give no changes: it is lost, physical, or of another database.",
                "변경을 읽을 수 없는 슬롯입니다: 유실되었거나, 물리 슬롯이거나, 다른 데이터베이스의 슬롯입니다.",
            ),
            words!("Look at it again.", "다시 확인하세요."),
        ),
        Sent::Snapshot => refused(
            words!(
                "{name} is a standby: only a primary writes snapshots.",
                "{name}은(는) 대기 서버입니다. 스냅샷은 기본 서버만 기록합니다."
            ),
            words!("Do it on the primary.", "기본 서버에서 실행하세요."),
        ),
        Sent::Role => None,
    }
}

fn no_permission(name: &str, sent: Sent) -> AppError {
    let next = match sent {
        Sent::Evict => words!(
            "It needs REPLICATION to drop, pg_signal_backend to end another role's walsender, \
             and a superuser to end a superuser's: GRANT pg_signal_backend TO …;",
            "삭제에는 REPLICATION, 다른 역할의 walsender 종료에는 pg_signal_backend, \
             슈퍼유저의 것에는 슈퍼유저가 필요합니다: GRANT pg_signal_backend TO …;",
        ),
        Sent::Snapshot => words!(
            "GRANT EXECUTE ON FUNCTION pg_log_standby_snapshot() TO …;",
            "GRANT EXECUTE ON FUNCTION pg_log_standby_snapshot() TO …;",
        ),
        Sent::Role => words!(
            "Changing a role needs CREATEROLE, and ADMIN on that role from 16 on.",
            "역할 변경에는 CREATEROLE이, 16부터는 그 역할에 대한 ADMIN이 필요합니다.",
        ),
        _ => words!(
            "Slots need the attribute REPLICATION: ALTER ROLE … REPLICATION;",
            "슬롯에는 REPLICATION 속성이 필요합니다: ALTER ROLE … REPLICATION;",
        ),
    };
    let happened =
        words!("The console's role at {name} may not do this.", "{name}의 콘솔 역할에 이 작업의 권한이 없습니다.");
    AppError::new(Kind::NoPermission, happened, next)
}
