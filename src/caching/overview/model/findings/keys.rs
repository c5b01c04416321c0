//! What the keys themselves tell: those that have expired and are still there, that never expire among others that
//! do, that must not be lost, and that are of several applications.

use super::super::picture::Prefix;
use super::Overview;
use crate::caching::finding::pattern_of;
use crate::caching::format::name::Family;
use crate::finding::{Finding, Way};
use crate::text::{Words, count};
use crate::words;

/// Percent of keys with a TTL that have expired and still take memory.
const GHOSTS: f64 = 25.0;
/// Of fewer sampled keys of a prefix nothing is concluded.
const ENOUGH: i64 = 20;
/// Where so many keys of a prefix have a TTL, the others were forgotten.
const MOST: f64 = 0.8;
/// Prefixes that are named.
const NAMED: usize = 5;

pub(super) fn ghosts(seen: &Overview, found: &mut Vec<Finding>) {
    for node in &seen.nodes {
        let Some(share) = node.ghosts.filter(|share| *share > GHOSTS && node.replica.is_none()) else { continue };
        let (address, share) = (&node.address, share.round());
        found.push(Finding::warn(
            words!(
                "At {address} some {share} % of the keys with a TTL have expired and are still in memory.",
                "{address}에서 TTL이 있는 키의 약 {share}%가 만료되고도 메모리에 남아 있습니다."
            ),
            words!(
                "The server removes them in bursts of up to 25 ms, in which everybody waits. A sweep removes them in small steps.",
                "서버는 최대 25ms씩 몰아서 지우고 그동안 모두가 기다립니다. 정리 작업은 조금씩 나눠 지웁니다."
            ),
            Way::to_sweep(&seen.target),
        ));
    }
}

pub(super) fn immortal(seen: &Overview, found: &mut Vec<Finding>) {
    let Some(picture) = &seen.picture else { return };
    let forgotten = |it: &&Prefix| {
        let all = it.with + it.without;
        it.without > 0 && all >= ENOUGH && it.with as f64 >= all as f64 * MOST && it.family.is_none()
    };
    for Prefix { prefix, with, without, keys, .. } in picture.prefixes.iter().filter(forgotten).take(NAMED) {
        let (about, all) = (if picture.whole { "" } else { "≈ " }, count(with + without));
        let (keys, with) = (count(keys.round() as i64), count(*with));
        let Words { en, ko } = match prefix.as_str() {
            "" => words!("without a prefix", "접두사 없는"),
            prefix => words!("under {prefix}", "{prefix} 아래"),
        };
        found.push(Finding::warn(
            words!(
                "{about}{keys} keys {en} never expire, while {with} of {all} sampled ones do.",
                "{ko} 키 {about}{keys}개는 만료되지 않습니다. 표본 {all}개 중 {with}개에는 TTL이 있습니다."
            ),
            words!(
                "They stay until somebody deletes them, or memory runs out. Often a TTL was lost when a value was saved.",
                "누가 지우거나 메모리가 찰 때까지 남습니다. 값을 저장하면서 TTL이 사라지는 경우가 많습니다."
            ),
            way_to_give(&seen.target, prefix),
        ));
    }
}

/// No pattern stands for names without a separator alone: `*` would be all keys.
fn way_to_give(target: &str, prefix: &str) -> Way {
    if prefix.is_empty() {
        return Way::to_immortal_keys(target, prefix);
    }
    let way = Way::to_bulk(target, &pattern_of(prefix));
    Way { link: format!("{}&only=lasting", way.link), ..way }
}

pub(super) fn protected(seen: &Overview, found: &mut Vec<Finding>) {
    let Some(picture) = seen.picture.as_ref().filter(|_| seen.evicts()) else { return };
    let policy = seen.policy();
    for family in [Family::Session, Family::Lock, Family::Queue] {
        // With volatile-* only keys with a TTL are dropped.
        let at_risk = |it: &&Prefix| it.family == Some(family) && (policy.starts_with("allkeys-") || it.with > 0);
        let Some(Prefix { prefix, .. }) = picture.prefixes.iter().find(at_risk) else { continue };
        let Words { en, ko } = family.many();
        found.push(Finding::warn(
            words!(
                "There are {en} here ({prefix}), and the policy {policy} may drop them.",
                "여기에 {ko}({prefix})이(가) 있는데 {policy} 정책이 내보낼 수 있습니다."
            ),
            words!(
                "What is no cache belongs on a server that evicts nothing: people are logged out, locks are lost, work is lost.",
                "캐시가 아닌 데이터는 내보내지 않는 서버에 두세요. 로그아웃되거나 잠금과 작업이 사라질 수 있습니다."
            ),
            Way::to_keys(&seen.target, prefix),
        ));
    }
}

pub(super) fn applications(seen: &Overview, found: &mut Vec<Finding>) {
    let Some(picture) = &seen.picture else { return };
    let several = picture.django.len() > 1 || picture.others > 0;
    if picture.django.is_empty() || !several {
        return;
    }
    let name = |prefix: &String| if prefix.is_empty() { "KEY_PREFIX \"\"".to_owned() } else { prefix.clone() };
    let names: Vec<String> = picture.django.iter().take(NAMED).map(name).collect();
    let (names, number, others) = (names.join(", "), seen.database, count(picture.others));
    found.push(Finding::warn(
        words!(
            "Database {number} holds keys of Django ({names}) and others ({others} of the sample).",
            "데이터베이스 {number}에 Django 키({names})와 다른 키(표본 중 {others}개)가 함께 있습니다."
        ),
        words!(
            "Django's cache.clear() is FLUSHDB: it deletes all keys of this database, also those of others. Give each application a database of its own.",
            "Django의 cache.clear()는 FLUSHDB라서 이 데이터베이스의 다른 키까지 모두 지웁니다. 애플리케이션마다 데이터베이스를 따로 쓰세요."
        ),
        Way::to_keys(&seen.target, ""),
    ));
}
