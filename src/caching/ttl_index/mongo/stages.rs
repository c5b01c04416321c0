//! Carrying out a lowering by steps: each is sent, and the next only when all that it makes due has been deleted.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bson::Document;
use tokio::time::Instant;

use super::Keeper;
use super::errors::tell;
use super::place::{Place, between, until};
use super::read::subject;
use super::server::{monitor, server};
use super::steps::moment;
use crate::caching::ttl_index::model::{Change, Deed, Expiry, Seconds};
use crate::caching::ttl_index::plan::commands;
use crate::change::Command;
use crate::change::run::Run;
use crate::error::{AppError, Kind};
use crate::targets::mongo::{self, answer, command};
use crate::text::{Words, count};
use crate::words;

/// A lowering that is carried out.
pub(super) struct Stages {
    change: Change,
    steps: Vec<Seconds>,
    most: i64,
    disarm: bool,
    /// Documents that are gone.
    done: AtomicI64,
}

const PAUSE: Duration = Duration::from_millis(500);
/// A monitor sleeps for a minute; where it is not known how long, this is waited for documents to become fewer.
const PATIENCE: Duration = Duration::from_secs(240);
/// Looks in a row that may fail, of two seconds at least.
const FAILURES: u32 = 60;

/// What a step begins with.
struct Begun {
    place: Place,
    /// Dates up to this moment go with it, in milliseconds since 1970.
    cutoff: i64,
    /// Documents that it deletes.
    n: i64,
    patience: Duration,
}

impl Stages {
    /// None for every other change.
    pub(super) fn of(change: &Change) -> Option<Self> {
        match &change.deed {
            Deed::Lower { most, disarm, steps, .. } => Some(Self {
                steps: steps.clone(),
                most: *most,
                disarm: *disarm,
                change: change.clone(),
                done: AtomicI64::new(0),
            }),
            _ => None,
        }
    }

    /// Sends one step and waits for what it deletes.
    ///
    /// # Errors
    /// `Stopped` when somebody asked for that; `Conflict` when the index is another by now, or a step has become too
    /// big; `Refused` when nothing is being deleted; else as [`mongo::change`].
    pub(super) async fn step(&self, keeper: &Keeper, sent: &Command, run: &Run) -> Result<Words, AppError> {
        let document = command::parsed(&sent.exact)?;
        let seconds = of_command(&document).ok_or_else(changed)?;
        let number = self.steps.iter().position(|it| *it == seconds).unwrap_or_default();
        run.offer_cancel();
        if run.is_cancelled() {
            return Err(self.stopped(keeper, number, 0).await);
        }
        let begun = self.begin(keeper, number, seconds).await?;
        let answer = mongo::change(&keeper.entry, tell, &sent.database, document).await?;
        keeper.forget();
        self.wait(keeper, number, &begun, run).await?;
        self.done.fetch_add(begun.n, Ordering::AcqRel);
        let (line, n) = (answer::line(answer), count(begun.n));
        Ok(words!("{line} · {n} documents deleted", "{line} · 문서 {n}개 삭제됨"))
    }

    /// Looks whether all is as it was left, and how much the step deletes.
    async fn begin(&self, keeper: &Keeper, number: usize, seconds: Seconds) -> Result<Begun, AppError> {
        let change = &self.change;
        let (subject, place, now, n, sleep) = mongo::read(&keeper.entry, tell, |client| async move {
            let server = server(&client).await?;
            let (subject, place) = subject(&client, &change.namespace, &change.name).await?;
            let highest = subject.expiry.seconds().unwrap_or(Seconds::NEVER.get() - 1);
            let dates = match &subject.expiry {
                Expiry::After(_) => between(moment(server.now, highest), moment(server.now, seconds.get())),
                _ => until(moment(server.now, seconds.get())),
            };
            let n = place.count_or_fail(&client, dates, None).await?;
            let monitor = monitor(&client, server).await?;
            Ok((subject, place, server.now, n, monitor.sleep))
        })
        .await?;
        let before = number.checked_sub(1).and_then(|before| self.steps.get(before));
        let as_left = match before {
            Some(before) => {
                subject.expiry == Expiry::After(before.get())
                    && without_seconds(&subject.spec) == without_seconds(&change.seen.spec)
            }
            None => subject.spec == change.seen.spec,
        };
        if subject.uuid != change.seen.uuid || !as_left {
            return Err(changed());
        }
        if n > self.most {
            let (n, most) = (count(n), count(self.most));
            return Err(AppError::new(
                Kind::Conflict,
                words!(
                    "The next step would delete {n} documents by now, more than {most}; it was not sent.",
                    "다음 단계가 이제 {most}개보다 많은 문서 {n}개를 삭제하므로 전송하지 않았습니다.",
                ),
                words!("Plan the rest anew.", "나머지를 다시 계획하세요."),
            ));
        }
        let patience = sleep.map_or(PATIENCE, |sleep| Duration::from_secs(u64::try_from(sleep).unwrap_or(60) * 3 + 30));
        Ok(Begun { place, cutoff: moment(now, seconds.get()), n, patience })
    }

    async fn wait(&self, keeper: &Keeper, number: usize, begun: &Begun, run: &Run) -> Result<(), AppError> {
        let (mut least, mut since, mut failures) = (i64::MAX, Instant::now(), 0);
        loop {
            match due(keeper, begun).await {
                Ok(0) => return Ok(()),
                Ok(left) => {
                    failures = 0;
                    if left < least {
                        (least, since) = (left, Instant::now());
                    }
                    self.tell(run, number, begun, left);
                }
                Err(error) if error.kind == Kind::Unreachable && failures < FAILURES => failures += 1,
                Err(error) => return Err(error),
            }
            if since.elapsed() > begun.patience && failures == 0 {
                return Err(stuck(least));
            }
            tokio::select! {
                () = tokio::time::sleep(if failures == 0 { PAUSE } else { PAUSE * 4 }) => {}
                () = run.cancelled() => return Err(self.stopped(keeper, number + 1, least).await),
            }
        }
    }

    fn tell(&self, run: &Run, number: usize, begun: &Begun, left: i64) {
        let (step, of, seconds) = (number + 1, self.steps.len(), self.steps.get(number).copied());
        let Words { en, ko } = seconds.map(Seconds::told).unwrap_or_default();
        let left_told = count(left);
        run.tell(words!(
            "Step {step} of {of}, {en}: {left_told} documents are still to be deleted by the server. Counted in documents.",
            "{of}단계 중 {step}단계, {ko}: 서버가 삭제할 문서 {left_told}개 남음. 문서 수로 표시합니다.",
        ));
        let done = self.done.load(Ordering::Acquire) + (begun.n - left).max(0);
        let total = self.change.counted.max(done);
        run.measure(u64::try_from(done).unwrap_or_default(), u64::try_from(total).ok());
    }

    /// Somebody wants no more of it. Nothing further is lowered, and the index is disarmed where that was chosen.
    async fn stopped(&self, keeper: &Keeper, sent: usize, left: i64) -> AppError {
        let (of, left) = (self.steps.len(), if left == i64::MAX { "?".to_owned() } else { count(left) });
        let stands = words!(
            "Stopped after {sent} of {of} steps; nothing further is lowered.",
            "{of}단계 중 {sent}단계 후 중단했습니다. 더 낮추지 않습니다.",
        );
        let then = if self.disarm {
            let disarm = commands::set_seconds(&self.change, Seconds::NEVER);
            match keeper.send(&disarm).await {
                Ok(_) => {
                    let typed = disarm.typed;
                    words!(
                        " The index was disarmed, so what is left stays. Sent: {typed}",
                        " 인덱스를 해제했으므로 남은 문서는 유지됩니다. 전송: {typed}"
                    )
                }
                Err(error) => {
                    let Words { en, ko } = error.happened;
                    words!(
                        " Disarming it FAILED ({en}): disarm it by hand.",
                        " 해제하지 못했습니다({ko}). 직접 해제하세요.",
                    )
                }
            }
        } else {
            words!(
                " What was due at the last step ({left} documents) is still deleted by the server.",
                " 마지막 단계에서 만료된 문서({left}개)는 서버가 계속 삭제합니다.",
            )
        };
        let told = Words { en: stands.en + &then.en, ko: stands.ko + &then.ko };
        AppError::new(Kind::Stopped, told, Words::default())
    }
}

async fn due(keeper: &Keeper, begun: &Begun) -> Result<i64, AppError> {
    let (place, cutoff) = (&begun.place, begun.cutoff);
    mongo::read(&keeper.entry, tell, |client| async move { place.count_or_fail(&client, until(cutoff), None).await })
        .await
}

fn of_command(document: &Document) -> Option<Seconds> {
    let seconds = document.get_document("index").ok().and_then(|it| answer::number(it, "expireAfterSeconds"));
    seconds.and_then(|it| Seconds::try_from(it).ok())
}

/// An index as it is listed but for its seconds, which each step changes.
fn without_seconds(spec: &str) -> Option<Document> {
    let mut spec = command::parsed(spec).ok()?;
    spec.remove("expireAfterSeconds");
    Some(spec)
}

fn changed() -> AppError {
    AppError::new(
        Kind::Conflict,
        words!(
            "Somebody has changed the index or the collection meanwhile, so no further step was sent.",
            "그사이 누군가 인덱스나 컬렉션을 바꾸어 다음 단계를 전송하지 않았습니다.",
        ),
        words!("Look at the index, then plan anew.", "인덱스를 확인한 뒤 다시 계획하세요."),
    )
}

fn stuck(left: i64) -> AppError {
    let left = count(left);
    AppError::new(
        Kind::Refused,
        words!(
            "{left} documents are due and are not being deleted, so no further step was sent.",
            "만료된 문서 {left}개가 삭제되지 않아 다음 단계를 전송하지 않았습니다.",
        ),
        words!(
            "Look whether the TTL monitor is on and the primaries are up. The index keeps the seconds of this step.",
            "TTL 모니터와 프라이머리 상태를 확인하세요. 인덱스는 이 단계의 초 값을 유지합니다.",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_index_only_the_seconds_may_differ_between_steps() {
        let of = |text: &str| without_seconds(text).expect("an index");
        let planned = of(r#"{"v":{"$numberInt":"2"},"name":"x","expireAfterSeconds":{"$numberInt":"2147483647"}}"#);
        assert_eq!(planned, of(r#"{"v":{"$numberInt":"2"},"name":"x","expireAfterSeconds":{"$numberInt":"60"}}"#));
        assert_ne!(planned, of(r#"{"v":{"$numberInt":"2"},"name":"x","hidden":true}"#));
    }
}
