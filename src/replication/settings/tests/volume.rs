//! What the console was told of the volume of the WAL, and what the watcher of the slots sees of a setting.

use super::*;
use crate::replication::slots::{volume, watch};
use crate::server::store::Store;

#[tokio::test]
#[ignore = "starts real databases"]
async fn the_proposed_cap_is_a_quarter_of_the_volume_that_was_entered_and_is_seen_at_once() {
    let server = Server::start(17, &[]).await;
    let (entry, random) = (server.entry(), crate::auth::session::random_hex::<6>());
    let folder = std::env::temp_dir().join(format!("outgrow-settings-{random}"));
    let store = Store::open(&folder).expect("a new store");
    let on = async || Settings::on(&store, Postgres::at(entry.clone())).await.expect("settings");
    assert_eq!((list(&on().await).await.suggested_cap, list(&on().await).await.wal_volume), (10_240, None));

    let target = &entry.configured.target.id;
    volume::keep(&store, target, Some(8 << 30)).await.expect("kept");
    let engine = on().await;
    assert_eq!(list(&engine).await.suggested_cap, 2_048, "a quarter of 8 GiB, in MiB");
    let share = plan(&engine, &set(Name::MaxSlotWalKeepSize, "4096")).await;
    assert!(found(&share, "50 % of the volume"), "{:?}", share.checks);

    let before = watch::look(&store, &entry).await.expect("an answer");
    assert_eq!((before.server.keep_bytes, before.server.volume), (-1, Some(8 << 30)));
    let report = carry_out(&engine, &set(Name::MaxSlotWalKeepSize, "2048")).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    let after = watch::look(&store, &entry).await.expect("an answer");
    assert_eq!(after.server.keep_bytes, 2 << 30, "whoever looks afterwards sees the limit");
    drop(store);
    let _ = std::fs::remove_dir_all(&folder);
}
