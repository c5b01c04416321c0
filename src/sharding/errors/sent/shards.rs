//! Codes in answer to what is done to shards.

use super::Twofold;
use crate::words;

pub(super) fn add_shard(code: i32) -> Twofold {
    Some(match code {
        2 | 9 | 14 | 93 | 123 => (
            words!("This is no replica set that can become a shard.", "샤드가 될 수 있는 복제 세트가 아닙니다."),
            words!(
                "Write set/host:port; the set must be initiated, started with --shardsvr, and be called like that.",
                "세트/호스트:포트로 쓰세요. 초기화되고 --shardsvr로 시작되었으며 이름이 같아야 합니다."
            ),
        ),
        20 => (
            words!("The replica set is in use already.", "이미 사용 중인 복제 세트입니다."),
            words!(
                "It is a shard of this or another cluster, or has another name than the one given.",
                "이 클러스터나 다른 클러스터의 샤드이거나, 다른 이름으로 등록되어 있습니다."
            ),
        ),
        96 => (
            words!("The replica set was looked at and turned down.", "복제 세트를 확인했으나 추가하지 않았습니다."),
            words!(
                "Usual causes: a database of the same name, other accounts or keys, the remains of another cluster.",
                "흔한 원인: 같은 이름의 데이터베이스, 다른 계정이나 키, 다른 클러스터의 흔적."
            ),
        ),
        72 => (
            words!("The replica set does not fit this cluster.", "이 클러스터와 맞지 않는 복제 세트입니다."),
            words!("Compare its default write concern and its FCV.", "기본 쓰기 확인 수준과 FCV를 비교하세요."),
        ),
        _ => return None,
    })
}

pub(super) fn remove_shard(code: i32) -> Twofold {
    Some(match code {
        20 => (
            words!("This shard cannot be removed.", "제거할 수 없는 샤드입니다."),
            words!(
                "It is the last one, or the config servers' own.",
                "마지막 샤드이거나 설정 서버를 겸하는 샤드입니다."
            ),
        ),
        _ => return None,
    })
}

pub(super) fn move_primary(code: i32) -> Twofold {
    Some(match code {
        2 | 9 | 20 | 72 => (
            words!(
                "The primary shard of this database cannot be moved.",
                "이 데이터베이스의 프라이머리 샤드는 옮길 수 없습니다."
            ),
            words!("MongoDB's own databases stay where they are.", "MongoDB 전용 데이터베이스는 옮길 수 없습니다."),
        ),
        48 => (
            words!("The other shard has a collection of the same name.", "대상 샤드에 같은 이름의 컬렉션이 있습니다."),
            words!("Look at what was left there by an earlier move.", "이전 이동에서 남은 것인지 확인하세요."),
        ),
        _ => return None,
    })
}
