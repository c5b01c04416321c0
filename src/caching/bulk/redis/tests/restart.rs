//! A console that is killed while a job runs, and its successor on the same store.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::lab::*;
use crate::audit::journal;
use crate::caching::bulk::model::{Change, End, Job, JobView, Only};
use crate::caching::bulk::redis::Bulk;
use crate::change::Outcome;
use crate::sandbox::lab::redis::Server;
use crate::server::State;
use crate::server::config::{Config, StateDir, Web};
use crate::targets::model::{TargetId, TargetKind};

/// The folder of a console: its site, its store, and one target.
struct Place {
    dir: PathBuf,
}

impl Place {
    fn new(name: &str, server: &Server) -> Self {
        let dir = std::env::temp_dir().join(format!("outgrow-bulk-console-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        let site = dir.join("site");
        std::fs::create_dir_all(site.join("pkg")).expect("a scratch site");
        for (file, text) in [("favicon.svg", "<svg/>"), ("pkg/outgrow.js", "js")] {
            std::fs::write(site.join(file), text).expect("a scratch file");
        }
        let port = server.port();
        let target = format!(
            "[[target]]\nid = \"lab\"\nkind = \"redis\"\nname = \"Lab\"\nhost = \"127.0.0.1\"\nport = {port}\n\
             password = \"lab\"\n"
        );
        let file = dir.join("targets.toml");
        std::fs::write(&file, target).expect("a scratch file");
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(file, private).expect("a private file");
        Self { dir }
    }

    async fn open(&self) -> Result<Arc<State>, String> {
        let addr = "127.0.0.1:3000".parse().expect("an address");
        let web = Web { addr, site: self.dir.join("site"), public_origin: None, allowed_hosts: Vec::new() };
        let state = StateDir::at(self.dir.join("state")).path().expect("a path");
        State::open(Config::new(web, state, Some(self.dir.join("targets.toml")))?).await
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn bulk(state: &State) -> Bulk {
    Bulk::new(state.registry.find("lab", TargetKind::Redis).expect("the target"), &state.config.state)
}

fn change(job: Job, continues: Option<i64>) -> Change {
    Change::BulkTtl { target: TargetId::parse("lab").expect("a name"), job, continues }
}

/// A console in a runtime of its own, so that it can be killed: nothing of it runs on.
struct Console {
    runtime: Runtime,
    state: Arc<State>,
}

impl Console {
    async fn start(place: &Arc<Place>) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let at = Arc::clone(place);
        let state = runtime.spawn(async move { at.open().await }).await.expect("no panic").expect("a console");
        Self { runtime, state }
    }

    async fn begin(&self, change: Change) -> i64 {
        let state = Arc::clone(&self.state);
        let begun = self.runtime.spawn(async move {
            let engine = bulk(&state);
            crate::change::apply::confirmed(&state, engine, change).await
        });
        begun.await.expect("no panic")
    }

    fn kill(self) {
        self.runtime.shutdown_background();
    }
}

/// Another console on the same store. The first one's store is closed as soon as its last task is gone.
async fn successor(place: &Place) -> Arc<State> {
    for _ in 0..500 {
        match place.open().await {
            Ok(state) => return state,
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    panic!("the store is not given free")
}

async fn ended(state: &State, record: i64) -> JobView {
    for _ in 0..1_000 {
        if journal::read(&state.store, record).await.expect("a record").entry.outcome.is_some() {
            return bulk(state).job(record).expect("something is known of it");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("record {record} has no end")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts real databases"]
async fn a_killed_console_tells_how_far_its_job_came_and_its_successor_continues_and_undoes_it() {
    let lab = Lab::new("killed", Server::start().await);
    lab.fill(20_000, |_| 1_000).await;
    let before = lab.expiries().await;
    let place = Arc::new(Place::new("killed", &lab.server));
    let first = Console::start(&place).await;
    let slow = with_rate(job("key:*", "5000", Only::All), "4000");
    let record = first.begin(change(slow.clone(), None)).await;
    first.kill();
    let changed = lab.changed_by("5000").await;
    assert!((1..20_000).contains(&changed), "{changed} were changed within the patience of an apply");

    let state = successor(&place).await;
    let view = ended(&state, record).await;
    let told = journal::read(&state.store, record).await.expect("a record").report.expect("an end");
    assert_eq!(told.outcome, Outcome::Stopped, "{told:?}");
    assert!(told.summary.en.contains("Continue or undo"), "{told:?}");
    assert!(view.counts.adds_up() && view.end == Some(End::Cut), "{view:?}");
    let known = view.counts.changed..=view.counts.changed + view.counts.unsure;
    let now = lab.changed_by("5000").await;
    assert!(known.contains(&now), "{now} are changed, known are {known:?}");

    let rest = Job { rate: None, ..slow };
    let second = crate::change::apply::confirmed(&state, bulk(&state), change(rest, Some(record))).await;
    let after = ended(&state, second).await;
    assert_eq!((after.counts.changed, after.end), (20_000 - now, Some(End::Whole)), "{after:?}");
    assert_eq!(lab.changed_by("5000").await, 20_000);

    let target = TargetId::parse("lab").expect("a name");
    let undo = Change::UndoBulk { target, job: second, pattern: None };
    let third = crate::change::apply::confirmed(&state, bulk(&state), undo).await;
    let undone = ended(&state, third).await.undone;
    assert_eq!((undone.restored, undone.left), (20_000, 0), "{undone:?}");
    assert_eq!(lab.expiries().await, before, "all is as it was, to the millisecond");
    assert!(journal::verify(&state.store).await.expect("a store").is_ok(), "the chain is whole");
}
