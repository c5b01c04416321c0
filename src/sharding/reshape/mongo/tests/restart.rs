//! A console that is killed while a resharding runs, and its successor on the same store.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bson::doc;
use tokio::runtime::{Builder, Runtime};

use super::lab::*;
use crate::audit::journal;
use crate::audit::model::Record;
use crate::change::Outcome;
use crate::sandbox::lab::eventually;
use crate::sandbox::lab::mongo::Cluster as Lab;
use crate::server::State;
use crate::server::config::{Config, StateDir, Web};
use crate::sharding::cluster::Cluster;
use crate::sharding::model::Namespace;
use crate::sharding::reshape::model::change::{Change, Zones};
use crate::sharding::reshape::mongo::Reshaper;
use crate::targets::model::TargetKind;

/// The folder of a console: its site, its store, and one target, the lab's router.
struct Place {
    dir: PathBuf,
}

impl Place {
    fn new(name: &str, lab: &Lab) -> Self {
        let dir = std::env::temp_dir().join(format!("outgrow-reshape-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        let site = dir.join("site");
        std::fs::create_dir_all(site.join("pkg")).expect("a scratch site");
        for (file, text) in [("favicon.svg", "<svg/>"), ("pkg/outgrow.js", "js")] {
            std::fs::write(site.join(file), text).expect("a scratch file");
        }
        let port = lab.entry().configured.target.port;
        let target = format!(
            "[[target]]\nid = \"lab\"\nkind = \"mongodb\"\nname = \"Lab\"\nhost = \"127.0.0.1\"\nport = {port}\n"
        );
        std::fs::write(dir.join("targets.toml"), target).expect("a scratch file");
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

/// A console that lives in a runtime of its own, so that it can be killed: nothing of it runs on.
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

    /// Begins a change as a person does; it goes on in this console's runtime.
    async fn begin(&self, change: Change) -> i64 {
        let state = Arc::clone(&self.state);
        let begun = self.runtime.spawn(async move {
            let entry = state.registry.find("lab", TargetKind::Mongodb).expect("the target");
            let reshaper = Reshaper::new(Cluster::at(entry));
            let change = reshaper.observed(change).await.expect("it answers");
            crate::change::apply::confirmed(&state, reshaper, change).await
        });
        begun.await.expect("no panic")
    }

    fn kill(self) {
        self.runtime.shutdown_background();
    }
}

async fn record(state: &State, id: i64) -> Record {
    journal::read(&state.store, id).await.expect("a record")
}

/// Another console on the same store. The first one's store is closed as soon as its last task is gone.
async fn successor(place: &Place) -> Arc<State> {
    let give_up = tokio::time::Instant::now() + Duration::from_secs(10);
    loop {
        match place.open().await {
            Ok(state) => return state,
            Err(told) => assert!(tokio::time::Instant::now() < give_up, "{told}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A console that was killed while it copied, and the one after it.
async fn killed_and_started_again(
    name_of_test: &str,
    lab: &Lab,
    namespace: &Namespace,
) -> (Arc<Place>, Arc<State>, i64) {
    let place = Arc::new(Place::new(name_of_test, lab));
    let first = Console::start(&place).await;
    let id = first.begin(reshard(namespace, "s:hashed", Zones::Unsaid)).await;
    copying(&reshaper(lab), namespace).await;
    first.kill();
    let second = successor(&place).await;
    (place, second, id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts real databases"]
async fn a_killed_console_finds_its_resharding_again_and_can_abort_it() {
    let lab = Lab::start_with(2, &[("reshardingMinimumOperationDurationMillis", "60000")]).await;
    let namespace = name("shop.c");
    let client = collection(&lab, &namespace).await;
    let (_place, state, id) = killed_and_started_again("abort", &lab, &namespace).await;
    assert_eq!(record(&state, id).await.entry.outcome, None, "it is still open");
    eventually("it is listed as under way, with its progress and Stop", 20, async || {
        state.runs.find(id).is_some_and(|run| {
            let told = run.underway(id);
            told.cancellable && told.doing.en.starts_with("Resharding: ")
        })
    })
    .await;
    assert!(state.runs.find(id).expect("it runs").cancel());
    eventually("its record has an end", 45, async || record(&state, id).await.entry.outcome.is_some()).await;
    let record = record(&state, id).await;
    assert_eq!(record.entry.outcome, Some(Outcome::Stopped), "{:?}", record.report);
    assert!(record.report.expect("a report").summary.en.starts_with("It was aborted"));
    assert!(state.runs.find(id).is_none());
    assert_eq!(key_now(&lab, &namespace).await, doc! { "k": 1 });
    intact(&client, &namespace).await;
    assert!(journal::verify(&state.store).await.expect("a store").is_ok(), "the chain is whole");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts real databases"]
async fn a_killed_console_finds_its_resharding_again_and_sees_it_through() {
    let lab = Lab::start_with(2, &[("reshardingMinimumOperationDurationMillis", "8000")]).await;
    let namespace = name("shop.c");
    let client = collection(&lab, &namespace).await;
    let (_place, state, id) = killed_and_started_again("commit", &lab, &namespace).await;
    eventually("its record has an end", 60, async || record(&state, id).await.entry.outcome.is_some()).await;
    let record = record(&state, id).await;
    assert_eq!(record.entry.outcome, Some(Outcome::Done), "{:?}", record.report);
    assert!(record.report.expect("a report").read_back.en.contains("{ s: \"hashed\" }"));
    assert_eq!(key_now(&lab, &namespace).await, doc! { "s": "hashed" });
    intact(&client, &namespace).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts real databases"]
async fn what_left_no_trace_while_the_console_was_away_is_told_as_that() {
    let lab = Lab::start_with(2, &[("reshardingMinimumOperationDurationMillis", "60000")]).await;
    let namespace = name("shop.c");
    let client = collection(&lab, &namespace).await;
    let place = Arc::new(Place::new("away", &lab));
    let first = Console::start(&place).await;
    let id = first.begin(reshard(&namespace, "s:hashed", Zones::Unsaid)).await;
    copying(&reshaper(&lab), &namespace).await;
    first.kill();
    admin(&client, doc! { "abortReshardCollection": namespace.to_string() }).await;
    let witness = reshaper(&lab);
    eventually("nothing runs", 30, async || running(&witness, &namespace).await.is_none()).await;
    let state = successor(&place).await;
    eventually("its record has an end", 20, async || record(&state, id).await.entry.outcome.is_some()).await;
    let report = record(&state, id).await.report.expect("a report");
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    assert!(report.summary.en.contains("does not show the effect"), "{report:?}");
    assert_eq!(key_now(&lab, &namespace).await, doc! { "k": 1 });
}
