//! The balancer on real clusters, seen by a client of the config server that knows nothing of the console.

use bson::{Document, doc};

use super::model::{Change, Verdict};
use super::mongo::Keeper;
use crate::change::apply::carry_out;
use crate::change::{Outcome, Report};
use crate::error::Kind;
use crate::sandbox::lab::eventually;
use crate::sandbox::lab::mongo::Cluster as Lab;
use crate::sharding::cluster::Cluster;

async fn admin(lab: &Lab, command: Document) -> Document {
    let told = command.clone();
    let answer = lab.client().await.database("admin").run_command(command).await;
    answer.unwrap_or_else(|error| panic!("{told}: {error}"))
}

/// As the config server has it.
async fn row(lab: &Lab, collection: &str, id: &str) -> Option<Document> {
    let config = lab.config().await.database("config");
    config.collection::<Document>(collection).find_one(doc! { "_id": id }).await.expect("it answers")
}

/// Straight into `config.settings`, as somebody does who knows no better.
async fn write(lab: &Lab, row: Document) {
    let settings = lab.client().await.database("config").collection::<Document>("settings");
    let id = doc! { "_id": row.get_str("_id").expect("a name") };
    settings.delete_one(id).await.expect("deleted");
    settings.insert_one(row).await.expect("nothing checks it");
}

async fn clear(lab: &Lab) {
    let settings = lab.client().await.database("config").collection::<Document>("settings");
    settings.delete_many(doc! { "_id": { "$in": ["balancer", "chunksize"] } }).await.expect("deleted");
}

fn keeper(lab: &Lab) -> Keeper {
    Keeper::new(Cluster::at(lab.entry()))
}

async fn change(keeper: &Keeper, lab: &Lab, action: &str, namespace: &str, texts: [&str; 3]) -> Report {
    let target = lab.entry().configured.target.id.clone();
    let [start, stop, mib] = texts;
    let change = Change::from_form(target, action, namespace, start, stop, mib).expect("a valid form");
    carry_out(keeper, &keeper.observed(change).await.expect("it answers")).await
}

async fn done(keeper: &Keeper, lab: &Lab, action: &str, namespace: &str, texts: [&str; 3]) -> Report {
    let report = change(keeper, lab, action, namespace, texts).await;
    assert_eq!(report.outcome, Outcome::Done, "{action}: {report:?}");
    report
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn the_settings_of_the_cluster_are_written_and_the_config_server_shows_them() {
    let lab = Lab::start(2).await;
    let keeper = keeper(&lab);
    assert_eq!(keeper.state().await.expect("it answers").verdict(), Verdict::Working, "nothing is set: it is on");
    let nothing = [""; 3];
    done(&keeper, &lab, "start_balancer", "", nothing).await;
    let row_of = async |id: &str| row(&lab, "settings", id).await.unwrap_or_default();
    assert_eq!(row_of("balancer").await.get_bool("stopped").ok(), Some(false));
    let state = keeper.state().await.expect("it answers");
    assert_eq!((state.verdict(), state.is_working()), (Verdict::Working, Some(true)));
    assert!(state.clock.now.is_some());

    done(&keeper, &lab, "stop_balancer", "", nothing).await;
    assert_eq!(row_of("balancer").await.get_bool("stopped").ok(), Some(true));
    assert_eq!(admin(&lab, doc! { "balancerStatus": 1 }).await.get_str("mode").ok(), Some("off"));

    done(&keeper, &lab, "set_window", "", ["22:00", "06:00", ""]).await;
    let window = row_of("balancer").await.get_document("activeWindow").cloned().ok();
    assert_eq!(window, Some(doc! { "start": "22:00", "stop": "06:00" }));
    done(&keeper, &lab, "clear_window", "", nothing).await;
    assert!(row_of("balancer").await.get("activeWindow").is_none());

    done(&keeper, &lab, "set_chunk_size", "", ["", "", "64"]).await;
    assert_eq!(row_of("chunksize").await.get_i32("value").ok(), Some(64));
    assert_eq!(keeper.state().await.expect("it answers").chunk_bytes(), 64 << 20);
    done(&keeper, &lab, "reset_chunk_size", "", nothing).await;
    assert_eq!(row(&lab, "settings", "chunksize").await, None);
    assert_eq!(keeper.state().await.expect("it answers").chunk_bytes(), 128 << 20);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_one_collection_may_do_is_written_and_the_config_server_shows_it() {
    let lab = Lab::start(2).await;
    let keeper = keeper(&lab);
    admin(&lab, doc! { "shardCollection": "shop.orders", "key": { "k": "hashed" } }).await;
    let nothing = [""; 3];
    let orders = async || row(&lab, "collections", "shop.orders").await.expect("it is sharded");

    done(&keeper, &lab, "stop_balancing_collection", "shop.orders", nothing).await;
    assert_eq!(orders().await.get_bool("noBalance").ok(), Some(true));
    done(&keeper, &lab, "start_balancing_collection", "shop.orders", nothing).await;
    assert_ne!(orders().await.get_bool("noBalance").ok(), Some(true));

    done(&keeper, &lab, "freeze_collection", "shop.orders", nothing).await;
    assert_eq!(orders().await.get_bool("permitMigrations").ok(), Some(false));
    assert!(keeper.collection("shop.orders").await.expect("it is there").frozen);
    done(&keeper, &lab, "unfreeze_collection", "shop.orders", nothing).await;
    assert_ne!(orders().await.get_bool("permitMigrations").ok(), Some(false));

    done(&keeper, &lab, "set_collection_chunk_size", "shop.orders", ["", "", "256"]).await;
    assert_eq!(orders().await.get_i64("maxChunkSizeBytes").ok(), Some(256 << 20));
    done(&keeper, &lab, "reset_collection_chunk_size", "shop.orders", nothing).await;
    assert!(orders().await.get("maxChunkSizeBytes").is_none());

    done(&keeper, &lab, "start_defragmentation", "shop.orders", nothing).await;
    assert_eq!(
        change(&keeper, &lab, "start_merging_collection", "shop.orders", nothing).await.outcome,
        Outcome::Refused
    );
    assert!(keeper.collection("shop.none").await.is_err_and(|it| it.kind == Kind::NotFound));
}

/// What is measured here is why the page does not believe `balancerStatus`.
#[tokio::test]
#[ignore = "starts real databases"]
async fn every_malformed_setting_is_told_as_dead_although_the_status_says_full() {
    let lab = Lab::start(1).await;
    let keeper = keeper(&lab);
    clear(&lab).await;
    eventually("the balancer is on", 20, async || {
        admin(&lab, doc! { "balancerStatus": 1 }).await.get_str("mode").ok() == Some("full")
    })
    .await;
    let window = |start: &str, stop: &str| doc! { "_id": "balancer", "activeWindow": { "start": start, "stop": stop } };
    for (bad, field) in [
        (window("25:00", "06:00"), "balancer.activeWindow.start"),
        (window("22:00", "22:00"), "balancer.activeWindow"),
        (doc! { "_id": "balancer", "activeWindow": { "start": "22:00" } }, "balancer.activeWindow.stop"),
        (doc! { "_id": "balancer", "activeWindow": { "stop": "22:00" } }, "balancer.activeWindow.start"),
        (doc! { "_id": "balancer", "stopped": "yes" }, "balancer.stopped"),
        (doc! { "_id": "balancer", "mode": "sometimes" }, "balancer.mode"),
        (doc! { "_id": "chunksize", "value": 0 }, "chunksize.value"),
        (doc! { "_id": "chunksize", "value": 2048 }, "chunksize.value"),
        (doc! { "_id": "chunksize", "value": "64" }, "chunksize.value"),
    ] {
        write(&lab, bad.clone()).await;
        let state = keeper.state().await.expect("it answers");
        let status = state.status.clone().expect("it answers");
        let findings = state.findings("shop");
        assert_eq!(state.verdict(), Verdict::Dead, "{bad}");
        assert_eq!(status.mode, "full", "{bad}");
        assert!(findings[0].words.en.starts_with(&format!("Balancing is dead: {field} is ")), "{bad}: {findings:?}");
        assert!(findings[0].link.contains("action="), "{bad}: there is a way out");
        let action = findings[0].link.rsplit('=').next().unwrap_or_default().to_owned();
        done(&keeper, &lab, &action, "", [""; 3]).await;
        assert_eq!(keeper.state().await.expect("it answers").verdict(), Verdict::Working, "{bad}: {action}");
        clear(&lab).await;
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_collection_that_was_replaced_meanwhile_is_left_alone() {
    let lab = Lab::start(1).await;
    let keeper = keeper(&lab);
    admin(&lab, doc! { "shardCollection": "shop.orders", "key": { "k": 1 } }).await;
    let target = lab.entry().configured.target.id.clone();
    let looked_at = Change::from_form(target, "stop_balancing_collection", "shop.orders", "", "", "").expect("a form");
    let looked_at = keeper.observed(looked_at).await.expect("it answers");
    lab.client().await.database("shop").run_command(doc! { "drop": "orders" }).await.expect("dropped");
    admin(&lab, doc! { "shardCollection": "shop.orders", "key": { "k": 1 } }).await;
    let report = carry_out(&keeper, &looked_at).await;
    assert_eq!(report.outcome, Outcome::Refused, "{report:?}");
    let now = row(&lab, "collections", "shop.orders").await.expect("it is there");
    assert_ne!(now.get_bool("noBalance").ok(), Some(true));
}
