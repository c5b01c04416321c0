//! A creation that waits tells whom it waits for, is stopped on request, and leaves nothing then.

use std::time::{Duration, Instant};

use super::*;
use crate::change::Command;
use crate::change::run::Run;
use crate::error::{AppError, Kind};
use crate::sandbox::lab::eventually;
use crate::text::Words;

fn begin(slots: Slots, command: Command) -> (Arc<Run>, tokio::task::JoinHandle<Result<Words, AppError>>) {
    let run = Arc::new(Run::new("t".into(), Words::same("t")));
    let at_work = Arc::clone(&run);
    (run, tokio::spawn(async move { Engine::run(&slots, &command, &at_work).await }))
}

async fn told_within_two_seconds(run: &Run, what: &str) -> Duration {
    let start = Instant::now();
    eventually(&format!("“{what}” is told"), 2, async || run.underway(1).doing.en.contains(what)).await;
    start.elapsed()
}

async fn create(slots: &Slots) -> Command {
    let fields = [("kind", "logical"), ("name", "waits"), ("plugin", "pgoutput"), ("database", "postgres")];
    planned(slots, "create_slot", &fields).await.commands.remove(0)
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_creation_that_waits_names_its_blocker_and_leaves_nothing_when_it_is_stopped() {
    for major in [13, 18] {
        let server = Server::start(major, &[]).await;
        let blocker = server.client().await;
        blocker.batch_execute("BEGIN; CREATE TABLE held (n int)").await.expect("a transaction");
        let pid: i32 = blocker.query_one("SELECT pg_backend_pid()", &[]).await.expect("its pid").get(0);
        let plan = planned(
            &console(server.entry()),
            "create_slot",
            &[("kind", "logical"), ("name", "waits"), ("database", "postgres")],
        )
        .await;
        assert!(warns(&plan).contains(&format!("pid {pid} ")), "the plan names it too: {plan:#?}");

        let (run, work) = begin(console(server.entry()), create(&console(server.entry())).await);
        let took = told_within_two_seconds(&run, &format!("pid {pid} ")).await;
        let told = run.underway(1).doing.en;
        assert!(told.contains("postgres") && !told.contains("SELECT pg_backend_pid()"), "{told}");
        let statement = run.underway(1).statement.unwrap_or_default();
        assert!(statement.contains("SELECT pg_backend_pid()"), "those who may change see it: {statement}");
        println!("PostgreSQL {major}: told after {took:?}: {told}");
        let client = server.client().await;
        assert_eq!(count(&client, "waits").await, 1, "it is being made");
        assert!(run.cancel());
        let error = work.await.expect("no panic").expect_err("it was stopped");
        assert_eq!(error.kind, Kind::Refused);
        assert!(error.next.en.contains("Nothing is left"), "{error:?}");
        assert_eq!(count(&client, "waits").await, 0);

        // Longer than lock_timeout, and then the blocker ends.
        let (run, work) = begin(console(server.entry()), create(&console(server.entry())).await);
        told_within_two_seconds(&run, &format!("pid {pid} ")).await;
        eventually("it has waited longer than other statements may wait for a lock", 5, async || {
            run.underway(1).millis > 2500
        })
        .await;
        blocker.batch_execute("COMMIT").await.expect("it ends");
        work.await.expect("no panic").expect("it was made");
        assert_eq!(count(&client, "waits").await, 1);
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_prepared_transaction_is_named_too() {
    let server = Server::start(15, &[("max_prepared_transactions", "2")]).await;
    let client = server.client().await;
    client.batch_execute("BEGIN; CREATE TABLE held (n int); PREPARE TRANSACTION 'forgotten'").await.expect("prepared");
    let (run, work) = begin(console(server.entry()), create(&console(server.entry())).await);
    told_within_two_seconds(&run, "prepared transaction “forgotten”").await;
    assert!(run.cancel());
    work.await.expect("no panic").expect_err("it was stopped");
    assert_eq!(count(&client, "waits").await, 0);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn on_a_standby_it_waits_for_its_primary_which_can_help_from_here() {
    for major in [16, 17, 18] {
        let primary = Server::start(major, &[]).await;
        let standby = primary.standby("sb", &[]).await;
        let client = standby.client().await;
        let there = || Slots::with_peers(server::Server::at(standby.entry()), vec![primary.entry()]);
        let choices = there().creation_choices().await.expect("choices");
        assert_eq!(choices.own_database, "postgres");
        assert_eq!(choices.primary.map(|(target, _)| target), Some(format!("lab-{}", primary.port())));
        assert!(choices.no_failover.is_some_and(|why| why.en.contains("this is")));

        let (run, work) = begin(there(), create(&there()).await);
        told_within_two_seconds(&run, "pg_log_standby_snapshot()").await;
        assert!(run.cancel());
        let error = work.await.expect("no panic").expect_err("it was stopped");
        assert!(error.next.en.contains("Nothing is left"), "PostgreSQL {major}: {error:?}");
        assert_eq!(count(&client, "waits").await, 0);

        let (run, work) = begin(there(), create(&there()).await);
        told_within_two_seconds(&run, "pg_log_standby_snapshot()").await;
        done(&console(primary.entry()), "log_snapshot", &[]).await;
        let made = tokio::time::timeout(Duration::from_secs(5), work).await;
        made.expect("it goes on at once").expect("no panic").expect("it was made");
        assert_eq!(count(&client, "waits").await, 1);
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_standby_that_is_too_old_or_unprotected_says_so() {
    let primary = Server::start(15, &[]).await;
    let standby = primary.standby("sb", &[]).await;
    let fields = [("kind", "logical"), ("name", "waits"), ("database", "postgres")];
    let plan = planned(&console(standby.entry()), "create_slot", &fields).await;
    assert!(blocks(&plan).contains("logical slots on a standby need 16"), "{plan:#?}");
    done(&console(standby.entry()), "create_slot", &[("name", "cascade")]).await;

    let primary = Server::start(16, &[]).await;
    let standby = primary.standby("sb", &[("hot_standby_feedback", "off")]).await;
    let plan = planned(&console(standby.entry()), "create_slot", &fields).await;
    assert!(!plan.blocked(), "{plan:#?}");
    assert!(warns(&plan).contains("hot_standby_feedback is off"), "{plan:#?}");
    let snapshot = planned(&console(standby.entry()), "log_snapshot", &[]).await;
    assert!(blocks(&snapshot).contains("is a standby"), "{snapshot:#?}");
}
