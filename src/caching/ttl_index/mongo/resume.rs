//! Lowerings by steps that an earlier run of the console left in the middle. Nothing is sent again: what is told is at
//! which step the index stands.

use std::sync::Arc;

use super::Keeper;
use crate::caching::ttl_index::model::{Change, Deed, Expiry};
use crate::change::resume::{self, Open, Resume, Watching};
use crate::change::run::Run;
use crate::change::{Outcome, Report};
use crate::error::AppError;
use crate::server::State;
use crate::targets::model::TargetKind;
use crate::text::Words;
use crate::words;

/// The words of the changes that are looked after.
pub const RESUMES: [(&str, Resume); 1] = [("caching.lower_in_stages", go_on)];

fn go_on(state: Arc<State>, open: Open, _run: Arc<Run>) -> Watching {
    Box::pin(async move { told(&state, &open).await.unwrap_or_else(resume::unknown) })
}

async fn told(state: &State, open: &Open) -> Result<Report, AppError> {
    let change: Change = crate::change::apply::parse(&open.change)?;
    let keeper = Keeper::at(state.registry.find(&open.target, TargetKind::Mongodb)?);
    let shown = resume::look(&keeper, &change, open).await;
    if shown.outcome == Outcome::Done || shown.error.is_some() {
        return Ok(shown);
    }
    let subject = keeper.subject(&change).await?;
    let Deed::Lower { steps, .. } = &change.deed else { return Ok(shown) };
    let of = steps.len();
    let at = match &subject.expiry {
        Expiry::After(seconds) => steps.iter().position(|it| it.get() == *seconds),
        _ => None,
    };
    let Words { en, ko } = subject.expiry.told();
    let summary = match at {
        Some(at) if subject.uuid == change.seen.uuid => {
            let step = at + 1;
            words!(
                "The console was stopped in the middle. The index stands at step {step} of {of}: {en}. What is due there \
                 is deleted by the server; nothing further is lowered. Plan the rest anew.",
                "콘솔이 도중에 멈췄습니다. 인덱스는 {of}단계 중 {step}단계({ko})에 있습니다. 그 단계에서 만료된 문서는 서버가 삭제하며 더 낮추지 않습니다. 나머지를 다시 계획하세요.",
            )
        }
        _ => words!(
            "The console was stopped in the middle, and the index stands at none of its steps now: {en}. Nothing further \
             is lowered.",
            "콘솔이 도중에 멈췄고 인덱스는 지금 어느 단계에도 있지 않습니다({ko}). 더 낮추지 않습니다.",
        ),
    };
    Ok(Report { outcome: Outcome::Stopped, summary, ..shown })
}
