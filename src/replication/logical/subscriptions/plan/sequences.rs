//! Cut-over: sequences are put ahead of the publisher's, since logical replication leaves them where they are.

use super::sent_to;
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::replication::logical::model::few;
use crate::replication::logical::subscriptions::model::Change;
use crate::replication::logical::subscriptions::postgres::{Existing, Sequence};
use crate::replication::sql::{literal, qualified};
use crate::text::{Words, bytes};
use crate::words;

/// What the plan rests on.
pub struct Facts {
    pub there: Option<Existing>,
    pub sequences: Vec<Sequence>,
}

pub fn plan(server: &str, publisher: &str, change: &Change, facts: &Facts) -> Plan {
    let ahead: Vec<&Sequence> = facts.sequences.iter().filter(|it| it.to.is_some()).collect();
    let values: Vec<String> = ahead
        .iter()
        .filter_map(|it| {
            let name = qualified(it.name.schema.as_str(), it.name.name.as_str());
            Some(format!("({}, {})", literal(&name), it.to?))
        })
        .collect();
    let commands = if values.is_empty() {
        Vec::new()
    } else {
        let values = values.join(", ");
        let text = format!("SELECT count(setval(s.name::regclass, s.last)) FROM (VALUES {values}) AS s (name, last);");
        vec![sent_to(change.database(), text)]
    };
    let count = ahead.len();
    Plan {
        title: words!(
            "Put sequences on {server} ahead of those on {publisher} ({count} in all)",
            "{server}의 시퀀스 {count}개를 {publisher}보다 앞서게 설정"
        ),
        checks: checks(facts),
        fingerprint: fingerprint(&facts.sequences.iter().map(|it| (&it.name, it.to)).collect::<Vec<_>>(), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![
            words!(
                "Numbers up to there are left out; nothing that is drawn here afterwards was drawn at the publisher.",
                "그 사이 번호는 비워 둡니다. 이후 여기서 뽑는 번호는 발행 서버에서 뽑힌 적이 없습니다."
            ),
            words!(
                "What remains: point the application to {server}; see that nobody writes to {publisher}; disable the subscription.",
                "남은 일: 애플리케이션을 {server}(으)로 전환하고, {publisher}에 쓰는 곳이 없는지 확인한 뒤 구독을 끕니다.",
            ),
        ],
        way_back: way_back(&ahead),
        blast: Blast::Confirm,
    }
}

fn way_back(ahead: &[&Sequence]) -> Words {
    let before: Vec<String> = ahead
        .iter()
        .map(|it| {
            format!("{} = {}", it.name, it.here.flatten().map_or_else(|| "–".to_owned(), |here| here.to_string()))
        })
        .collect();
    let before = few(&before, 10);
    words!("setval to what they are now: {before}.", "지금 값으로 setval: {before}.")
}

fn checks(facts: &Facts) -> Vec<Check> {
    let mut checks = vec![copied(facts), lag(facts)];
    let names = |which: &dyn Fn(&Sequence) -> bool| {
        let found: Vec<String> = facts.sequences.iter().filter(|it| which(it)).map(|it| it.name.to_string()).collect();
        (!found.is_empty()).then(|| few(&found, 5))
    };
    if let Some(names) = names(&|it| it.here.is_none()) {
        checks.push(Check::warn(
            words!("Not there at the subscriber: {names}.", "구독 서버에 없음: {names}."),
            words!(
                "They are left out. Create them if the application draws from them.",
                "제외됩니다. 애플리케이션이 쓴다면 생성하세요."
            ),
        ));
    }
    if let Some(names) = names(&|it| !it.readable) {
        checks.push(Check::block(
            words!(
                "The console's role may not read these at the publisher: {names}.",
                "콘솔의 역할이 발행 서버에서 읽을 수 없음: {names}."
            ),
            words!("GRANT SELECT ON SEQUENCE … there.", "그쪽에서 GRANT SELECT ON SEQUENCE …"),
        ));
    }
    if let Some(names) = names(&|it| it.to.is_some() && !it.settable) {
        checks.push(Check::block(
            words!(
                "The console's role may not set these here: {names}.",
                "콘솔의 역할이 여기서 설정할 수 없음: {names}."
            ),
            words!("GRANT UPDATE ON SEQUENCE … here.", "여기서 GRANT UPDATE ON SEQUENCE …"),
        ));
    }
    if let Some(names) = names(&|it| it.beyond) {
        checks.push(Check::block(
            words!("The new number is beyond the end of {names}.", "새 번호가 {names}의 한계를 넘습니다."),
            words!("Choose a smaller margin, or widen the sequence.", "여유를 줄이거나 시퀀스 범위를 늘리세요."),
        ));
    }
    if facts.sequences.iter().all(|it| it.to.is_none()) {
        checks.push(Check::block(
            words!("No sequence has to be moved.", "옮길 시퀀스가 없습니다."),
            words!("Nothing is left to do here.", "여기서 더 할 일이 없습니다."),
        ));
    }
    checks
}

fn copied(facts: &Facts) -> Check {
    let Some(there) = &facts.there else {
        return Check::block(
            words!("There is no such subscription (any more).", "그런 구독이 없습니다."),
            words!("Reload the list.", "목록을 새로 고치세요."),
        );
    };
    let (ready, all) = (there.ready, there.tables);
    let found = words!("Tables that are ready: {ready} of {all}.", "테이블 {all}개 중 {ready}개가 준비되었습니다.");
    if ready == all {
        Check::pass(found)
    } else {
        Check::warn(
            found,
            words!("Do not point the application here before all are.", "모두 준비되기 전에는 전환하지 마세요."),
        )
    }
}

fn lag(facts: &Facts) -> Check {
    match facts.there.as_ref().and_then(|it| it.publisher.as_ref()).and_then(|it| it.lag_bytes) {
        None => Check::warn(
            words!("How far the subscriber is behind is unknown.", "구독 서버가 얼마나 뒤처졌는지 알 수 없습니다."),
            words!("Stop writing at the publisher and compare.", "발행 서버의 쓰기를 멈추고 비교하세요."),
        ),
        Some(0) => Check::pass(words!("The subscriber has confirmed everything.", "구독 서버가 모두 확인했습니다.")),
        Some(lag) => {
            let lag = bytes(lag);
            Check::warn(
                words!(
                    "The subscriber has not confirmed {lag} yet.",
                    "구독 서버가 아직 {lag}을(를) 확인하지 않았습니다."
                ),
                words!(
                    "Stop writing at the publisher first; a number drawn there meanwhile makes this plan stale.",
                    "먼저 발행 서버의 쓰기를 멈추세요. 그사이 번호가 뽑히면 이 계획은 무효가 됩니다."
                ),
            )
        }
    }
}
