//! What is wrong with where the data lies, and with what should move it.

use super::super::{Balancing, Overview};
use super::way;
use crate::finding::{Finding, Way};
use crate::sharding::model::Held;
use crate::text::{Words, bytes, count, url_text};
use crate::words;

pub(super) fn balancing(seen: &Overview, found: &mut Vec<Finding>) {
    let Balancing { on, works, why_not, wrong, .. } = &seen.balancing;
    let way = |action| way(seen, "/sharding/balancer", &[], action);
    if !wrong.is_empty() {
        found.push(Finding::bad(
            words!("The balancer is dead: its settings are malformed.", "밸런서가 멈췄습니다. 설정이 잘못되었습니다."),
            joined(wrong),
            way(words!("Repair the settings", "설정 고치기")),
        ));
    }
    if !on {
        found.push(Finding::warn(
            words!("The balancer is switched off.", "밸런서가 꺼져 있습니다."),
            words!(
                "Chunks do not move by themselves: new shards stay empty and draining does not end.",
                "청크가 스스로 이동하지 않습니다. 새 샤드는 비어 있고 드레이닝은 끝나지 않습니다.",
            ),
            way(words!("Look at the balancer", "밸런서 보기")),
        ));
    } else if *works == Some(false) && wrong.is_empty() {
        found.push(Finding::note(
            words!(
                "The balancer is on and moves no chunks now.",
                "밸런서가 켜져 있지만 지금은 청크를 옮기지 않습니다."
            ),
            joined(why_not),
            way(words!("Look at the balancer", "밸런서 보기")),
        ));
    }
}

pub(super) fn draining(seen: &Overview, found: &mut Vec<Finding>) {
    for shard in seen.shards.iter().filter(|it| it.draining) {
        let name = &shard.id;
        let mut way = way(seen, "/sharding/shards", &[], words!("Follow the draining", "드레이닝 진행 보기"));
        way.link.push_str(&format!("#drain-{}", url_text(name)));
        let told = match shard.held.owned().map(bytes) {
            Some(left) => words!(
                "{name} is being drained: {left} are left.",
                "{name}은(는) 드레이닝 중입니다. {left} 남았습니다."
            ),
            None => words!("{name} is being drained.", "{name}은(는) 드레이닝 중입니다."),
        };
        found.push(if seen.balancing.moves() {
            Finding::note(
                told,
                words!(
                    "It takes no new data. Databases whose primary shard it is must be moved by hand.",
                    "새 데이터를 받지 않습니다. 이 샤드가 프라이머리 샤드인 데이터베이스는 직접 옮겨야 합니다.",
                ),
                way,
            )
        } else {
            Finding::bad(
                told,
                words!(
                    "Nothing moves, since the balancer is off or dead. It must work, or the draining never ends.",
                    "밸런서가 꺼졌거나 멈춰 아무것도 이동하지 않습니다. 밸런서가 동작해야 드레이닝이 끝납니다.",
                ),
                way,
            )
        });
    }
}

pub(super) fn zones(seen: &Overview, found: &mut Vec<Finding>) {
    for zone in seen.sizes.homeless.iter().take(5) {
        let mut way =
            way(seen, "/sharding/zones", &[("zone", zone)], words!("Add a shard to {zone}", "{zone}에 샤드 추가"));
        way.link.push_str("#add-shard");
        found.push(Finding::warn(
            words!("The zone {zone} has ranges and no shard.", "존 {zone}에 범위는 있지만 샤드가 없습니다."),
            words!(
                "Its data cannot be put where it belongs. Add a shard to the zone, or remove its ranges.",
                "데이터를 지정된 곳에 둘 수 없습니다. 존에 샤드를 추가하거나 범위를 제거하세요.",
            ),
            way,
        ));
    }
}

pub(super) fn reshardings(seen: &Overview, found: &mut Vec<Finding>) {
    for resharding in &seen.reshardings {
        let (name, state) = (&resharding.namespace, &resharding.state);
        found.push(Finding::note(
            words!("{name} is being resharded: {state}.", "{name}을(를) 리샤딩하는 중입니다: {state}."),
            words!(
                "Until it ends no shard can be added or removed, and no other resharding begins.",
                "끝날 때까지 샤드를 추가하거나 제거할 수 없고, 다른 리샤딩도 시작되지 않습니다.",
            ),
            way(seen, "/sharding/reshape", &[("namespace", name)], words!("Follow it", "진행 보기")),
        ));
    }
}

pub(super) fn uneven(seen: &Overview, found: &mut Vec<Finding>) {
    let Some((name, measure)) = seen.sizes.worst.first() else { return };
    let (all, told) = (count(seen.sizes.uneven), measure.told());
    let head = match seen.sizes.uneven {
        1 => words!("{name} is spread unevenly.", "{name}의 분포가 고르지 않습니다."),
        _ => words!(
            "{all} collections are spread unevenly, {name} most.",
            "컬렉션 {all}개의 분포가 고르지 않습니다. {name}이(가) 가장 심합니다."
        ),
    };
    let helped = seen.balancing.moves();
    let then = match helped {
        true => words!("The balancer works on it as it can.", "밸런서가 가능한 만큼 옮깁니다."),
        false => words!("Nothing moves before the balancer works.", "밸런서가 동작해야 데이터가 이동합니다."),
    };
    let why = Words::new(format!("{} {}", told.en, then.en), format!("{} {}", told.ko, then.ko));
    let way = way(seen, "/sharding/collection", &[("namespace", name)], words!("Look at {name}", "{name} 보기"));
    found.push(if helped { Finding::note(head, why, way) } else { Finding::warn(head, why, way) });
}

/// From here on orphans are worth a word: a tenth of what a shard has.
const ORPHANS: i64 = 10;

pub(super) fn orphans(seen: &Overview, found: &mut Vec<Finding>) {
    for shard in &seen.shards {
        let Held::Apart { owned, orphaned } = shard.held else { continue };
        if orphaned == 0 || orphaned.saturating_mul(ORPHANS) < owned.saturating_add(orphaned) {
            continue;
        }
        let (name, size) = (&shard.id, bytes(orphaned));
        found.push(Finding::note(
            words!(
                "{name} still holds {size} that have moved away.",
                "{name}에 이미 옮겨 간 데이터 {size}가 남아 있습니다."
            ),
            words!(
                "The shard deletes such orphans by itself, some time after each move (orphanCleanupDelaySecs: 15 \
                 minutes unless set, an hour since MongoDB 8.2). Until then they take room, and count() counts them.",
                "샤드는 이동 후 일정 시간(orphanCleanupDelaySecs: 기본 15분, MongoDB 8.2부터 1시간)이 지나면 고아 문서를 \
                 스스로 삭제합니다. 그때까지 공간을 차지하고 count()에 포함됩니다.",
            ),
            Way::none(),
        ));
    }
}

pub(super) fn sizes(seen: &Overview, found: &mut Vec<Finding>) {
    if let Some(trouble) = &seen.sizes.trouble {
        found.push(Finding::note(
            words!("The bytes of the shards could not be read.", "샤드의 크기를 읽지 못했습니다."),
            Words::new(
                format!("{} They are told as they were read last, or as unknown.", trouble.en),
                format!("{} 마지막으로 읽은 값 또는 ‘알 수 없음’으로 표시합니다.", trouble.ko),
            ),
            Way::none(),
        ));
    }
}

fn joined(all: &[Words]) -> Words {
    let each = |read: fn(&Words) -> &str| all.iter().map(read).collect::<Vec<_>>().join(" ");
    Words::new(each(|it| &it.en), each(|it| &it.ko))
}
