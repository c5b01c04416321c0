//! Shards that come and go.

use super::*;
use crate::sandbox::lab::eventually;
use crate::sandbox::lab::mongo::shared;

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_shard_is_drained_and_removed_step_by_step_as_the_page_says() {
    let lab = Lab::start(2).await;
    let at = At::the(&lab);
    let namespace = at.sharded("shop", "shard1").await;
    let client = lab.client().await;
    admin(&client, doc! { "enableSharding": "home", "primaryShard": "shard2" }).await;
    fill(&client, "home", "notes", 50).await;
    assert_eq!(at.chunks(&namespace, "shard2").await, 2);
    assert!(blocked(&at.plan(asks("commit_removal", "shard2")).await).contains("not being drained"));

    at.applied(asks("remove_shard", "shard2")).await;
    assert!(at.listed("shard2").await.expect("still there").get_bool("draining").expect("draining"));
    assert!(blocked(&at.plan(asks("commit_removal", "shard2")).await).contains("Left on shard2: chunks"));
    eventually("the balancer has moved all chunks", 90, async || at.drain().await.state == State::YourTurn).await;
    assert_eq!(at.chunks(&namespace, "shard2").await, 0);

    let drain = at.drain().await;
    assert_eq!(drain.left.databases, Some(vec!["home".to_owned()]));
    assert!(drain.step.en.contains("shard2 is still the primary shard of home"), "{}", drain.step.en);
    assert_eq!(parameter(&drain.way.link, "action"), "move_primary");
    let (database, to) = (parameter(&drain.way.link, "database"), parameter(&drain.way.link, "to"));
    at.applied(moves(&database, &to)).await;

    let drain = at.drain().await;
    assert_eq!((drain.state, drain.left.chunks), (State::Empty, Some(0)));
    assert_eq!(parameter(&drain.way.link, "action"), "commit_removal");
    at.applied(asks("commit_removal", "shard2")).await;
    assert_eq!(at.listed("shard2").await, None);
    let shard1 = lab.shard("shard1").await;
    assert_eq!((count(&client, "shop", "items").await, count(&shard1, "shop", "items").await), (200, 200));
    assert_eq!((count(&client, "home", "notes").await, count(&shard1, "home", "notes").await), (50, 50));
    let list = at.list().await;
    assert_eq!((list.shards.len(), list.drains.len()), (1, 0));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_replica_set_becomes_a_shard_by_our_plan() {
    let lab = Lab::start(1).await;
    let at = At::the(&lab);
    let spare = lab.spare_shard().await;
    let form = Form { action: "add_shard".into(), hosts: spare.clone(), name: "third".into(), ..Form::default() };
    at.applied(form.clone()).await;
    assert_eq!(at.listed("third").await.expect("a shard").get_str("host").expect("its host"), spare);
    let names: Vec<String> = at.list().await.shards.into_iter().map(|it: Shard| it.name).collect();
    assert_eq!(names, ["shard1", "third"]);
    let again = at.plan(form).await;
    assert!(blocked(&again).contains("There is a shard third already"), "{again:?}");
    assert!(again.commands.is_empty());
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_set_that_does_not_answer_is_no_shard_and_is_told_as_the_trouble() {
    let lab = Lab::start(1).await;
    let at = At::the(&lab);
    let form = Form { action: "add_shard".into(), hosts: "rs9/127.0.0.1:1".into(), ..Form::default() };
    let report = at.apply(form).await;
    // The servers gave up, which leaves open for the console whether they did something; the read-back tells.
    assert_eq!(report.outcome, Outcome::Unknown, "{report:?}");
    assert_eq!(report.read_back.en, "config.shards does not list rs9.");
    let next = report.error.expect("an error").next.en;
    assert!(next.contains("it is the new set"), "{next}");
    assert_eq!(at.listed("rs9").await, None);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn the_last_shard_of_a_zone_is_refused_before_anything_is_sent() {
    let lab = Lab::start(2).await;
    let at = At::the(&lab);
    let client = lab.client().await;
    admin(&client, doc! { "enableSharding": "shop", "primaryShard": "shard1" }).await;
    admin(&client, doc! { "shardCollection": "shop.orders", "key": { "k": 1 } }).await;
    admin(&client, doc! { "addShardToZone": "shard2", "zone": "EU" }).await;
    let range = doc! { "updateZoneKeyRange": "shop.orders", "min": { "k": 0 }, "max": { "k": 100 }, "zone": "EU" };
    admin(&client, range).await;
    let report = at.apply(asks("remove_shard", "shard2")).await;
    assert_eq!((report.outcome, report.ran.len()), (Outcome::Refused, 0));
    assert!(report.summary.en.contains("only shard of the zone EU"), "{}", report.summary.en);
    let refused = client.database("admin").run_command(doc! { "removeShard": "shard2" }).await.expect_err("163");
    assert!(refused.to_string().contains("ZoneStillInUse"), "the server says so, too: {refused}");
    // Looking at it does not start it.
    assert!(at.list().await.drains.is_empty());
    assert!(at.listed("shard2").await.expect("a shard").get("draining").is_none());
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn the_only_shard_stays() {
    let lab = Lab::start(1).await;
    let report = At::the(&lab).apply(asks("remove_shard", "shard1")).await;
    assert_eq!(report.outcome, Outcome::Refused);
    assert!(report.summary.en.contains("No other shard stays"), "{}", report.summary.en);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_plan_that_was_made_before_the_world_changed_does_not_match() {
    let lab = Lab::start(3).await;
    let at = At::the(&lab);
    let change = at.change(asks("remove_shard", "shard2")).await;
    let before = at.shards.plan(&change).await.expect("a plan");
    admin(&lab.client().await, doc! { "removeShard": "shard3" }).await;
    let after = at.shards.plan(&change).await.expect("a plan");
    assert_ne!(before.fingerprint, after.fingerprint);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_is_no_router_is_told_and_nothing_can_be_planned_there() {
    let lab = shared().await;
    for entry in [lab.config_entry(), lab.shard_entry("shard1")] {
        let shards = Shards::new(Cluster::at(entry));
        let error = watch::look(&shards).await.expect_err("no router");
        assert_eq!(error.field.as_deref(), Some("target"));
        let change = asks("remove_shard", "shard1").read(shards.cluster().target().clone()).expect("a valid form");
        assert_eq!(shards.plan(&change).await.expect_err("no router").field.as_deref(), Some("target"));
    }
}
