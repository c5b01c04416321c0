//! A server with keys, and a console's state beside it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use tokio::task::JoinHandle;

use crate::caching::bulk::model::{Aim, Change, Jitter, Job, JobView, Only, Pattern, Rate};
use crate::caching::bulk::redis::journal::{Folder, read};
use crate::caching::bulk::redis::{Bulk, Work};
use crate::caching::model::Ttl;
use crate::change::apply::Engine;
use crate::change::resume::Open;
use crate::change::run::Run;
use crate::error::AppError;
use crate::sandbox::lab::redis::Server;
use crate::targets::model::TargetId;
use crate::targets::registry::{Configured, Entry};
use crate::text::Words;

pub(super) fn pattern(text: &str) -> Pattern {
    Pattern::parse(text).expect("a pattern")
}

pub(super) fn job(of: &str, ttl: &str, only: Only) -> Job {
    let aim = Aim::Ttl(Ttl::parse(ttl).expect("a time"));
    Job { pattern: pattern(of), aim, only, jitter: Jitter::DEFAULT, rate: None }
}

pub(super) fn with_rate(job: Job, rate: &str) -> Job {
    Job { rate: Rate::parse(rate).expect("a rate"), ..job }
}

/// Waits for something, within 20 s.
pub(super) async fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..4_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("not within 20 s: {what}");
}

pub(super) fn view_in(folder: &Folder, record: i64) -> JobView {
    folder.find(record).expect("something is known of it")
}

pub(super) struct Lab {
    pub(super) server: Server,
    pub(super) folder: Folder,
    entry: Arc<Entry>,
    state: Scratch,
    next: AtomicI64,
}

#[derive(Clone)]
struct Scratch(Arc<Dir>);

struct Dir(PathBuf);

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A job that runs on.
pub(super) struct Begun {
    pub(super) run: Arc<Run>,
    pub(super) task: JoinHandle<Result<Words, AppError>>,
    folder: Folder,
}

impl Begun {
    /// As was last written down.
    pub(super) fn changed(&self) -> i64 {
        self.folder.find(self.run.record()).map_or(0, |it| it.counts.changed)
    }
}

impl Lab {
    pub(super) fn new(name: &str, server: Server) -> Self {
        let dir = std::env::temp_dir().join(format!("outgrow-bulk-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        let entry = server.entry();
        Self { folder: Folder::below(&dir), entry, server, state: Scratch(Arc::new(Dir(dir))), next: AtomicI64::new(1) }
    }

    pub(super) fn bulk(&self) -> Bulk {
        Bulk::new(Arc::clone(&self.entry), &self.state.0.0)
    }

    /// The same server as another user sees it.
    pub(super) fn with_user(self, name: &str) -> Self {
        let configured = Configured { user: Some(name.to_owned()), ..self.entry.configured.clone() };
        Self { entry: Arc::new(Entry::alone(configured)), ..self }
    }

    async fn client(&self) -> MultiplexedConnection {
        self.server.client().await
    }

    pub(super) async fn raw(&self, arguments: &[&str]) -> redis::Value {
        let mut command = redis::cmd(arguments[0]);
        command.arg(&arguments[1..]);
        command.query_async(&mut self.client().await).await.expect("an answer")
    }

    /// Keys `key:0000` and on, each with so many seconds to live, or -1.
    pub(super) async fn fill(&self, keys: usize, ttl: impl Fn(usize) -> i64) {
        let mut client = self.client().await;
        for from in (0..keys).step_by(1_000) {
            let mut pipe = redis::pipe();
            for place in from..(from + 1_000).min(keys) {
                let set = pipe.cmd("SET").arg(format!("key:{place:04}")).arg("v");
                if ttl(place) >= 0 {
                    set.arg("EX").arg(ttl(place));
                }
            }
            pipe.exec_async(&mut client).await.expect("set");
        }
    }

    pub(super) async fn set(&self, key: &str, ttl: i64) {
        self.raw(&["SET", key, "v", "EX", &ttl.to_string()]).await;
    }

    /// When each key dies, as an independent client sees it.
    pub(super) async fn expiries(&self) -> BTreeMap<String, i64> {
        let mut client = self.client().await;
        let names: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut client).await.expect("names");
        let mut all = BTreeMap::new();
        for names in names.chunks(1_000) {
            let mut pipe = redis::pipe();
            for name in names {
                pipe.cmd("PEXPIRETIME").arg(name);
            }
            let at: Vec<i64> = pipe.query_async(&mut client).await.expect("expiries");
            all.extend(names.iter().cloned().zip(at));
        }
        all
    }

    /// Keys that have about this time to live.
    pub(super) async fn changed_by(&self, ttl: &str) -> i64 {
        let ttl: i64 = ttl.parse().expect("seconds");
        let now = self.now().await;
        let is_about = |at: &&i64| (ttl * 800..=ttl * 1_110).contains(&(**at - now));
        self.expiries().await.values().filter(is_about).count() as i64
    }

    pub(super) async fn now(&self) -> i64 {
        let (seconds, micros): (i64, i64) =
            redis::cmd("TIME").query_async(&mut self.client().await).await.expect("the time");
        seconds * 1_000 + micros / 1_000
    }

    pub(super) async fn reset_calls(&self) {
        self.raw(&["CONFIG", "RESETSTAT"]).await;
    }

    /// How often each command was called.
    pub(super) async fn calls(&self) -> BTreeMap<String, i64> {
        let text: String =
            redis::cmd("INFO").arg("commandstats").query_async(&mut self.client().await).await.expect("figures");
        let line = |line: &str| {
            let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
            Some((name.to_owned(), rest.split(',').next()?.parse().ok()?))
        };
        text.lines().filter_map(line).collect()
    }

    /// Deletes and makes keys beside a job, so that the table shrinks and grows.
    pub(super) async fn churn(&self, keys: usize) {
        let mut client = self.client().await;
        for round in 0..20 {
            let mut pipe = redis::pipe();
            for place in (round * 37..keys).step_by(40) {
                pipe.cmd("DEL").arg(format!("key:{place:04}"));
                pipe.cmd("SET").arg(format!("new:{round}:{place}")).arg("v");
                pipe.cmd("SET").arg(format!("key:new:{round}:{place}")).arg("v").arg("EX").arg(700);
            }
            pipe.exec_async(&mut client).await.expect("done");
        }
    }

    fn next(&self) -> i64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Begins a job; its record gets the next number.
    pub(super) fn begin(&self, job: Job) -> Begun {
        self.start(Work::bulk(job, None))
    }

    fn start(&self, work: Work) -> Begun {
        let run = Arc::new(Run::new("lab".into(), Words::same("t")).recorded(self.next()));
        let (bulk, of, command) = (self.bulk(), Arc::clone(&run), work.command(String::new()));
        let task = tokio::spawn(async move { bulk.run(&command, &of).await });
        Begun { run, task, folder: self.folder.clone() }
    }

    async fn ended(&self, work: Work) -> (JobView, Words) {
        let begun = self.start(work);
        let told = begun.task.await.expect("no panic").unwrap_or_else(|error| panic!("{error:?}"));
        (self.view(begun.run.record()), told)
    }

    /// A job to its end.
    pub(super) async fn whole(&self, job: &Job) -> (JobView, Words) {
        self.ended(Work::bulk(job.clone(), None)).await
    }

    pub(super) async fn continued(&self, record: i64) -> (JobView, Words) {
        let mut job = self.view(record).job.expect("a job");
        job.rate = None;
        self.ended(Work::bulk(job, Some(record))).await
    }

    /// Plans the way back as a person does, and goes it.
    pub(super) async fn undo(&self, record: i64, part: Option<&str>) -> JobView {
        let target = self.entry.configured.target.id.clone();
        let change = Change::UndoBulk { target, job: record, pattern: part.map(pattern) };
        let plan = self.bulk().plan(&change).await.expect("a plan");
        assert!(!plan.blocked(), "{:?}", plan.checks);
        let work = Work::parsed(&plan.commands[0].exact).expect("work");
        self.ended(work).await.0
    }

    pub(super) async fn sweep(&self, seconds: u32) -> Words {
        let target = TargetId::parse("t").expect("a name");
        let plan = self.bulk().plan(&Change::Sweep { target, seconds }).await.expect("a plan");
        let run = Run::new("lab".into(), Words::same("t")).recorded(self.next());
        self.bulk().run(&plan.commands[0], &run).await.expect("swept")
    }

    pub(super) fn view(&self, record: i64) -> JobView {
        view_in(&self.folder, record)
    }

    /// All keys of a journal, with what was before and what was set.
    pub(super) fn journalled(&self, record: i64) -> Vec<(Vec<u8>, i64, i64)> {
        let mut all = Vec::new();
        read(&self.folder, record, |_, _, entry| {
            all.push((entry.key.to_vec(), entry.former, entry.set));
            true
        })
        .expect("readable");
        all
    }

    /// What the record of a killed console looks like.
    pub(super) fn left_open(&self, record: i64) -> Open {
        Open {
            id: record,
            at: 0,
            word: "caching.bulk_ttl".into(),
            target: self.entry.configured.target.id.to_string(),
            title: Words::same("t"),
            change: String::new(),
            commands: Vec::new(),
        }
    }
}
