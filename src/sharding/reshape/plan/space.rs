//! Whether the shards have room for a second copy. The servers do not check that.

use crate::change::Check;
use crate::sharding::reshape::mongo::{Existing, Facts, Shard};
use crate::text::bytes;
use crate::words;

/// Room for a copy spread over all shards: twice the collection with its indexes, over the number of shards.
pub(super) fn spread(existing: &Existing, facts: &Facts) -> Vec<Check> {
    let shards: Vec<&Shard> = facts.shards.iter().filter(|it| !it.draining).collect();
    of(existing, &shards, shards.len().max(1) as i64)
}

/// Room for the whole collection on one shard, twice; on each of them where the server chooses.
pub(super) fn whole(existing: &Existing, facts: &Facts, shard: Option<&str>) -> Vec<Check> {
    let shards: Vec<&Shard> =
        facts.shards.iter().filter(|it| !it.draining && shard.is_none_or(|name| name == it.name)).collect();
    of(existing, &shards, 1)
}

fn of(existing: &Existing, shards: &[&Shard], over: i64) -> Vec<Check> {
    let Some(stored) = existing.stored else {
        return vec![Check::warn(
            words!("How much it takes on the disks is unknown.", "디스크 사용량을 알 수 없습니다."),
            words!(
                "Make sure that each shard has room: twice the collection with its indexes, over {over}.",
                "각 샤드에 컬렉션과 인덱스의 2배를 {over}(으)로 나눈 만큼의 공간이 있는지 확인하세요.",
            ),
        )];
    };
    let needed = (stored.storage + stored.indexes) * 2 / over;
    let (mut short, mut unknown, mut least) = (Vec::new(), Vec::new(), i64::MAX);
    for shard in shards {
        match shard.free {
            None => unknown.push(shard.name.as_str()),
            Some(free) if free < needed => short.push(format!("{} ({})", shard.name, bytes(free))),
            Some(free) => least = least.min(free),
        }
    }
    let wanted = bytes(needed);
    let mut checks = Vec::new();
    if !short.is_empty() {
        let names = short.join(", ");
        checks.push(Check::block(
            words!(
                "Each receiving shard needs {wanted} free; too little has: {names}.",
                "받는 샤드마다 여유 공간 {wanted}이(가) 필요하나 부족한 샤드: {names}.",
            ),
            words!(
                "Free space there first: the servers do not check this.",
                "먼저 공간을 확보하세요. 서버는 확인하지 않습니다."
            ),
        ));
    }
    if !unknown.is_empty() {
        let names = unknown.join(", ");
        checks.push(Check::warn(
            words!("The free space of {names} is unknown.", "{names}의 여유 공간을 알 수 없습니다."),
            words!("Each receiving shard needs {wanted} free.", "받는 샤드마다 여유 공간 {wanted}이(가) 필요합니다."),
        ));
    }
    if checks.is_empty() && !shards.is_empty() {
        let least = bytes(least);
        checks.push(Check::pass(words!(
            "Each receiving shard needs {wanted} free; the fullest has {least}.",
            "받는 샤드마다 {wanted}이(가) 필요하며, 가장 적은 곳의 여유 공간은 {least}입니다.",
        )));
    }
    checks
}
