//! Lowering in stages, stopping it, and disarming.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bson::doc;

use super::*;
use crate::caching::ttl_index::model::Deed;
use crate::change::Outcome;
use crate::change::apply::Engine;
use crate::change::run::Run;
use crate::error::Kind;
use crate::text::Words;

const MOST: i64 = 5_000;

async fn armed(lab: &Lab, many: i64) {
    lab.fill("c", many).await;
    lab.index("c", doc! { "at": 1 }, doc! { "expireAfterSeconds": i32::MAX }).await;
}

fn staged(stop: &str) -> Form {
    Form { seconds: "7d".into(), most: MOST.to_string(), stop: stop.into(), ..index("x") }
}

/// What somebody beside sees: the seconds of the index with the documents that are there, again and again.
async fn seen(lab: Arc<Lab>, over: Arc<AtomicBool>) -> Vec<(i64, i64)> {
    let mut seen = Vec::new();
    while !over.load(Ordering::Acquire) {
        let before = lab.seconds("c", "x").await.expect("there");
        let count = lab.count("c").await;
        // Both belong together where nothing was sent meanwhile.
        if lab.seconds("c", "x").await == Some(before) {
            seen.push((before, count));
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts real databases"]
async fn no_step_deletes_more_than_was_allowed() {
    const MANY: i64 = 30_000;
    let lab = Arc::new(Lab::new().await);
    armed(&lab, MANY).await;
    let change = lab.keeper().observed(lab.change("lower_in_stages", "c", staged("keep"))).await.expect("it answers");
    let Deed::Lower { steps, .. } = &change.deed else { panic!("{change:?}") };
    assert!((5..=9).contains(&steps.len()), "{steps:?}");
    assert!(steps.windows(2).all(|pair| pair[0] > pair[1]), "each is lower: {steps:?}");
    let keeper = lab.keeper().with(&change);
    let plan = keeper.plan(&change).await.expect("a plan");
    assert_eq!(plan.commands.len(), steps.len(), "each step stands in the plan");

    let over = Arc::new(AtomicBool::new(false));
    let watching = tokio::spawn(seen(Arc::clone(&lab), Arc::clone(&over)));
    let report = carry_out(&keeper, &change).await;
    over.store(true, Ordering::Release);
    let seen = watching.await.expect("no panic");
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    assert_eq!(report.ran.len(), steps.len());
    let mut before = MANY;
    for step in steps {
        let counts = seen.iter().filter(|(seconds, _)| *seconds == step.get()).map(|(_, count)| *count);
        let Some(least) = counts.min() else { continue };
        // One that was looked past adds its own to the next.
        let skipped =
            steps.iter().filter(|it| *it > step && !seen.iter().any(|(seconds, _)| *seconds == it.get())).count();
        let allowed = MOST * (1 + skipped as i64);
        assert!(before - least <= allowed, "step {}: {} documents", step.get(), before - least);
        before = least;
    }
    assert!((lab.count("c").await - MANY * 7 / 30).abs() <= MANY / 500);
    assert_eq!(lab.seconds("c", "x").await, Some(7 * 86_400));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn stopped_after_the_second_step_the_rest_stays() {
    let lab = Lab::new().await;
    armed(&lab, 30_000).await;
    let change = lab.keeper().observed(lab.change("lower_in_stages", "c", staged("disarm"))).await.expect("it answers");
    let keeper = lab.keeper().with(&change);
    let plan = keeper.plan(&change).await.expect("a plan");
    assert!(!plan.blocked(), "{:?}", plan.checks);
    let run = Run::new("m".into(), Words::same("t"));
    assert!(!run.cancel(), "nothing can be stopped before it has begun");
    for command in &plan.commands[..2] {
        let answer = keeper.run(command, &run).await.expect("a step");
        assert!(answer.en.contains("documents deleted"), "{answer:?}");
    }
    let after_two = lab.count("c").await;
    assert!((20_000..30_000 - MOST).contains(&after_two), "two steps are done: {after_two}");
    assert!(run.cancel(), "stopping is offered");
    let error = keeper.run(&plan.commands[2], &run).await.expect_err("stopped");
    assert_eq!(error.kind, Kind::Stopped);
    assert!(error.happened.en.contains("Stopped after 2 of") && error.happened.en.contains("disarmed"), "{error:?}");
    assert_eq!(lab.seconds("c", "x").await, Some(2_147_483_647));
    let disarmed = lab.count("c").await;
    lab.two_passes().await;
    assert_eq!(lab.count("c").await, disarmed, "nothing goes any more");
    assert!(after_two - disarmed < 50, "the rest is there");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_step_is_not_sent_when_somebody_else_has_changed_the_index() {
    let lab = Lab::new().await;
    armed(&lab, 12_000).await;
    let change = lab.keeper().observed(lab.change("lower_in_stages", "c", staged("keep"))).await.expect("it answers");
    let keeper = lab.keeper().with(&change);
    let plan = keeper.plan(&change).await.expect("a plan");
    let run = Run::new("m".into(), Words::same("t"));
    keeper.run(&plan.commands[0], &run).await.expect("a step");
    let other = doc! { "collMod": "c", "index": { "name": "x", "expireAfterSeconds": 86_400 * 90 } };
    lab.client.database(&lab.database).run_command(other).await.expect("changed");
    let error = keeper.run(&plan.commands[1], &run).await.expect_err("refused");
    assert_eq!(error.kind, Kind::Conflict, "{error:?}");
    assert_eq!(lab.seconds("c", "x").await, Some(86_400 * 90), "nothing was overwritten");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_disarmed_index_deletes_nothing_and_one_that_is_armed_again_does() {
    let lab = Lab::new().await;
    lab.collection("d").insert_one(doc! { "at": ago(-1) }).await.expect("inserted");
    lab.index("d", doc! { "at": 1 }, doc! { "expireAfterSeconds": 60 }).await;
    let report = lab.apply("disarm_index", "d", index("x")).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    lab.collection("d").insert_many((0..5).map(|n| doc! { "at": ago(3), "n": n })).await.expect("inserted");
    lab.two_passes().await;
    assert_eq!(lab.count("d").await, 6, "constant over two passes");
    let again = lab.apply("disarm_index", "d", index("x")).await;
    assert_eq!(again.outcome, Outcome::Refused, "it is disarmed already");
    let never = lab.apply("lower_in_stages", "d", Form { when: "never".into(), ..index("x") }).await;
    assert_eq!(never.outcome, Outcome::Refused, "never is no step down");
    let report = lab.apply("set_ttl_seconds", "d", Form { seconds: "60".into(), ..index("x") }).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    eventually("the five are gone", 60, async || lab.count("d").await == 1).await;
}
