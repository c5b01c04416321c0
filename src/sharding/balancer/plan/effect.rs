//! What a change of the balancer moves and stops, in figures, and how it is taken back.

use crate::sharding::balancer::model::{Balancing, Change, Mib, Switch, default_chunk_mib};
use crate::sharding::balancer::mongo::Facts;
use crate::text::{Words, bytes, span};
use crate::words;

pub(super) fn of(change: &Change, facts: &Facts) -> Vec<Words> {
    match change {
        Change::StartBalancer { .. } => vec![
            looked_after(facts),
            threshold(facts.state.chunk_bytes(), &facts.state),
            words!(
                "Moving chunks costs disk and network on both shards.",
                "청크 이동은 양쪽 샤드의 디스크와 네트워크를 씁니다."
            ),
        ],
        Change::StopBalancer { .. } => vec![
            under_way(facts),
            words!(
                "No chunk moves from then on: new shards stay empty, a drain stands still, zones are not enforced.",
                "이후 청크가 이동하지 않습니다. 새 샤드는 비어 있고, 드레이닝이 멈추고, 존이 적용되지 않습니다.",
            ),
        ],
        Change::SetWindow { window, .. } => {
            let length = span(i64::from(window.length()) * 1000);
            let (en, ko) = (length.en, length.ko);
            let mut effect = vec![words!(
                "Chunks move only from {window}, for {en} of each day, by the local time of the config servers' primary.",
                "청크는 매일 {window}({ko}) 동안만, 설정 서버 프라이머리의 현지 시각 기준으로 이동합니다.",
            )];
            effect.push(seen_from_now(*window, &facts.state));
            effect.push(words!(
                "A migration that is under way when it closes goes on to its end.",
                "닫힐 때 진행 중이던 이동은 끝까지 진행됩니다."
            ));
            effect
        }
        Change::ClearWindow { .. } => {
            vec![
                words!("Chunks may move at any time of the day.", "청크가 하루 중 언제든 이동할 수 있습니다."),
                looked_after(facts),
            ]
        }
        Change::SetChunkSize { mib, .. } => size(*mib, &facts.state),
        Change::SetCollectionChunkSize { mib, .. } => {
            let cluster = facts.state.chunk_bytes();
            let before = facts.collection.as_ref().and_then(|it| it.chunk_mib).map_or(cluster, |mib| mib << 20);
            sizes(before, mib.map_or(cluster, |it| i64::from(it.get()) << 20), &facts.state)
        }
        Change::SwitchAutoMerger { on, .. } => vec![merging(*on)],
        Change::SwitchCollection { switch, on, .. } => of_switch(*switch, *on, facts),
    }
}

fn looked_after(facts: &Facts) -> Words {
    match facts.counts {
        Some(counts) => {
            let (of, all) = (counts.sharded - counts.excluded, counts.sharded);
            words!(
                "The balancer looks after {of} of {all} sharded collections.",
                "밸런서가 샤딩된 컬렉션 {all}개 중 {of}개를 관리합니다."
            )
        }
        None => words!("How many collections are sharded is unknown.", "샤딩된 컬렉션 수를 알 수 없습니다."),
    }
}

fn threshold(chunk: i64, state: &Balancing) -> Words {
    if state.by_bytes() {
        let least = bytes(chunk.saturating_mul(3));
        return words!(
            "It moves chunks of a collection whose shards differ by more than {least}.",
            "샤드 간 차이가 {least}을(를) 넘는 컬렉션의 청크를 옮깁니다."
        );
    }
    words!(
        "It moves chunks of a collection whose shards differ by 2 to 8 chunks or more, by how many there are.",
        "샤드 간 청크 수 차이가 전체 수에 따라 2~8개 이상인 컬렉션의 청크를 옮깁니다."
    )
}

fn under_way(facts: &Facts) -> Words {
    match facts.moving.as_deref() {
        None => {
            words!("Whether a chunk is being moved now is unknown.", "지금 이동 중인 청크가 있는지 알 수 없습니다.")
        }
        Some([]) => words!("No chunk is being moved now.", "지금 이동 중인 청크가 없습니다."),
        Some(names) => {
            let count = names.len();
            let names = names.join(", ");
            words!(
                "Chunks of {count} collections are being moved now ({names}); the command waits for their end, 60 s at most.",
                "지금 컬렉션 {count}개의 청크가 이동 중입니다({names}). 최대 60초간 끝나기를 기다립니다.",
            )
        }
    }
}

fn seen_from_now(window: crate::sharding::balancer::model::Window, state: &Balancing) -> Words {
    let clock = state.clock.shown().unwrap_or_else(|| "?".to_owned());
    let Some(second) = state.clock.second_of_day() else {
        return words!(
            "Whether it is open now is unknown: the time zone of the config servers is not told. The router's clock reads {clock}.",
            "설정 서버의 표준시를 알 수 없어 지금 열려 있는지 알 수 없습니다. 라우터 시계는 {clock}입니다.",
        );
    };
    let (verb_en, verb_ko, seconds) = match window.closes_in(second) {
        Some(left) => ("is open and closes in", "열려 있으며 닫히기까지", left),
        None => ("is closed and opens in", "닫혀 있으며 열리기까지", window.opens_in(second)),
    };
    let left = span(i64::from(seconds) * 1000);
    let (en, ko) = (left.en, left.ko);
    words!(
        "By the router's clock, {clock}, it {verb_en} {en}. The config servers' time zone may be another one; no router tells it.",
        "라우터 시계({clock})로는 {verb_ko} {ko} 남았습니다. 설정 서버의 표준시는 다를 수 있으며 라우터로는 알 수 없습니다.",
    )
}

fn size(mib: Option<Mib>, state: &Balancing) -> Vec<Words> {
    let usual = default_chunk_mib(state.release.version);
    sizes(state.chunk_bytes(), mib.map_or(usual, |it| i64::from(it.get())) << 20, state)
}

fn sizes(before: i64, after: i64, state: &Balancing) -> Vec<Words> {
    let (was, is) = (bytes(before), bytes(after));
    let mut effect =
        vec![words!("The chunk size goes from {was} to {is}.", "청크 크기가 {was}에서 {is}(으)로 바뀝니다.")];
    effect.push(threshold(after, state));
    effect.push(if after < before {
        words!(
            "Smaller chunks: more of them move, and single ones that are too big become jumbo sooner.",
            "청크가 작아져 이동이 늘고, 큰 청크는 더 빨리 점보가 됩니다."
        )
    } else {
        words!(
            "Larger chunks: fewer moves, each of which takes longer. Nothing is moved because of it now.",
            "청크가 커져 이동은 줄고 한 번의 이동은 길어집니다. 이 때문에 지금 옮겨지는 것은 없습니다."
        )
    });
    effect
}

fn merging(on: bool) -> Words {
    if on {
        words!(
            "Neighbouring chunks of a shard are merged by themselves, about once an hour; no data moves.",
            "한 샤드의 이웃한 청크가 약 한 시간마다 자동으로 병합됩니다. 데이터는 이동하지 않습니다."
        )
    } else {
        words!("Chunks stay as they are cut; their number grows.", "청크가 나뉜 채 유지되어 수가 늘어납니다.")
    }
}

fn of_switch(switch: Switch, on: bool, facts: &Facts) -> Vec<Words> {
    match (switch, on) {
        (Switch::Balancing, true) => vec![threshold(own_chunk(facts), &facts.state)],
        (Switch::Balancing, false) => vec![
            words!(
                "The balancer moves none of its chunks any more.",
                "밸런서가 더 이상 이 컬렉션의 청크를 옮기지 않습니다."
            ),
            words!(
                "A migration that is under way is not stopped; one by hand stays possible.",
                "진행 중인 이동은 멈추지 않으며, 수동 이동은 가능합니다."
            ),
        ],
        (Switch::Migrations, false) => vec![
            words!(
                "No chunk of it moves any more, neither by the balancer nor by hand; one that is being moved is given up.",
                "밸런서로도 수동으로도 청크가 이동하지 않으며, 진행 중인 이동은 취소됩니다."
            ),
            words!(
                "Draining a shard that has chunks of it stands still.",
                "이 컬렉션의 청크가 있는 샤드의 드레이닝이 멈춥니다."
            ),
        ],
        (Switch::Migrations, true) => vec![words!("Its chunks may move again.", "청크가 다시 이동할 수 있습니다.")],
        (Switch::AutoMerger, on) => vec![merging(on)],
        (Switch::Defragmentation, true) => vec![
            words!(
                "Small chunks are merged, and moved together where they lie apart, until all are about as large as the chunk size.",
                "작은 청크를 병합하고 흩어진 것은 옮겨 모아, 모두 청크 크기에 가까워질 때까지 진행합니다."
            ),
            words!(
                "It moves data, may take days, and the balancer does nothing else for this collection meanwhile.",
                "데이터가 이동하고 며칠이 걸릴 수 있으며, 그동안 이 컬렉션의 다른 밸런싱은 멈춥니다."
            ),
        ],
        (Switch::Defragmentation, false) => vec![words!(
            "It ends after the step that is under way. What was merged stays merged.",
            "진행 중인 단계를 마치고 끝납니다. 병합된 것은 그대로입니다."
        )],
    }
}

fn own_chunk(facts: &Facts) -> i64 {
    facts.collection.as_ref().and_then(|it| it.chunk_mib).map_or_else(|| facts.state.chunk_bytes(), |mib| mib << 20)
}

/// The former value, where it is known and can be written again.
pub(super) fn way_back(change: &Change, facts: &Facts) -> Words {
    let settings = facts.state.settings.as_ref();
    let unreadable = words!(
        "None: what stood there before cannot be read by the servers, and stopped all balancing.",
        "없음: 이전 값은 서버가 읽을 수 없어 밸런싱을 멈추던 값입니다."
    );
    match change {
        Change::StartBalancer { .. } => words!("Stop the balancer.", "밸런서를 중지하세요."),
        Change::StopBalancer { .. } => words!("Start the balancer.", "밸런서를 시작하세요."),
        Change::SetWindow { .. } | Change::ClearWindow { .. } => match settings.map(|it| it.window) {
            None => {
                words!("Unknown: what was set before may not be read.", "알 수 없음: 이전 설정을 읽을 권한이 없습니다.")
            }
            Some(Some(window)) => {
                words!("Set the window {window} again.", "밸런싱 허용 시간을 다시 {window}(으)로 지정하세요.")
            }
            Some(None) if settings.is_some_and(|it| it.faults.iter().any(|it| it.field.contains("Window"))) => {
                unreadable
            }
            Some(None) => words!("Remove the window again.", "밸런싱 허용 시간을 다시 해제하세요."),
        },
        Change::SetChunkSize { .. } => match settings.map(|it| it.chunk_mib) {
            None => {
                words!("Unknown: what was set before may not be read.", "알 수 없음: 이전 설정을 읽을 권한이 없습니다.")
            }
            Some(Some(mib)) => {
                words!("Set the chunk size to {mib} MiB again.", "청크 크기를 다시 {mib}MiB로 지정하세요.")
            }
            Some(None) if settings.is_some_and(|it| it.faults.iter().any(|it| it.field.contains("chunk"))) => {
                unreadable
            }
            Some(None) => words!("Go back to the default.", "기본값으로 되돌리세요."),
        },
        Change::SetCollectionChunkSize { .. } => match facts.collection.as_ref().and_then(|it| it.chunk_mib) {
            Some(mib) => words!("Set {mib} MiB again.", "다시 {mib}MiB로 지정하세요."),
            None => words!("Go back to the chunk size of the cluster.", "클러스터의 청크 크기로 되돌리세요."),
        },
        Change::SwitchAutoMerger { on, .. } => switch_back(*on),
        Change::SwitchCollection { switch: Switch::Migrations, on: false, .. } => {
            words!("Unfreeze the collection.", "컬렉션의 동결을 해제하세요.")
        }
        Change::SwitchCollection { switch: Switch::Defragmentation, on: true, .. } => words!(
            "Stop it at any time; what was merged stays merged.",
            "언제든 멈출 수 있습니다. 병합된 것은 그대로입니다."
        ),
        Change::SwitchCollection { on, .. } => switch_back(*on),
    }
}

fn switch_back(on: bool) -> Words {
    if on {
        words!("Switch it off again.", "다시 끄세요.")
    } else {
        words!("Switch it on again.", "다시 켜세요.")
    }
}
