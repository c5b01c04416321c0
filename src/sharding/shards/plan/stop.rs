//! Ending a draining before it is done (MongoDB 8.2 and later).

use bson::doc;

use super::common::{observed, same_shard};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::sharding::model::offered::Operation;
use crate::sharding::model::quoted;
use crate::sharding::mongo::command::command;
use crate::sharding::shards::mongo::facts::Going;
use crate::words;

pub(super) fn plan(at: &str, shard: &str, host: &str, facts: &Going) -> Plan {
    let typed = format!("sh.stopShardDraining({})", quoted(shard));
    let commands = vec![command("admin", doc! { "stopShardDraining": shard }, typed)];
    Plan {
        title: words!("Stop draining shard {shard} at {at}", "{at}의 샤드 {shard} 드레이닝 취소"),
        checks: checks(shard, host, facts),
        fingerprint: fingerprint(&observed(&facts.cluster), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![
            words!("{shard} keeps what is left on it.", "{shard}에 남은 것은 그대로 둡니다."),
            words!(
                "The balancer spreads data to it again, in the background.",
                "밸런서가 백그라운드에서 다시 데이터를 나눕니다."
            ),
        ],
        way_back: words!("Start draining it again.", "드레이닝을 다시 시작할 수 있습니다."),
        blast: Blast::Confirm,
    }
}

fn checks(shard: &str, host: &str, facts: &Going) -> Vec<Check> {
    let found = facts.cluster.shard(shard);
    let mut checks = vec![same_shard(shard, host, found)];
    if let Err(why) = Operation::StopDraining.offered(facts.cluster.release) {
        checks.push(Check::block(
            why,
            words!(
                "Let it end, then add the emptied servers anew. Some clear the mark in config.shards by hand: the routers and shards then disagree on what goes on, so do not.",
                "끝까지 진행한 뒤 비운 서버를 다시 추가하세요. config.shards의 표시를 직접 지우는 방법은 라우터와 샤드의 상태가 어긋나므로 쓰지 마세요."
            ),
        ));
    }
    if found.is_some_and(|it| !it.draining) {
        checks.push(Check::block(
            words!("{shard} is not being drained.", "{shard}은(는) 드레이닝 중이 아닙니다."),
            words!("There is nothing to stop.", "취소할 것이 없습니다."),
        ));
    }
    checks
}
