//! The limit of memory, and what happens when it is reached.

use super::super::NodeSeen;
use super::Overview;
use crate::finding::{Finding, Severity, Way};
use crate::text::{bytes, count};
use crate::words;

/// Parts of `maxmemory` from which on a server that evicts nothing is in danger, and at its end.
const NEAR: f64 = 0.9;
const FULL: f64 = 0.98;
/// A policy that drops only keys with a TTL finds too little to drop when fewer than this have one.
const FEW: f64 = 0.05;
/// Of fewer keys nothing is concluded.
const ENOUGH: i64 = 20;
/// From this version on the console's connections leave the order of use alone.
const NO_TOUCH: (u32, u32) = (7, 2);

pub(super) fn limit(seen: &Overview, found: &mut Vec<Finding>) {
    for node in seen.nodes.iter().filter(|node| node.replica.is_none()) {
        let NodeSeen { address, .. } = node;
        match (node.used, node.limit) {
            (Some(used), Some(0)) => {
                let used = bytes(used);
                found.push(Finding::warn(
                    words!("{address} has no memory limit (maxmemory 0).", "{address}에 메모리 한도가 없습니다(maxmemory 0)."),
                    words!(
                        "It takes {used} now and grows until the system ends it. Set maxmemory, and allkeys-lru or allkeys-lfu if all of it can be computed anew.",
                        "현재 {used}를 쓰며 시스템이 종료시킬 때까지 커집니다. maxmemory를 정하고, 모두 다시 만들 수 있는 데이터라면 allkeys-lru나 allkeys-lfu를 쓰세요."
                    ),
                    Way::none(),
                ));
            }
            (Some(used), Some(limit)) if node.policy == "noeviction" && used as f64 >= limit as f64 * NEAR => {
                let severity = if used as f64 >= limit as f64 * FULL { Severity::Bad } else { Severity::Warn };
                let (used, limit) = (bytes(used), bytes(limit));
                found.push(Finding::new(
                    severity,
                    words!(
                        "{address} uses {used} of {limit}, and its policy noeviction drops nothing.",
                        "{address}이(가) {limit} 중 {used}를 쓰고 있으며 noeviction 정책이라 아무것도 내보내지 않습니다."
                    ),
                    words!(
                        "At the limit every write is refused (OOM). Give keys a TTL, raise maxmemory, or choose a policy that evicts.",
                        "한도에 닿으면 모든 쓰기가 거부됩니다(OOM). 키에 TTL을 주거나 maxmemory를 늘리거나 내보내는 정책을 고르세요."
                    ),
                    Way::to_immortal_keys(&seen.target, ""),
                ));
            }
            _ => {}
        }
    }
}

pub(super) fn policy(seen: &Overview, found: &mut Vec<Finding>) {
    let (keys, expires) =
        seen.databases.iter().fold((0, 0), |(keys, expires), it| (keys + it.keys, expires + it.expires));
    let policy = seen.policy();
    if !policy.starts_with("volatile-") || keys < ENOUGH || expires as f64 >= keys as f64 * FEW {
        return;
    }
    let (keys, expires) = (count(keys), count(expires));
    found.push(Finding::warn(
        words!(
            "The policy {policy} drops only keys with a TTL, and {expires} of {keys} keys have one.",
            "{policy} 정책은 TTL이 있는 키만 내보내는데, 키 {keys}개 중 {expires}개만 TTL이 있습니다."
        ),
        words!(
            "When memory runs out there is almost nothing to drop, and writes are refused as with noeviction.",
            "메모리가 차면 내보낼 키가 거의 없어 noeviction처럼 쓰기가 거부됩니다."
        ),
        Way::to_bulk(&seen.target, "*"),
    ));
}

/// Setting a TTL counts as use where the server is older than 7.2, so a job over many keys mixes up which of them were
/// used last.
pub(super) fn order(seen: &Overview, found: &mut Vec<Finding>) {
    let policy = seen.policy();
    let old = seen.first().and_then(|node| node.level).is_some_and(|level| level < NO_TOUCH);
    let keys: i64 = seen.databases.iter().map(|it| it.keys).sum();
    let many = keys >= ENOUGH && seen.touched as f64 >= keys as f64 / 2.0;
    if !old || !many || !(policy.ends_with("-lru") || policy.ends_with("-lfu")) {
        return;
    }
    let (touched, keys) = (count(seen.touched), count(keys));
    found.push(Finding::note(
        words!(
            "In the last minutes {touched} TTLs were set; there are {keys} keys. {policy} now takes those keys for just used.",
            "최근 몇 분 동안 TTL이 {touched}번 설정되었습니다(키 {keys}개). {policy} 정책은 이 키들을 방금 쓴 것으로 봅니다."
        ),
        words!(
            "Before version 7.2 EXPIRE counts as use, so for a while the wrong keys may be evicted. Spread such jobs, or upgrade.",
            "7.2 이전 버전에서는 EXPIRE도 사용으로 셉니다. 당분간 엉뚱한 키가 나갈 수 있습니다. 작업을 나눠 하거나 업그레이드하세요."
        ),
        Way::none(),
    ));
}

/// A log of writes for data that is forgotten anyway.
pub(super) fn log(seen: &Overview, found: &mut Vec<Finding>) {
    let (keys, expires) =
        seen.databases.iter().fold((0, 0), |(keys, expires), it| (keys + it.keys, expires + it.expires));
    if keys < ENOUGH || (expires as f64) < keys as f64 * 0.95 {
        return;
    }
    for node in &seen.nodes {
        let Some(size) = node.log else { continue };
        let (address, size) = (&node.address, bytes(size));
        found.push(Finding::note(
            words!(
                "{address} keeps an append-only file ({size}), though nearly all keys expire.",
                "거의 모든 키가 만료되는데도 {address}이(가) AOF({size})를 씁니다."
            ),
            words!(
                "Every write goes to the disk as well. If all of it can be computed anew, appendonly no saves that.",
                "모든 쓰기가 디스크에도 기록됩니다. 다시 만들 수 있는 데이터라면 appendonly no로 아낄 수 있습니다."
            ),
            Way::none(),
        ));
    }
}
