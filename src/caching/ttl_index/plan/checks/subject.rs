//! Whether a change fits the index and the collection that are there.

use crate::caching::ttl_index::model::{Change, Deed, Expiry, Kind, Seconds};
use crate::caching::ttl_index::mongo::facts::Facts;
use crate::change::Check;
use crate::text::Words;
use crate::words;

/// Whether the change fits what is there.
pub(super) fn of(change: &Change, facts: &Facts) -> Vec<Check> {
    let (subject, namespace, name) = (&facts.subject, &change.namespace, change.index());
    let block = |found, advice| vec![Check::block(found, advice)];
    let look = || words!("Look at the list.", "목록을 확인하세요.");
    if subject.uuid.is_empty() && !matches!(change.deed, Deed::Create { .. }) {
        return block(words!("There is no collection {namespace}.", "{namespace} 컬렉션이 없습니다."), look());
    }
    match &change.deed {
        Deed::Create { field, .. } => create(change, facts, field),
        Deed::Expire { .. } if subject.kind == Kind::Index => block(
            words!(
                "{namespace} is neither a clustered nor a time-series collection.",
                "{namespace}은(는) 클러스터드나 시계열 컬렉션이 아닙니다."
            ),
            words!("Create a TTL index instead.", "대신 TTL 인덱스를 만드세요."),
        ),
        Deed::Expire { .. } => vec![already(change, facts).unwrap_or_else(|| expiry_now(facts))],
        _ if subject.spec.is_empty() => {
            block(words!("{namespace} has no index {name}.", "{namespace}에 {name} 인덱스가 없습니다."), look())
        }
        Deed::Hide | Deed::Unhide | Deed::Drop => shown(change, facts),
        Deed::Convert { .. } if subject.expiry != Expiry::None => block(
            words!("{name} is a TTL index already.", "{name}은(는) 이미 TTL 인덱스입니다."),
            words!("Change its seconds instead.", "대신 초 값을 바꾸세요."),
        ),
        Deed::SetSeconds { .. } | Deed::Disarm | Deed::Lower { .. } if subject.expiry == Expiry::None => block(
            words!("{name} is a plain index.", "{name}은(는) 일반 인덱스입니다."),
            words!("Convert it instead.", "대신 변환하세요."),
        ),
        Deed::Convert { .. } if !facts.server.reaches(5, 1) => {
            let (major, minor) = facts.server.version;
            block(
                words!(
                    "MongoDB {major}.{minor} cannot convert a plain index; 5.1 and later can.",
                    "MongoDB {major}.{minor}은(는) 일반 인덱스를 변환하지 못합니다. 5.1부터 가능합니다."
                ),
                words!("Drop the index and create a TTL index.", "인덱스를 삭제하고 TTL 인덱스를 만드세요."),
            )
        }
        _ => match (subject.idle, already(change, facts)) {
            (Some(idle), _) if change.deed != Deed::Disarm => {
                let Words { en, ko } = idle.told();
                block(
                    words!(
                        "{name} would never delete anything: {en}.",
                        "{name}은(는) 아무것도 삭제하지 않습니다: {ko}."
                    ),
                    words!("Create a TTL index on one date field.", "날짜 필드 하나에 TTL 인덱스를 만드세요."),
                )
            }
            (_, Some(already)) => vec![already],
            _ => vec![expiry_now(facts)],
        },
    }
}

fn create(change: &Change, facts: &Facts, field: &str) -> Vec<Check> {
    let (subject, namespace, name) = (&facts.subject, &change.namespace, change.index());
    let block = |found, advice| vec![Check::block(found, advice)];
    if subject.uuid.is_empty() {
        return vec![Check::warn(
            words!(
                "There is no collection {namespace}; it is made too.",
                "{namespace} 컬렉션이 없어 함께 만들어집니다."
            ),
            words!("Look whether the name is right.", "이름이 맞는지 확인하세요."),
        )];
    }
    if subject.capped {
        return block(
            words!(
                "{namespace} is capped: before MongoDB 7.1 nothing expires there, and the console makes no TTL index on it.",
                "{namespace}은(는) capped입니다. MongoDB 7.1 이전에는 만료되지 않으며 콘솔은 TTL 인덱스를 만들지 않습니다."
            ),
            words!(
                "A capped collection removes its oldest documents itself.",
                "capped 컬렉션은 오래된 문서를 스스로 제거합니다."
            ),
        );
    }
    if subject.kind == Kind::TimeSeries {
        return block(
            words!("{namespace} is a time-series collection.", "{namespace}은(는) 시계열 컬렉션입니다."),
            words!("Set the expiry of the collection instead.", "대신 컬렉션 자체의 만료를 설정하세요."),
        );
    }
    let on_field = subject.plain.iter().find(|(_, of)| of == field);
    if let Some((plain, _)) = on_field.filter(|(plain, _)| *plain != name || !subject.spec.is_empty()) {
        return block(
            words!("There is a plain index on {field}: {plain}.", "{field}에 일반 인덱스 {plain}이(가) 있습니다."),
            words!(
                "Convert that one (from MongoDB 5.1), or drop it first.",
                "그 인덱스를 변환하거나(MongoDB 5.1부터) 먼저 삭제하세요."
            ),
        );
    }
    if !subject.spec.is_empty() {
        return block(
            words!("There is an index {name} already.", "{name} 인덱스가 이미 있습니다."),
            words!("Open it and change its seconds.", "그 인덱스를 열어 초 값을 바꾸세요."),
        );
    }
    vec![Check::pass(words!("No index {name} is there yet.", "아직 {name} 인덱스가 없습니다."))]
}

fn shown(change: &Change, facts: &Facts) -> Vec<Check> {
    let name = change.index();
    let hidden = facts.subject.hidden;
    let refused = |found| vec![Check::block(found, Words::default())];
    match change.deed {
        Deed::Hide | Deed::Unhide if !facts.server.reaches(4, 4) => {
            refused(words!("Indexes are hidden from MongoDB 4.4 on.", "인덱스 숨기기는 MongoDB 4.4부터 됩니다."))
        }
        Deed::Hide if hidden => refused(words!("{name} is hidden already.", "{name}은(는) 이미 숨겨져 있습니다.")),
        Deed::Unhide if !hidden => refused(words!("{name} is not hidden.", "{name}은(는) 숨겨져 있지 않습니다.")),
        Deed::Hide if facts.subject.expiry.seconds().is_some() && facts.subject.idle.is_none() => vec![Check::warn(
            words!("{name} goes on deleting while it is hidden.", "{name}은(는) 숨겨도 계속 삭제합니다."),
            words!("To stop it, disarm it.", "삭제를 멈추려면 해제하세요."),
        )],
        _ => vec![expiry_now(facts)],
    }
}

fn expiry_now(facts: &Facts) -> Check {
    let Words { en, ko } = facts.subject.expiry.told();
    Check::pass(words!("It expires now: {en}.", "현재 만료: {ko}."))
}

fn already(change: &Change, facts: &Facts) -> Option<Check> {
    let now = match facts.subject.expiry {
        Expiry::After(seconds) => Some(seconds),
        Expiry::Never => Some(Seconds::NEVER.get()),
        _ => None,
    };
    let off = matches!(change.deed, Deed::Expire { seconds: None }) && facts.subject.expiry == Expiry::None;
    let same = change.seconds().is_some_and(|it| now == Some(it.get()));
    if off || same {
        let found = words!("It has these seconds already.", "이미 이 값입니다.");
        return Some(Check::block(found, words!("Nothing is left to do.", "할 일이 없습니다.")));
    }
    match &change.deed {
        Deed::Lower { seconds, .. } if now.is_some_and(|now| now < seconds.get()) => Some(Check::block(
            words!("These are more seconds than now: nothing is lowered.", "현재보다 큰 값이어서 낮출 것이 없습니다."),
            words!(
                "Change the seconds at once; that deletes nothing.",
                "한 번에 바꾸세요. 아무것도 삭제되지 않습니다."
            ),
        )),
        _ => None,
    }
}
