//! A lost slot, explained: what it means on this version of the server, what can be saved, and what to do next.

use super::super::model::action::Diagnosis;
use super::super::postgres::{Facts, Seen};
use crate::text::Words;
use crate::text::url_text;
use crate::words;

/// What to say of the slot; none unless it is lost.
pub fn diagnose(target: &str, slot: &Seen, facts: &Facts) -> Option<Diagnosis> {
    slot.lost().then(|| Diagnosis {
        meaning: meaning(slot, facts.about.major()),
        saved: saved(slot, facts),
        steps: steps(target, slot, facts),
    })
}

fn meaning(slot: &Seen, major: i32) -> Vec<Words> {
    let mut meaning = vec![why(slot, major)];
    meaning.push(match (slot.logical, major) {
        (true, _) => words!(
            "A lost logical slot never comes back, on no version: its consumer needs a new slot.",
            "유실된 논리 슬롯은 어느 버전에서도 되살아나지 않습니다. 소비자에게 새 슬롯이 필요합니다.",
        ),
        (false, ..=15) => words!(
            "On version {major} a lost physical slot may come back: when its standby connects and the WAL that it needs is still \
             in pg_wal, or the standby has it from an archive, the slot holds WAL again from there.",
            "버전 {major}에서는 유실된 물리 슬롯이 되살아날 수 있습니다. 대기 서버가 다시 연결되고 필요한 WAL이 pg_wal에 남아 있거나 \
             아카이브에서 받았다면, 슬롯이 그 위치부터 다시 WAL을 보관합니다.",
        ),
        (false, 16 | 17) => words!(
            "On version {major} a standby may still stream through a lost physical slot while its WAL happens to be there, but the \
             slot protects nothing any more.",
            "버전 {major}에서는 WAL이 남아 있는 동안 대기 서버가 유실된 물리 슬롯으로 스트리밍할 수 있지만, \
             슬롯은 더 이상 아무것도 보호하지 않습니다.",
        ),
        (false, _) => words!(
            "On version {major} the server refuses a lost slot to everybody: it must be dropped and made anew.",
            "버전 {major}에서는 유실된 슬롯을 아무도 쓸 수 없습니다. 삭제하고 다시 만들어야 합니다.",
        ),
    });
    meaning
}

fn why(slot: &Seen, major: i32) -> Words {
    match slot.reason.as_deref() {
        Some("wal_removed") => words!(
            "It held more WAL than max_slot_wal_keep_size allows, and a checkpoint removed that WAL.",
            "max_slot_wal_keep_size보다 많은 WAL을 보관하게 되어 체크포인트가 그 WAL을 제거했습니다.",
        ),
        Some("idle_timeout") => words!(
            "Nobody used it for longer than idle_replication_slot_timeout.",
            "idle_replication_slot_timeout보다 오래 사용되지 않았습니다.",
        ),
        Some("rows_removed") => words!(
            "The primary removed rows of system tables that it needed: hot_standby_feedback was off, or was forgotten.",
            "필요한 시스템 테이블 행을 기본 서버가 제거했습니다. hot_standby_feedback가 꺼져 있었거나 끊겼습니다.",
        ),
        Some("wal_level_insufficient") => words!(
            "The primary was restarted with a wal_level below logical.",
            "기본 서버가 logical보다 낮은 wal_level로 재시작되었습니다.",
        ),
        Some(_) => words!(
            "The server gives a reason that this console does not know.",
            "콘솔이 모르는 이유를 서버가 제시합니다."
        ),
        None => words!(
            "Version {major} keeps no reason; most often it held more WAL than max_slot_wal_keep_size allows.",
            "버전 {major}은 이유를 기록하지 않습니다. 대개 max_slot_wal_keep_size보다 많은 WAL을 보관한 경우입니다.",
        ),
    }
}

fn saved(slot: &Seen, facts: &Facts) -> Vec<Words> {
    let mut saved = Vec::new();
    if let (true, Some(place)) = (slot.logical, &slot.confirmed_flush_lsn) {
        saved.push(words!(
            "Its consumer has everything up to {place}. Write this down: the gap begins there.",
            "소비자는 {place}까지 모두 받았습니다. 공백이 여기서 시작되니 적어 두세요.",
        ));
    }
    if !slot.logical {
        saved.push(words!(
            "The standby's data is whole up to where it stopped; it can still be read.",
            "대기 서버의 데이터는 멈춘 위치까지 온전하며, 계속 읽을 수 있습니다.",
        ));
        saved.push(words!(
            "If WAL is archived, the standby may catch up from the archive (restore_command).",
            "WAL 아카이브가 있다면 대기 서버가 거기서 따라잡을 수 있습니다(restore_command).",
        ));
    }
    let limit = facts.keep_mib;
    if limit >= 0 {
        saved.push(words!(
            "The other slots: a higher max_slot_wal_keep_size ({limit} MiB now) keeps them from the same.",
            "다른 슬롯은 max_slot_wal_keep_size(현재 {limit} MiB)를 올려 같은 일을 막을 수 있습니다.",
        ));
    }
    saved
}

fn steps(target: &str, slot: &Seen, facts: &Facts) -> Vec<(Words, String)> {
    let name = &slot.name;
    let mut steps = Vec::new();
    if slot.logical {
        for it in &facts.peers.subscriptions {
            let (subscription, server) = (&it.name, &it.server);
            let (on, database) = (url_text(it.target.as_str()), url_text(&it.database));
            steps.push((
                words!(
                    "Disable the subscription {subscription} on {server}.",
                    "{server}의 구독 {subscription}을(를) 비활성화하세요."
                ),
                format!("/replication/subscriptions?target={on}&database={database}"),
            ));
        }
        steps.push((words!("Make the slot anew, below.", "아래에서 슬롯을 다시 만드세요."), String::new()));
        steps.push((
            words!("Let the subscriber copy its tables anew.", "구독자가 테이블을 새로 복사하게 하세요."),
            format!("/replication/subscriptions?target={}", url_text(target)),
        ));
    } else {
        if facts.about.major() <= 15 {
            steps.push((
                words!(
                    "Connect the standby once: if the slot comes back, nothing else is needed.",
                    "대기 서버를 한 번 연결해 보세요. 슬롯이 되살아나면 끝입니다."
                ),
                format!("/replication/topology?target={}", url_text(target)),
            ));
        }
        steps.push((words!("Make the slot anew, below.", "아래에서 슬롯을 다시 만드세요."), String::new()));
        steps.push((
            words!(
                "Fill the standby anew by a base backup through {name}.",
                "{name}을(를) 통한 베이스 백업으로 대기 서버를 다시 채우세요."
            ),
            format!("/replication/add?target={}", url_text(target)),
        ));
    }
    steps
}
