//! Why nothing moves off a shard that is being drained, each reason with the place where it is dealt with.

mod held;

use self::held::{held, is_changed_here};
use super::{Balancing, CollectionLeft, Left, Seen};
use crate::finding::{Finding, Way};
use crate::sharding::shards::model::to;
use crate::text::{Words, count, span};
use crate::words;

const SHARDS: &str = "/sharding/shards";
const BALANCER: &str = "/sharding/balancer";
const SESSIONS: &str = "config.system.sessions";

/// All of them, in the order in which they are best dealt with.
pub(super) fn of(seen: &Seen) -> Vec<Finding> {
    let mut reasons = Vec::new();
    let chunks: i64 = seen.left.collections.iter().map(|it| it.chunks).sum();
    if seen.takers.is_empty() {
        reasons.push(no_taker(seen));
    }
    if chunks > 0 {
        reasons.extend(balancer(seen));
        reasons.extend(held(seen));
        reasons.extend(jumbo(seen));
        reasons.extend(zones(seen));
        reasons.extend(failing(seen));
        reasons.extend(sessions(&seen.left));
    }
    reasons.extend(single(seen, chunks));
    reasons.extend(databases(seen, chunks));
    reasons
}

fn way(seen: &Seen, path: &str, pairs: &[(&str, &str)], action: Words) -> Way {
    to(path, &seen.target, pairs, action)
}

/// Whether there are chunks that nothing of their own keeps there.
fn others_move(seen: &Seen) -> bool {
    seen.left.collections.iter().any(|it| it.free() > 0)
}

fn no_taker(seen: &Seen) -> Finding {
    let mut form = way(seen, SHARDS, &[], words!("Add a shard…", "샤드 추가…"));
    form.link.push_str("#add");
    Finding::bad(
        words!(
            "No shard can take it: all others are being drained too.",
            "받을 샤드가 없습니다. 다른 샤드도 모두 드레이닝 중입니다."
        ),
        words!("Add a shard, or stop draining one.", "샤드를 추가하거나 다른 드레이닝을 취소하세요."),
        form,
    )
}

fn balancer(seen: &Seen) -> Option<Finding> {
    Some(match &seen.balancing {
        Balancing::On => return None,
        Balancing::Off => Finding::bad(
            words!("The balancer is off: nothing moves.", "밸런서가 꺼져 있어 아무것도 이동하지 않습니다."),
            words!("Only the balancer moves chunks off a shard.", "샤드에서 청크를 옮기는 것은 밸런서뿐입니다."),
            way(seen, BALANCER, &[("action", "start_balancer")], words!("Start the balancer…", "밸런서 시작…")),
        ),
        Balancing::Closed(why) => closed(seen, why),
        Balancing::Malformed(why) => {
            let (en, ko) = (&why.en, &why.ko);
            Finding::bad(
                words!(
                    "The balancer skips every round: its settings are malformed.",
                    "밸런서 설정이 잘못되어 모든 라운드를 건너뜁니다."
                ),
                words!("{en} The servers say so only in their log.", "{ko} 서버는 로그에만 남깁니다."),
                way(seen, BALANCER, &[], words!("Correct the settings…", "설정 고치기…")),
            )
        }
        Balancing::Unknown(why) => Finding::note(
            words!("Whether the balancer works is not known.", "밸런서가 동작하는지 알 수 없습니다."),
            why.clone(),
            way(seen, BALANCER, &[], words!("Look at the balancer", "밸런서 보기")),
        ),
    })
}

fn closed(seen: &Seen, why: &Words) -> Finding {
    Finding::bad(
        why.clone(),
        words!(
            "The balancer moves nothing until then. A wider window ends the draining sooner.",
            "그때까지 밸런서는 아무것도 옮기지 않습니다. 밸런싱 허용 시간을 넓히면 더 빨리 끝납니다."
        ),
        way(seen, BALANCER, &[("action", "clear_window")], words!("Remove the window…", "밸런싱 허용 시간 해제…")),
    )
}

/// Too big to be moved: alone, they end every draining.
fn jumbo(seen: &Seen) -> Option<Finding> {
    let with: Vec<&CollectionLeft> = seen.left.collections.iter().filter(|it| it.jumbo > 0).collect();
    if with.is_empty() {
        return None;
    }
    let all: i64 = with.iter().map(|it| it.jumbo).sum();
    let only = seen.left.collections.iter().all(|it| it.jumbo >= it.chunks);
    let jumbo = count(all);
    let why = words!(
        "They hold more than a chunk may. Split them, or clear the mark once they are smaller; one key value that alone is bigger takes a larger chunk size or another key.",
        "청크 한도보다 큽니다. 나누거나, 작아졌으면 표시를 지우세요. 키 값 하나가 한도보다 크면 청크 크기나 키를 바꿔야 합니다.",
    );
    let way = with.iter().find(|it| is_changed_here(it)).map_or_else(Way::none, |it| {
        let namespace = &it.namespace;
        way(
            seen,
            "/sharding/chunk",
            &[("namespace", namespace), ("min", &it.jumbo_at)],
            words!("Split or clear a chunk of {namespace}…", "{namespace}의 청크 나누기·표시 지우기…"),
        )
    });
    Some(if !others_move(seen) && only {
        let found = words!(
            "Only jumbo chunks are left ({jumbo}): the balancer does not move them.",
            "점보 청크만 남았습니다({jumbo}개). 밸런서는 옮기지 않습니다."
        );
        Finding::bad(found, why, way)
    } else if !others_move(seen) {
        let found = words!(
            "Some of the chunks that are left are jumbo ({jumbo}): the balancer does not move them.",
            "남은 청크 중 {jumbo}개가 점보입니다. 밸런서는 옮기지 않습니다."
        );
        Finding::bad(found, why, way)
    } else {
        let found = words!(
            "Jumbo chunks will stay ({jumbo}): the balancer does not move them.",
            "점보 청크 {jumbo}개는 남습니다. 밸런서는 옮기지 않습니다."
        );
        Finding::warn(found, why, way)
    })
}

fn zones(seen: &Seen) -> Option<Finding> {
    let mut zones: Vec<&str> = seen.left.collections.iter().flat_map(|it| &it.zones).map(String::as_str).collect();
    zones.sort_unstable();
    zones.dedup();
    let first = *zones.first()?;
    let mut way = way(
        seen,
        "/sharding/zones",
        &[("zone", first)],
        words!("Add a shard to the zone {first}…", "존 {first}에 샤드 추가…"),
    );
    way.link.push_str("#add-shard");
    let zones = zones.join(", ");
    let found = words!(
        "No shard that stays belongs to the zone {zones}: its chunks have nowhere to go.",
        "남는 샤드 중 {zones} 존에 속한 것이 없어 해당 청크가 갈 곳이 없습니다.",
    );
    let why = words!(
        "Add another shard to the zone, or remove its ranges.",
        "존에 다른 샤드를 추가하거나 범위를 제거하세요."
    );
    Some(if others_move(seen) { Finding::warn(found, why, way) } else { Finding::bad(found, why, way) })
}

fn failing(seen: &Seen) -> Option<Finding> {
    let tried = seen.tried.as_ref().filter(|tried| tried.failed >= 3)?;
    let (failed, namespace, Words { en, ko }) = (count(tried.failed), &tried.namespace, span(tried.ago));
    let step = &tried.step;
    Some(Finding::bad(
        words!(
            "{failed} moves away from it failed one after another, the last {en} ago ({namespace}).",
            "이 샤드에서 나가는 이동이 연속 {failed}번 실패했습니다. 마지막은 {ko} 전({namespace})입니다."
        ),
        words!(
            "The last one came to: {step}. Each try costs load and changes nothing.",
            "마지막 시도가 도달한 단계: {step}. 시도할 때마다 부하만 생깁니다."
        ),
        way(
            seen,
            "/sharding/history",
            &[("namespace", namespace)],
            words!("Look at the failed moves", "실패한 이동 보기"),
        ),
    ))
}

fn sessions(left: &Left) -> Option<Finding> {
    let it = left.collections.iter().find(|it| it.namespace == SESSIONS)?;
    let chunks = count(it.chunks);
    Some(Finding::note(
        words!(
            "{chunks} of the chunks are MongoDB's own sessions ({SESSIONS}).",
            "그중 청크 {chunks}개는 MongoDB 자체 세션({SESSIONS})입니다."
        ),
        words!(
            "They are many and small, and move by themselves; 20 minutes are not unusual.",
            "작고 많으며 저절로 이동합니다. 20분쯤 걸리기도 합니다."
        ),
        Way::none(),
    ))
}

/// The balancer never moves a collection that is not sharded.
fn single(seen: &Seen, chunks: i64) -> Option<Finding> {
    let first = seen.left.single.first()?;
    let number = count(seen.left.single.len() as i64);
    let found = words!(
        "Collections that are not sharded are left ({number}), for example {first}.",
        "샤딩되지 않은 컬렉션 {number}개가 남아 있습니다(예: {first})."
    );
    let why =
        words!("The balancer leaves them: move each by hand.", "밸런서가 옮기지 않으므로 하나씩 직접 옮겨야 합니다.");
    let way = seen.takers.first().map_or_else(Way::none, |to_shard| {
        let pairs = [("action", "move_collection"), ("namespace", first.as_str()), ("shard", to_shard.as_str())];
        way(seen, "/sharding/reshape", &pairs, words!("Move {first}…", "{first} 이동…"))
    });
    Some(if chunks > 0 { Finding::note(found, why, way) } else { Finding::warn(found, why, way) })
}

/// Their move blocks writes, so it comes last, when all chunks have gone.
fn databases(seen: &Seen, chunks: i64) -> Option<Finding> {
    let names = seen.left.databases.as_ref()?;
    let first = names.first()?;
    let plus = if seen.left.more_databases { "+" } else { "" };
    let number = format!("{}{plus}", names.len());
    let shard = &seen.left.shard;
    let found = match names.len() {
        1 => words!(
            "{shard} is still the primary shard of {first}: move it.",
            "{first}의 프라이머리 샤드가 아직 {shard}입니다. 옮기세요."
        ),
        _ => words!(
            "{shard} is still the primary shard of {number} databases: move {first} first.",
            "데이터베이스 {number}개의 프라이머리 샤드가 아직 {shard}입니다. {first}부터 옮기세요."
        ),
    };
    let why = words!(
        "What is not sharded in them stays until their primary shard is moved. The balancer does not do that.",
        "샤딩되지 않은 컬렉션은 프라이머리 샤드를 옮겨야 이동합니다. 밸런서는 하지 않습니다.",
    );
    let way = seen.takers.first().map_or_else(Way::none, |to_shard| {
        let pairs = [("action", "move_primary"), ("database", first.as_str()), ("to", to_shard.as_str())];
        way(seen, SHARDS, &pairs, words!("Move {first} to {to_shard}…", "{first}을(를) {to_shard}(으)로 이동…"))
    });
    Some(if chunks > 0 { Finding::note(found, why, way) } else { Finding::warn(found, why, way) })
}
