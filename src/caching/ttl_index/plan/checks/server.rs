//! The servers, and what the console may do there.

use crate::caching::ttl_index::model::Change;
use crate::caching::ttl_index::mongo::facts::Facts;
use crate::change::Check;
use crate::words;

pub(super) fn of(change: &Change, facts: &Facts) -> Vec<Check> {
    let (server, around, monitor) = (&facts.server, &facts.around, &facts.monitor);
    let mut checks = Vec::new();
    if !server.writable {
        checks.push(Check::block(
            words!("This server is no primary: it can be read only.", "프라이머리가 아니어서 읽기만 할 수 있습니다."),
            words!("Use the target of the primary.", "프라이머리 대상을 사용하세요."),
        ));
    }
    if !around.missing.is_empty() {
        let missing = around.missing.join(", ");
        checks.push(Check::block(
            words!(
                "The console's user lacks {missing} on the collection.",
                "콘솔 사용자에게 컬렉션의 {missing} 권한이 없습니다."
            ),
            words!("Grant the role dbAdmin on the database.", "데이터베이스의 dbAdmin 역할을 부여하세요."),
        ));
    }
    if around.silent {
        checks.push(Check::block(
            words!("A shard gave no answer.", "응답하지 않는 샤드가 있습니다."),
            words!(
                "The change has to reach all shards: wait until all are up.",
                "모든 샤드에 적용되어야 합니다. 모두 동작할 때까지 기다리세요."
            ),
        ));
    }
    match around.running.as_deref() {
        Some([]) => checks.push(Check::pass(words!(
            "Nothing else changes this collection now.",
            "이 컬렉션에 진행 중인 다른 변경이 없습니다."
        ))),
        Some(running) => {
            let names = running.join(", ");
            checks.push(Check::block(
                words!(
                    "Another change of this collection is under way: {names}.",
                    "이 컬렉션에 다른 변경이 진행 중입니다: {names}."
                ),
                words!("Wait until it has ended.", "끝날 때까지 기다리세요."),
            ));
        }
        None => checks.push(Check::warn(
            words!(
                "Whether something else changes this collection now is unknown.",
                "이 컬렉션에 진행 중인 다른 변경이 있는지 알 수 없습니다."
            ),
            words!("The right inprog lets the console see it.", "inprog 권한이 있으면 확인할 수 있습니다."),
        )),
    }
    if around.shard {
        checks.push(Check::warn(
            words!(
                "This server is a shard of a cluster; the change passes its router by.",
                "이 서버는 클러스터의 샤드이며, 변경이 라우터를 거치지 않습니다."
            ),
            words!(
                "Change it through the router, or the shards differ.",
                "라우터를 통해 바꾸지 않으면 샤드마다 달라집니다."
            ),
        ));
    }
    if monitor.enabled == Some(false) && change.seconds().is_some() {
        checks.push(Check::warn(
            words!(
                "The TTL monitor is off: nothing is deleted until it is on.",
                "TTL 모니터가 꺼져 있어 켤 때까지 삭제되지 않습니다."
            ),
            words!("It is the parameter ttlMonitorEnabled.", "매개변수 ttlMonitorEnabled입니다."),
        ));
    }
    checks
}
