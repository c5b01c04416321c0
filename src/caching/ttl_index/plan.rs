//! What each change of a TTL index would do, found out beforehand.

mod checks;
pub(super) mod commands;
mod effect;

#[cfg(test)]
mod tests;

use super::model::{Change, Deed};
use super::mongo::facts::Facts;
use crate::change::apply::fingerprint;
use crate::change::{Blast, Plan};
use crate::text::Words;
use crate::words;

/// The plan on what was found out.
pub(super) fn plan(change: &Change, facts: &Facts) -> Plan {
    let checks = checks::of(change, facts);
    let commands = commands::of(change);
    // What was counted is confirmed by typing it, and compared by a check: documents come and go all the time.
    let observed = (&facts.subject.uuid, &facts.subject.spec, &facts.subject.expiry, change.counted);
    Plan {
        title: title(change),
        checks,
        fingerprint: fingerprint(&observed, &commands),
        commands,
        revert: Vec::new(),
        effect: effect::of(change, facts),
        way_back: effect::way_back(change, facts),
        blast: blast(change),
    }
}

/// Whoever deletes types how many.
fn blast(change: &Change) -> Blast {
    match &change.deed {
        _ if change.counted > 0 => Blast::TypeName(change.counted.to_string()),
        Deed::Drop => Blast::Confirm,
        _ => Blast::Plain,
    }
}

fn title(change: &Change) -> Words {
    let (namespace, name) = (&change.namespace, change.index());
    let Words { en, ko } = change.seconds().map(|it| it.told()).unwrap_or_default();
    match &change.deed {
        Deed::Create { field, .. } => words!(
            "Create a TTL index on {field} of {namespace}: {en}",
            "{namespace}의 {field}에 TTL 인덱스 만들기: {ko}"
        ),
        Deed::SetSeconds { .. } => {
            words!("Let {name} of {namespace} expire: {en}", "{namespace}의 {name} 만료 변경: {ko}")
        }
        Deed::Convert { .. } => {
            words!("Make {name} of {namespace} a TTL index: {en}", "{namespace}의 {name}을(를) TTL 인덱스로 변환: {ko}")
        }
        Deed::Hide => words!("Hide {name} of {namespace}", "{namespace}의 {name} 숨기기"),
        Deed::Unhide => words!("Unhide {name} of {namespace}", "{namespace}의 {name} 숨기기 해제"),
        Deed::Drop => words!("Drop {name} of {namespace}", "{namespace}의 {name} 삭제"),
        Deed::Disarm => words!("Disarm {name} of {namespace}: delete nothing", "{namespace}의 {name} 해제: 삭제 안 함"),
        Deed::Lower { steps, .. } => {
            let n = steps.len();
            words!(
                "Lower {name} of {namespace} in {n} steps to {en}",
                "{namespace}의 {name}을(를) {n}단계로 낮추기: {ko}"
            )
        }
        Deed::Expire { seconds: None } => words!("Let nothing expire in {namespace}", "{namespace}의 만료 끄기"),
        Deed::Expire { .. } => {
            words!("Let documents of {namespace} expire: {en}", "{namespace}의 문서 만료 설정: {ko}")
        }
    }
}
