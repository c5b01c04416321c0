//! What each setting does, in a sentence, and the first version that has it.

use crate::text::Words;
use crate::words;

/// The settings of the page, in its order.
pub(super) const SHOWN: [&str; 19] = [
    "wal_level",
    "max_slot_wal_keep_size",
    "idle_replication_slot_timeout",
    "wal_keep_size",
    "max_wal_size",
    "max_replication_slots",
    "max_wal_senders",
    "wal_sender_timeout",
    "synchronous_standby_names",
    "synchronous_commit",
    "synchronized_standby_slots",
    "sync_replication_slots",
    "hot_standby_feedback",
    "primary_conninfo",
    "primary_slot_name",
    "max_worker_processes",
    "max_logical_replication_workers",
    "max_sync_workers_per_subscription",
    "max_active_replication_origins",
];

/// The first major version of 13 to 18 that has the setting.
pub(super) fn since(name: &str) -> i32 {
    match name {
        "synchronized_standby_slots" | "sync_replication_slots" => 17,
        "idle_replication_slot_timeout" | "max_active_replication_origins" => 18,
        _ => 13,
    }
}

pub(super) fn meaning(name: &str) -> Words {
    match name {
        "wal_level" => words!(
            "How much the WAL tells: replica is enough for standbys, logical is needed for publications.",
            "WAL에 담기는 정보의 양입니다. 대기 서버에는 replica, 발행에는 logical이 필요합니다.",
        ),
        "max_slot_wal_keep_size" => words!(
            "The most WAL that one slot may hold back; beyond it the slot is lost instead of the disk filling up. -1: no limit.",
            "슬롯 하나가 보관할 수 있는 최대 WAL입니다. 넘으면 디스크가 차는 대신 슬롯이 유실됩니다. -1: 한도 없음.",
        ),
        "idle_replication_slot_timeout" => words!(
            "A slot that nobody uses for so long is let go at a checkpoint. 0: never.",
            "이 시간 동안 사용되지 않은 슬롯은 체크포인트에서 해제됩니다. 0: 해제 안 함.",
        ),
        "wal_keep_size" => {
            words!("WAL that is kept for standbys without a slot.", "슬롯 없는 대기 서버를 위해 보관하는 WAL입니다.",)
        }
        "max_wal_size" => words!(
            "A checkpoint begins when so much WAL has been written; slots may hold more.",
            "이만큼 WAL이 쓰이면 체크포인트가 시작됩니다. 슬롯은 더 보관할 수 있습니다.",
        ),
        "max_replication_slots" => words!("How many slots there can be.", "만들 수 있는 슬롯 수입니다."),
        "max_wal_senders" => words!(
            "How many standbys, logical subscribers and base backups can be connected.",
            "연결할 수 있는 대기 서버, 논리 구독자, 베이스 백업의 수입니다.",
        ),
        "wal_sender_timeout" => words!(
            "A standby that is silent for so long is disconnected. 0: never.",
            "이 시간 동안 응답이 없는 대기 서버의 연결을 끊습니다. 0: 끊지 않음.",
        ),
        "synchronous_standby_names" => {
            words!("The standbys that every commit waits for.", "모든 커밋이 기다리는 대기 서버입니다.",)
        }
        "synchronous_commit" => words!(
            "How far a commit must have got before it is confirmed; sessions can choose their own.",
            "커밋을 확정하기 전에 어디까지 기록되어야 하는지 정합니다. 세션마다 바꿀 수 있습니다.",
        ),
        "synchronized_standby_slots" => words!(
            "Physical slots that must have received a change before logical consumers of failover slots see it.",
            "장애 조치 슬롯의 논리 소비자가 변경을 보기 전에, 먼저 받아야 하는 물리 슬롯입니다.",
        ),
        "sync_replication_slots" => words!(
            "A standby keeps copies of its primary's failover slots.",
            "대기 서버가 기본 서버의 장애 조치 슬롯 사본을 유지합니다.",
        ),
        "hot_standby_feedback" => words!(
            "A standby tells its primary which rows its queries still need.",
            "대기 서버가 자신의 쿼리에 아직 필요한 행을 기본 서버에 알립니다.",
        ),
        "primary_conninfo" => {
            words!("How a standby reaches its primary.", "대기 서버가 기본 서버에 연결하는 방법입니다.")
        }
        "primary_slot_name" => {
            words!("The primary's slot that a standby uses.", "대기 서버가 사용하는 기본 서버의 슬롯입니다.",)
        }
        "max_worker_processes" => words!(
            "Background processes in all; logical workers are among them.",
            "전체 백그라운드 프로세스 수이며, 논리 복제 워커가 포함됩니다.",
        ),
        "max_logical_replication_workers" => words!(
            "Workers of all subscriptions: one each, and those that copy tables.",
            "모든 구독의 워커 수입니다. 구독마다 하나씩과 테이블 복사 워커입니다.",
        ),
        "max_sync_workers_per_subscription" => words!(
            "Tables that one subscription copies at once; each needs a slot on the publisher.",
            "구독 하나가 동시에 복사하는 테이블 수입니다. 각각 발행 서버의 슬롯이 필요합니다.",
        ),
        "max_active_replication_origins" => words!(
            "Publishers that this server can remember its progress of.",
            "이 서버가 진행 위치를 기억할 수 있는 발행 서버 수입니다.",
        ),
        _ => Words::default(),
    }
}
