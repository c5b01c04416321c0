//! The way back: gives each key of a journal its former expiry, unless somebody has changed it since the job.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{TryStreamExt, stream};
use redis::{Pipeline, RedisError, Value};
use tokio::sync::mpsc;

use super::job::clock;
use super::journal::{self, Folder, read};
use super::pace::Pace;
use super::work::{BATCH, BEHIND};
use super::{Bulk, cut_short, facts, stopped};
use crate::auth::session::clock::wall;
use crate::caching::bulk::model::{End, JobKind, JobView, Pattern, Undone};
use crate::change::run::Run;
use crate::error::AppError;
use crate::targets::redis::{Carried, Link, Node, nodes, of_key, own, told};
use crate::text::count;
use crate::words;

const AT_ONCE: usize = 2;
const BEAT: Duration = Duration::from_millis(250);
/// What would have died within this is not given back: on its way to the server it would be deleted.
const MARGIN: i64 = 1_000;

/// A job and those that it continued, the last first.
pub(super) fn chain(folder: &Folder, record: Option<i64>) -> Vec<i64> {
    let mut records = Vec::new();
    let mut next = record;
    while let Some(record) = next.filter(|it| !records.contains(it)) {
        records.push(record);
        next = folder.find(record).filter(|it| it.kind == JobKind::Bulk).and_then(|it| it.of);
    }
    records
}

/// Takes jobs back, or the keys of them that match.
///
/// # Errors
/// `Stopped` when somebody has stopped it; else what kept it from its end. It can be done again: what was given back
/// stays.
pub(super) async fn run(
    bulk: &Bulk,
    of: &[i64],
    pattern: Option<&Pattern>,
    script: &str,
    run: &Run,
) -> Result<JobView, AppError> {
    let nodes = nodes(&bulk.entry).await?;
    let mut places = Vec::with_capacity(nodes.len());
    for node in &nodes {
        places.push(Place::open(bulk, node, script).await?);
    }
    let total = of.iter().filter_map(|it| bulk.folder.find(*it)).map(|it| it.counts.changed).sum();
    let view = JobView {
        record: run.record(),
        target: bulk.target().to_string(),
        kind: JobKind::Undo,
        of: of.first().copied(),
        pattern: pattern.cloned(),
        keys: total,
        began: wall(),
        at: wall(),
        ..JobView::default()
    };
    let working = Working { bulk, run, script, places, pace: Pace::new(None), undone: Mutex::default(), view };
    working.keep(None);
    of.iter().for_each(|record| bulk.folder.follow(*record, run.record()));
    run.offer_cancel();
    run.offer_pause();
    let result = tokio::select! {
        result = working.walk(of.to_vec(), pattern.cloned()) => result,
        () = working.beat(&nodes) => Ok(()),
    };
    run.withdraw_pause();
    run.withdraw_cancel();
    working.end(result)
}

/// A server of the target, with the script it knows.
struct Place {
    link: Link,
    _carried: Carried,
    sha: String,
    /// Its clock when it was opened.
    clock: i64,
    opened: Instant,
}

impl Place {
    async fn open(bulk: &Bulk, node: &Node, script: &str) -> Result<Self, AppError> {
        let (mut link, carried) = own(&bulk.entry, node).await?;
        let asked = async {
            let sha: String = link.ask(redis::cmd("SCRIPT").arg("LOAD").arg(script)).await?;
            Ok((sha, link.ask::<Value>(&redis::cmd("TIME")).await?))
        };
        let (sha, time) = asked.await.map_err(|error: RedisError| told(&bulk.entry, &error))?;
        let clock = clock(time).unwrap_or_else(wall);
        Ok(Self { link, _carried: carried, sha, clock, opened: Instant::now() })
    }

    fn now(&self) -> i64 {
        self.clock + i64::try_from(self.opened.elapsed().as_millis()).unwrap_or_default()
    }
}

/// Keys of one server, each with its former expiry and what the job set.
struct Portion {
    place: u16,
    keys: Vec<(Vec<u8>, i64, i64)>,
}

struct Working<'a> {
    bulk: &'a Bulk,
    run: &'a Run,
    script: &'a str,
    places: Vec<Place>,
    pace: Pace,
    undone: Mutex<Undone>,
    view: JobView,
}

impl Working<'_> {
    async fn walk(&self, of: Vec<i64>, pattern: Option<Pattern>) -> Result<(), AppError> {
        let (give, take) = mpsc::channel(4);
        let folder = self.bulk.folder.clone();
        let reading = tokio::task::spawn_blocking(move || portions(&folder, &of, pattern.as_ref(), &give));
        let portions = stream::try_unfold(take, |mut take| async move { Ok(take.recv().await.map(|it| (it, take))) });
        portions.try_for_each_concurrent(AT_ONCE, |portion: Portion| self.portion(portion)).await?;
        reading.await.map_err(std::io::Error::other).and_then(|it| it).map_err(|error| journal::unread(&error))
    }

    async fn portion(&self, portion: Portion) -> Result<(), AppError> {
        if !self.pace.ready(portion.keys.len(), self.run).await {
            return Ok(());
        }
        let Some(place) = self.places.get(usize::from(portion.place)).or(self.places.first()) else { return Ok(()) };
        let (now, all) = (place.now(), portion.keys.len());
        let is_due = |former: i64| former < 0 || former > now + MARGIN;
        let due: Vec<_> = portion.keys.iter().filter(|(_, former, _)| is_due(*former)).collect();
        let mut sum = Undone { met: whole(all), overdue: whole(all - due.len()), ..Undone::default() };
        let mut pipe = Pipeline::with_capacity(due.len());
        for (key, former, set) in &due {
            pipe.cmd("EVALSHA").arg(&place.sha).arg(1).arg(key).arg(*set).arg(*former).arg(now);
        }
        pipe.ignore_errors();
        let answers = match place.link.clone().ask_all(&pipe).await.map_err(|error| self.told(&error))? {
            Value::Array(answers) => answers,
            _ => Vec::new(),
        };
        for ((key, former, set), answer) in due.into_iter().zip(answers) {
            let answer = match answer {
                Value::ServerError(error) if matches!(error.code(), "MOVED" | "ASK" | "NOSCRIPT") => {
                    self.elsewhere(key, *former, *set).await?
                }
                other => other,
            };
            self.count(answer, &mut sum)?;
        }
        let mut undone = self.undone();
        undone.met += sum.met;
        undone.restored += sum.restored;
        undone.left += sum.left;
        undone.vanished += sum.vanished;
        undone.overdue += sum.overdue;
        undone.denied += sum.denied;
        Ok(())
    }

    /// A key that has moved to another server since, or a server that has forgotten the script.
    async fn elsewhere(&self, key: &[u8], former: i64, set: i64) -> Result<Value, AppError> {
        let script = self.script;
        of_key(&self.bulk.entry, key, |mut link| async move {
            let sha: String = link.ask(redis::cmd("SCRIPT").arg("LOAD").arg(script)).await?;
            let mut pipe = Pipeline::with_capacity(1);
            // With its own expiry as the moment, the other server's clock is asked in any case.
            pipe.cmd("EVALSHA").arg(sha).arg(1).arg(key).arg(set).arg(former).arg(former);
            pipe.ignore_errors();
            match link.ask_all(&pipe).await? {
                Value::Array(answers) => Ok(answers.into_iter().next().unwrap_or(Value::Nil)),
                other => Ok(other),
            }
        })
        .await
    }

    fn count(&self, answer: Value, sum: &mut Undone) -> Result<(), AppError> {
        match answer {
            Value::Int(1) => sum.restored += 1,
            Value::Int(0) => sum.left += 1,
            Value::Int(-2) => sum.overdue += 1,
            Value::Int(_) => sum.vanished += 1,
            Value::ServerError(error) if error.code() == "NOPERM" => sum.denied += 1,
            other => {
                other.extract_error().map_err(|error| self.told(&error))?;
            }
        }
        Ok(())
    }

    fn told(&self, error: &RedisError) -> AppError {
        told(&self.bulk.entry, error)
    }

    fn undone(&self) -> MutexGuard<'_, Undone> {
        self.undone.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn beat(&self, nodes: &[Node]) {
        let mut beats = tokio::time::interval(BEAT);
        beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            beats.tick().await;
            let view = self.keep(None);
            let [restored, left] = [view.undone.restored, view.undone.left].map(count);
            self.run.measure(view.undone.met.unsigned_abs(), Some(view.keys.unsigned_abs()));
            self.run.tell(words!(
                "{restored} keys have their former expiry again, {left} were left alone.",
                "키 {restored}개의 이전 만료 시각을 되돌렸고 {left}개는 그대로 두었습니다."
            ));
            let mut held = false;
            for node in nodes {
                held |= facts::behind(&self.bulk.entry, node).await.is_some_and(|behind| behind > BEHIND);
            }
            self.pace.hold(held);
        }
    }

    fn keep(&self, end: Option<End>) -> JobView {
        let view = JobView { undone: *self.undone(), at: wall(), end, ..self.view.clone() };
        if let Err(error) = self.bulk.folder.keep(&view) {
            tracing::warn!(record = view.record, %error, "what is known of a bulk job could not be kept");
        }
        view
    }

    fn end(self, result: Result<(), AppError>) -> Result<JobView, AppError> {
        let whole = result.is_ok() && !self.run.is_cancelled();
        let view = self.keep(Some(if whole { End::Whole } else { End::Cut }));
        self.bulk.remember(view.clone());
        match result {
            Err(error) => Err(cut_short(error, &view)),
            Ok(()) if self.run.is_cancelled() => Err(stopped(&view)),
            Ok(()) => Ok(view),
        }
    }
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Reads journals in portions, each of one server, until nobody takes them any more.
fn portions(
    folder: &Folder,
    of: &[i64],
    pattern: Option<&Pattern>,
    give: &mpsc::Sender<Portion>,
) -> std::io::Result<()> {
    for record in of {
        let mut open = Portion { place: 0, keys: Vec::with_capacity(BATCH) };
        let whole = read(folder, *record, |place, _, line| {
            if pattern.is_some_and(|pattern| !pattern.matches(line.key)) {
                return true;
            }
            if !open.keys.is_empty() && (open.place != place || open.keys.len() >= BATCH) {
                let full = std::mem::replace(&mut open, Portion { place, keys: Vec::with_capacity(BATCH) });
                if give.blocking_send(full).is_err() {
                    return false;
                }
            }
            open.place = place;
            open.keys.push((line.key.to_vec(), line.former, line.set));
            true
        })?;
        // That the journal of an earlier part is gone was told by the plan.
        if whole.is_none() && of.first() == Some(record) {
            return Err(std::io::ErrorKind::NotFound.into());
        }
        if !open.keys.is_empty() && give.blocking_send(open).is_err() {
            return Ok(());
        }
    }
    Ok(())
}
