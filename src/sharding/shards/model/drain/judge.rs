//! From what was seen to a verdict: is anything moving, why not, and what comes next.

use super::reasons;
use super::{Drain, Seen, State};
use crate::finding::{Finding, Severity, Way};
use crate::sharding::model::offered::Generation;
use crate::sharding::shards::model::pace::Pace;
use crate::sharding::shards::model::to;
use crate::text::Words;
use crate::words;

const PATH: &str = "/sharding/shards";

/// The verdict.
pub fn judge(seen: Seen) -> Drain {
    let mut reasons = reasons::of(&seen);
    reasons.sort_by_key(|reason| reason.severity);
    let state = state(&seen, &reasons);
    let (step, way) = next(&seen, &reasons, state);
    let stop = match seen.removal {
        Generation::Old => Way::none(),
        Generation::New => to(
            PATH,
            &seen.target,
            &[("action", "stop_draining"), ("shard", &seen.left.shard)],
            words!("Stop draining…", "드레이닝 취소…"),
        ),
    };
    Drain { left: seen.left, pace: seen.pace, state, reasons, step, way, stop }
}

fn state(seen: &Seen, reasons: &[Finding]) -> State {
    let left = &seen.left;
    let (Some(chunks), Some(databases)) = (left.chunks, left.databases.as_ref()) else { return State::Unknown };
    // A collection that is not sharded has one chunk, and the balancer leaves it.
    let movable = chunks - left.single.len() as i64;
    if movable > 0 {
        let stuck = reasons.iter().any(|reason| reason.severity == Severity::Bad);
        return if stuck { State::Stuck } else { State::Moving };
    }
    if chunks > 0 || !databases.is_empty() { State::YourTurn } else { State::Empty }
}

/// One step, and where it is done.
fn next(seen: &Seen, reasons: &[Finding], state: State) -> (Words, Way) {
    let shard = &seen.left.shard;
    match state {
        State::Stuck | State::YourTurn => match reasons.first() {
            Some(first) => (first.words.clone(), Way { link: first.link.clone(), action: first.action.clone() }),
            None => (words!("Look at what is left.", "남은 것을 확인하세요."), Way::none()),
        },
        State::Moving => (moving(seen), Way::none()),
        State::Empty => (
            words!(
                "Nothing is left on {shard}: take it out of the cluster.",
                "{shard}에 남은 것이 없습니다. 클러스터에서 제거하세요."
            ),
            to(
                PATH,
                &seen.target,
                &[("action", "commit_removal"), ("shard", shard)],
                words!("Remove {shard} for good…", "{shard} 제거 완료…"),
            ),
        ),
        State::Unknown => (
            words!(
                "What is left could not be read in full; it is asked again.",
                "남은 것을 모두 읽지 못했습니다. 다시 조회합니다."
            ),
            Way::none(),
        ),
    }
}

fn moving(seen: &Seen) -> Words {
    match seen.pace {
        Pace::Moving { .. } => words!("It moves. There is nothing to do now.", "이동 중입니다. 지금 할 일은 없습니다."),
        Pace::Unknown => words!(
            "Nothing stands in the way that can be seen; the balancer works in rounds, so give it a minute.",
            "보이는 장애 요인이 없습니다. 밸런서는 라운드마다 움직이므로 1분쯤 기다리세요.",
        ),
        Pace::Still { .. } => words!(
            "Nothing has moved for a while, and no reason shows: look at the history of moves and at the log of the config servers' primary.",
            "한동안 이동이 없는데 이유가 보이지 않습니다. 이동 기록과 설정 서버 프라이머리의 로그를 확인하세요.",
        ),
    }
}
