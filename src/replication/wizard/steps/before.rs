//! What must be there before a replica is made: room for it, a role and a slot.

use super::super::model::{Print, State, Step};
use super::{Way, print, step, verdict};
use crate::change::Check;
use crate::replication::settings::model::suggested_cap;
use crate::replication::sql::identifier;
use crate::text::bytes;
use crate::words;

/// Whether the server has room for a replica. A base backup takes two connections.
pub(super) fn preflight(way: &Way) -> Step {
    let facts = way.facts;
    let there = way.streams().is_some();
    let mut checks = vec![version(way), is_primary(way), level(way)];
    if !there {
        checks.push(senders(way));
        checks.push(places(way));
    }
    checks.push(cap(way));
    if facts.tablespaces > 0 {
        let number = facts.tablespaces;
        checks.push(Check::warn(
            words!(
                "{number} tablespace(s) lie outside the data directory.",
                "데이터 디렉터리 밖의 테이블스페이스가 {number}개 있습니다."
            ),
            words!(
                "On the same machine pg_basebackup needs --tablespace-mapping; elsewhere the same paths.",
                "같은 장비라면 --tablespace-mapping이, 다른 장비라면 같은 경로가 필요합니다.",
            ),
        ));
    }
    let state = verdict(&checks);
    let mut step =
        step("preflight", words!("The server has room for a replica", "서버에 복제본을 둘 여유가 있음"), state, checks);
    if facts.number("max_slot_wal_keep_size") < 0 {
        let value = suggested_cap(None).to_string();
        let asked = [("action", "change_setting"), ("name", "max_slot_wal_keep_size"), ("value", &*value)];
        step.links.push(way.link(words!("Set a limit…", "한도 설정…"), "/replication/settings", &asked));
    }
    step
}

fn version(way: &Way) -> Check {
    let version = way.facts.text("server_version").split(' ').next().unwrap_or_default();
    let checksums = way.facts.text("data_checksums");
    let system = &way.facts.system;
    Check::pass(words!(
        "PostgreSQL {version}, data checksums {checksums}, system {system}. A replica has all three alike.",
        "PostgreSQL {version}, 데이터 체크섬 {checksums}, 시스템 {system}. 복제본도 이 세 가지가 같습니다.",
    ))
}

fn is_primary(way: &Way) -> Check {
    if way.facts.about.standby {
        return Check::block(
            words!("This is a standby: no role can be made here.", "대기 서버라서 역할을 만들 수 없습니다."),
            words!("Choose its primary.", "기본 서버를 선택하세요."),
        );
    }
    Check::pass(words!("It is a primary.", "기본 서버입니다."))
}

fn level(way: &Way) -> Check {
    let level = &way.facts.about.wal_level;
    let found = words!("wal_level is {level}.", "wal_level은 {level}입니다.");
    if level != "minimal" {
        return Check::pass(found);
    }
    Check::block(found, words!("It must be replica (restart).", "replica여야 합니다(재시작 필요)."))
}

fn senders(way: &Way) -> Check {
    let (used, limit) = (way.facts.senders, way.facts.number("max_wal_senders"));
    let found = words!("{used} of {limit} walsenders are in use.", "walsender {limit}개 중 {used}개를 사용 중입니다.");
    if limit - used >= 2 || way.facts.backup.is_some() {
        return Check::pass(found);
    }
    Check::block(
        found,
        words!(
            "A base backup needs two: raise max_wal_senders (restart).",
            "베이스 백업에는 두 개가 필요합니다. max_wal_senders를 늘리세요(재시작 필요).",
        ),
    )
}

fn places(way: &Way) -> Check {
    let (used, limit) = (way.facts.slots, way.facts.number("max_replication_slots"));
    let found = words!("{used} of {limit} slots are in use.", "슬롯 {limit}개 중 {used}개를 사용 중입니다.");
    if way.facts.slot.is_some() || used < limit {
        return Check::pass(found);
    }
    Check::block(
        found,
        words!(
            "Drop one, or raise max_replication_slots (restart).",
            "하나를 삭제하거나 max_replication_slots를 늘리세요(재시작 필요)."
        ),
    )
}

fn cap(way: &Way) -> Check {
    let mib = way.facts.number("max_slot_wal_keep_size");
    if mib < 0 {
        return Check::warn(
            words!("A slot may hold WAL without a limit.", "슬롯이 보관하는 WAL에 한도가 없습니다."),
            words!("If the replica never comes, the disk fills up.", "복제본이 오지 않으면 디스크가 가득 찹니다."),
        );
    }
    let cap = bytes(mib.saturating_mul(1024 * 1024));
    Check::pass(words!(
        "A slot may hold up to {cap}. A base backup must be done before so much is written.",
        "슬롯은 {cap}까지 보관합니다. 그만큼 쓰이기 전에 베이스 백업이 끝나야 합니다.",
    ))
}

/// The role that the replica logs in as.
pub(super) fn role(way: &Way) -> Step {
    let name = &way.replica.role;
    let title = words!("The role {name} may replicate", "역할 {name}이(가) 복제할 수 있음");
    let psql = words!("psql on the primary, as a superuser", "기본 서버의 psql, 슈퍼유저로");
    let Some(role) = &way.facts.role else {
        let mut step = step("role", title, State::Todo, Vec::new());
        step.links.push(way.own(words!("Create the role {name}…", "역할 {name} 생성…"), "create_role"));
        return step;
    };
    let quoted = identifier(name);
    if !role.login || !role.replication {
        let found = words!(
            "{name} exists, but may not log in and replicate.",
            "{name}이(가) 있지만 로그인과 복제를 할 수 없습니다."
        );
        let mut step =
            step("role", title, State::Todo, vec![Check::block(found, words!("Run this:", "다음을 실행하세요:"))]);
        step.prints.push(print(psql, format!("ALTER ROLE {quoted} LOGIN REPLICATION;")));
        return step;
    }
    let (state, check) = match role.password.as_deref() {
        // It is in: how does not matter.
        _ if way.streams().is_some() => (State::Done, Check::pass(words!("It has logged in.", "로그인했습니다."))),
        Some("") => (
            State::Todo,
            Check::warn(
                words!("It has no password.", "암호가 없습니다."),
                words!(
                    "Set one in psql; the console never sees it.",
                    "psql에서 설정하세요. 콘솔은 암호를 보지 않습니다."
                ),
            ),
        ),
        Some("md5") => (
            State::Todo,
            Check::warn(
                words!(
                    "Its password is stored as MD5, which scram-sha-256 does not accept.",
                    "암호가 MD5로 저장되어 scram-sha-256에서 쓸 수 없습니다."
                ),
                words!("Set it anew.", "다시 설정하세요."),
            ),
        ),
        Some(_) => (State::Done, Check::pass(words!("It has a password (SCRAM).", "암호가 있습니다(SCRAM)."))),
        None => (
            State::Unknown,
            Check::warn(
                words!(
                    "Whether it has a password only a superuser may see.",
                    "암호가 있는지는 슈퍼유저만 볼 수 있습니다."
                ),
                words!("Set one in psql if it has none.", "없다면 psql에서 설정하세요."),
            ),
        ),
    };
    let mut step = step("role", title, state, vec![check]);
    if state != State::Done {
        step.prints.push(password(way, psql));
    }
    step
}

/// psql asks for the password and sends only what the server stores of it.
fn password(way: &Way, place: crate::text::Words) -> Print {
    let name = &way.replica.role;
    let scram = if way.facts.text("password_encryption") == "md5" {
        "SET password_encryption = 'scram-sha-256';\n"
    } else {
        ""
    };
    print(place, format!("{scram}\\password {name}"))
}

/// The slot that keeps WAL for the replica, from before its base backup.
pub(super) fn slot(way: &Way) -> Step {
    let name = way.replica.name.as_str();
    let title = words!("The slot {name} keeps WAL for it", "슬롯 {name}이(가) WAL을 보관함");
    let Some(slot) = &way.facts.slot else {
        let mut step = step("slot", title, State::Todo, Vec::new());
        let asked = [("action", "create_slot"), ("kind", "physical"), ("name", name), ("reserve", "yes")];
        step.links.push(way.link(words!("Create the slot {name}…", "슬롯 {name} 생성…"), "/replication", &asked));
        return step;
    };
    let held = bytes(slot.held_bytes.unwrap_or_default());
    let (state, check) = if !slot.physical {
        let advice = words!("Choose another name for the replica.", "복제본에 다른 이름을 쓰세요.");
        (State::Wrong, Check::block(words!("{name} is a logical slot.", "{name}은(는) 논리 슬롯입니다."), advice))
    } else if slot.lost {
        let advice = words!("Drop it and create it anew.", "삭제하고 다시 만드세요.");
        (State::Wrong, Check::block(words!("It is lost: the WAL is gone.", "유실되어 WAL이 없습니다."), advice))
    } else if !slot.reserved {
        let found =
            words!("It holds no WAL before somebody connects.", "누군가 연결할 때까지 WAL을 보관하지 않습니다.");
        let advice = words!(
            "A base backup that takes long may miss some.",
            "오래 걸리는 베이스 백업은 일부를 놓칠 수 있습니다."
        );
        (State::Done, Check::warn(found, advice))
    } else {
        (State::Done, Check::pass(words!("It holds {held} of WAL.", "WAL {held}을(를) 보관 중입니다.")))
    };
    step("slot", title, state, vec![check])
}
