//! What each change to a slot would do, found out beforehand.

use super::model::{Change, Lsn, Slot, SlotName};
use super::postgres::{Facts, Slots};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::error::AppError;
use crate::replication::sql::{literal, statement};
use crate::text::{Words, bytes};
use crate::words;

/// Plans a change.
///
/// # Errors
/// When the server cannot be asked.
pub async fn plan(slots: &Slots, change: &Change) -> Result<Plan, AppError> {
    match change {
        Change::CreatePhysicalSlot { name, reserve, .. } => {
            Ok(create(slots.server().name(), name, *reserve, &slots.facts(name).await?))
        }
        Change::DropSlot { name, restart_lsn, .. } => {
            Ok(drop(slots.server().name(), name, restart_lsn.as_ref(), &slots.facts(name).await?))
        }
    }
}

fn create(server: &str, name: &SlotName, reserve: bool, facts: &Facts) -> Plan {
    let commands = vec![statement(format!(
        "SELECT slot_name, lsn FROM pg_create_physical_replication_slot({}, {reserve});",
        literal(name.as_str())
    ))];
    let holds = if reserve {
        words!(
            "From now on the server keeps all WAL until a standby connected to {name} has received it.",
            "지금부터 {name}에 연결된 대기 서버가 받을 때까지 서버가 모든 WAL을 보관합니다.",
        )
    } else {
        words!(
            "The slot holds no WAL until a standby connects for the first time, so it protects nothing yet.",
            "대기 서버가 처음 연결할 때까지 WAL을 보관하지 않으므로 아직 아무것도 보호하지 않습니다.",
        )
    };
    Plan {
        title: words!("Create the physical slot {name} on {server}", "{server}에 물리 슬롯 {name} 생성"),
        checks: vec![
            name_is_free(name, facts),
            slots_are_left(facts),
            wal_level_suffices(facts),
            role_may(facts),
            growth_is_bounded(facts),
        ],
        fingerprint: fingerprint(&(facts.slot.is_some(), &facts.wal_level, facts.may_replicate), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![holds, words!("Takes no lock and is done in milliseconds.", "잠금 없이 수 밀리초 안에 끝납니다.")],
        way_back: words!("Drop the slot {name}.", "슬롯 {name}을(를) 삭제합니다."),
        blast: Blast::Plain,
    }
}

fn drop(server: &str, name: &SlotName, seen: Option<&Lsn>, facts: &Facts) -> Plan {
    let place = match seen {
        Some(lsn) => format!("restart_lsn = {}::pg_lsn", literal(lsn.as_str())),
        None => "restart_lsn IS NULL".to_owned(),
    };
    let commands = vec![statement(format!(
        "SELECT slot_name, pg_drop_replication_slot(slot_name) FROM pg_replication_slots \
         WHERE slot_name = {} AND NOT active AND {place};",
        literal(name.as_str())
    ))];
    let slot = facts.slot.as_ref();
    let state = slot.map(|slot| (slot.active, slot.restart_lsn.clone(), slot.kind.clone()));
    Plan {
        title: words!("Drop the slot {name} on {server}", "{server}의 슬롯 {name} 삭제"),
        checks: match slot {
            None => vec![gone(name)],
            Some(slot) => vec![
                same_place(slot, seen),
                nobody_uses(slot),
                nobody_waits_for(name, facts),
                role_may(facts),
                kind_of_loss(slot),
            ],
        },
        fingerprint: fingerprint(&state, &commands),
        commands,
        revert: Vec::new(),
        effect: vec![
            freed(slot),
            words!("Takes no lock and is done in milliseconds.", "잠금 없이 수 밀리초 안에 끝납니다."),
        ],
        way_back: words!(
            "None. A new slot of this name starts at the present: what its consumer has not read yet is lost to it.",
            "없음. 같은 이름의 새 슬롯은 현재 위치에서 시작하며, 소비자가 아직 읽지 못한 내용은 사라집니다.",
        ),
        blast: Blast::TypeName(name.to_string()),
    }
}

fn name_is_free(name: &SlotName, facts: &Facts) -> Check {
    match &facts.slot {
        None => Check::pass(words!("No slot is called {name}.", "{name}이라는 슬롯은 없습니다.")),
        Some(slot) => {
            let kind = &slot.kind;
            Check::block(
                words!("There is a {kind} slot {name} already.", "{kind} 슬롯 {name}이(가) 이미 있습니다."),
                words!("Choose another name.", "다른 이름을 선택하세요."),
            )
        }
    }
}

fn slots_are_left(facts: &Facts) -> Check {
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

fn wal_level_suffices(facts: &Facts) -> Check {
    let level = &facts.wal_level;
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

fn role_may(facts: &Facts) -> Check {
    let role = &facts.role;
    if facts.may_replicate {
        Check::pass(words!("The role {role} has REPLICATION.", "역할 {role}에 REPLICATION 속성이 있습니다."))
    } else {
        Check::block(
            words!("The role {role} has no REPLICATION attribute.", "역할 {role}에 REPLICATION 속성이 없습니다."),
            words!("As a superuser: ALTER ROLE {role} REPLICATION;", "슈퍼유저로 실행: ALTER ROLE {role} REPLICATION;"),
        )
    }
}

fn growth_is_bounded(facts: &Facts) -> Check {
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

fn gone(name: &SlotName) -> Check {
    Check::block(
        words!("There is no slot {name} (any more).", "슬롯 {name}이(가) 없습니다."),
        words!("Reload the list.", "목록을 새로 고치세요."),
    )
}

fn same_place(slot: &Slot, seen: Option<&Lsn>) -> Check {
    let now = slot.restart_lsn.as_deref();
    let place = now.unwrap_or("–");
    if now == seen.map(Lsn::as_str) {
        Check::pass(words!("It stands where you saw it, at {place}.", "보신 그대로 {place}에 있습니다."))
    } else {
        Check::block(
            words!("It has moved to {place} since you looked at it.", "확인한 뒤 {place}(으)로 이동했습니다."),
            words!("Somebody uses it. Look at the list again.", "누군가 사용 중입니다. 목록을 다시 확인하세요."),
        )
    }
}

fn nobody_uses(slot: &Slot) -> Check {
    if !slot.active {
        return Check::pass(words!("Nobody is connected to it.", "연결된 소비자가 없습니다."));
    }
    let user = slot.user.clone().unwrap_or_else(|| "?".to_owned());
    Check::block(
        words!("It is in use by {user}.", "{user}이(가) 사용 중입니다."),
        words!("Stop that consumer first.", "먼저 그 소비자를 중지하세요."),
    )
}

fn nobody_waits_for(name: &SlotName, facts: &Facts) -> Check {
    let named = facts.synchronized.split(',').any(|it| it.trim().trim_matches('"') == name.as_str());
    if named {
        Check::block(
            words!(
                "synchronized_standby_slots names it: logical consumers wait for it.",
                "synchronized_standby_slots에 들어 있어 논리 소비자들이 이 슬롯을 기다립니다."
            ),
            words!("Take it out of that setting first.", "먼저 그 설정에서 제거하세요."),
        )
    } else {
        Check::pass(words!("No setting names it.", "이 슬롯을 지정한 설정이 없습니다."))
    }
}

fn kind_of_loss(slot: &Slot) -> Check {
    if slot.kind == "logical" {
        Check::warn(
            words!("A logical consumer cannot go on without its slot.", "논리 소비자는 슬롯 없이 이어갈 수 없습니다."),
            words!("It will need a new copy of all its tables.", "모든 테이블을 새로 복사해야 합니다."),
        )
    } else {
        Check::warn(
            words!(
                "A standby of this slot can fall behind for good.",
                "이 슬롯의 대기 서버가 영영 뒤처질 수 있습니다."
            ),
            words!(
                "If it still exists, it may need a new base backup.",
                "아직 있다면 새 베이스 백업이 필요할 수 있습니다."
            ),
        )
    }
}

fn freed(slot: Option<&Slot>) -> Words {
    match slot.and_then(|slot| slot.held_bytes) {
        None => words!("It holds no WAL, so no space is freed.", "보관 중인 WAL이 없어 확보되는 공간이 없습니다."),
        Some(held) => {
            let held = bytes(held);
            words!(
                "Lets go of up to {held} of WAL; the disk has the space back after the next checkpoint.",
                "WAL 최대 {held}을(를) 놓아주며, 다음 체크포인트 뒤에 디스크 공간이 돌아옵니다.",
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            version: 150_018,
            standby: false,
            wal_level: "logical".into(),
            limit: 10,
            used: 1,
            keep_mib: -1,
            may_replicate: true,
            role: "outgrow".into(),
            synchronized: String::new(),
            slot: None,
        }
    }

    fn slot() -> Slot {
        Slot {
            name: "myslot".into(),
            kind: "physical".into(),
            plugin: None,
            database: None,
            temporary: false,
            active: false,
            user: None,
            wal_status: Some("reserved".into()),
            restart_lsn: Some("0/3000000".into()),
            held_bytes: Some(4096),
            ..Slot::default()
        }
    }

    fn name() -> SlotName {
        SlotName::parse("myslot").expect("a valid name")
    }

    #[test]
    fn the_textbook_slot_is_created_by_the_sql_function() {
        let plan = create("pg", &name(), true, &facts());
        assert_eq!(
            plan.commands[0].exact,
            "SELECT slot_name, lsn FROM pg_create_physical_replication_slot('myslot', true);"
        );
        assert!(!plan.blocked());
    }

    #[test]
    fn creating_is_blocked_by_each_thing_that_the_server_would_refuse() {
        let blocked = |change: fn(&mut Facts)| {
            let mut facts = facts();
            change(&mut facts);
            create("pg", &name(), true, &facts).blocked()
        };
        assert!(blocked(|facts| facts.slot = Some(slot())));
        assert!(blocked(|facts| facts.used = 10));
        assert!(blocked(|facts| facts.wal_level = "minimal".into()));
        assert!(blocked(|facts| facts.may_replicate = false));
        assert!(!blocked(|_| ()));
    }

    #[test]
    fn only_the_slot_that_was_looked_at_is_dropped() {
        let lsn = |text| Lsn::parse(text).expect("a valid position");
        let there = Facts { slot: Some(slot()), ..facts() };
        assert!(!drop("pg", &name(), Some(&lsn("0/3000000")), &there).blocked());
        assert!(drop("pg", &name(), Some(&lsn("0/2000000")), &there).blocked());
        assert!(drop("pg", &name(), None, &facts()).blocked());
        let active = Facts { slot: Some(Slot { active: true, ..slot() }), ..facts() };
        assert!(drop("pg", &name(), Some(&lsn("0/3000000")), &active).blocked());
        let named = Facts { slot: Some(slot()), synchronized: "a, myslot".into(), ..facts() };
        assert!(drop("pg", &name(), Some(&lsn("0/3000000")), &named).blocked());
    }
}
