//! Codes in answer to what is done to chunks.

use super::Twofold;
use crate::words;

pub(super) fn split(code: i32) -> Twofold {
    Some(match code {
        87 => (
            words!(
                "The chunk cannot be split there: it has no other key.",
                "다른 키가 없어 그 위치에서 청크를 나눌 수 없습니다."
            ),
            words!(
                "Choose a key inside the chunk that is not its lower bound. Where all documents have one key, only another shard key helps.",
                "하한이 아닌 청크 안의 키를 고르세요. 모든 문서의 키가 같다면 샤드 키를 바꿔야 합니다."
            ),
        ),
        2 | 9 | 61 | 16634 => (
            words!("The point does not have the fields of the shard key.", "분할 지점의 필드가 샤드 키와 다릅니다."),
            words!(
                "Give exactly the key's fields, in its order; for a hashed field its hash, a whole number of 64 bits.",
                "키 필드를 순서대로 정확히 지정하세요. 해시 필드는 64비트 정수인 해시 값입니다."
            ),
        ),
        _ => return None,
    })
}

pub(super) fn move_chunk(code: i32) -> Twofold {
    Some(match code {
        26 | 118 => (
            words!("The collection is not sharded.", "샤딩되지 않은 컬렉션입니다."),
            words!("Only chunks of sharded collections move.", "샤딩된 컬렉션의 청크만 이동합니다."),
        ),
        13388 => (
            words!(
                "The bounds are not those of the shard key, or the chunk was changed in the middle of this.",
                "경계값이 샤드 키와 다르거나 작업 도중 청크가 바뀌었습니다."
            ),
            words!("Look at the chunks again, then plan again.", "청크를 다시 확인한 뒤 계획을 다시 세우세요."),
        ),
        2 | 9 | 61 | 72 => (
            words!("There is no chunk with these bounds.", "이 경계의 청크가 없습니다."),
            words!("Look at the chunks again, then plan again.", "청크를 다시 확인한 뒤 계획을 다시 세우세요."),
        ),
        20 => (
            words!("The chunk may not go to this shard.", "이 샤드로 옮길 수 없는 청크입니다."),
            words!("A zone, or a shard that is drained, forbids it.", "존 설정이나 드레인 중인 샤드 때문입니다."),
        ),
        96 => (
            words!("The shards began the move and gave it up.", "샤드가 이동을 시작했다가 포기했습니다."),
            words!(
                "Usual causes: the receiving shard still deletes documents of these keys from an earlier move (wait for that), a frozen collection, a unique index that clashes, too little disk there.",
                "흔한 원인: 받는 샤드가 이전 이동에서 남은 같은 범위의 문서를 아직 삭제하는 중(끝날 때까지 대기), 동결된 컬렉션, 고유 인덱스 충돌, 받는 샤드의 디스크 부족."
            ),
        ),
        _ => return None,
    })
}

pub(super) fn merge(code: i32) -> Twofold {
    Some(match code {
        2 | 9 | 20 | 72 => (
            words!("These chunks cannot be merged.", "이 청크들은 병합할 수 없습니다."),
            words!(
                "They must follow each other without a gap, lie on one shard, and not be jumbo.",
                "빈틈없이 이어지고, 한 샤드에 있고, 점보가 아니어야 합니다."
            ),
        ),
        _ => return None,
    })
}

pub(super) fn clear_jumbo(code: i32) -> Twofold {
    Some(match code {
        2 | 9 | 20 | 61 | 72 => (
            words!("There is no chunk with these bounds.", "이 경계의 청크가 없습니다."),
            words!("Look at the chunks again, then plan again.", "청크를 다시 확인한 뒤 계획을 다시 세우세요."),
        ),
        _ => return None,
    })
}
