//! Which deeds the page of a slot offers, and why it does not offer the others. The plans look again, and closer.

use super::super::model::action::{Deed, Offer, SlotDeeds};
use super::super::postgres::{Facts, Seen};
use super::doctor::diagnose;
use crate::text::Words;
use crate::words;

/// What can be done with the slot.
pub fn deeds(target: &str, slot: &Seen, facts: &Facts, fence: Option<String>) -> SlotDeeds {
    let all = [Deed::Drop, Deed::Evict, Deed::Copy, Deed::Advance, Deed::Peek, Deed::Recreate];
    let offers = all.into_iter().map(|deed| Offer { deed, refused: refused(deed, slot, facts) });
    SlotDeeds {
        logical: slot.logical,
        restart_lsn: slot.restart_lsn.clone().unwrap_or_default(),
        end: facts.end.clone(),
        fence,
        offers: offers.collect(),
        doctor: diagnose(target, slot, facts),
        being_made: being_made(slot, facts),
    }
}

fn refused(deed: Deed, slot: &Seen, facts: &Facts) -> Option<Words> {
    let first = |reasons: Vec<Option<Words>>| reasons.into_iter().flatten().next();
    match deed {
        Deed::Drop => first(vec![no_right(facts), temporary(slot), synced(slot), in_use(slot)]),
        Deed::Evict => first(vec![no_right(facts), temporary(slot), synced(slot), at_rest(slot)]),
        Deed::Copy => first(vec![no_right(facts), temporary(slot), no_wal(slot)]),
        Deed::Advance => first(vec![no_right(facts), temporary(slot), synced(slot), no_wal(slot), in_use(slot)]),
        Deed::Peek => first(vec![no_right(facts), physical(slot), synced(slot), no_wal(slot), in_use(slot)]),
        Deed::Recreate => first(vec![no_right(facts), not_lost(slot), synced(slot), in_use(slot)]),
    }
}

fn no_right(facts: &Facts) -> Option<Words> {
    let role = crate::replication::sql::identifier(&facts.about.role.name);
    (!facts.about.role.may_use_slots()).then(|| {
        words!(
            "The console's role needs: ALTER ROLE {role} REPLICATION;",
            "콘솔 역할에 필요: ALTER ROLE {role} REPLICATION;"
        )
    })
}

fn temporary(slot: &Seen) -> Option<Words> {
    slot.temporary.then(|| words!("Temporary: it belongs to a session.", "임시 슬롯이며 어떤 세션에 속합니다."))
}

fn synced(slot: &Seen) -> Option<Words> {
    (slot.synced == Some(true)).then(|| words!("A copy of the primary's slot.", "기본 서버 슬롯의 사본입니다."))
}

fn in_use(slot: &Seen) -> Option<Words> {
    slot.active.then(|| words!("In use now.", "지금 사용 중입니다."))
}

fn at_rest(slot: &Seen) -> Option<Words> {
    let walsender = slot.now.user.as_ref().is_some_and(|user| user.backend.as_deref() == Some("walsender"));
    match (slot.active, walsender) {
        (false, _) => Some(words!("Nobody uses it.", "사용하는 곳이 없습니다.")),
        (true, true) => None,
        (true, false) => Some(words!(
            "Its user is no walsender, or not shown to the console's role (pg_monitor).",
            "사용자가 walsender가 아니거나 콘솔 역할에 보이지 않습니다(pg_monitor).",
        )),
    }
}

fn no_wal(slot: &Seen) -> Option<Words> {
    if slot.lost() {
        return Some(words!("It is lost.", "유실되었습니다."));
    }
    slot.restart_lsn.is_none().then(|| words!("It has never held WAL.", "WAL을 보관한 적이 없습니다."))
}

fn physical(slot: &Seen) -> Option<Words> {
    (!slot.logical)
        .then(|| words!("A physical slot holds files, not changes.", "물리 슬롯은 변경이 아니라 파일을 보관합니다."))
}

fn not_lost(slot: &Seen) -> Option<Words> {
    (!slot.lost()).then(|| words!("It is not lost.", "유실되지 않았습니다."))
}

fn being_made(slot: &Seen, facts: &Facts) -> Option<(Words, String)> {
    if !slot.being_made() {
        return None;
    }
    let Some(primary) = facts.peers.primary.as_ref().filter(|_| facts.about.standby) else {
        return Some((
            words!(
                "It is being made, and waits for open writing transactions.",
                "생성 중이며, 열려 있는 쓰기 트랜잭션을 기다립니다."
            ),
            String::new(),
        ));
    };
    let name = &primary.name;
    Some((
        words!(
            "It is being made, and waits for a snapshot record from the primary {name}.",
            "생성 중이며, 기본 서버 {name}의 스냅샷 레코드를 기다립니다.",
        ),
        format!("/replication/slot?target={}&action=log_snapshot", primary.target),
    ))
}
