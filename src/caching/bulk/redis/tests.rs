//! Jobs on real servers.

mod lab;
mod restart;
mod speed;
mod undo;

use std::time::{Duration, Instant};

use self::lab::*;
use crate::caching::bulk::model::{Aim, End, Only};
use crate::change::Outcome;
use crate::sandbox::lab::redis::Server;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn every_condition_changes_the_keys_it_says_and_no_others() {
    // Of each three keys, one lives for ever, one dies in 100 s, and one in 10,000 s; 1,000 s are asked for.
    for (only, changed) in [
        (Only::Expiring, [false, true, true]),
        (Only::Lasting, [true, false, false]),
        (Only::Lengthen, [false, true, false]),
        (Only::Shorten, [true, false, true]),
        (Only::All, [true, true, true]),
    ] {
        let lab = Lab::new(only.name(), Server::start().await);
        lab.fill(999, |place| [-1, 100, 10_000][place % 3]).await;
        lab.set("other:1", 50).await;
        let before = lab.expiries().await;
        let (view, _) = lab.whole(&job("key:*", "1000", only)).await;
        assert!(view.counts.adds_up(), "{:?}", view.counts);
        assert_eq!((view.counts.matched, view.counts.vanished, view.counts.unsure), (999, 0, 0));
        assert_eq!(view.counts.changed, 333 * changed.iter().filter(|it| **it).count() as i64);
        assert_eq!(view.end, Some(End::Whole));
        let now = lab.now().await;
        let after = lab.expiries().await;
        assert_eq!(after["other:1"], before["other:1"], "a key that does not match stays");
        for (key, at) in after.iter().filter(|(key, _)| key.starts_with("key:")) {
            let place: usize = key[4..].parse().expect("a number");
            if changed[place % 3] {
                let left = at - now;
                assert!((890_000..=1_100_000).contains(&left), "{key} has {left} ms left, ± 10 percent of 1,000 s");
            } else {
                assert_eq!(at, &before[key], "{key} is left alone");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn jitter_spreads_the_deaths_evenly() {
    let lab = Lab::new("jitter", Server::start().await);
    lab.fill(5_000, |_| 100).await;
    lab.whole(&job("key:*", "1000", Only::All)).await;
    let now = lab.now().await;
    let mut tenths = [0; 10];
    for at in lab.expiries().await.values() {
        tenths[usize::try_from((at - now - 899_000) / 20_000).expect("in time").min(9)] += 1;
    }
    assert!(tenths.iter().all(|keys| (380..620).contains(keys)), "{tenths:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn no_call_looks_at_more_than_a_thousand_keys_and_nothing_else_is_sent() {
    let lab = Lab::new("calls", Server::start().await);
    lab.fill(3_000, |_| 100).await;
    lab.reset_calls().await;
    lab.whole(&job("key:*", "1000", Only::All)).await;
    let calls = lab.calls().await;
    for name in ["keys", "eval", "evalsha", "config|set", "flushall", "monitor"] {
        assert!(!calls.contains_key(name), "{name} was sent: {calls:?}");
    }
    assert!(calls["scan"] >= 12, "{calls:?}");
    assert_eq!(calls["pexpireat"], 3_000, "each key is sent once: {calls:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_the_condition_refuses_keeps_its_place_in_the_order_of_use() {
    let lab = Lab::new("idle", Server::start().await);
    lab.fill(500, |_| -1).await;
    lab.reset_calls().await;
    let (view, _) = lab.whole(&job("key:*", "1000", Only::Expiring)).await;
    assert_eq!((view.counts.matched, view.counts.refused), (500, 500));
    assert!(!lab.calls().await.contains_key("pexpireat"), "nothing was sent for them");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn keys_that_come_and_go_and_a_table_that_grows_and_shrinks_change_no_sum() {
    let lab = Lab::new("churn", Server::start().await);
    lab.fill(20_000, |_| 1_000).await;
    let slow = with_rate(job("key:*", "5000", Only::All), "40000");
    let (view, ()) = tokio::join!(lab.whole(&slow), lab.churn(20_000));
    let (view, _) = view;
    assert!(view.counts.adds_up(), "{:?}", view.counts);
    assert!(view.counts.changed > 0);
    let journalled = lab.journalled(view.record);
    let names: std::collections::HashSet<_> = journalled.iter().map(|(key, ..)| key.clone()).collect();
    assert_eq!(names.len(), journalled.len(), "no key is changed twice");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_job_can_be_made_to_wait_and_stops_within_a_tenth_of_a_second() {
    let lab = Lab::new("stop", Server::start().await);
    lab.fill(20_000, |_| 1_000).await;
    let begun = lab.begin(with_rate(job("key:*", "5000", Only::All), "5000"));
    eventually("it has changed some", || begun.changed() > 500).await;
    assert!(begun.run.pause(true));
    tokio::time::sleep(Duration::from_millis(400)).await;
    let held = lab.changed_by("5000").await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(lab.changed_by("5000").await, held, "while it waits, nothing is sent");
    assert!(begun.run.pause(false));
    eventually("it goes on", || begun.changed() > held + 500).await;
    let asked = Instant::now();
    assert!(begun.run.cancel());
    let error = begun.task.await.expect("no panic").expect_err("it was stopped");
    assert!(asked.elapsed() < Duration::from_millis(100), "it took {:?}", asked.elapsed());
    assert_eq!(error.kind, crate::error::Kind::Stopped);
    let view = lab.view(begun.run.record());
    assert_eq!((view.end, view.counts.unsure), (Some(End::Cut), 0));
    assert!(view.counts.adds_up());
    assert_eq!(lab.changed_by("5000").await, view.counts.changed, "the count is what the server shows");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_server_that_goes_down_is_told_and_nothing_is_said_to_be_done_that_is_not() {
    let lab = Lab::new("down", Server::start().await);
    lab.fill(20_000, |_| 1_000).await;
    let begun = lab.begin(with_rate(job("key:*", "5000", Only::All), "5000"));
    eventually("it has changed some", || begun.changed() > 500).await;
    let Lab { server, folder, .. } = lab;
    drop(server);
    let error = begun.task.await.expect("no panic").expect_err("the server is gone");
    assert_eq!(error.kind, crate::error::Kind::Unreachable, "{error:?}");
    assert!(error.happened.en.contains("Up to then"), "{error:?}");
    let view = view_in(&folder, begun.run.record());
    assert!(view.counts.adds_up() && view.end == Some(End::Cut), "{view:?}");
    assert!(view.counts.changed < 20_000);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn keys_that_the_user_may_not_change_are_counted_and_the_rest_is_done() {
    let lab = Lab::new("acl", Server::start().await);
    lab.fill(400, |_| 1_000).await;
    lab.raw(&["ACL", "SETUSER", "narrow", "on", ">lab", "~key:00*", "+@all"]).await;
    let narrow = lab.with_user("narrow");
    let (view, _) = narrow.whole(&job("key:*", "5000", Only::All)).await;
    assert!(view.counts.adds_up(), "{:?}", view.counts);
    assert_eq!((view.counts.changed, view.counts.denied), (100, 300));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_preview_counts_what_is_there_and_a_plan_says_so() {
    let lab = Lab::new("preview", Server::start().await);
    lab.fill(900, |place| [-1, 100, 10_000][place % 3]).await;
    let preview = lab.bulk().preview(&pattern("key:*")).await.expect("a look");
    assert!(preview.whole);
    assert_eq!((preview.keys, preview.matched, preview.expiring, preview.lasting), (900, 900, 600, 300));
    assert_eq!((preview.bars[1], preview.bars[3]), (300, 300), "{:?}", preview.bars);
    assert_eq!(preview.names.len(), 20);
    assert!(preview.bytes_each.expect("weighed") > 40);
    let none = lab.bulk().preview(&pattern("nothing:*")).await.expect("a look");
    assert_eq!((none.matched, none.keys), (0, 900));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn persist_takes_the_ttl_away_and_undo_gives_it_back() {
    let lab = Lab::new("persist", Server::start().await);
    lab.fill(600, |place| [-1, 100, 10_000][place % 3]).await;
    let before = lab.expiries().await;
    let persist = crate::caching::bulk::model::Job { aim: Aim::Persist, ..job("key:*", "1", Only::Expiring) };
    let (view, _) = lab.whole(&persist).await;
    assert_eq!((view.counts.changed, view.counts.refused), (400, 200));
    assert!(lab.expiries().await.values().all(|at| *at == -1));
    let undone = lab.undo(view.record, None).await.undone;
    assert_eq!((undone.met, undone.restored), (400, 400));
    assert_eq!(lab.expiries().await, before);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_sweep_reclaims_what_has_expired_and_ends_in_time() {
    let lab = Lab::new("sweep", Server::start_with(&[("hz", "1")]).await);
    lab.fill(2_000, |_| -1).await;
    let began = Instant::now();
    let report = lab.sweep(1).await;
    assert!(began.elapsed() < Duration::from_secs(3));
    assert!(report.en.contains("looks"), "{report:?}");
    let calls = lab.calls().await;
    assert!(calls["evalsha"] > 50, "{calls:?}");
    assert!(!calls.contains_key("eval"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_an_earlier_console_left_is_told_from_the_journal() {
    let lab = Lab::new("left", Server::start().await);
    lab.fill(20_000, |_| 1_000).await;
    let begun = lab.begin(with_rate(job("key:*", "5000", Only::All), "20000"));
    eventually("it has changed some", || begun.changed() > 2_000).await;
    // A killed console writes nothing any more.
    begun.task.abort();
    let _ = begun.task.await;
    let changed = lab.changed_by("5000").await;
    let report = super::resume::looked_at(&lab.folder, &lab.left_open(begun.run.record())).expect("a report");
    assert_eq!(report.outcome, Outcome::Stopped);
    let view = lab.view(begun.run.record());
    assert_eq!(view.end, Some(End::Cut));
    assert!(view.counts.adds_up(), "{:?}", view.counts);
    let known = view.counts.changed..=view.counts.changed + view.counts.unsure;
    assert!(known.contains(&changed), "{changed} are changed, known are {known:?}");
    assert!(view.counts.unsure <= 4 * 250, "{:?}", view.counts);

    let (after, _) = lab.continued(begun.run.record()).await;
    assert!(after.counts.adds_up(), "{:?}", after.counts);
    assert_eq!(lab.changed_by("5000").await, 20_000, "the rest is done");
    assert_eq!(after.counts.changed, 20_000 - changed, "and nothing twice");
    let undone = lab.undo(after.record, None).await.undone;
    assert_eq!(undone.restored, 20_000, "both parts are taken back: {undone:?}");
    assert_eq!(lab.changed_by("5000").await, 0);
}
