//! How far behind standbys are, as the watcher keeps it.

use super::*;
use crate::replication::history::look::lag;
use crate::replication::history::model::{Point, Span};
use crate::replication::history::store::Told;
use crate::sandbox::lab::{Server, eventually};

const LOAD: i64 = 8 << 20;

/// The history of a standby whose replay is stopped while the primary goes on writing.
async fn falls_behind(major: u8) {
    let server = Server::start(major, &[]).await;
    let standby = server.standby("sb1", &[]).await;
    let (scratch, registry, client) = (Scratch::new(), Registry::default(), server.client().await);
    registry.put(server.entry().configured.clone());
    let watching = start(&scratch.store, &registry);
    let target = server.entry().configured.target.id.clone();
    let points = async || -> Vec<Point> {
        let history = lag(&scratch.store, &target, Span::Hour).await.expect("a history");
        assert!(history.standbys.iter().all(|standby| standby.name == "sb1"), "{:?}", history.standbys);
        history.standbys.into_iter().next().map(|standby| standby.points).unwrap_or_default()
    };
    eventually("it is kept that the standby is up to date", 40, async || {
        points().await.last().is_some_and(|point| point.value < LOAD && point.active)
    })
    .await;
    standby.run("SELECT pg_wal_replay_pause()").await;
    for (what, least) in [("once", LOAD), ("twice", 2 * LOAD)] {
        write(&client, usize::try_from(LOAD).expect("few")).await.expect("WAL");
        eventually(&format!("PostgreSQL {major}: it is kept that it fell behind {what}"), 40, async || {
            points().await.last().is_some_and(|point| point.value >= least)
        })
        .await;
    }
    let (kept, day) = (points().await, lag(&scratch.store, &target, Span::Day).await.expect("a history"));
    assert!(kept.windows(2).all(|two| two[0].at < two[1].at), "{kept:?}");
    println!("PostgreSQL {major}: {:?}", kept.iter().map(|point| point.value).collect::<Vec<_>>());
    assert!(day.standbys[0].points.iter().any(|point| point.value >= 2 * LOAD), "a minute keeps its peak");
    watching.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_standby_that_stops_replaying_falls_behind_in_the_history() {
    tokio::join!(falls_behind(15), falls_behind(18));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn of_what_may_not_be_seen_nothing_is_kept() {
    for major in [15, 18] {
        let server = Server::start(major, &[]).await;
        let _standby = server.standby("sb1", &[]).await;
        let (scratch, plain, all) = (Scratch::new(), server.role("plain", "", &[]).await, server.entry());
        let told = async |entry: &Entry| {
            scratch.look_anew(entry).await;
            entry.shared::<Told>().take("pg").into_iter().map(|told| told.name).collect::<Vec<_>>()
        };
        // The standby's first answer comes a moment after it has connected.
        let sees = "SELECT FROM pg_stat_replication WHERE replay_lsn IS NOT NULL";
        let client = server.client().await;
        eventually("it tells how far it is", 20, async || !client.query(sees, &[]).await.expect("rows").is_empty())
            .await;
        assert_eq!(told(&all).await, ["sb1"], "PostgreSQL {major}");
        assert!(told(&plain).await.is_empty(), "PostgreSQL {major}: a plain login");
        let monitor = server.role("monitor", "", &["pg_monitor"]).await;
        assert_eq!(told(&monitor).await, ["sb1"], "PostgreSQL {major}");
    }
}
