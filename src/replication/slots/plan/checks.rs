//! What is looked at before a slot is made or changed. Each check tells what it found, and what to do about it.

use super::super::model::{Lsn, SlotName};
use super::super::postgres::{Facts, Seen};
use crate::change::Check;
use crate::words;

pub(super) fn name_is_free(name: &SlotName, facts: &Facts) -> Check {
    match &facts.slot {
        None => Check::pass(words!("No slot is called {name}.", "{name}이라는 슬롯은 없습니다.")),
        Some(slot) => {
            let (kind, kind_ko) = if slot.logical { ("logical", "논리") } else { ("physical", "물리") };
            Check::block(
                words!("There is a {kind} slot {name} already.", "{kind_ko} 슬롯 {name}이(가) 이미 있습니다."),
                words!("Choose another name.", "다른 이름을 선택하세요."),
            )
        }
    }
}

pub(super) fn slots_are_left(facts: &Facts) -> Check {
    let (used, limit) = (facts.used, facts.limit);
    let found = words!("{used} of {limit} slots are in use.", "슬롯 {limit}개 중 {used}개를 사용 중입니다.");
    if used >= limit {
        Check::block(
            found,
            words!(
                "Drop a slot, or raise max_replication_slots (needs a restart).",
                "슬롯을 삭제하거나 max_replication_slots를 늘리세요(재시작 필요).",
            ),
        )
    } else {
        Check::pass(found)
    }
}

pub(super) fn wal_level_suffices(facts: &Facts) -> Check {
    let level = &facts.about.wal_level;
    let found = words!("wal_level is {level}.", "wal_level은 {level}입니다.");
    if level == "minimal" {
        Check::block(
            found,
            words!(
                "Slots need wal_level replica or logical (needs a restart).",
                "슬롯에는 wal_level replica 또는 logical이 필요합니다(재시작 필요)."
            ),
        )
    } else {
        Check::pass(found)
    }
}

pub(super) fn role_may(facts: &Facts) -> Check {
    let role = &facts.about.role.name;
    if facts.about.role.superuser {
        Check::pass(words!("The role {role} is a superuser.", "역할 {role}은(는) 슈퍼유저입니다."))
    } else if facts.about.role.may_use_slots() {
        Check::pass(words!("The role {role} has REPLICATION.", "역할 {role}에 REPLICATION 속성이 있습니다."))
    } else {
        let quoted = crate::replication::sql::identifier(role);
        Check::block(
            words!("The role {role} has no REPLICATION attribute.", "역할 {role}에 REPLICATION 속성이 없습니다."),
            words!(
                "As a superuser: ALTER ROLE {quoted} REPLICATION;",
                "슈퍼유저로 실행: ALTER ROLE {quoted} REPLICATION;"
            ),
        )
    }
}

pub(super) fn growth_is_bounded(facts: &Facts) -> Check {
    let mib = facts.keep_mib;
    if mib < 0 {
        Check::warn(
            words!(
                "max_slot_wal_keep_size is -1: a slot that nobody reads holds WAL until the disk is full.",
                "max_slot_wal_keep_size가 -1이라, 읽히지 않는 슬롯은 디스크가 가득 찰 때까지 WAL을 보관합니다.",
            ),
            words!("Watch the held bytes, or set a limit.", "보관 중인 바이트를 지켜보거나 한도를 설정하세요."),
        )
    } else {
        Check::pass(words!(
            "Held WAL is limited to {mib} MiB for each slot.",
            "슬롯당 보관 WAL은 {mib} MiB로 제한됩니다."
        ))
    }
}

/// Compared as numbers: two spellings of one position are the same.
pub(super) fn same_place(slot: &Seen, seen: Option<&Lsn>) -> Check {
    let now = slot.restart_lsn.as_deref();
    let place = now.unwrap_or("–");
    let position = now.and_then(|text| Lsn::parse(text).ok()).map(|lsn| lsn.position());
    if position == seen.map(Lsn::position) {
        Check::pass(words!("It stands where you saw it, at {place}.", "보신 그대로 {place}에 있습니다."))
    } else {
        Check::block(
            words!("It has moved to {place} since you looked at it.", "확인한 뒤 {place}(으)로 이동했습니다."),
            words!("Somebody uses it. Look at the list again.", "누군가 사용 중입니다. 목록을 다시 확인하세요."),
        )
    }
}

pub(super) fn nobody_uses(slot: &Seen) -> Check {
    if !slot.active {
        return Check::pass(words!("Nobody is connected to it.", "연결된 소비자가 없습니다."));
    }
    if slot.being_made() {
        return Check::block(
            words!("It is being made right now.", "지금 생성되는 중입니다."),
            words!("Stop its creation in the record, or wait.", "기록에서 생성을 중단하거나 기다리세요."),
        );
    }
    let user = slot.now.user.as_ref().map_or_else(|| "?".to_owned(), |user| user.called());
    Check::block(
        words!("It is in use by {user}.", "{user}이(가) 사용 중입니다."),
        words!(
            "Stop that consumer first. To drop it all the same, choose “Evict and drop”.",
            "먼저 그 소비자를 중지하세요. 그래도 삭제하려면 “강제 해제 후 삭제”를 선택하세요.",
        ),
    )
}

/// A temporary slot goes with its session, and nobody else can touch it.
pub(super) fn not_temporary(slot: &Seen) -> Option<Check> {
    slot.temporary.then(|| {
        Check::block(
            words!("It is a temporary slot of somebody's session.", "누군가의 세션에 속한 임시 슬롯입니다."),
            words!("It goes when that session ends.", "그 세션이 끝나면 사라집니다."),
        )
    })
}

/// A standby keeps what it has copied from its primary.
pub(super) fn not_synced(slot: &Seen) -> Option<Check> {
    (slot.synced == Some(true)).then(|| {
        Check::block(
            words!(
                "This standby keeps it as a copy of its primary's slot; the server lets nobody change it.",
                "이 대기 서버가 기본 서버의 슬롯을 동기화한 사본이라 변경할 수 없습니다.",
            ),
            words!("Do it on the primary; the copy follows.", "기본 서버에서 실행하세요. 사본이 따라갑니다."),
        )
    })
}

/// A slot that holds no WAL, or not any more, has nothing that could be copied or moved.
pub(super) fn holds_wal(slot: &Seen) -> Check {
    if slot.lost() {
        return Check::block(
            words!("It is lost: the WAL that it held is gone.", "유실된 슬롯입니다. 보관하던 WAL이 사라졌습니다."),
            words!("See what can be done with a lost slot below.", "아래에서 유실된 슬롯의 처리 방법을 확인하세요."),
        );
    }
    match &slot.restart_lsn {
        Some(lsn) => Check::pass(words!("It holds WAL from {lsn} on.", "{lsn}부터 WAL을 보관합니다.")),
        None => Check::block(
            words!("It has never held WAL.", "WAL을 보관한 적이 없습니다."),
            words!("It begins with its first connection.", "첫 연결부터 시작합니다."),
        ),
    }
}
