//! The guard against a server that does not start any more. ALTER SYSTEM accepts each of these silently; the server
//! stops at them when it starts next, which may be months later and at night.

use super::list;
use crate::change::{Blast, Check};
use crate::replication::settings::postgres::Facts;
use crate::text::{Words, count};
use crate::words;

pub(super) fn wal_level(value: &str, facts: &Facts, checks: &mut Vec<Check>) -> Blast {
    let old = facts.text("wal_level");
    if value != "logical" {
        checks.push(no_slot_needs_more(value, facts));
    }
    if value == "minimal" {
        checks.push(no_senders(facts));
        checks.extend(["archive_mode", "summarize_wal"].map(|name| is_off(name, facts)));
    }
    if value != "logical" && old == "logical" {
        checks.push(Check::warn(
            words!(
                "Without logical no publication can be read: subscriptions of this server stop.",
                "logical이 아니면 발행을 읽을 수 없어, 이 서버를 구독하는 쪽이 멈춥니다.",
            ),
            words!("Be sure that nobody subscribes.", "구독하는 곳이 없는지 확인하세요."),
        ));
    }
    if value == "logical" && old != "logical" {
        checks.push(Check::pass(words!(
            "More is written to the WAL than with {old}; nothing else changes.",
            "{old}일 때보다 WAL에 더 많이 기록되며, 그 밖의 변화는 없습니다.",
        )));
    }
    Blast::Confirm
}

/// With `replica` logical slots keep the server from starting, with `minimal` all slots do.
fn no_slot_needs_more(value: &str, facts: &Facts) -> Check {
    let kept = facts.slots.iter().filter(|slot| !slot.temporary && (slot.logical || value == "minimal"));
    let names: Vec<&str> = kept.map(|slot| slot.name.as_str()).collect();
    if names.is_empty() {
        return Check::pass(words!(
            "No slot needs more than wal_level {value}.",
            "wal_level {value}보다 높은 수준이 필요한 슬롯이 없습니다."
        ));
    }
    let number = names.len();
    let Words { en, ko } = list(&names);
    Check::block(
        words!(
            "{number} slot(s) need more: {en}. With wal_level {value} the server would not start again.",
            "더 높은 수준이 필요한 슬롯이 {number}개 있습니다: {ko}. wal_level {value}(으)로는 서버가 다시 시작되지 않습니다.",
        ),
        words!("Drop them first, once nobody needs them.", "필요 없는 것이 확인되면 먼저 삭제하세요."),
    )
}

fn no_senders(facts: &Facts) -> Check {
    let senders = facts.number("max_wal_senders").unwrap_or_default();
    if senders == 0 && !waits(facts, "max_wal_senders") {
        return Check::pass(words!("max_wal_senders is 0.", "max_wal_senders가 0입니다."));
    }
    Check::block(
        words!(
            "max_wal_senders is {senders}: with minimal the server starts only if it is 0.",
            "max_wal_senders가 {senders}입니다. minimal에서는 0이어야 서버가 시작됩니다.",
        ),
        words!("Set max_wal_senders to 0 and restart first.", "먼저 max_wal_senders를 0으로 바꾸고 재시작하세요."),
    )
}

/// The archive and, from 17 on, the summary of the WAL.
fn is_off(name: &str, facts: &Facts) -> Check {
    let value = facts.text(name);
    if matches!(value, "off" | "") && !waits(facts, name) {
        return Check::pass(words!("{name} is off.", "{name}이(가) 꺼져 있습니다."));
    }
    Check::block(
        words!(
            "{name} is {value}: with minimal the server would not start.",
            "{name}이(가) {value}입니다. minimal에서는 서버가 시작되지 않습니다.",
        ),
        words!("Set {name} to off first, and restart.", "먼저 {name}을(를) off로 바꾸고 재시작하세요."),
    )
}

/// Whether the next start takes another value than the one that holds now.
fn waits(facts: &Facts, name: &str) -> bool {
    facts.settings.get(name).is_some_and(|setting| setting.pending_restart)
}

pub(super) fn slots(value: &str, facts: &Facts, checks: &mut Vec<Check>) -> Blast {
    let wanted: usize = value.parse().unwrap_or_default();
    let names: Vec<&str> = facts.slots.iter().filter(|slot| !slot.temporary).map(|slot| slot.name.as_str()).collect();
    let number = names.len();
    if number > wanted {
        let Words { en, ko } = list(&names);
        checks.push(Check::block(
            words!(
                "{number} slot(s) exist: {en}. With max_replication_slots {wanted} the server would not start again.",
                "슬롯이 {number}개 있습니다: {ko}. max_replication_slots {wanted}(으)로는 서버가 다시 시작되지 않습니다.",
            ),
            words!("Drop slots first, or choose {number} at least.", "슬롯을 먼저 삭제하거나 {number} 이상으로 설정하세요."),
        ));
    } else {
        checks.push(Check::pass(words!(
            "Slots that exist: {number}; {wanted} have room.",
            "슬롯 {number}개가 있으며 {wanted}개까지 들어갑니다."
        )));
    }
    // Before 18 the same setting bounds what a subscriber remembers of its publishers, and it does not start either.
    if facts.about.major() < 18 {
        checks.push(origins(wanted, facts));
    }
    let old = facts.number("max_replication_slots").unwrap_or_default();
    let more = count(i64::try_from(wanted).unwrap_or(i64::MAX).saturating_sub(old).max(0));
    if wanted > 1_000 {
        checks.push(Check::warn(
            words!("{more} more places for slots.", "슬롯 자리가 {more}개 늘어납니다."),
            words!(
                "Thousands of slots make checkpoints slow: 5,000 took more than a minute.",
                "슬롯이 수천 개면 체크포인트가 느려집니다. 5,000개에서 1분 넘게 걸렸습니다.",
            ),
        ));
    }
    Blast::Confirm
}

fn origins(wanted: usize, facts: &Facts) -> Check {
    let origins = facts.origins;
    if usize::try_from(origins).unwrap_or_default() <= wanted {
        return Check::pass(words!("{origins} replication origins fit in too.", "복제 원본 {origins}개도 들어갑니다."));
    }
    Check::block(
        words!(
            "This server remembers {origins} replication origins; with room for {wanted} it would not start again.",
            "이 서버는 복제 원본 {origins}개를 기억합니다. {wanted}개만 허용하면 다시 시작되지 않습니다.",
        ),
        words!(
            "Drop subscriptions first, or choose {origins} at least.",
            "구독을 먼저 삭제하거나 {origins} 이상으로 설정하세요."
        ),
    )
}

pub(super) fn senders(value: &str, facts: &Facts, checks: &mut Vec<Check>) -> Blast {
    let wanted: usize = value.parse().unwrap_or_default();
    let now = facts.senders.len();
    if now > wanted {
        checks.push(Check::warn(
            words!(
                "{now} walsenders run now; after the restart {wanted} may.",
                "지금 walsender {now}개가 동작 중이며, 재시작 뒤에는 {wanted}개만 가능합니다."
            ),
            words!(
                "Some standbys or subscribers will not come back.",
                "일부 대기 서버나 구독자가 다시 연결되지 못합니다."
            ),
        ));
    } else {
        checks.push(Check::pass(words!("{now} walsenders run now.", "지금 walsender {now}개가 동작 중입니다.")));
    }
    let old = facts.number("max_wal_senders").unwrap_or_default();
    let less = i64::try_from(wanted).unwrap_or(i64::MAX) < old;
    if facts.about.standby && less {
        checks.push(Check::block(
            words!(
                "This is a standby. With fewer walsenders than its primary it stops at its start.",
                "대기 서버입니다. 기본 서버보다 적으면 시작할 때 멈춥니다.",
            ),
            words!("Lower it on the primary first.", "기본 서버에서 먼저 줄이세요."),
        ));
    } else if !facts.about.standby && !less {
        checks.push(Check::warn(
            words!(
                "A standby that has fewer than {wanted} stops when the primary has restarted with more.",
                "{wanted}보다 적은 대기 서버는, 기본 서버가 더 큰 값으로 재시작하면 멈춥니다.",
            ),
            words!(
                "Raise it on every standby first, and restart those.",
                "모든 대기 서버에서 먼저 늘리고 재시작하세요."
            ),
        ));
    }
    Blast::Confirm
}
