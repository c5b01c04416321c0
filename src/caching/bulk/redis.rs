//! How many keys are changed at once: every server of the target on a connection of its own, in small portions.

mod facts;
mod job;
pub mod journal;
mod look;
mod pace;
pub mod resume;
mod seen;
mod storm;
mod sweep;
mod undo;
mod work;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

pub use self::facts::{Facts, Replica};
use self::journal::Folder;
pub use self::sweep::PAUSE as SWEEP_PAUSE;
pub use self::work::{BEHIND, SWEEP_SCRIPT, UNDO_SCRIPT, Work};
use super::model::{Change, Counts, End, Form, JobKind, JobView, Pattern, Preview, Timeline, Undone};
use crate::auth::session::{Authorized, Changes, Reads};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::{AppError, Kind};
use crate::server::State;
use crate::targets::model::{TargetId, TargetKind};
use crate::targets::registry::Entry;
use crate::text::{Words, count};
use crate::words;

/// Works on the keys of one target.
pub struct Bulk {
    entry: Arc<Entry>,
    folder: Folder,
    /// What came of the work that this was made for.
    last: Mutex<Option<JobView>>,
}

impl Bulk {
    /// With journals below this state directory.
    pub fn new(entry: Arc<Entry>, state: &Path) -> Self {
        Self { entry, folder: Folder::below(state), last: Mutex::default() }
    }

    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn to_change(who: &Authorized<Changes>, name: &str) -> Result<Self, AppError> {
        Self::at(who.state(), name)
    }

    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn to_read(who: &Authorized<Reads>, name: &str) -> Result<Self, AppError> {
        Self::at(who.state(), name)
    }

    fn at(state: &State, name: &str) -> Result<Self, AppError> {
        Ok(Self::new(state.registry.find(name, TargetKind::Redis)?, &state.config.state))
    }

    /// The target that is worked on.
    pub fn target(&self) -> &TargetId {
        &self.entry.configured.target.id
    }

    /// Its name, as a person knows it.
    pub fn name(&self) -> &str {
        &self.entry.configured.target.name
    }

    /// A job and those that it continued, the last first.
    pub fn chain(&self, record: i64) -> Vec<i64> {
        undo::chain(&self.folder, Some(record))
    }

    /// What a form asks for. A job that is continued is that of its record.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used; `NotFound` for a job that nothing is known of.
    pub fn change(&self, form: &Form) -> Result<Change, AppError> {
        let target = self.target().clone();
        if form.action != "continue_bulk" {
            return Change::from_form(target, form);
        }
        let record = form.record()?;
        let job = self.job(record)?.job.ok_or_else(|| no_job(record))?;
        Ok(Change::BulkTtl { target, job, continues: Some(record) })
    }

    /// What is known of a job at this target.
    ///
    /// # Errors
    /// `NotFound` where that is nothing.
    pub fn job(&self, record: i64) -> Result<JobView, AppError> {
        let found = self.folder.find(record).filter(|it| it.target == self.target().as_str());
        found.ok_or_else(|| no_job(record))
    }

    /// What a job with this pattern would meet, at most some seconds old.
    ///
    /// # Errors
    /// As [`crate::targets::redis::with`].
    pub async fn preview(&self, pattern: &Pattern) -> Result<Preview, AppError> {
        look::preview(&self.entry, pattern).await
    }

    /// When the keys of the target die.
    ///
    /// # Errors
    /// As [`crate::targets::redis::with`].
    pub async fn timeline(&self) -> Result<Timeline, AppError> {
        storm::timeline(&self.entry).await
    }

    /// What a plan rests on beside the keys.
    ///
    /// # Errors
    /// As [`crate::targets::redis::with`].
    pub async fn facts(&self) -> Result<Facts, AppError> {
        facts::facts(&self.entry).await
    }

    fn remember(&self, view: JobView) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(view);
    }
}

fn no_job(record: i64) -> AppError {
    AppError::not_found(words!(
        "Nothing is known of a job with record {record} at this target.",
        "이 대상에 기록 {record}번 작업에 대해 알려진 것이 없습니다."
    ))
    .at("job")
}

impl Engine<Change> for Bulk {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        super::plan::plan(self, change).await
    }

    async fn run(&self, command: &Command, run: &Run) -> Result<Words, AppError> {
        let done = match Work::parsed(&command.exact)? {
            Work::BulkTtl { job, continues, .. } => job::run(self, &job, continues, run).await,
            Work::UndoBulk { of, pattern, script } => undo::run(self, &of, pattern.as_ref(), &script, run).await,
            Work::Sweep { seconds, script, .. } => return sweep::run(self, seconds, &script, run).await,
        };
        // What was looked at before is no longer so, also where the job came to nothing.
        look::forget(&self.entry);
        Ok(told(&done?))
    }

    async fn read_back(&self, _change: &Change) -> Result<ReadBack, AppError> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(view) = last else {
            let seen = words!("Nothing was changed.", "변경된 것이 없습니다.");
            return Ok(ReadBack { holds: false, seen });
        };
        Ok(ReadBack { holds: view.end == Some(End::Whole), seen: told(&view) })
    }
}

/// What came of a job, in a sentence.
pub fn told(view: &JobView) -> Words {
    match view.kind {
        JobKind::Bulk => told_counts(&view.counts),
        JobKind::Undo => told_undone(&view.undone),
        JobKind::Sweep => {
            let keys = count(view.counts.changed);
            words!(
                "The server reclaimed {keys} expired keys meanwhile.",
                "그동안 서버가 만료된 키 {keys}개를 회수했습니다."
            )
        }
    }
}

fn told_counts(counts: &Counts) -> Words {
    let [matched, changed, refused, vanished] =
        [counts.matched, counts.changed, counts.refused, counts.vanished].map(count);
    let mut words = words!(
        "{matched} keys matched: {changed} changed, {refused} refused by the condition, {vanished} vanished",
        "일치한 키 {matched}개: 변경 {changed}, 조건 불일치 {refused}, 사라짐 {vanished}"
    );
    for (number, en, ko) in [
        (counts.denied, "no permission", "권한 없음"),
        (counts.unsure, "sent without an answer", "전송했으나 응답 없음"),
        (counts.before, "done before", "이전에 처리됨"),
    ] {
        if number > 0 {
            let number = count(number);
            words.en.push_str(&format!(", {number} {en}"));
            words.ko.push_str(&format!(", {ko} {number}"));
        }
    }
    Words { en: words.en + ".", ko: words.ko + "." }
}

fn told_undone(undone: &Undone) -> Words {
    let [met, restored, left, vanished, overdue] =
        [undone.met, undone.restored, undone.left, undone.vanished, undone.overdue].map(count);
    let mut words = words!(
        "{restored} of {met} keys have their former expiry again; {left} do not have the expiry that the job set and were \
         left alone, {vanished} are gone",
        "키 {met}개 중 {restored}개의 이전 만료 시각을 되돌렸습니다. 만료 시각이 작업이 설정한 값과 다른 {left}개는 그대로 두었고 {vanished}개는 이미 없습니다"
    );
    if undone.overdue > 0 {
        words.en.push_str(&format!(", {overdue} would have died by now and were left alone"));
        words.ko.push_str(&format!(". 이전 만료 시각이 이미 지난 {overdue}개는 그대로 두었습니다"));
    }
    if undone.denied > 0 {
        let denied = count(undone.denied);
        words.en.push_str(&format!(", {denied} without permission"));
        words.ko.push_str(&format!(". 권한이 없는 키 {denied}개"));
    }
    Words { en: words.en + ".", ko: words.ko + "." }
}

/// Somebody has stopped it.
fn stopped(view: &JobView) -> AppError {
    let done = told(view);
    AppError::new(
        Kind::Stopped,
        Words::new(
            format!("Stopped by hand; what was not reached is as it was. {}", done.en),
            format!("사용자가 중단했습니다. 아직 처리하지 않은 키는 그대로입니다. {}", done.ko),
        ),
        next(view.kind),
    )
}

/// What can be done about work that was cut short.
fn next(kind: JobKind) -> Words {
    match kind {
        JobKind::Bulk => words!(
            "It can be continued or undone on the job's page once the server answers.",
            "서버가 응답하면 작업 페이지에서 이어서 실행하거나 되돌릴 수 있습니다."
        ),
        JobKind::Undo => words!(
            "Take the job back again once the server answers: what is restored stays.",
            "서버가 응답하면 작업을 다시 되돌리세요. 이미 되돌린 키는 그대로 유지됩니다."
        ),
        JobKind::Sweep => words!("Sweep again once the server answers.", "서버가 응답하면 다시 정리하세요."),
    }
}

/// It ended before its time, and why.
fn cut_short(error: AppError, view: &JobView) -> AppError {
    let done = told(view);
    let (en, ko) = (&error.happened.en, &error.happened.ko);
    AppError {
        happened: Words::new(format!("{en} Up to then: {}", done.en), format!("{ko} 그때까지: {}", done.ko)),
        next: next(view.kind),
        ..error
    }
}
