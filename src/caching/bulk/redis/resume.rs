//! Jobs that an earlier run of the console left open. Nothing of them runs any more, since the console itself sends every
//! portion; the journal says how far they came, and what can be done about it. Nothing is sent.

use std::sync::Arc;

use super::journal::{self, Folder, read};
use super::told;
use crate::caching::bulk::model::{End, JobKind, JobView};
use crate::change::resume::{self, Open, Resume, Watching};
use crate::change::run::Run;
use crate::change::{Outcome, Report};
use crate::error::AppError;
use crate::server::State;
use crate::text::{Words, count};
use crate::words;

/// The words of the changes whose end is told from what was written down.
pub const RESUMES: [(&str, Resume); 3] =
    [("caching.bulk_ttl", look), ("caching.undo_bulk", look), ("caching.sweep", look)];

fn look(state: Arc<State>, open: Open, _run: Arc<Run>) -> Watching {
    Box::pin(async move {
        let folder = Folder::below(&state.config.state);
        let looked = tokio::task::spawn_blocking(move || looked_at(&folder, &open));
        let looked = looked.await.map_err(std::io::Error::other).map_err(|error| journal::failed(&error));
        looked.and_then(|it| it).unwrap_or_else(resume::unknown)
    })
}

pub(super) fn looked_at(folder: &Folder, open: &Open) -> Result<Report, AppError> {
    let Some(view) = folder.find(open.id) else { return Ok(report(Outcome::Failed, never_began(), Words::default())) };
    let view = match view.kind {
        JobKind::Bulk => counted(folder, view).map_err(|error| journal::unread(&error))?,
        JobKind::Undo | JobKind::Sweep => view,
    };
    // A sweep writes down what it has reclaimed at its end only.
    let lost = view.kind == JobKind::Sweep && view.end.is_none();
    let view = JobView { end: Some(view.end.unwrap_or(End::Cut)), ..view };
    folder.keep(&view).map_err(|error| journal::failed(&error))?;
    if view.end == Some(End::Whole) {
        return Ok(report(Outcome::Done, open.title.clone(), told(&view)));
    }
    let seen = if lost {
        words!("How many keys the server reclaimed is unknown.", "서버가 회수한 키 수는 알 수 없습니다.")
    } else {
        told(&view)
    };
    Ok(report(Outcome::Stopped, cut(&view), seen))
}

/// The job with the counts that its journal says.
fn counted(folder: &Folder, view: JobView) -> std::io::Result<JobView> {
    let Some(found) = read(folder, view.record, |_, _, _| true)? else { return Ok(view) };
    if view.end.is_some() {
        return Ok(view);
    }
    let mut counts = found.counts;
    // With the last answer, portions that were under way were counted as unsure; what was written after it is too.
    counts.matched += found.open - counts.unsure;
    counts.unsure = found.open;
    Ok(JobView { counts, ..view })
}

fn cut(view: &JobView) -> Words {
    let (changed, expected) = (count(view.counts.changed), count(view.expected()));
    match view.kind {
        JobKind::Bulk => words!(
            "The console was stopped in the middle: {changed} of ≈{expected} keys are changed. Continue or undo it on the \
             job's page.",
            "콘솔이 도중에 멈췄습니다. 키 ≈{expected}개 중 {changed}개가 변경되었습니다. 작업 페이지에서 이어서 실행하거나 되돌리세요."
        ),
        JobKind::Undo => words!(
            "The console was stopped in the middle of taking a job back. Take it back again: what is restored already \
             stays as it is.",
            "되돌리는 도중에 콘솔이 멈췄습니다. 다시 되돌리면 이미 되돌린 키는 그대로 유지됩니다."
        ),
        JobKind::Sweep => {
            words!("The console was stopped in the middle of a sweep.", "정리 도중에 콘솔이 멈췄습니다.")
        }
    }
}

fn never_began() -> Words {
    words!("The console was stopped before anything was sent.", "아무것도 전송하기 전에 콘솔이 멈췄습니다.")
}

fn report(outcome: Outcome, summary: Words, read_back: Words) -> Report {
    Report { outcome, summary, ran: Vec::new(), read_back, error: None }
}
