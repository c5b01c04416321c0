//! The job itself: looks for keys that match, reads when they die, writes that down, and sets what was asked for.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{TryStreamExt, stream};
use redis::{Pipeline, RedisError, Value};

use super::journal::{self, Entry as Line, NEVER, Writer};
use super::pace::Pace;
use super::seen::{Met, Seen};
use super::work::{BATCH, BEHIND, SCAN_COUNT};
use super::{Bulk, cut_short, facts, stopped};
use crate::auth::session::clock::wall;
use crate::caching::bulk::model::{Aim, Counts, End, Job, JobKind, JobView};
use crate::change::run::Run;
use crate::error::{AppError, Kind};
use crate::targets::redis::{Link, Node, nodes, own, told};
use crate::text::{Words, count, span};
use crate::words;

/// Portions on their way at once: one at the server while the next is made ready.
const AT_ONCE: usize = 2;
/// How often the job tells how far it is.
const BEAT: Duration = Duration::from_millis(250);
/// No key is made to die sooner, whatever the jitter.
const LEAST: i64 = 1_000;

/// Runs a job to its end.
///
/// # Errors
/// `Stopped` when somebody has stopped it; else what kept it from its end. What was done stays, and is in the journal.
pub(super) async fn run(bulk: &Bulk, job: &Job, continues: Option<i64>, run: &Run) -> Result<JobView, AppError> {
    let entry = &bulk.entry;
    let nodes = nodes(entry).await?;
    let earlier = super::undo::chain(&bulk.folder, continues);
    let folder = bulk.folder.clone();
    let prepared = tokio::task::spawn_blocking(move || {
        let seen = Seen::of(&folder, &earlier);
        folder.tidy();
        seen
    });
    let seen =
        prepared.await.map_err(std::io::Error::other).and_then(|it| it).map_err(|error| journal::unread(&error))?;
    let writer = bulk.folder.begin(run.record()).map_err(|error| journal::failed(&error))?;
    let view = JobView {
        record: run.record(),
        target: bulk.target().to_string(),
        kind: JobKind::Bulk,
        job: Some(job.clone()),
        of: continues,
        keys: facts::facts(entry).await?.keys,
        began: wall(),
        at: wall(),
        ..JobView::default()
    };
    let working = Working {
        bulk,
        job,
        run,
        pace: Pace::new(job.rate),
        state: Mutex::new(State { writer, seen, counts: Counts::default(), random: random() }),
        view,
    };
    working.keep(None);
    if let Some(earlier) = continues {
        bulk.folder.follow(earlier, run.record());
    }
    run.offer_cancel();
    run.offer_pause();
    let result = tokio::select! {
        result = working.walk(&nodes) => result,
        () = working.beat(&nodes) => Ok(()),
    };
    run.withdraw_pause();
    run.withdraw_cancel();
    working.end(result)
}

/// A job at work.
struct Working<'a> {
    bulk: &'a Bulk,
    job: &'a Job,
    run: &'a Run,
    pace: Pace,
    state: Mutex<State>,
    view: JobView,
}

struct State {
    writer: Writer,
    seen: Seen,
    counts: Counts,
    /// Of a xorshift generator; never 0.
    random: u64,
}

/// A portion of keys that are to be set, with what a person would call their former life.
type Lines<'k> = Vec<Line<'k>>;

impl Working<'_> {
    async fn walk(&self, nodes: &[Node]) -> Result<(), AppError> {
        for (place, node) in nodes.iter().enumerate() {
            let place = u16::try_from(place).unwrap_or(u16::MAX);
            let (link, _carried) = own(&self.bulk.entry, node).await?;
            let pages = stream::try_unfold(Some(0), |cursor| self.page(link.clone(), cursor));
            pages.try_for_each_concurrent(AT_ONCE, |names| self.names(place, link.clone(), names)).await?;
        }
        Ok(())
    }

    /// The next keys of a server; none at its end, or when the job is to stop.
    async fn page(&self, mut link: Link, cursor: Option<u64>) -> Result<Option<(Vec<Vec<u8>>, Option<u64>)>, AppError> {
        let Some(mut cursor) = cursor else { return Ok(None) };
        let mut names: Vec<Vec<u8>> = Vec::new();
        loop {
            self.run.unpaused().await;
            if self.run.is_cancelled() {
                return Ok(None);
            }
            let mut scan = redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(self.job.pattern.bytes()).arg("COUNT").arg(SCAN_COUNT);
            let (next, found): (u64, Vec<Vec<u8>>) = link.ask(&scan).await.map_err(|error| self.told(&error))?;
            self.state().counts.looked += i64::from(SCAN_COUNT);
            names.extend(found);
            if next == 0 {
                return Ok(Some((names, None)));
            }
            if names.len() >= BATCH {
                return Ok(Some((names, Some(next))));
            }
            cursor = next;
        }
    }

    async fn names(&self, place: u16, mut link: Link, names: Vec<Vec<u8>>) -> Result<(), AppError> {
        for part in names.chunks(self.pace.portion()) {
            if !self.pace.ready(part.len(), self.run).await {
                return Ok(());
            }
            self.portion(place, &mut link, part).await?;
        }
        Ok(())
    }

    async fn portion(&self, place: u16, link: &mut Link, names: &[Vec<u8>]) -> Result<(), AppError> {
        let Some((lines, number)) = self.prepared(place, link, names).await? else { return Ok(()) };
        let mut pipe = Pipeline::with_capacity(lines.len());
        for line in &lines {
            if self.job.aim == Aim::Persist {
                pipe.cmd("PERSIST").arg(line.key);
            } else {
                let command = pipe.cmd("PEXPIREAT").arg(line.key).arg(line.set);
                if let Some(option) = self.job.only.option() {
                    command.arg(option);
                }
            }
        }
        let answers = self.all(link, &mut pipe).await?;
        let mut sum = Counts::default();
        let mut doubtful = Vec::new();
        for (line, answer) in lines.iter().zip(answers) {
            match self.number(answer)? {
                None => sum.denied += 1,
                Some(0) => doubtful.push(line.key),
                Some(_) => sum.changed += 1,
            }
        }
        self.doubted(link, &doubtful, &mut sum).await?;
        let mut state = self.state();
        let State { counts, writer, .. } = &mut *state;
        counts.unsure -= i64::try_from(lines.len()).unwrap_or_default();
        counts.changed += sum.changed;
        counts.refused += sum.refused;
        counts.vanished += sum.vanished;
        counts.denied += sum.denied;
        writer.answered(number, counts).map_err(|error| journal::failed(&error))
    }

    /// Reads when the keys die, and writes those down that are to be changed. None: there are none.
    async fn prepared<'k>(
        &self,
        place: u16,
        link: &mut Link,
        names: &'k [Vec<u8>],
    ) -> Result<Option<(Lines<'k>, u32)>, AppError> {
        let mut pipe = Pipeline::with_capacity(names.len() + 1);
        pipe.cmd("TIME");
        for name in names {
            pipe.cmd("PEXPIRETIME").arg(name);
        }
        let mut answers = self.all(link, &mut pipe).await?.into_iter();
        let now = self.now(answers.next().unwrap_or(Value::Nil))?;
        let mut state = self.state();
        let mut lines: Lines<'k> = Vec::with_capacity(names.len());
        for (name, answer) in names.iter().zip(answers) {
            let former = self.number(answer)?;
            state.consider(self.job, now, name, former, &mut lines);
        }
        let State { counts, writer, .. } = &mut *state;
        let sent = i64::try_from(lines.len()).unwrap_or_default();
        if sent == 0 {
            return Ok(None);
        }
        let number = writer.keys(place, now, &lines).map_err(|error| match error.kind() {
            std::io::ErrorKind::FileTooLarge => full(),
            _ => journal::failed(&error),
        })?;
        (counts.matched, counts.unsure) = (counts.matched + sent, counts.unsure + sent);
        Ok(Some((lines, number)))
    }

    /// Finds out why the server did not change these: they are gone, or the condition did not hold any more.
    async fn doubted(&self, link: &mut Link, keys: &[&[u8]], sum: &mut Counts) -> Result<(), AppError> {
        if keys.is_empty() {
            return Ok(());
        }
        let mut pipe = Pipeline::with_capacity(keys.len());
        for key in keys {
            pipe.cmd("PEXPIRETIME").arg(*key);
        }
        for answer in self.all(link, &mut pipe).await? {
            match self.number(answer)? {
                Some(-2) => sum.vanished += 1,
                _ => sum.refused += 1,
            }
        }
        Ok(())
    }

    async fn all(&self, link: &mut Link, pipe: &mut Pipeline) -> Result<Vec<Value>, AppError> {
        pipe.ignore_errors();
        match link.ask_all(pipe).await.map_err(|error| self.told(&error))? {
            Value::Array(answers) => Ok(answers),
            _ => Ok(Vec::new()),
        }
    }

    /// A number; none where the console's user has no permission.
    fn number(&self, answer: Value) -> Result<Option<i64>, AppError> {
        match answer {
            Value::Int(number) => Ok(Some(number)),
            Value::ServerError(error) if error.code() == "NOPERM" => Ok(None),
            other => Err(match other.extract_error() {
                Err(error) => self.told(&error),
                Ok(_) => self.told(&RedisError::from((redis::ErrorKind::UnexpectedReturnType, "no number"))),
            }),
        }
    }

    /// The server's clock. Without it nothing is sent: by the console's own, keys could die too early, or at once.
    fn now(&self, answer: Value) -> Result<i64, AppError> {
        let answer = answer.extract_error().map_err(|error| self.told(&error))?;
        let no_time = || self.told(&RedisError::from((redis::ErrorKind::UnexpectedReturnType, "no time")));
        clock(answer).ok_or_else(no_time)
    }

    fn told(&self, error: &RedisError) -> AppError {
        told(&self.bulk.entry, error)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells how far it is, keeps that, and looks after the replicas. Never ends.
    async fn beat(&self, nodes: &[Node]) {
        let mut beats = tokio::time::interval(BEAT);
        beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut last: Option<(Instant, i64)> = None;
        loop {
            beats.tick().await;
            self.keep(None);
            self.tell(&mut last);
            let mut held = false;
            for node in nodes {
                held |= facts::behind(&self.bulk.entry, node).await.is_some_and(|behind| behind > BEHIND);
            }
            self.pace.hold(held);
        }
    }

    fn tell(&self, last: &mut Option<(Instant, i64)>) {
        let view = self.seen_now(None);
        self.run.measure(view.counts.looked.min(view.keys).unsigned_abs(), Some(view.keys.unsigned_abs()));
        let (now, looked) = (Instant::now(), view.counts.looked);
        let per_second =
            last.map_or(0.0, |(at, before)| (looked - before) as f64 / now.duration_since(at).as_secs_f64().max(0.001));
        *last = Some((now, looked));
        self.run.tell(doing(&view, per_second, self.pace.is_held()));
    }

    fn seen_now(&self, end: Option<End>) -> JobView {
        JobView { counts: self.state().counts, at: wall(), end, ..self.view.clone() }
    }

    /// Writes what is known of the job. That it fails stops nothing: the journal is what counts.
    fn keep(&self, end: Option<End>) -> JobView {
        let view = self.seen_now(end);
        if let Err(error) = self.bulk.folder.keep(&view) {
            tracing::warn!(record = view.record, %error, "what is known of a bulk job could not be kept");
        }
        view
    }

    fn end(self, result: Result<(), AppError>) -> Result<JobView, AppError> {
        let whole = result.is_ok() && !self.run.is_cancelled();
        {
            let mut state = self.state();
            if whole {
                state.counts.looked = self.view.keys;
            }
            if let Err(error) = state.writer.sync() {
                tracing::warn!(%error, "the journal of a bulk job could not be made to last");
            }
        }
        let view = self.keep(Some(if whole { End::Whole } else { End::Cut }));
        self.bulk.remember(view.clone());
        match result {
            Err(error) => Err(cut_short(error, &view)),
            Ok(()) if self.run.is_cancelled() => Err(stopped(&view)),
            Ok(()) => Ok(view),
        }
    }
}

impl State {
    /// Counts a key, and takes it among those to be changed if it is one.
    fn consider<'k>(&mut self, job: &Job, now: i64, key: &'k [u8], former: Option<i64>, lines: &mut Lines<'k>) {
        let met = self.seen.meet(key);
        match (met, former) {
            // The server may show a key twice; what an earlier part did counts as done.
            (Met::Before, _) => {}
            (_, None) => (self.counts.matched, self.counts.denied) = (self.counts.matched + 1, self.counts.denied + 1),
            (_, Some(-2)) => {
                (self.counts.matched, self.counts.vanished) = (self.counts.matched + 1, self.counts.vanished + 1);
            }
            (Met::Open(set), Some(former)) if set == former => {
                (self.counts.matched, self.counts.before) = (self.counts.matched + 1, self.counts.before + 1);
            }
            (_, Some(former)) => {
                let set = self.set(job, now);
                // The condition is the server's to decide, but what plainly does not meet it is not even touched: its
                // place in the order of use stays.
                if job.only.admits(former, set) {
                    lines.push(Line { key, former, set });
                } else {
                    (self.counts.matched, self.counts.refused) = (self.counts.matched + 1, self.counts.refused + 1);
                }
            }
        }
    }

    /// When a key is to die, in milliseconds since 1970.
    fn set(&mut self, job: &Job, now: i64) -> i64 {
        let Aim::Ttl(ttl) = job.aim else { return NEVER };
        let half = job.jitter.spread_millis(ttl) / 2;
        let offset = if half == 0 { 0 } else { self.draw(2 * half + 1) - half };
        now + (ttl.seconds() * 1_000 + offset).max(LEAST)
    }

    /// From 0 up to below `limit`.
    fn draw(&mut self, limit: i64) -> i64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random % limit.unsigned_abs()) as i64
    }
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    // Without randomness the jitter is the same each time, which harms nobody.
    let _ = getrandom::fill(&mut bytes);
    u64::from_le_bytes(bytes) | 1
}

/// The server's clock, in milliseconds since 1970.
pub(super) fn clock(answer: Value) -> Option<i64> {
    let (seconds, micros): (i64, i64) = redis::from_redis_value(answer).ok()?;
    Some(seconds * 1_000 + micros / 1_000)
}

fn doing(view: &JobView, per_second: f64, held: bool) -> Words {
    let (changed, expected) = (count(view.counts.changed), count(view.expected()));
    if held {
        return words!(
            "Waiting for a replica that is behind; {changed} of ≈{expected} keys changed.",
            "뒤처진 복제본을 기다리는 중입니다. 키 ≈{expected}개 중 {changed}개를 변경했습니다."
        );
    }
    let rate = count(per_second as i64);
    let left = (view.keys - view.counts.looked).max(0) as f64 / per_second.max(1.0);
    let left =
        if per_second > 0.0 { span((left * 1_000.0) as i64) } else { words!("an unknown time", "알 수 없음") };
    Words::new(
        format!("{changed} of ≈{expected} keys changed, {rate} looked at per second, about {} left.", left.en),
        format!("키 ≈{expected}개 중 {changed}개 변경, 초당 {rate}개 확인, 남은 시간 약 {}.", left.ko),
    )
}

fn full() -> AppError {
    AppError::new(
        Kind::Refused,
        words!(
            "The job's journal has reached its limit of 384 MiB, so nothing more was sent.",
            "작업 저널이 한도 384MiB에 도달해 더 이상 전송하지 않았습니다."
        ),
        words!("Do the rest with a narrower pattern.", "나머지는 더 좁은 패턴으로 실행하세요."),
    )
}
