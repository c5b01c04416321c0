//! What a change of the policies would do.

use super::model::{Change, Policy, Rule};
use super::stored::MOST;
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Command, Plan};
use crate::text::{Words, span};
use crate::words;

/// Plans a change of the policies that there are.
pub fn plan(name: &str, change: &Change, all: &[Policy]) -> Plan {
    let prefix = change.prefix();
    let now = all.iter().find(|it| it.prefix == *prefix);
    let commands = vec![command(change)];
    let (title, check) = match change {
        Change::AddPolicy { policy, .. } => (added(name, policy), room(all, now)),
        Change::RemovePolicy { .. } => (
            words!("Remove the policy for {prefix} of {name}", "{name}의 {prefix} 정책 삭제"),
            there(prefix.as_str(), now.is_some()),
        ),
    };
    Plan {
        title,
        checks: vec![check],
        fingerprint: fingerprint(&now, &commands),
        commands,
        revert: Vec::new(),
        effect: vec![words!(
            "The console remembers it. No key is touched: the page shows which keys break it, and plans the job for them.",
            "콘솔이 정책을 기억합니다. 키는 바뀌지 않습니다. 정책에 어긋나는 키를 페이지에서 보여 주고 작업 계획을 만들 수 있습니다."
        )],
        way_back: match now {
            Some(policy) => {
                let before = demand(policy);
                Words::new(
                    format!("Set the policy that there is now: {}", before.en),
                    format!("지금의 정책을 다시 설정하세요: {}", before.ko),
                )
            }
            None => words!("Remove the policy.", "정책을 삭제하세요."),
        },
        blast: Blast::Plain,
    }
}

fn command(change: &Change) -> Command {
    let exact = serde_json::to_string(change).unwrap_or_default();
    Command { typed: exact.clone(), exact, tool: "outgrow".to_owned(), database: String::new() }
}

fn added(name: &str, policy: &Policy) -> Words {
    let demand = demand(policy);
    Words::new(format!("Policy of {name}: {}", demand.en), format!("{name}의 정책: {}", demand.ko))
}

/// What a policy demands, in one sentence.
pub fn demand(policy: &Policy) -> Words {
    let (prefix, mut ttl) = (&policy.prefix, span(policy.ttl.seconds() * 1_000));
    let percent = policy.jitter.percent();
    if percent > 0 {
        ttl.en.push_str(&format!(" ±{percent} %"));
        ttl.ko.push_str(&format!(" ±{percent} %"));
    }
    match policy.rule {
        Rule::Give => Words::new(
            format!("keys that begin with {prefix} get a TTL of {} where they have none", ttl.en),
            format!("{prefix}(으)로 시작하는 키에 TTL이 없으면 {}", ttl.ko),
        ),
        Rule::Cap => Words::new(
            format!("keys that begin with {prefix} live {} at most", ttl.en),
            format!("{prefix}(으)로 시작하는 키의 TTL은 최대 {}", ttl.ko),
        ),
    }
}

fn room(all: &[Policy], now: Option<&Policy>) -> Check {
    if now.is_some() {
        return Check::pass(words!("It takes the place of the one that there is.", "지금 있는 정책을 대체합니다."));
    }
    let there = all.len();
    if there >= MOST {
        return Check::block(
            words!("There are {there} policies already.", "정책이 이미 {there}개 있습니다."),
            words!("Remove one first.", "먼저 하나를 삭제하세요."),
        );
    }
    Check::pass(words!("There are {there} policies of at most {MOST}.", "정책 {there}개(최대 {MOST}개)."))
}

fn there(prefix: &str, is_there: bool) -> Check {
    if is_there {
        return Check::pass(words!("There is a policy for {prefix}.", "{prefix} 정책이 있습니다."));
    }
    Check::block(
        words!("There is no policy for {prefix}.", "{prefix} 정책이 없습니다."),
        words!("There is nothing to remove.", "삭제할 것이 없습니다."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caching::bulk::model::Jitter;
    use crate::targets::model::TargetId;

    fn add(prefix: &str) -> Change {
        let target = TargetId::parse("c").expect("a name");
        Change::from_form(target, "add_policy", prefix, "give", "1h", "0").expect("a change")
    }

    fn policy(prefix: &str) -> Policy {
        match add(prefix) {
            Change::AddPolicy { policy, .. } => policy,
            Change::RemovePolicy { .. } => panic!("an addition"),
        }
    }

    #[test]
    fn what_a_policy_demands_says_by_how_much_it_may_differ() {
        let with = |percent| Policy { jitter: Jitter::try_from(percent).expect("a jitter"), ..policy("a:") };
        assert!(!demand(&with(0)).en.contains('±'));
        assert!(demand(&with(10)).en.contains(" ±10 % where they have none"), "{:?}", demand(&with(10)));
    }

    #[test]
    fn only_what_is_there_can_be_removed_and_there_is_an_end_to_adding() {
        let remove = Change::RemovePolicy { target: TargetId::parse("c").expect("a name"), prefix: policy("a").prefix };
        assert!(plan("C", &remove, &[]).blocked());
        assert!(!plan("C", &remove, &[policy("a")]).blocked());
        let full: Vec<Policy> = (0..MOST).map(|place| policy(&format!("p{place}:"))).collect();
        assert!(plan("C", &add("new:"), &full).blocked());
        assert!(!plan("C", &add("p0:"), &full).blocked(), "one that is there is replaced");
    }
}
