//! What is looked at before an index is changed.

mod server;
mod subject;

use crate::caching::ttl_index::model::{Change, Counted, Deed, Kind, Seconds};
use crate::caching::ttl_index::mongo::facts::Facts;
use crate::caching::ttl_index::mongo::steps::Steps;
use crate::change::Check;
use crate::text::{Words, count};
use crate::words;

/// A plan is confirmed within this time, in milliseconds.
const FRESH: i64 = 3_600_000;

/// All checks, those about the thing itself first.
pub(super) fn of(change: &Change, facts: &Facts) -> Vec<Check> {
    let mut checks = subject::of(change, facts);
    checks.extend(same(change, facts));
    checks.extend(deletions(change, facts));
    checks.extend(dates(change, facts));
    checks.extend(steps(change, facts));
    checks.extend(server::of(change, facts));
    checks
}

/// Whether it is what was looked at, and what was counted.
fn same(change: &Change, facts: &Facts) -> Vec<Check> {
    let mut checks = Vec::new();
    if change.at == 0 {
        return checks;
    }
    let seen = &change.seen;
    if seen.uuid != facts.subject.uuid || seen.spec != facts.subject.spec {
        checks.push(Check::block(
            words!(
                "The collection or the index is another than when you looked.",
                "확인하신 뒤 컬렉션이나 인덱스가 바뀌었습니다."
            ),
            words!("Open the form anew.", "양식을 다시 여세요."),
        ));
    }
    let age = facts.server.now.saturating_sub(change.at);
    if !(-60_000..=FRESH).contains(&age) {
        checks.push(Check::block(
            words!("This plan was counted more than an hour ago.", "이 계획의 문서 수는 한 시간 이상 지난 것입니다."),
            words!("Open the form anew.", "양식을 다시 여세요."),
        ));
    }
    let Some(due) = facts.deletes else { return checks };
    // A sample differs from the next one.
    let room = if due.estimated { change.counted / 4 + 100 } else { change.counted / 1_000 };
    if due.n > change.counted.saturating_add(room) {
        let (now, then) = (count(due.n), count(change.counted));
        checks.push(Check::block(
            words!(
                "It would delete {now} documents by now, not {then}.",
                "이제 {then}개가 아니라 {now}개의 문서를 삭제합니다."
            ),
            words!("Open the form anew.", "양식을 다시 여세요."),
        ));
    }
    checks
}

fn deletions(change: &Change, facts: &Facts) -> Vec<Check> {
    if change.seconds().is_none() {
        return Vec::new();
    }
    match facts.deletes {
        None => vec![Check::block(
            words!(
                "How many documents it would delete could not be counted in time.",
                "삭제될 문서 수를 제때 세지 못했습니다."
            ),
            words!(
                "Try again when it is less busy. For an index, choose “never” first: it then makes counting quick.",
                "부하가 줄어든 뒤 다시 시도하세요. 인덱스라면 먼저 “삭제 안 함”을 고르면 이후 빨리 셀 수 있습니다."
            ),
        )],
        Some(due) if due.more => {
            let Words { en, ko } = due.told();
            vec![Check::block(
                words!(
                    "It would delete {en} documents; the exact number is being counted.",
                    "문서 {ko}를 삭제합니다. 정확한 수를 세는 중입니다."
                ),
                words!("Load this page again in some seconds.", "몇 초 뒤 이 페이지를 다시 불러오세요."),
            )]
        }
        Some(Counted { n: 0, estimated: true, .. }) if facts.subject.kind == Kind::Index => vec![Check::warn(
            words!(
                "None of the documents that were looked at would be deleted now; there may be some among the others.",
                "확인한 문서 중 지금 삭제되는 것은 없지만 나머지에는 있을 수 있습니다."
            ),
            if change.seconds() == Some(Seconds::NEVER) { even_never() } else { Words::default() },
        )],
        Some(Counted { n: 0, .. }) => {
            vec![Check::pass(words!("It deletes no document now.", "지금 삭제되는 문서가 없습니다."))]
        }
        Some(due) => {
            let Words { en, ko } = due.told();
            vec![Check::warn(
                words!("It deletes {en} documents.", "문서 {ko}를 삭제합니다."),
                match change.deed {
                    _ if change.seconds() == Some(Seconds::NEVER) => even_never(),
                    Deed::Lower { .. } => {
                        words!("Step by step, and it can be stopped.", "단계별로 삭제하며 중단할 수 있습니다.")
                    }
                    Deed::Create { .. } | Deed::Convert { .. } => words!(
                        "To delete them in stages, choose “never” here and lower the seconds afterwards.",
                        "나누어 삭제하려면 여기서 “삭제 안 함”을 고른 뒤 나중에 단계별로 낮추세요."
                    ),
                    _ => words!("They can be deleted in stages instead.", "단계별로 나누어 삭제할 수도 있습니다."),
                },
            )]
        }
    }
}

/// The greatest number of seconds is a number too.
fn even_never() -> Words {
    words!(
        "Even “never” deletes dates older than 68 years, such as an empty date written as 0001-01-01.",
        "“삭제 안 함”이어도 68년보다 오래된 날짜(예: 0001-01-01로 쓴 빈 날짜)는 삭제됩니다."
    )
}

fn dates(change: &Change, facts: &Facts) -> Vec<Check> {
    if change.seconds().is_none() || facts.subject.kind != Kind::Index {
        return Vec::new();
    }
    let field = &facts.place.field;
    let mut checks = Vec::new();
    if facts.dates == Some(false) {
        checks.push(Check::warn(
            words!(
                "No document has a date in {field}: nothing would ever expire.",
                "{field}에 날짜가 있는 문서가 없어 아무것도 만료되지 않습니다."
            ),
            words!(
                "Texts and numbers never expire; look at the field's name and type.",
                "문자열과 숫자는 만료되지 않습니다. 필드 이름과 형식을 확인하세요."
            ),
        ));
    }
    if facts.arrays {
        checks.push(Check::warn(
            words!(
                "{field} holds arrays: the earliest date of each decides.",
                "{field}에 배열이 있습니다. 가장 이른 날짜가 기준입니다."
            ),
            Words::default(),
        ));
    }
    checks
}

fn steps(change: &Change, facts: &Facts) -> Vec<Check> {
    let Deed::Lower { most, .. } = &change.deed else { return Vec::new() };
    let most = count(*most);
    match &facts.steps {
        Some(Steps::Found(steps)) => {
            let n = steps.len();
            vec![Check::pass(words!(
                "{n} steps, of which none deletes more than {most} documents.",
                "{n}단계이며, 각 단계는 문서를 최대 {most}개 삭제합니다."
            ))]
        }
        Some(Steps::TooDense(n)) => {
            let n = count(*n);
            vec![Check::block(
                words!(
                    "{n} documents have dates within one second, more than {most}.",
                    "1초 안에 {most}개보다 많은 문서 {n}개의 날짜가 몰려 있습니다."
                ),
                words!("Allow more documents in one step.", "한 단계의 문서 수를 늘리세요."),
            )]
        }
        Some(Steps::TooMany) => vec![Check::block(
            words!("It would take more than 300 steps.", "300단계가 넘습니다."),
            words!("Allow more documents in one step, or lower it less.", "한 단계의 문서 수를 늘리거나 덜 낮추세요."),
        )],
        Some(Steps::Unknown) | None => vec![Check::block(
            words!("The steps could not be worked out.", "단계를 계산하지 못했습니다."),
            words!(
                "They need an index on single dates that is not hidden, and counts that end in time.",
                "숨기지 않은 단일 날짜 인덱스와 제때 끝나는 집계가 필요합니다."
            ),
        )],
    }
}
