//! A console that is killed in the middle of a lowering by steps, and its successor on the same store.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bson::doc;
use tokio::runtime::Builder;

use super::*;
use crate::audit::journal;
use crate::change::Outcome;
use crate::server::State;
use crate::server::config::{Config, StateDir, Web};
use crate::targets::model::TargetKind;

/// The folder of a console: its site, its store, and one target, the lab's router.
struct Place {
    folder: PathBuf,
}

impl Place {
    fn new(lab: &Lab) -> Self {
        let folder = std::env::temp_dir().join(format!("outgrow-ttl-{}-{}", lab.database, std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("site/pkg")).expect("a scratch site");
        for (file, text) in [("site/favicon.svg", "<svg/>"), ("site/pkg/outgrow.js", "js")] {
            std::fs::write(folder.join(file), text).expect("a scratch file");
        }
        let port = lab.cluster.entry().configured.target.port;
        let target = format!(
            "[[target]]\nid = \"lab\"\nkind = \"mongodb\"\nname = \"Lab\"\nhost = \"127.0.0.1\"\nport = {port}\n"
        );
        std::fs::write(folder.join("targets.toml"), target).expect("a scratch file");
        Self { folder }
    }

    async fn open(&self) -> Result<Arc<State>, String> {
        let addr = "127.0.0.1:3000".parse().expect("an address");
        let web = Web { addr, site: self.folder.join("site"), public_origin: None, allowed_hosts: Vec::new() };
        let state = StateDir::at(self.folder.join("state")).path().expect("a path");
        State::open(Config::new(web, state, Some(self.folder.join("targets.toml")))?).await
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts real databases"]
async fn a_killed_console_tells_at_which_step_the_index_stands_and_sends_nothing_more() {
    let lab = Lab::new().await;
    lab.fill("c", 20_000).await;
    lab.index("c", doc! { "at": 1 }, doc! { "expireAfterSeconds": i32::MAX }).await;
    let place = Arc::new(Place::new(&lab));
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let at = Arc::clone(&place);
    let first = runtime.spawn(async move { at.open().await }).await.expect("no panic").expect("a console");
    let form = Form { seconds: "7d".into(), most: "500".into(), stop: "keep".into(), ..index("x") };
    let change = lab.change("lower_in_stages", "c", form);
    let change = Change { target: TargetId::parse("lab").expect("a name"), ..change };
    let console = Arc::clone(&first);
    let begun = runtime.spawn(async move {
        let entry = console.registry.find("lab", TargetKind::Mongodb).expect("the target");
        let change = Keeper::at(Arc::clone(&entry)).observed(change).await.expect("it answers");
        crate::change::apply::confirmed(&console, Keeper::at(entry).with(&change), change).await
    });
    let id = begun.await.expect("no panic");
    eventually("a step or two are done", 60, async || {
        let now = lab.seconds("c", "x").await;
        now.is_some_and(|it| it < 28 * 86_400) && first.runs.find(id).is_some_and(|run| run.underway(id).cancellable)
    })
    .await;
    drop(first);
    runtime.shutdown_background();

    let give_up = tokio::time::Instant::now() + Duration::from_secs(10);
    let state = loop {
        match place.open().await {
            Ok(state) => break state,
            Err(told) => assert!(tokio::time::Instant::now() < give_up, "{told}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let stands = lab.seconds("c", "x").await.expect("there");
    let ended = async || journal::read(&state.store, id).await.expect("a record").entry.outcome;
    eventually("its record has an end", 30, async || ended().await.is_some()).await;
    let record = journal::read(&state.store, id).await.expect("a record");
    assert_eq!(record.entry.outcome, Some(Outcome::Stopped), "{:?}", record.report);
    let summary = record.report.expect("a report").summary.en;
    assert!(
        summary.contains("The index stands at step ") && summary.contains("nothing further is lowered"),
        "{summary}"
    );
    lab.two_passes().await;
    assert_eq!(lab.seconds("c", "x").await, Some(stands), "nothing more was sent");
    assert!(journal::verify(&state.store).await.expect("a store").is_ok(), "the chain is whole");
}
