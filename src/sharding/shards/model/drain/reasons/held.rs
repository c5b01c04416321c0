//! Collections that the balancer may not touch.

use super::{BALANCER, SESSIONS, others_move, way};
use crate::finding::{Finding, Way};
use crate::sharding::shards::model::drain::{CollectionLeft, Held, Seen};
use crate::sharding::shards::model::to;
use crate::text::{Words, count};
use crate::words;

/// A collection that the balancer may not touch. It is in the way for good only once nothing else is left.
pub(super) fn held(seen: &Seen) -> Vec<Finding> {
    let others_move = others_move(seen);
    let held = seen.left.collections.iter().filter(|it| it.held != Held::Free);
    held.take(5).map(|it| one_held(seen, it, others_move)).collect()
}

fn one_held(seen: &Seen, it: &CollectionLeft, others_move: bool) -> Finding {
    let CollectionLeft { namespace, chunks, .. } = it;
    let chunks = count(*chunks);
    let balancer =
        |action: &str, words: Words| way(seen, BALANCER, &[("action", action), ("namespace", namespace)], words);
    let (found, why, way) = match it.held {
        Held::Frozen => (
            words!(
                "Migrations of {namespace} are forbidden; chunks that stay: {chunks}.",
                "{namespace}의 마이그레이션이 금지되어 청크 {chunks}개가 남습니다."
            ),
            words!(
                "Somebody froze the collection (setAllowMigrations).",
                "누군가 컬렉션을 동결했습니다(setAllowMigrations)."
            ),
            balancer(
                "unfreeze_collection",
                words!("Allow migrations of {namespace}…", "{namespace} 마이그레이션 허용…"),
            ),
        ),
        Held::NoBalance => (
            words!(
                "Balancing of {namespace} is off; chunks that stay: {chunks}.",
                "{namespace}의 밸런싱이 꺼져 있어 청크 {chunks}개가 남습니다."
            ),
            words!(
                "Somebody excluded the collection from balancing (noBalance).",
                "누군가 컬렉션을 밸런싱에서 제외했습니다(noBalance)."
            ),
            balancer("start_balancing_collection", words!("Balance {namespace} again…", "{namespace} 밸런싱 켜기…")),
        ),
        Held::Defragmented => (
            words!(
                "{namespace} is being defragmented; chunks that wait for its end: {chunks}.",
                "{namespace}이(가) 조각 모음 중이라 청크 {chunks}개가 대기합니다."
            ),
            words!("Its chunks are merged first.", "청크 병합이 먼저입니다."),
            balancer("", words!("Look at the balancer", "밸런서 보기")),
        ),
        Held::Resharded | Held::Free => (
            words!(
                "{namespace} is being resharded; chunks that wait for its end: {chunks}.",
                "{namespace}이(가) 리샤딩 중이라 청크 {chunks}개가 대기합니다."
            ),
            words!(
                "The resharding gives it chunks of its own on the shards that stay.",
                "리샤딩이 남는 샤드에 새 청크를 만듭니다."
            ),
            to(
                "/sharding/reshape",
                &seen.target,
                &[("namespace", namespace)],
                words!("Look at the resharding", "리샤딩 보기"),
            ),
        ),
    };
    let way = if is_changed_here(it) { way } else { Way::none() };
    if others_move { Finding::warn(found, why, way) } else { Finding::bad(found, why, way) }
}

/// MongoDB's own collection is never offered to change, and a time series is not known there by its name.
pub(super) fn is_changed_here(it: &CollectionLeft) -> bool {
    it.namespace != SESSIONS && !it.time_series
}
