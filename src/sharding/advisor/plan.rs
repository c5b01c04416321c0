//! What switching the sampling of queries would do.

use bson::doc;

use super::model::Sampling;
use super::model::change::{Change, Rate};
use super::mongo::sampling::{Facts, Sampler};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Command, Plan};
use crate::error::AppError;
use crate::sharding::model::offered::Operation;
use crate::sharding::model::{Namespace, quoted};
use crate::sharding::mongo::command::command;
use crate::text::Words;
use crate::words;

/// Plans a change.
///
/// # Errors
/// When the cluster cannot be asked, or is none.
pub async fn plan(server: &Sampler, change: &Change) -> Result<Plan, AppError> {
    let Change::SwitchSampling { namespace, per_second, uuid, .. } = change;
    let common = server.common(namespace).await?;
    let facts = Facts { release: common.release, ..server.facts(namespace).await? };
    let mut plan = switch(server.name(), namespace, *per_second, uuid, &facts);
    plan.checks.splice(0..0, common.checks());
    plan.fingerprint = fingerprint(&(&plan.fingerprint, common.observed()), &plan.commands);
    Ok(plan)
}

fn switch(server: &str, namespace: &Namespace, rate: Option<Rate>, uuid: &str, facts: &Facts) -> Plan {
    let checks = checks(namespace, rate, uuid, facts);
    let possible = checks.iter().all(|it| it.verdict != crate::change::Verdict::Block);
    let commands = if possible { vec![configure(namespace, rate)] } else { Vec::new() };
    let seen = (facts.release, facts.listed.as_ref().map(|it| it.uuid.clone()), &facts.sampling);
    Plan {
        title: title(server, namespace, rate),
        checks,
        fingerprint: fingerprint(&seen, &commands),
        commands,
        revert: Vec::new(),
        effect: if possible { effect(rate) } else { vec![words!("None.", "없음.")] },
        way_back: way_back(namespace, rate),
        blast: Blast::Plain,
    }
}

fn title(server: &str, namespace: &Namespace, rate: Option<Rate>) -> Words {
    match rate {
        Some(_) => words!("Sample queries of {namespace} at {server}", "{server}의 {namespace} 쿼리 표본 수집"),
        None => {
            words!("Stop sampling queries of {namespace} at {server}", "{server}의 {namespace} 쿼리 표본 수집 중지")
        }
    }
}

fn checks(namespace: &Namespace, rate: Option<Rate>, uuid: &str, facts: &Facts) -> Vec<Check> {
    if let Err(why) = Operation::SampleQueries.offered(facts.release) {
        let advice = words!(
            "Judge keys by their values alone; routing stays not measured.",
            "값만으로 키를 평가하세요. 라우팅은 측정되지 않습니다."
        );
        return vec![Check::block(why, advice)];
    }
    let anew = || words!("Open the form anew.", "양식을 다시 여세요.");
    let Some(listed) = &facts.listed else {
        return vec![Check::block(
            words!("There is no collection {namespace}.", "{namespace} 컬렉션이 없습니다."),
            anew(),
        )];
    };
    let mut checks = Vec::new();
    checks.push(if listed.uuid == uuid {
        Check::pass(words!(
            "{namespace} is the collection that you looked at.",
            "{namespace}은(는) 확인하신 그 컬렉션입니다."
        ))
    } else {
        Check::block(
            words!("{namespace} has been replaced since.", "{namespace}이(가) 그 사이 교체되었습니다."),
            anew(),
        )
    });
    if listed.kind != "collection" {
        checks.push(Check::block(
            words!("Queries of views and time series are not sampled.", "뷰와 시계열의 쿼리는 수집하지 않습니다."),
            words!("Choose an ordinary collection.", "일반 컬렉션을 고르세요."),
        ));
    }
    checks.push(now(rate, &facts.sampling));
    checks
}

fn now(rate: Option<Rate>, sampling: &Sampling) -> Check {
    match (rate, sampling) {
        (None, Sampling::Off) => Check::block(
            words!("Sampling is off already.", "이미 꺼져 있습니다."),
            words!("There is nothing to do.", "할 일이 없습니다."),
        ),
        (_, Sampling::Off) => Check::pass(words!("Sampling is off now.", "현재 꺼져 있습니다.")),
        (Some(_), Sampling::On { .. }) => Check::warn(
            words!("Sampling is on already.", "이미 켜져 있습니다."),
            words!("It goes on at the new rate.", "새 속도로 계속됩니다."),
        ),
        (None, Sampling::On { .. }) => Check::pass(words!("Sampling is on now.", "현재 켜져 있습니다.")),
        (_, Sampling::Lacking(_) | Sampling::Unknown) => Check::warn(
            words!("Whether sampling is on now could not be read.", "현재 켜져 있는지 읽지 못했습니다."),
            words!("The console's user needs to read config.", "콘솔 사용자에 config 읽기 권한이 필요합니다."),
        ),
    }
}

fn configure(namespace: &Namespace, rate: Option<Rate>) -> Command {
    let name = namespace.to_string();
    let mut document = doc! { "configureQueryAnalyzer": &name, "mode": if rate.is_some() { "full" } else { "off" } };
    let mut typed = format!("db.adminCommand({{ configureQueryAnalyzer: {}, mode: ", quoted(&name));
    match rate {
        Some(rate) => {
            document.insert("samplesPerSecond", i32::from(rate.get()));
            typed.push_str(&format!("\"full\", samplesPerSecond: {} }})", rate.get()));
        }
        None => typed.push_str("\"off\" })"),
    }
    command("admin", document, typed)
}

fn effect(rate: Option<Rate>) -> Vec<Words> {
    let Some(rate) = rate.map(Rate::get) else {
        return vec![words!(
            "No more queries are kept; what was sampled stays for 7 days.",
            "더 이상 쿼리를 수집하지 않습니다. 수집한 것은 7일간 남습니다."
        )];
    };
    vec![
        words!(
            "At most {rate} queries a second, of the whole collection, are written to config.sampledQueries and kept for 7 days.",
            "컬렉션 전체에서 초당 최대 {rate}개 쿼리가 config.sampledQueries에 기록되고 7일간 보관됩니다."
        ),
        words!(
            "Their filters hold values of the application: who may read config sees them.",
            "필터에는 응용 프로그램의 값이 들어 있어 config를 읽을 수 있는 사람이 볼 수 있습니다."
        ),
        words!("It goes on until somebody stops it.", "누군가 중지할 때까지 계속됩니다."),
    ]
}

fn way_back(namespace: &Namespace, rate: Option<Rate>) -> Words {
    match rate {
        Some(_) => words!(
            "Stop sampling on the advisor's page of {namespace}.",
            "{namespace}의 키 추천 페이지에서 수집을 중지합니다."
        ),
        None => words!("Start it again.", "다시 시작합니다."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sharding::model::{Release, Version};
    use crate::sharding::mongo::collection::Listed;

    fn facts(version: Version, sampling: Sampling) -> Facts {
        let listed = Listed {
            uuid: "u".into(),
            kind: "collection".into(),
            capped: false,
            collated: false,
            options: bson::Document::new(),
        };
        Facts { release: Release { version, fcv: Version { patch: 0, ..version } }, listed: Some(listed), sampling }
    }

    fn planned(rate: Option<u8>, uuid: &str, facts: &Facts) -> Plan {
        let namespace = Namespace::parse("a.b").expect("a valid name");
        switch("shop", &namespace, rate.map(|it| Rate::try_from(it).expect("a rate")), uuid, facts)
    }

    #[test]
    fn the_switch_is_one_command_both_ways() {
        let seven = Version::new(7, 0, 5);
        let on = planned(Some(5), "u", &facts(seven, Sampling::Off));
        assert_eq!(on.commands[0].exact, r#"{"configureQueryAnalyzer":"a.b","mode":"full","samplesPerSecond":5}"#);
        assert_eq!(
            on.commands[0].typed,
            r#"db.adminCommand({ configureQueryAnalyzer: "a.b", mode: "full", samplesPerSecond: 5 })"#
        );
        let running = Sampling::On { per_second: Some(5.0), since: Some(0), by: None };
        let off = planned(None, "u", &facts(seven, running));
        assert_eq!(off.commands[0].exact, r#"{"configureQueryAnalyzer":"a.b","mode":"off"}"#);
        assert!(!on.blocked() && !off.blocked());
    }

    #[test]
    fn what_cannot_be_switched_is_blocked() {
        let six = Version::new(6, 0, 5);
        let seven = Version::new(7, 0, 5);
        let lacking = Sampling::Lacking(Words::default());
        for (plan, told) in [
            (planned(Some(5), "u", &facts(six, lacking)), "7.0"),
            (planned(None, "u", &facts(seven, Sampling::Off)), "off already"),
            (planned(Some(5), "other", &facts(seven, Sampling::Off)), "replaced"),
            (planned(Some(5), "u", &Facts { listed: None, ..facts(seven, Sampling::Off) }), "no collection"),
        ] {
            assert!(plan.blocked() && plan.commands.is_empty());
            assert!(plan.checks.iter().any(|it| it.found.en.contains(told)), "{told}: {:?}", plan.checks);
        }
    }
}
