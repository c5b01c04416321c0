//! What is looked at before many keys are changed.

use super::forecast;
use crate::caching::bulk::model::{Job, Preview, STORM};
use crate::caching::bulk::redis::Facts;
use crate::change::Check;
use crate::text::{Words, bytes, count, span};
use crate::words;

/// Keys of one job at most; the journal has no room for more.
const MOST_KEYS: i64 = 5_000_000;

pub(super) fn supports(facts: &Facts) -> Check {
    let product = &facts.product;
    if facts.modern {
        return Check::pass(words!(
            "{product} knows conditions and absolute expiries.",
            "{product}은(는) 조건과 절대 만료 시각을 지원합니다."
        ));
    }
    Check::block(
        words!(
            "{product} knows neither conditions (NX, XX, GT, LT) nor PEXPIRETIME: the job could not be taken back.",
            "{product}은(는) 조건(NX, XX, GT, LT)과 PEXPIRETIME을 지원하지 않아 작업을 되돌릴 수 없습니다."
        ),
        words!("Change single keys, or use Redis 7.0 or later.", "키를 하나씩 바꾸거나 Redis 7.0 이상을 사용하세요."),
    )
}

pub(super) fn writable(facts: &Facts) -> Check {
    if facts.is_replica {
        return Check::block(
            words!("The server is a replica and takes no writes.", "서버가 복제본이라 쓰기를 받지 않습니다."),
            words!("Do it on the primary.", "기본 서버에서 실행하세요."),
        );
    }
    let nodes = facts.nodes;
    if nodes > 1 {
        return Check::pass(words!(
            "It runs on {nodes} primaries, one after the other.",
            "기본 서버 {nodes}대에서 차례로 실행합니다."
        ));
    }
    Check::pass(words!("The server is a primary.", "서버가 기본 서버입니다."))
}

pub(super) fn permission(preview: &Preview) -> Check {
    if preview.denied == 0 {
        return Check::pass(words!(
            "The console's user may ask about all keys that match.",
            "콘솔 사용자가 일치하는 모든 키를 조회할 수 있습니다."
        ));
    }
    let denied = preview.told(preview.denied);
    Check::warn(
        words!(
            "The console's user may not ask about {denied} keys that match.",
            "콘솔 사용자가 일치하는 키 {denied}개를 조회할 수 없습니다."
        ),
        words!("They are left alone and counted.", "해당 키는 그대로 두고 개수만 셉니다."),
    )
}

pub(super) fn size(matched: i64, preview: &Preview) -> Check {
    let told = preview.told(preview.matched);
    if matched > MOST_KEYS {
        let most = count(MOST_KEYS);
        return Check::block(
            words!(
                "{told} keys match; one job takes at most {most}.",
                "일치하는 키가 {told}개입니다. 한 작업은 최대 {most}개입니다."
            ),
            words!("Narrow the pattern.", "패턴을 좁히세요."),
        );
    }
    Check::pass(words!("{told} keys are not too many for one job.", "키 {told}개는 한 작업으로 처리할 수 있습니다."))
}

pub(super) fn families(preview: &Preview) -> Check {
    if preview.families.is_empty() && (!preview.whole || preview.matched > Preview::ALL_NAMES) {
        return Check::pass(words!(
            "None of the names that were examined is one of a session, lock or queue; not all were.",
            "검사한 이름 중 세션·잠금·큐는 없습니다. 모든 이름을 검사하지는 않았습니다."
        ));
    }
    if preview.families.is_empty() {
        return Check::pass(words!(
            "No name that was seen is one of a session, lock or queue.",
            "확인한 이름 중 세션·잠금·큐는 없습니다."
        ));
    }
    let families = preview.families.join(", ");
    Check::warn(
        words!("Names that look like {families} match.", "세션·잠금·큐로 보이는 이름이 일치합니다({families})."),
        words!(
            "Their early death logs people out or loses work; type what is asked for below only if you mean them.",
            "일찍 만료되면 로그아웃되거나 작업이 사라집니다. 정말 원할 때만 아래에 입력하세요."
        ),
    )
}

pub(super) fn storm(job: &Job, preview: &Preview) -> Check {
    let Some(most) = forecast(job, preview) else {
        return Check::pass(words!("No key dies by it.", "이 작업으로 만료되는 키는 없습니다."));
    };
    let told = count(most);
    let found =
        words!("At most ≈{told} keys will die in the same second.", "같은 1초에 만료되는 키는 최대 ≈{told}개입니다.");
    if most <= STORM {
        return Check::pass(found);
    }
    let limit = count(STORM);
    Check::warn(
        found,
        words!(
            "More than {limit} in one second stop other requests for some 25 ms at a time. Choose more jitter or a rate, or \
             sweep while they die (Storm page).",
            "1초에 {limit}개를 넘으면 다른 요청이 25ms가량씩 멈춥니다. 지터나 속도 제한을 늘리거나, 만료되는 동안 정리(스톰 페이지)를 실행하세요."
        ),
    )
}

pub(super) fn used_order(facts: &Facts) -> Check {
    let Some(policy) = &facts.policy else {
        return Check::warn(
            words!(
                "Which keys the server evicts is unknown: no permission for CONFIG GET.",
                "CONFIG GET 권한이 없어 서버의 제거 정책을 알 수 없습니다."
            ),
            words!(
                "With an LRU or LFU policy before Redis 7.2, changed keys count as just used.",
                "Redis 7.2 미만에서 LRU·LFU 정책이면 바뀐 키가 방금 사용된 것으로 간주됩니다."
            ),
        );
    };
    let by_use = policy.ends_with("lru") || policy.ends_with("lfu");
    if !by_use || facts.keeps_order {
        return Check::pass(words!(
            "The order of eviction ({policy}) stays as it is.",
            "제거 순서({policy})는 그대로입니다."
        ));
    }
    let product = &facts.product;
    Check::warn(
        words!(
            "{product} evicts by use ({policy}), and counts every changed key as just used.",
            "{product}은(는) 사용 순서로 제거하며({policy}), 바뀐 키를 모두 방금 사용된 것으로 봅니다."
        ),
        words!(
            "Until the keys are used again, it evicts others than it should. Redis 7.2 can leave the order alone.",
            "키가 다시 사용될 때까지 엉뚱한 키가 제거될 수 있습니다. Redis 7.2부터는 순서를 유지할 수 있습니다."
        ),
    )
}

/// What goes to the replicas.
pub(super) fn replicas(facts: &Facts, sent: i64) -> Vec<Check> {
    let sent = bytes(sent);
    if facts.replicas.is_empty() {
        return vec![Check::pass(words!(
            "No replica is connected; ≈{sent} would go to each, and to the append-only file where there is one.",
            "연결된 복제본이 없습니다. 복제본마다, 그리고 AOF가 있으면 거기에도 ≈{sent}가 기록됩니다."
        ))];
    }
    let of = |replica: &crate::caching::bulk::redis::Replica| {
        let (name, behind) = (&replica.name, bytes(replica.behind));
        let buffer = facts.buffer.as_deref().and_then(limits).unwrap_or_else(|| words!("unknown", "알 수 없음"));
        let (en, ko) = (buffer.en, buffer.ko);
        let found = words!(
            "Replica {name} is {behind} behind; ≈{sent} will go to it. Its buffer at the server: {en}.",
            "복제본 {name}이(가) {behind} 뒤처져 있고 ≈{sent}를 더 받습니다. 서버의 버퍼 한도: {ko}."
        );
        if replica.behind > crate::caching::bulk::redis::BEHIND {
            return Check::warn(
                found,
                words!("The job waits until it has caught up.", "따라잡을 때까지 작업이 기다립니다."),
            );
        }
        Check::pass(found)
    };
    facts.replicas.iter().map(of).collect()
}

/// The limits of the buffer for replicas, as the server writes them: `268435456 67108864 60`.
fn limits(text: &str) -> Option<Words> {
    let mut numbers = text.split(' ').map_while(|it| it.parse::<i64>().ok());
    let (hard, soft, seconds) = (numbers.next()?, numbers.next()?, numbers.next()?);
    if hard == 0 && soft == 0 {
        return Some(words!("no limit", "한도 없음"));
    }
    let (hard, soft) = (bytes(hard), bytes(soft));
    Some(words!(
        "{hard}, or {soft} for {seconds} s; beyond it the replica is cut off",
        "{hard}, 또는 {soft}가 {seconds}초 지속되면 복제 연결이 끊깁니다"
    ))
}

pub(super) fn took(preview: &Preview) -> Check {
    let (looked, keys, took) = (count(preview.looked), count(preview.keys), span(preview.millis));
    if preview.whole {
        return Check::pass(Words::new(
            format!("All {keys} keys were looked at, in {}: the numbers are exact for that moment.", took.en),
            format!("키 {keys}개를 모두 {} 만에 확인했습니다. 그 시점의 정확한 수치입니다.", took.ko),
        ));
    }
    Check::pass(Words::new(
        format!("{looked} of {keys} keys were looked at, in {}: numbers with ≈ are estimates.", took.en),
        format!("키 {keys}개 중 {looked}개를 {} 만에 확인했습니다. ≈는 추정치입니다.", took.ko),
    ))
}
