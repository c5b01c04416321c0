//! Checks that several of these plans share, and what their fingerprints rest on.

use crate::change::{Check, Plan};
use crate::sharding::model::{Release, Version};
use crate::sharding::shards::model::Shard;
use crate::sharding::shards::model::drain::Balancing;
use crate::sharding::shards::mongo::facts::Cluster;
use crate::text::Words;
use crate::words;

/// The shard is the one that was looked at. `host` is what it was then.
pub(super) fn same_shard(name: &str, host: &str, found: Option<&Shard>) -> Check {
    match found {
        None => Check::block(
            words!("There is no shard {name}.", "{name} 샤드가 없습니다."),
            words!("Reload the page to see the shards.", "페이지를 새로 고쳐 샤드를 확인하세요."),
        ),
        Some(shard) if shard.host == host => {
            Check::pass(words!("{name} is {host}, as you have seen it.", "{name}은(는) 확인하신 {host}입니다."))
        }
        Some(shard) => {
            let now = &shard.host;
            Check::block(
                words!(
                    "{name} is no longer what you looked at: it is {now} now.",
                    "{name}이(가) 확인한 뒤 바뀌었습니다. 지금은 {now}입니다."
                ),
                words!("Open the form anew.", "양식을 다시 여세요."),
            )
        }
    }
}

/// Which shards a cluster has must not change while a collection is resharded: the resharding would fail.
pub(super) fn not_resharding(resharded: &[String]) -> Check {
    match resharded.first() {
        None => Check::pass(words!("No collection is being resharded.", "리샤딩 중인 컬렉션이 없습니다.")),
        Some(namespace) => Check::block(
            words!(
                "{namespace} is being resharded; this would make it fail (or be refused, 414).",
                "{namespace}을(를) 리샤딩하는 중입니다. 이 작업은 리샤딩을 실패시키거나 거부됩니다(414)."
            ),
            words!("Wait for its end, or abort it.", "끝날 때까지 기다리거나 중단하세요."),
        ),
    }
}

/// Whether the balancer will do its part.
pub(super) fn balancer(balancing: &Balancing) -> Check {
    let warn = |found| {
        Check::warn(
            found,
            words!(
                "Nothing moves until that is changed: see the page of the balancer.",
                "바꾸기 전에는 아무것도 이동하지 않습니다. 밸런서 페이지를 보세요."
            ),
        )
    };
    match balancing {
        Balancing::On => Check::pass(words!("The balancer is on.", "밸런서가 켜져 있습니다.")),
        Balancing::Off => warn(words!("The balancer is off.", "밸런서가 꺼져 있습니다.")),
        Balancing::Closed(why) => warn(why.clone()),
        Balancing::Malformed(Words { en, ko }) => warn(words!(
            "The balancer's settings are malformed, so it skips every round: {en}",
            "밸런서 설정이 잘못되어 모든 라운드를 건너뜁니다: {ko}"
        )),
        Balancing::Unknown(Words { en, ko }) => {
            warn(words!("Whether the balancer works is not known. {en}", "밸런서가 동작하는지 알 수 없습니다. {ko}"))
        }
    }
}

/// What of the cluster decides these plans, for their fingerprint.
pub(super) fn observed(cluster: &Cluster) -> impl serde::Serialize + use<> {
    let shards: Vec<_> =
        cluster.shards.iter().map(|it| (it.name.clone(), it.host.clone(), it.draining, it.zones.clone())).collect();
    (shards, cluster.release, cluster.resharded.clone())
}

/// A plan that a check forbids has no commands, so there is nothing to tell of their effect.
pub(super) fn without_effect(mut plan: Plan) -> Plan {
    if plan.blocked() {
        plan.commands = Vec::new();
        plan.effect = vec![words!("None.", "없음.")];
        plan.way_back = words!("Not needed.", "필요 없음.");
    }
    plan
}

/// As which version the cluster works: its FCV, in two numbers.
pub(super) fn works_as(release: Release) -> String {
    let Version { major, minor, .. } = release.fcv.min(release.version);
    format!("{major}.{minor}")
}
