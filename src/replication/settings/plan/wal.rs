//! Settings that let go of slots or of connections.

use super::list;
use crate::change::{Blast, Check};
use crate::replication::settings::model::suggested_cap;
use crate::replication::settings::postgres::{Facts, Slot};
use crate::text::{Words, bytes};
use crate::words;

const MIB: i64 = 1024 * 1024;

/// `max_slot_wal_keep_size`.
pub(super) fn cap(value: &str, facts: &Facts, checks: &mut Vec<Check>, effect: &mut Vec<Words>) -> Blast {
    let mib: i64 = value.parse().unwrap_or(-1);
    if mib < 0 {
        checks.push(Check::warn(
            words!(
                "Without a limit a slot that nobody reads fills the disk.",
                "한도가 없으면 읽히지 않는 슬롯이 디스크를 가득 채웁니다."
            ),
            words!("Then the server stops. Set a limit instead.", "그러면 서버가 멈춥니다. 한도를 설정하세요."),
        ));
        return Blast::Confirm;
    }
    checks.push(share_of_volume(mib, facts));
    let kept = kept_files(mib, facts);
    let lost: Vec<&Slot> =
        facts.slots.iter().filter(|slot| slot.held_files.is_some_and(|files| files > kept)).collect();
    let cap = bytes(mib.saturating_mul(MIB));
    effect.push(words!(
        "A slot that holds more than {cap} is lost at the next checkpoint; its consumer then cannot go on.",
        "{cap}보다 많이 보관하는 슬롯은 다음 체크포인트에서 유실되고, 그 소비자는 이어갈 수 없습니다.",
    ));
    let most = facts.slots.iter().filter_map(|slot| slot.held_bytes).max();
    lost_at_once(&lost, &most.map(bytes), checks)
}

/// WAL files that the server keeps in any case: it takes the larger of both settings.
fn kept_files(mib: i64, facts: &Facts) -> i64 {
    let file = facts.number("wal_segment_size").unwrap_or(16 * MIB).max(1);
    let keep = facts.number("wal_keep_size").unwrap_or_default();
    mib.max(keep).saturating_mul(MIB) / file
}

fn share_of_volume(mib: i64, facts: &Facts) -> Check {
    let Some(volume) = facts.wal_volume else {
        return Check::warn(
            words!("How large the volume of the WAL is, is unknown.", "WAL 볼륨의 크기를 알 수 없습니다."),
            words!("The limit should be a quarter of it at most.", "한도는 그 크기의 4분의 1 이하가 좋습니다."),
        );
    };
    let (most, size) = (suggested_cap(Some(volume)), bytes(volume));
    let share = mib.saturating_mul(MIB).saturating_mul(100) / volume.max(1);
    let found = words!("That is {share} % of the volume of the WAL ({size}).", "WAL 볼륨({size})의 {share} %입니다.");
    if mib <= most {
        Check::pass(found)
    } else {
        Check::warn(found, words!("Choose {most} MB or less: a quarter of it.", "4분의 1인 {most} MB 이하를 권합니다."))
    }
}

fn lost_at_once(lost: &[&Slot], most: &Option<String>, checks: &mut Vec<Check>) -> Blast {
    let names: Vec<&str> = lost.iter().map(|slot| slot.name.as_str()).collect();
    let Some(first) = names.first() else {
        let most = most.clone().unwrap_or_else(|| bytes(0));
        checks.push(Check::pass(words!(
            "No slot holds that much; the most is {most}.",
            "그만큼 보관 중인 슬롯이 없습니다. 가장 많은 것이 {most}입니다.",
        )));
        return Blast::Plain;
    };
    let (number, first) = (names.len(), (*first).to_owned());
    let Words { en, ko } = list(&names);
    checks.push(Check::warn(
        words!("{number} slot(s) hold more already: {en}.", "이미 더 많이 보관하는 슬롯이 {number}개 있습니다: {ko}."),
        words!(
            "They are lost at the next checkpoint, within minutes. That cannot be taken back.",
            "몇 분 안에 다음 체크포인트에서 유실되며, 되돌릴 수 없습니다.",
        ),
    ));
    Blast::TypeName(first)
}

/// `idle_replication_slot_timeout`.
pub(super) fn idle(value: &str, facts: &Facts, checks: &mut Vec<Check>, effect: &mut Vec<Words>) -> Blast {
    let seconds: f64 = value.parse().unwrap_or_default();
    if seconds == 0.0 {
        checks.push(Check::pass(words!(
            "Off: no slot is let go for being idle.",
            "끄면 유휴 때문에 해제되는 슬롯이 없습니다."
        )));
        return Blast::Plain;
    }
    effect.push(words!(
        "A slot that nobody has used for {value} s is lost at the next checkpoint. Setting it back does not revive it.",
        "{value}초 동안 사용되지 않은 슬롯은 다음 체크포인트에서 유실됩니다. 값을 되돌려도 살아나지 않습니다.",
    ));
    // The server spares slots that hold no WAL, and on a standby the copies of the primary's slots.
    let idle = |slot: &&Slot| {
        let spared = slot.lost || slot.held_bytes.is_none() || facts.about.standby && slot.synced;
        !slot.active && !spared && slot.idle_seconds.is_some_and(|idle| idle >= seconds)
    };
    let lost: Vec<&Slot> = facts.slots.iter().filter(idle).collect();
    if lost.is_empty() {
        checks.push(Check::pass(words!(
            "No slot has been idle for so long.",
            "그만큼 오래 유휴 상태인 슬롯이 없습니다."
        )));
        return Blast::Plain;
    }
    lost_at_once(&lost, &None, checks)
}

/// `wal_sender_timeout`, in milliseconds.
pub(super) fn sender_timeout(value: &str, facts: &Facts, checks: &mut Vec<Check>) -> Blast {
    let millis: i64 = value.parse().unwrap_or_default();
    let reports = facts.number("wal_receiver_status_interval").unwrap_or(10) * 1000;
    if millis == 0 {
        checks.push(Check::warn(
            words!("0: a standby that has gone is never noticed.", "0이면 사라진 대기 서버를 알아채지 못합니다."),
            words!("Its slot counts as used, and WAL stays.", "그 슬롯은 사용 중으로 남고 WAL이 쌓입니다."),
        ));
    } else if millis < 2 * reports {
        checks.push(Check::warn(
            words!("Standbys report every {reports} ms.", "대기 서버는 {reports}ms마다 보고합니다."),
            words!("Less than twice of that cuts off healthy ones.", "그 두 배보다 짧으면 정상인 연결도 끊깁니다."),
        ));
    } else {
        checks.push(Check::pass(words!(
            "Standbys report every {reports} ms.",
            "대기 서버는 {reports}ms마다 보고합니다."
        )));
    }
    Blast::Plain
}
