//! The way back.

use super::lab::*;
use crate::caching::bulk::model::Only;
use crate::sandbox::lab::redis::Server;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_an_application_changed_since_is_left_alone_and_all_else_is_as_it_was_to_the_millisecond() {
    let lab = Lab::new("guarded", Server::start().await);
    lab.fill(10_000, |place| [-1, 1_000, 50_000][place % 3]).await;
    let before = lab.expiries().await;
    let (view, _) = lab.whole(&job("key:*", "7200", Only::All)).await;
    assert_eq!(view.counts.changed, 10_000);
    for place in (0..10_000).step_by(100) {
        let key = format!("key:{place:04}");
        match place / 100 % 4 {
            0 => lab.raw(&["PERSIST", &key]).await,
            1 => lab.raw(&["EXPIRE", &key, "333"]).await,
            2 => lab.raw(&["SET", &key, "other"]).await,
            _ => lab.raw(&["DEL", &key]).await,
        };
    }
    let meanwhile = lab.expiries().await;
    let undone = lab.undo(view.record, None).await.undone;
    assert_eq!((undone.met, undone.restored, undone.left, undone.vanished), (10_000, 9_900, 75, 25), "{undone:?}");
    let after = lab.expiries().await;
    for (key, at) in &after {
        let place: usize = key[4..].parse().expect("a number");
        let expected = if place.is_multiple_of(100) { &meanwhile[key] } else { &before[key] };
        assert_eq!(at, expected, "{key}");
    }
    assert_eq!(after.len(), 9_975, "no key was made, none was deleted");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn one_half_is_undone_and_the_other_stays_and_a_second_undo_does_nothing_more() {
    let lab = Lab::new("half", Server::start().await);
    lab.fill(2_000, |_| 1_000).await;
    let before = lab.expiries().await;
    let (view, _) = lab.whole(&job("key:*", "7200", Only::All)).await;
    let undone = lab.undo(view.record, Some("key:0*")).await.undone;
    assert_eq!((undone.met, undone.restored), (1_000, 1_000));
    let after = lab.expiries().await;
    assert!(after.iter().all(|(key, at)| (at == &before[key]) == key.starts_with("key:0")));
    let again = lab.undo(view.record, Some("key:0*")).await.undone;
    assert_eq!((again.met, again.restored, again.left), (1_000, 0, 1_000));
    assert_eq!(lab.expiries().await, after);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_key_that_would_have_died_by_now_is_not_deleted_by_its_undo() {
    let lab = Lab::new("overdue", Server::start().await);
    lab.fill(300, |place| [2, 1_000][place % 2]).await;
    let (view, _) = lab.whole(&job("key:*", "7200", Only::All)).await;
    assert_eq!(view.counts.changed, 300);
    let began = lab.now().await;
    while lab.now().await < began + 2_000 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let undone = lab.undo(view.record, None).await.undone;
    assert_eq!((undone.overdue, undone.restored), (150, 150));
    assert_eq!(lab.expiries().await.len(), 300, "all keys are still there");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn keys_of_any_bytes_come_back() {
    let lab = Lab::new("bytes", Server::start().await);
    let mut client = lab.server.client().await;
    let names: Vec<Vec<u8>> = (0..=255u8).map(|byte| vec![b'k', byte, 0, b'*', b'\n']).collect();
    for name in &names {
        redis::cmd("SET").arg(name).arg("v").exec_async(&mut client).await.expect("set");
    }
    let (view, _) = lab.whole(&job("k*", "7200", Only::Lasting)).await;
    assert_eq!(view.counts.changed, 256);
    assert_eq!(lab.undo(view.record, None).await.undone.restored, 256);
    for name in &names {
        let at: i64 = redis::cmd("PTTL").arg(name).query_async(&mut client).await.expect("an answer");
        assert_eq!(at, -1);
    }
}
