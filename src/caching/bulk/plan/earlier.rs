//! What a plan says of the jobs that came before it.

use crate::caching::bulk::model::{Aim, End, Job, JobView};
use crate::caching::bulk::redis::Bulk;
use crate::change::Check;
use crate::text::{Words, count};
use crate::words;

/// What is known of the job that is continued.
pub(super) fn continued(earlier: &JobView) -> Check {
    let (record, changed) = (earlier.record, count(earlier.counts.changed));
    if earlier.journal.is_none() {
        return Check::block(
            words!("The journal of job {record} is gone.", "{record}번 작업의 저널이 없습니다."),
            words!("Make a new job.", "새 작업을 만드세요."),
        );
    }
    if earlier.running || earlier.end != Some(End::Cut) {
        return Check::block(
            words!("Job {record} was not cut short.", "{record}번 작업은 중단된 작업이 아닙니다."),
            words!("There is nothing to continue.", "이어서 할 일이 없습니다."),
        );
    }
    if let Some(later) = earlier.later {
        return Check::block(
            words!(
                "Record {later} has continued job {record} or taken it back already.",
                "{later}번 기록이 {record}번 작업을 이미 이어서 실행했거나 되돌렸습니다."
            ),
            words!("Continue that one, or make a new job.", "그 작업을 이어서 실행하거나 새 작업을 만드세요."),
        );
    }
    Check::pass(words!(
        "Job {record} has changed {changed} keys; its journal keeps them from being changed again.",
        "{record}번 작업이 키 {changed}개를 변경했습니다. 저널이 같은 키를 다시 바꾸지 않게 합니다."
    ))
}

/// Told where the journal of a job is gone with which the first of these, the last to run, went on. Its keys can be left
/// out of an undo; what goes on would change them again.
pub(super) fn part_gone(bulk: &Bulk, of: &[i64], goes_on: bool) -> Option<Check> {
    let is_there = |record: i64| bulk.job(record).is_ok_and(|it| it.journal.is_some());
    let record = of.iter().skip(1).find(|it| !is_there(**it))?;
    let found = words!(
        "The journal of its earlier part, job {record}, is gone.",
        "앞부분인 {record}번 작업의 저널이 없습니다."
    );
    if goes_on {
        return Some(Check::block(found, words!("Make a new job.", "새 작업을 만드세요.")));
    }
    Some(Check::warn(
        found,
        words!("The keys that it changed stay as they are.", "그 작업이 바꾼 키는 그대로 남습니다."),
    ))
}

/// What taking a job back does, with the jobs that it went on with.
pub(super) fn undo_effect(view: &JobView, earlier: &[i64]) -> Vec<Words> {
    let mut all = vec![
        words!(
            "Every key gets the expiry that it had before the job, to the millisecond.",
            "모든 키가 작업 전의 만료 시각을 밀리초까지 되찾습니다."
        ),
        words!(
            "A key whose expiry is no longer the one that the job set is left alone and counted.",
            "만료 시각이 작업이 설정한 값과 다른 키는 그대로 두고 개수만 셉니다."
        ),
        words!(
            "A key that would have died by now is left alone too: giving its expiry back would delete it.",
            "이전 만료 시각이 이미 지난 키도 그대로 둡니다. 되돌리면 삭제되기 때문입니다."
        ),
    ];
    if !earlier.is_empty() {
        let records = earlier.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        all.push(words!(
            "The job went on with others, which are taken back too: {records}.",
            "이 작업이 이어서 실행한 앞부분도 함께 되돌립니다: {records}."
        ));
    }
    if let Some(Job { aim: Aim::Persist, .. }) = view.job {
        all.push(words!(
            "The job took TTLs away. A key that was written anew without a TTL since looks like one that it changed, and \
             gets the former expiry too.",
            "이 작업은 TTL을 없앴습니다. 그사이 TTL 없이 새로 쓰인 키는 작업이 바꾼 키와 구별되지 않아 이전 만료 시각이 함께 설정됩니다."
        ));
    }
    all
}
