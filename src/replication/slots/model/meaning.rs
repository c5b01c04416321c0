//! What a slot's state means on this version of the server, in plain words.

use super::seen::{Bound, End, Eta, Inactive, Room, Seen, ServerSeen};
use super::slot::{Consumer, Slot};
use crate::text::{Words, bytes, span};
use crate::words;

/// A state: how bad it is (`good`, `warn`, `bad` or `plain`), in a few words and in a sentence.
pub struct Meaning {
    pub tone: &'static str,
    pub short: Words,
    pub long: Words,
}

fn meaning(tone: &'static str, short: Words, long: Words) -> Meaning {
    Meaning { tone, short, long }
}

/// `wal_status` on a server of this major version.
pub fn wal(slot: &Slot, major: i32) -> Meaning {
    match slot.wal_status.as_deref() {
        None => meaning(
            "plain",
            words!("holds none yet", "아직 보관 안 함"),
            words!(
                "Nobody has connected to it yet, so it keeps no WAL and protects nothing.",
                "아직 연결된 적이 없어 WAL을 보관하지 않으며 아무것도 보호하지 않습니다.",
            ),
        ),
        Some("reserved") => meaning(
            "good",
            words!("kept", "보관됨"),
            words!(
                "The server keeps all WAL that the consumer still needs, within max_wal_size.",
                "소비자에게 필요한 WAL을 모두 max_wal_size 안에서 보관하고 있습니다.",
            ),
        ),
        Some("extended") => meaning(
            "warn",
            words!("kept, beyond max_wal_size", "보관됨, max_wal_size 초과"),
            words!(
                "The server keeps all WAL that the consumer still needs. It is more than max_wal_size, and takes disk.",
                "소비자에게 필요한 WAL을 모두 보관하지만 max_wal_size를 넘어 디스크를 차지합니다.",
            ),
        ),
        Some("unreserved") => unreserved(slot, major),
        Some("lost") => lost(slot, major),
        Some(_) => meaning(
            "plain",
            words!("unknown", "알 수 없음"),
            words!("This version of the console does not know this state.", "이 버전의 콘솔이 모르는 상태입니다."),
        ),
    }
}

fn unreserved(slot: &Slot, major: i32) -> Meaning {
    // On 16 and 17 a physical slot that was lost can be streamed from again; it shows this state and stays invalid.
    if slot.active && !slot.is_logical() && matches!(major, 16 | 17) {
        return meaning(
            "bad",
            words!("in use, but not protected", "사용 중이나 보호되지 않음"),
            words!(
                "Its consumer streams, but the server may remove what it needs at any checkpoint. If the slot was lost \
                 before, only a new slot protects again.",
                "소비자가 스트리밍 중이지만 체크포인트마다 필요한 WAL이 제거될 수 있습니다. 유실된 적이 있는 슬롯이라면 \
                 새 슬롯을 만들어야 다시 보호됩니다.",
            ),
        );
    }
    meaning(
        "bad",
        words!("will be lost at the next checkpoint", "다음 체크포인트에서 유실"),
        words!(
            "It holds more than max_slot_wal_keep_size allows. The next checkpoint removes what its consumer needs, \
             unless the consumer catches up before or the limit is raised.",
            "max_slot_wal_keep_size를 넘었습니다. 그 전에 소비자가 따라잡거나 한도를 올리지 않으면 다음 체크포인트에서 \
             필요한 WAL이 제거됩니다.",
        ),
    )
}

fn lost(slot: &Slot, major: i32) -> Meaning {
    let (short, long) = match (slot.is_logical(), major) {
        (false, ..=15) => (
            words!("lost; may come back", "유실됨, 복구 가능성 있음"),
            words!(
                "The WAL that its standby needs was removed here. On this version the slot works again as soon as the \
                 standby connects and gets the missing WAL elsewhere, as from an archive; else the standby needs a new \
                 base backup.",
                "대기 서버에 필요한 WAL이 제거되었습니다. 이 버전에서는 대기 서버가 아카이브 등에서 빠진 WAL을 얻어 \
                 연결하면 슬롯이 다시 동작합니다. 아니면 새 베이스 백업이 필요합니다.",
            ),
        ),
        (false, 16 | 17) => (
            words!("lost; protects nothing", "유실됨, 보호하지 않음"),
            words!(
                "The WAL that its standby needs was removed. On this version a standby can stream through the slot again, \
                 but the slot stays invalid and protects nothing: drop it and create it anew.",
                "대기 서버에 필요한 WAL이 제거되었습니다. 이 버전에서는 다시 스트리밍할 수는 있어도 슬롯은 무효라서 \
                 아무것도 보호하지 않습니다. 삭제하고 새로 만드세요.",
            ),
        ),
        (false, _) => (
            words!("lost; must be created anew", "유실됨, 새로 만들어야 함"),
            words!(
                "The WAL that its standby needs was removed. This version refuses every connection to the slot: drop it \
                 and create it anew; the standby needs the missing WAL from elsewhere or a new base backup.",
                "대기 서버에 필요한 WAL이 제거되었습니다. 이 버전은 이 슬롯으로의 연결을 거부합니다. 삭제하고 새로 \
                 만드세요. 대기 서버는 빠진 WAL을 다른 곳에서 얻거나 새 베이스 백업이 필요합니다.",
            ),
        ),
        (true, _) => (
            words!("lost; the consumer cannot go on", "유실됨, 소비자가 이어갈 수 없음"),
            words!(
                "It can never be read from again. A new slot begins at the present: what was written in between reaches \
                 its consumer only by a new copy of all its tables.",
                "다시 읽을 수 없습니다. 새 슬롯은 현재부터 시작하므로 그 사이에 기록된 내용은 모든 테이블을 새로 \
                 복사해야만 소비자에게 전달됩니다.",
            ),
        ),
    };
    meaning("bad", short, long)
}

/// Why the server has invalidated a slot; none where it does not say, as before 16.
pub fn invalidation(slot: &Slot) -> Option<Words> {
    let reason = match (slot.invalidation_reason.as_deref(), slot.conflicting) {
        (Some("wal_removed"), _) => {
            words!("The WAL that it needs was removed.", "필요한 WAL이 제거되었습니다.")
        }
        (Some("rows_removed"), _) => words!(
            "The primary has cleaned up rows that it needs: hot_standby_feedback was off, or the standby was away.",
            "기본 서버가 필요한 행을 정리했습니다. hot_standby_feedback이 꺼져 있었거나 대기 서버가 끊겨 있었습니다.",
        ),
        (Some("wal_level_insufficient"), _) => words!(
            "The primary was run with wal_level below logical.",
            "기본 서버가 logical보다 낮은 wal_level로 실행되었습니다.",
        ),
        (Some("idle_timeout"), _) => words!(
            "Nobody used it for longer than idle_replication_slot_timeout.",
            "idle_replication_slot_timeout보다 오래 사용되지 않았습니다.",
        ),
        (Some(other), _) => {
            let other: String = other.chars().take(60).collect();
            words!("The server says: {other}.", "서버가 알린 사유: {other}.")
        }
        // 16 sets it for every invalidated logical slot, also when only WAL was removed.
        (None, Some(true)) => words!(
            "The server has invalidated it; this version does not say why.",
            "서버가 무효화했습니다. 이 버전은 사유를 알려주지 않습니다.",
        ),
        (None, _) => return None,
    };
    Some(reason)
}

/// Who uses it, in a few words, and what more is known of that.
pub fn user(seen: &Seen, now: i64) -> (Words, Words) {
    match (&seen.slot.consumer, seen.slot.active) {
        (_, false) => (words!("nobody", "없음"), seen.inactive.map(|since| inactive(since, now)).unwrap_or_default()),
        (None, true) => (words!("somebody, who is unknown", "사용 중, 누구인지 알 수 없음"), Words::default()),
        (Some(consumer), true) => (named(consumer), consumer_more(consumer, now)),
    }
}

fn named(consumer: &Consumer) -> Words {
    let pid = consumer.pid;
    let name = consumer.application.trim();
    let name = if name.is_empty() { format!("pid {pid}") } else { name.to_owned() };
    Words::same(match consumer.address.as_str() {
        "" => name,
        address => format!("{name} {address}"),
    })
}

fn consumer_more(consumer: &Consumer, now: i64) -> Words {
    if consumer.hidden {
        return words!("no permission to see from where and since when", "어디서 언제부터인지 볼 권한 없음");
    }
    let backend = &consumer.backend;
    match consumer.since {
        Some(since) => {
            let Words { en, ko } = span((now - since).max(0));
            words!("{backend}, for {en}", "{backend}, {ko} 동안")
        }
        None => Words::same(backend.clone()),
    }
}

/// For how long nobody has used it.
pub fn inactive(inactive: Inactive, now: i64) -> Words {
    let Words { en, ko } = span((now - inactive.since).max(0));
    match inactive.how {
        Bound::Told | Bound::Seen => words!("for {en}", "{ko} 동안"),
        // For longer than the console has watched, perhaps.
        Bound::AtLeast => words!("for {en} or longer", "{ko} 이상"),
    }
}

/// What is left before something happens.
pub fn room(seen: &Seen) -> Words {
    if seen.slot.is_lost() {
        return words!("none", "없음");
    }
    match seen.room {
        Room::Nothing => Words::same("–"),
        Room::UntilLost(left) if left <= 0 => words!("used up", "소진됨"),
        Room::UntilLost(left) => Words::same(bytes(left)),
        Room::UntilFull(left) if left <= 0 => words!("disk full", "디스크 가득 참"),
        Room::UntilFull(left) => {
            let left = bytes(left);
            words!("{left} of the disk", "디스크 {left}")
        }
        Room::Unknown => words!("no limit; disk unknown", "한도 없음, 디스크 알 수 없음"),
    }
}

/// When that will be.
pub fn end(seen: &Seen) -> Words {
    if seen.slot.is_lost() {
        return words!("lost", "유실됨");
    }
    match seen.end {
        End::None => Words::same("–"),
        End::Unknown => words!("unknown", "알 수 없음"),
        End::Lost(Eta::Measuring) | End::Full(Eta::Measuring) => words!("measuring…", "측정 중…"),
        End::Lost(Eta::Never) | End::Full(Eta::Never) => words!("never at this rate", "이 속도로는 없음"),
        End::Lost(Eta::In(0)) => words!("at the next checkpoint", "다음 체크포인트"),
        End::Lost(Eta::In(millis)) => {
            let Words { en, ko } = span(millis);
            words!("lost in {en}", "{ko} 뒤 유실")
        }
        End::Full(Eta::In(millis)) => {
            let Words { en, ko } = span(millis);
            words!("disk full in {en}", "{ko} 뒤 디스크 가득 참")
        }
    }
}

/// How fast what it holds back grows.
pub fn growth(seen: &Seen) -> Words {
    match seen.growth {
        None if seen.slot.held_bytes.is_none() => Words::same("–"),
        None => words!("measuring…", "측정 중…"),
        Some(rate) if rate < 0 => {
            let rate = bytes(-rate);
            words!("shrinks by {rate} a second", "초당 {rate} 감소")
        }
        Some(0) => words!("does not grow", "늘지 않음"),
        Some(rate) => {
            let rate = bytes(rate);
            words!("grows by {rate} a second", "초당 {rate} 증가")
        }
    }
}

/// How old the oldest transaction is that a slot keeps VACUUM from cleaning up after, beside what starts a forced
/// VACUUM.
pub fn xmin_age(age: i64, server: &ServerSeen) -> Words {
    let told = crate::text::count(age);
    if server.freeze_max_age <= 0 {
        return Words::same(told);
    }
    let percent = age.saturating_mul(100) / server.freeze_max_age;
    words!(
        "{told} transactions, {percent} % of autovacuum_freeze_max_age",
        "트랜잭션 {told}개, autovacuum_freeze_max_age의 {percent}%"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(kind: &str, status: &str) -> Slot {
        Slot { kind: kind.into(), wal_status: Some(status.into()), ..Slot::default() }
    }

    #[test]
    fn lost_means_another_thing_on_each_family_of_versions() {
        let long = |kind, major| wal(&slot(kind, "lost"), major).long.en;
        assert!(long("physical", 15).contains("works again"));
        assert!(long("physical", 17).contains("protects nothing"));
        assert!(long("physical", 18).contains("refuses every connection"));
        for major in 13..=18 {
            assert!(long("logical", major).contains("never be read"), "{major}");
        }
    }

    #[test]
    fn a_revived_slot_of_16_and_17_is_said_to_protect_nothing() {
        let used = Slot { active: true, ..slot("physical", "unreserved") };
        assert_eq!(wal(&used, 16).short.en, "in use, but not protected");
        assert_eq!(wal(&used, 18).short.en, "will be lost at the next checkpoint");
    }

    #[test]
    fn nobody_is_told_apart_from_no_permission_and_from_unknown() {
        let words =
            |active, consumer| user(&Seen { slot: Slot { active, consumer, ..Slot::default() }, ..Seen::default() }, 0);
        assert_eq!(words(false, None).0.en, "nobody");
        assert_eq!(words(true, None).0.en, "somebody, who is unknown");
        let hidden = Consumer { pid: 7, application: "standby1".into(), hidden: true, ..Consumer::default() };
        let (who, more) = words(true, Some(hidden));
        assert_eq!(who.en, "standby1");
        assert!(more.en.starts_with("no permission"));
    }

    #[test]
    fn an_unknown_reason_is_told_as_the_server_tells_it() {
        let with = |reason: &str| Slot { invalidation_reason: Some(reason.into()), ..Slot::default() };
        assert!(
            invalidation(&with("idle_timeout")).is_some_and(|words| words.en.contains("idle_replication_slot_timeout"))
        );
        assert!(invalidation(&with("new_thing")).is_some_and(|words| words.en.contains("new_thing")));
        assert_eq!(invalidation(&Slot::default()), None);
    }
}
