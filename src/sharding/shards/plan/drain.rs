//! Beginning to drain a shard. This only starts it; how far it is, and what is in its way, the page shows.

use bson::doc;

use super::common::{balancer, not_resharding, observed, same_shard, works_as};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::sharding::model::offered::{Generation, Operation};
use crate::sharding::model::quoted;
use crate::sharding::mongo::command::command;
use crate::sharding::shards::model::drain::Held;
use crate::sharding::shards::mongo::facts::Going;
use crate::sharding::shards::mongo::read::of_shard;
use crate::text::{Words, bytes, count};
use crate::words;

pub(super) fn plan(at: &str, shard: &str, host: &str, facts: &Going) -> Plan {
    let (document, typed) = match Generation::of_removal(facts.cluster.release) {
        Generation::Old => {
            (doc! { "removeShard": shard }, format!("db.adminCommand({{ removeShard: {} }})", quoted(shard)))
        }
        Generation::New => (doc! { "startShardDraining": shard }, format!("sh.startShardDraining({})", quoted(shard))),
    };
    let commands = vec![command("admin", document, typed)];
    Plan {
        title: words!("Start draining shard {shard} at {at}", "{at}의 샤드 {shard} 드레이닝 시작"),
        checks: checks(shard, host, facts),
        fingerprint: fingerprint(&(observed(&facts.cluster), &facts.zones, &facts.left.databases), &commands),
        commands,
        revert: Vec::new(),
        effect: effect(shard, facts),
        way_back: way_back(facts),
        blast: Blast::TypeName(shard.to_owned()),
    }
}

fn checks(shard: &str, host: &str, facts: &Going) -> Vec<Check> {
    let found = facts.cluster.shard(shard);
    let mut checks = vec![same_shard(shard, host, found)];
    let Some(found) = found else { return checks };
    if found.is_config() {
        checks.push(Check::block(
            words!(
                "{shard} is the config servers' own set; it is not removed this way.",
                "{shard}은(는) 설정 서버의 세트라 이 방법으로 제거할 수 없습니다."
            ),
            words!(
                "From 8.0 on transitionToDedicatedConfigServer empties it; this console does not send that.",
                "8.0부터 transitionToDedicatedConfigServer로 비웁니다. 이 콘솔은 보내지 않습니다."
            ),
        ));
        return checks;
    }
    checks.push(match found.draining {
        true => Check::block(
            words!("{shard} is being drained already.", "{shard}은(는) 이미 드레이닝 중입니다."),
            words!("See on its page what is left.", "페이지에서 남은 것을 확인하세요."),
        ),
        false => Check::pass(words!("{shard} is not being drained yet.", "{shard}은(는) 아직 드레이닝 중이 아닙니다.")),
    });
    checks.push(takers(shard, facts));
    checks.extend(one_at_a_time(shard, facts));
    checks.push(zones(shard, facts));
    checks.push(not_resharding(&facts.cluster.resharded));
    checks.push(disk(shard, facts));
    checks.push(balancer(&facts.cluster.balancing));
    checks.extend(jumbo(facts));
    checks.extend(held(facts));
    checks
}

fn takers(shard: &str, facts: &Going) -> Check {
    let names: Vec<&str> = facts.cluster.takers(shard).map(|it| it.name.as_str()).collect();
    if names.is_empty() {
        return Check::block(
            words!(
                "No other shard stays: there would be nowhere to move to.",
                "남는 다른 샤드가 없어 옮길 곳이 없습니다."
            ),
            words!("Add a shard first.", "먼저 샤드를 추가하세요."),
        );
    }
    let number = names.len();
    Check::pass(words!("Shards that stay: {number}.", "샤드 {number}개가 남습니다."))
}

/// Versions before 4.4 drain one shard at a time (117).
fn one_at_a_time(shard: &str, facts: &Going) -> Option<Check> {
    let other = facts.cluster.shards.iter().find(|it| it.draining && it.name != shard)?;
    let name = &other.name;
    let found = words!("{name} is being drained, too.", "{name}도 드레이닝 중입니다.");
    Some(if facts.cluster.release.reaches(4, 4) {
        Check::warn(
            found,
            words!("Both give to the same shards, so both take longer.", "같은 샤드로 보내므로 둘 다 오래 걸립니다."),
        )
    } else {
        Check::block(
            found,
            words!(
                "This version drains one at a time: wait for its end.",
                "이 버전은 한 번에 하나만 가능합니다. 끝날 때까지 기다리세요."
            ),
        )
    })
}

fn zones(shard: &str, facts: &Going) -> Check {
    match facts.zones.as_deref() {
        None => Check::warn(
            words!(
                "Whether a zone with ranges would lose its last shard is not known.",
                "범위가 있는 존이 마지막 샤드를 잃는지 알 수 없습니다."
            ),
            words!("If so, the servers refuse it (163).", "그렇다면 서버가 거부합니다(163)."),
        ),
        Some([]) => Check::pass(words!(
            "No zone with ranges would lose its last shard.",
            "범위가 있는 존이 마지막 샤드를 잃지 않습니다."
        )),
        Some(zones) => {
            let zones = zones.join(", ");
            Check::block(
                words!(
                    "{shard} is the only shard of the zone {zones}, which has key ranges (163).",
                    "{shard}은(는) 키 범위가 있는 존 {zones}의 유일한 샤드입니다(163)."
                ),
                words!(
                    "Add another shard to the zone, or remove its ranges.",
                    "존에 다른 샤드를 추가하거나 범위를 제거하세요."
                ),
            )
        }
    }
}

/// Whether what the shard owns fits on the others. They need room for indexes, too, so it must fit twice.
fn disk(shard: &str, facts: &Going) -> Check {
    let frees: Vec<Option<i64>> = facts.cluster.takers(shard).map(|it| of_shard(&facts.disks, it).free).collect();
    let Some(free) = frees.iter().copied().sum::<Option<i64>>().filter(|_| !frees.is_empty()) else {
        return Check::warn(
            words!(
                "How much disk is free on the shards that stay is not known.",
                "남는 샤드의 디스크 여유 공간을 알 수 없습니다."
            ),
            words!(
                "Look there: what is moved needs its room, and that of its indexes.",
                "직접 확인하세요. 옮길 데이터와 인덱스만큼의 공간이 필요합니다."
            ),
        );
    };
    let free_words = bytes(free);
    let Some(owned) = facts.left.owned else {
        return Check::warn(
            words!(
                "{free_words} are free on the shards that stay; how much {shard} owns is not known.",
                "남는 샤드의 여유 공간은 {free_words}이고 {shard}의 데이터 크기는 알 수 없습니다."
            ),
            words!(
                "MongoDB tells that from 6.0.3 on. Compare it yourself.",
                "MongoDB 6.0.3부터 알 수 있습니다. 직접 비교하세요."
            ),
        );
    };
    let owned_words = bytes(owned);
    let found = words!(
        "{shard} owns {owned_words} of sharded collections, uncompressed; {free_words} are free on the shards that stay.",
        "{shard}의 샤딩된 데이터는 압축 전 {owned_words}, 남는 샤드의 여유 공간은 {free_words}입니다."
    );
    let advice =
        words!("Make room first: a full disk stops a shard.", "먼저 공간을 확보하세요. 디스크가 차면 샤드가 멈춥니다.");
    if owned > free {
        Check::block(found, advice)
    } else if owned > free / 2 {
        Check::warn(found, advice)
    } else {
        Check::pass(found)
    }
}

fn jumbo(facts: &Going) -> Option<Check> {
    let Some(jumbo) = facts.left.jumbo else {
        return Some(Check::warn(
            words!(
                "Whether chunks there are marked as jumbo is not known.",
                "점보로 표시된 청크가 있는지 알 수 없습니다."
            ),
            words!("Such chunks do not move by themselves.", "그런 청크는 스스로 이동하지 않습니다."),
        ));
    };
    let jumbo = Some(jumbo).filter(|jumbo| *jumbo > 0).map(count)?;
    Some(Check::warn(
        words!(
            "Chunks there that are marked as jumbo, and will not move: {jumbo}.",
            "점보로 표시된 청크 {jumbo}개는 이동하지 않습니다."
        ),
        words!(
            "Split them or clear their mark, now or later: the draining waits for that.",
            "나누거나 표시를 지우세요. 드레이닝은 그때까지 기다립니다."
        ),
    ))
}

fn held(facts: &Going) -> Option<Check> {
    let held: Vec<&str> =
        facts.left.collections.iter().filter(|it| it.held != Held::Free).map(|it| it.namespace.as_str()).collect();
    let first = held.first()?;
    let number = held.len();
    Some(Check::warn(
        words!(
            "The balancer may not move {number} of the collections there, for example {first}.",
            "밸런서가 옮길 수 없는 컬렉션이 {number}개 있습니다(예: {first})."
        ),
        words!("Allow it again, or the draining does not end.", "다시 허용하지 않으면 드레이닝이 끝나지 않습니다."),
    ))
}

fn effect(shard: &str, facts: &Going) -> Vec<Words> {
    let left = &facts.left;
    let mut effect = Vec::new();
    let owned = left.owned.map_or_else(|| words!("unknown size", "크기 알 수 없음"), |owned| Words::same(bytes(owned)));
    effect.push(match left.chunks.map(count) {
        Some(chunks) => {
            let (en, ko) = (owned.en, owned.ko);
            words!(
                "The balancer moves all its chunks ({chunks}; {en}) to the other shards, as its first duty: load and network traffic until that is done.",
                "밸런서가 청크 {chunks}개({ko})를 다른 샤드로 최우선으로 옮깁니다. 끝날 때까지 부하와 네트워크 트래픽이 생깁니다."
            )
        }
        None => words!("The balancer moves all chunks to the other shards; their number is not known.", "밸런서가 모든 청크를 다른 샤드로 옮깁니다. 개수는 알 수 없습니다."),
    });
    effect.push(match left.databases.as_deref() {
        Some([]) => words!("{shard} is the primary shard of no database.", "{shard}을(를) 프라이머리로 하는 데이터베이스가 없습니다."),
        Some(names) => {
            let number = format!("{}{}", names.len(), if left.more_databases { "+" } else { "" });
            words!(
                "Databases whose primary shard is {shard}: {number}. The balancer does not move them; each is a step of yours, and blocks its writes.",
                "데이터베이스 {number}개의 프라이머리가 {shard}입니다. 밸런서가 옮기지 않으므로 하나씩 직접 옮겨야 하며 그동안 쓰기가 막힙니다."
            )
        }
        None => words!("Whether databases have it as their primary shard is not known.", "어떤 데이터베이스의 프라이머리인지 알 수 없습니다."),
    });
    effect.push(words!(
        "New chunks and databases are not placed on {shard} any more. It stays in the cluster until its removal is committed, a step of its own.",
        "{shard}에는 새 청크와 데이터베이스가 생기지 않습니다. 별도 단계인 제거 완료 전까지 클러스터에 남습니다."
    ));
    effect.push(words!(
        "Take no backups of the cluster and reshard nothing until it is done.",
        "끝날 때까지 클러스터를 백업하거나 리샤딩하지 마세요."
    ));
    effect
}

fn way_back(facts: &Going) -> Words {
    if Operation::StopDraining.offered(facts.cluster.release).is_ok() {
        return words!(
            "Stop draining, at any time before the removal is committed. What has moved comes back by the balancer.",
            "제거 완료 전이면 언제든 드레이닝을 취소할 수 있습니다. 옮겨진 것은 밸런서가 되돌립니다."
        );
    }
    let works_as = works_as(facts.cluster.release);
    words!(
        "None: MongoDB {works_as} has no command that ends a draining. Only its end and adding the emptied servers anew lead back.",
        "없음: MongoDB {works_as}에는 드레이닝을 취소하는 명령이 없습니다. 끝난 뒤 비운 서버를 다시 추가하는 방법뿐입니다."
    )
}
