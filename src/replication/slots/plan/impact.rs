//! Who is hurt when a slot goes, and what it gives back: shown before it goes.

use super::super::model::SlotName;
use super::super::postgres::{Facts, Seen};
use crate::change::Check;
use crate::text::{Words, bytes, span};
use crate::words;

/// Who uses it or would miss it, as far as the console knows.
pub(super) fn who_misses_it(name: &SlotName, slot: &Seen, facts: &Facts) -> Vec<Check> {
    let mut checks = vec![last_used(slot), nobody_waits_for(name, facts)];
    checks.extend(known_standbys(facts));
    checks.extend(known_subscriptions(facts));
    checks.extend(table_sync(name));
    checks.extend(failover_copies(slot));
    checks.extend(silent(facts));
    checks.push(kind_of_loss(slot));
    checks
}

fn last_used(slot: &Seen) -> Check {
    if let (true, Some(user)) = (slot.active, &slot.now.user) {
        let (user_called, role) = (user.called(), user.role.clone().unwrap_or_else(|| "?".to_owned()));
        let pid = user.pid;
        return Check::warn(
            words!(
                "In use now by {user_called} (role {role}, pid {pid}).",
                "지금 {user_called}(역할 {role}, pid {pid})이(가) 사용 중입니다.",
            ),
            words!("Make sure that it is not needed.", "필요 없는지 확인하세요."),
        );
    }
    match slot.now.inactive_seconds {
        Some(seconds) => {
            let ago = span((seconds * 1000.0) as i64);
            Check::pass(Words::new(
                format!("Nobody has used it for {}.", ago.en),
                format!("{} 동안 사용되지 않았습니다.", ago.ko),
            ))
        }
        None => Check::warn(
            words!(
                "Since when nobody has used it is unknown: this version does not keep it.",
                "언제부터 사용되지 않았는지 알 수 없습니다. 이 버전은 기록하지 않습니다.",
            ),
            words!("Ask who made it before it goes.", "삭제하기 전에 누가 만들었는지 확인하세요."),
        ),
    }
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

fn known_standbys(facts: &Facts) -> Option<Check> {
    let standbys = facts.peers.standbys.join(", ");
    (!standbys.is_empty()).then(|| {
        Check::warn(
            words!(
                "The standby {standbys} names it as its primary_slot_name.",
                "대기 서버 {standbys}이(가) primary_slot_name으로 지정하고 있습니다.",
            ),
            words!(
                "Without it that standby can fall behind for good, or not connect at all. \
                 Take it out of that standby's setting first.",
                "없으면 그 대기 서버가 영영 뒤처지거나 연결하지 못할 수 있습니다. 먼저 그 설정에서 빼세요.",
            ),
        )
    })
}

/// Subscriptions that read a slot of this name.
pub(super) fn known_subscriptions(facts: &Facts) -> Option<Check> {
    let named = subscriptions(facts);
    (!named.is_empty()).then(|| {
        Check::warn(
            words!(
                "A subscription reads a slot of this name: {named}.",
                "이 이름의 슬롯을 읽는 구독이 있습니다: {named}.",
            ),
            words!(
                "Drop the subscription instead: it drops its slot too.",
                "대신 구독을 삭제하세요. 슬롯도 함께 삭제됩니다.",
            ),
        )
    })
}

/// Names and places of the subscriptions, as one text.
pub(super) fn subscriptions(facts: &Facts) -> String {
    let place =
        |it: &super::super::postgres::peers::Subscription| format!("{} ({}, {})", it.name, it.database, it.server);
    facts.peers.subscriptions.iter().map(place).collect::<Vec<_>>().join(", ")
}

/// `pg_<subscription>_sync_<table>_<system>`: a subscription's own, for the first copy of one table.
pub(super) fn is_table_sync(name: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let rest = name.strip_prefix("pg_").and_then(|rest| rest.split_once("_sync_"));
    rest.and_then(|(subscription, rest)| Some((subscription, rest.split_once('_')?)))
        .is_some_and(|(subscription, (table, system))| digits(subscription) && digits(table) && digits(system))
}

fn table_sync(name: &SlotName) -> Option<Check> {
    is_table_sync(name.as_str()).then(|| {
        Check::warn(
            words!(
                "Its name is that of a subscription's own slot for the first copy of one table.",
                "구독이 테이블 하나를 처음 복사할 때 쓰는 슬롯의 이름입니다.",
            ),
            words!(
                "The subscription removes it when the copy ends. Look there why it does not.",
                "복사가 끝나면 구독이 스스로 삭제합니다. 끝나지 않는 이유를 구독에서 확인하세요.",
            ),
        )
    })
}

fn failover_copies(slot: &Seen) -> Option<Check> {
    (slot.failover == Some(true)).then(|| {
        Check::warn(
            words!(
                "It is a failover slot: standbys keep copies of it.",
                "failover 슬롯이라 대기 서버에 사본이 있습니다."
            ),
            words!("The copies go with it.", "사본도 함께 사라집니다."),
        )
    })
}

fn silent(facts: &Facts) -> Option<Check> {
    let silent = facts.peers.silent.join(", ");
    (!silent.is_empty()).then(|| {
        Check::warn(
            words!("Did not answer: {silent}.", "응답하지 않음: {silent}."),
            words!("Whether it uses this slot is unknown.", "이 슬롯을 쓰는지 알 수 없습니다."),
        )
    })
}

fn kind_of_loss(slot: &Seen) -> Check {
    if slot.logical {
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

/// What comes back to the disk, and when.
pub(super) fn freed(slot: &Seen, facts: &Facts) -> Vec<Words> {
    let Some(held) = slot.now.held else {
        return vec![words!(
            "It holds no WAL, so no space is freed.",
            "보관 중인 WAL이 없어 확보되는 공간이 없습니다."
        )];
    };
    let (held, freed) = (bytes(held), bytes(slot.now.freed.unwrap_or(held)));
    let minutes = facts.checkpoint_seconds.div_euclid(60).max(1);
    let what = words!(
        "It holds {held} of WAL; up to {freed} of that is held by nobody else and can go.",
        "WAL {held}을(를) 보관 중이며, 그중 최대 {freed}은(는) 이 슬롯만 보관하고 있어 해제됩니다.",
    );
    let may = facts.about.role.superuser || facts.about.major() >= 15 && facts.about.role.is_member("pg_checkpoint");
    let when = if may {
        words!(
            "The disk has the space back after the next checkpoint, in about {minutes} min at most; CHECKPOINT; brings it forward.",
            "다음 체크포인트(최대 약 {minutes}분) 뒤에 디스크 공간이 돌아옵니다. CHECKPOINT;로 앞당길 수 있습니다.",
        )
    } else {
        words!(
            "The disk has the space back after the next checkpoint, in about {minutes} min at most. The console's role may not \
             bring it forward: CHECKPOINT needs a superuser, or pg_checkpoint from 15 on.",
            "다음 체크포인트(최대 약 {minutes}분) 뒤에 디스크 공간이 돌아옵니다. 콘솔 역할로는 앞당길 수 없습니다: \
             CHECKPOINT에는 슈퍼유저, 15부터는 pg_checkpoint가 필요합니다.",
        )
    };
    vec![what, when]
}

#[cfg(test)]
mod tests {
    use super::is_table_sync;

    #[test]
    fn a_subscriptions_own_slot_is_known_by_its_name() {
        assert!(is_table_sync("pg_16394_sync_16385_7573483291234567890"));
        for other in ["pg_sync", "pg_a_sync_1_2", "pg_1_sync_2", "my_1_sync_2_3", "pg_1_sync_2_x"] {
            assert!(!is_table_sync(other), "{other}");
        }
    }
}
