//! The overview of real clusters; what is so is asked of the config server itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bson::{Document, doc};
use mongodb::Client;

use super::model::{Answer, MemberState, Overview};
use super::mongo::read;
use crate::finding::Severity;
use crate::sandbox::lab::eventually;
use crate::sandbox::lab::mongo::{Cluster as Lab, shared};
use crate::sharding::cluster::Cluster;
use crate::sharding::model::{Held, Version};
use crate::targets::registry::Entry;

async fn see(entry: &Arc<Entry>) -> Overview {
    read(&Cluster::at(Arc::clone(entry))).await.unwrap_or_else(|error| panic!("{error:?}"))
}

/// Sees it anew until it is as expected.
async fn seen(entry: &Arc<Entry>, what: &str, seconds: u64, is: impl Fn(&Overview) -> bool) -> Overview {
    let last = std::sync::Mutex::new(None);
    eventually(what, seconds, async || {
        let now = see(entry).await;
        let there = is(&now);
        *last.lock().expect("no panic") = Some(now);
        there
    })
    .await;
    last.into_inner().expect("no panic").expect("seen")
}

async fn admin(client: &Client, command: Document) -> Document {
    let told = command.clone();
    client.database("admin").run_command(command).await.unwrap_or_else(|error| panic!("{told}: {error}"))
}

async fn set(lab: &Lab, id: &str, fields: Document) {
    let settings = lab.config().await.database("config").collection::<Document>("settings");
    settings.update_one(doc! { "_id": id }, doc! { "$set": fields }).upsert(true).await.expect("set");
}

fn told<'a>(seen: &'a Overview, words: &str) -> Option<&'a crate::finding::Finding> {
    seen.findings.iter().find(|finding| finding.words.en.contains(words))
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_cluster_is_told_as_its_config_server_has_it() {
    let lab = shared().await;
    let seen = see(&lab.entry()).await;
    let config = lab.config().await.database("config");
    let shards = config.collection::<Document>("shards").count_documents(doc! {}).await.expect("counted");
    assert_eq!(u64::try_from(seen.shards.len()).expect("few"), shards);
    for shard in &seen.shards {
        assert_eq!(shard.members.len(), 1, "{shard:?}");
        assert!(!shard.draining && !shard.is_silent(), "{shard:?}");
    }
    let router = config.collection::<Document>("mongos").find_one(doc! {}).await.expect("asked").expect("one");
    assert_eq!(seen.routers[0].address, router.get_str("_id").expect("an address"));
    assert_eq!(seen.routers[0].version, "6.0.5");
    assert!(!seen.routers[0].is_stale());
    assert_eq!((seen.release.version, seen.release.fcv), (Version::new(6, 0, 5), Version::new(6, 0, 0)));
    assert_eq!(seen.config.version, Some(Version::new(6, 0, 5)));
    assert!(seen.balancing.on && seen.balancing.chunk_bytes == 128 << 20);
    assert!(seen.counts.databases.is_some() && seen.counts.chunks.is_some());
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn the_version_of_each_shard_and_what_it_owns_is_told() {
    let lab = Lab::start(2).await;
    let (client, entry) = (lab.client().await, lab.entry());
    for (database, shard) in [("one", "shard1"), ("two", "shard2")] {
        admin(&client, doc! { "enableSharding": database, "primaryShard": shard }).await;
    }
    admin(&client, doc! { "shardCollection": "one.c", "key": { "k": "hashed" } }).await;
    let many = (0..2_000).map(|k| doc! { "k": k, "text": "x".repeat(100) });
    client.database("one").collection::<Document>("c").insert_many(many).await.expect("inserted");
    let seen = seen(&entry, "the shards have answered", 10, |seen| seen.sizes.age.is_some()).await;
    let mut owned = 0;
    for shard in &seen.shards {
        assert_eq!(shard.answer, Answer::Answers(Version::new(6, 0, 5)), "{shard:?}");
        let direct = lab.shard(&shard.id).await.database("one").collection::<Document>("c");
        let count = direct.estimated_document_count().await.expect("counted");
        assert!(count > 0);
        owned += shard.held.owned().expect("known");
        assert_eq!(shard.held.orphaned(), Some(0));
    }
    assert!(owned > 2_000 * 100, "{owned}");
    let (used, total) = seen.shards[0].disk.expect("a file system");
    assert!(0 < used && used < total);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_shard_that_is_down_is_named_and_keeps_nobody_waiting() {
    let lab = Lab::start(2).await;
    let (client, entry) = (lab.client().await, lab.entry());
    for (database, shard) in [("one", "shard1"), ("two", "shard2")] {
        admin(&client, doc! { "enableSharding": database, "primaryShard": shard }).await;
    }
    see(&entry).await;
    lab.stop_shard("shard2").await;
    // Also for somebody who has not looked before.
    for entry in [entry, lab.entry()] {
        let begun = Instant::now();
        see(&entry).await;
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        let seen = seen(&entry, "it is told", 8, |seen| told(seen, "shard2 does not answer").is_some()).await;
        assert_eq!(told(&seen, "shard2 does not answer").expect("told").severity, Severity::Bad);
        assert!(told(&seen, "shard1 does not answer").is_none());
        let (one, two) = (&seen.shards[0], &seen.shards[1]);
        assert!(!one.is_silent() && two.is_silent(), "{two:?}");
    }
    lab.start_shard("shard2").await;
    seen(&lab.entry(), "it is back", 20, |seen| seen.shards.iter().all(|shard| !shard.is_silent())).await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_draining_shard_and_a_balancer_that_is_off_are_told() {
    let lab = Lab::start(2).await;
    let (client, entry) = (lab.client().await, lab.entry());
    admin(&client, doc! { "enableSharding": "two", "primaryShard": "shard2" }).await;
    admin(&client, doc! { "balancerStop": 1 }).await;
    admin(&client, doc! { "removeShard": "shard2" }).await;
    let seen = seen(&entry, "it drains", 5, |seen| seen.shards.iter().any(|shard| shard.draining)).await;
    let found = told(&seen, "shard2 is being drained").expect("told");
    assert_eq!(found.severity, Severity::Bad, "nothing moves while the balancer is off");
    assert!(found.link.starts_with("/sharding/shards?target=lab-") && found.link.ends_with("#drain-shard2"));
    assert!(told(&seen, "The balancer is switched off").is_some());
    admin(&client, doc! { "balancerStart": 1 }).await;
    let on = self::seen(&entry, "the balancer is on", 5, |seen| seen.balancing.on).await;
    assert_eq!(told(&on, "shard2 is being drained").expect("told").severity, Severity::Note);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn settings_that_kill_the_balancer_are_told_at_the_next_look() {
    let lab = Lab::start(2).await;
    let entry = lab.entry();
    see(&entry).await;
    set(&lab, "balancer", doc! { "activeWindow": { "start": "25:00", "stop": "06:00" } }).await;
    let status = admin(&lab.client().await, doc! { "balancerStatus": 1 }).await;
    assert_eq!(status.get_str("mode").expect("a mode"), "full", "the server itself says that all is well");
    // One refresh of the page is two seconds.
    let seen = seen(&entry, "it is told", 2, |seen| told(seen, "malformed").is_some()).await;
    let found = told(&seen, "malformed").unwrap_or_else(|| panic!("{:?}", seen.findings));
    assert_eq!(found.severity, Severity::Bad);
    assert_eq!(seen.findings[0].severity, Severity::Bad);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_zone_that_has_ranges_and_no_shard_is_told() {
    let lab = Lab::start(1).await;
    let tags = lab.config().await.database("config").collection::<Document>("tags");
    let range = doc! { "ns": "a.b", "min": { "x": 0 }, "max": { "x": 1 }, "tag": "nowhere" };
    tags.insert_one(range).await.expect("inserted");
    let seen = seen(&lab.entry(), "it is read", 10, |seen| seen.sizes.age.is_some()).await;
    assert_eq!(seen.sizes.homeless, ["nowhere"]);
    assert!(told(&seen, "The zone nowhere has ranges and no shard").is_some());
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_is_no_router_is_told_for_what_it_is() {
    let lab = shared().await;
    for (entry, what) in [(lab.config_entry(), "config server"), (lab.shard_entry("shard1"), "replica set shard1")] {
        let error = read(&Cluster::at(entry)).await.expect_err("no router");
        assert!(error.happened.en.contains(what), "{error:?}");
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn however_many_look_the_cluster_is_asked_once() {
    let lab = Lab::start(1).await;
    let entry = lab.entry();
    see(&entry).await;
    let asked = async || {
        let status = lab.config().await.database("admin").run_command(doc! { "serverStatus": 1 }).await;
        let counters = status.expect("it answers").get_document("opcounters").expect("counters").clone();
        counters.get_i64("query").or_else(|_| counters.get_i32("query").map(i64::from)).expect("a number")
    };
    // A quarter of a second in which hundreds look; the router and the servers ask for themselves as well.
    let (before, begun) = (asked().await, Instant::now());
    let all = (0..300).map(|_| see(&entry));
    let seen = futures_util::future::join_all(all).await;
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(asked().await - before < 100, "{} questions", asked().await - before);
    assert!(seen.iter().all(|seen| seen.shards[0].members[0].state != MemberState::Down));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_third_of_orphans_is_told_as_what_it_is_and_not_as_uneven() {
    let lab = Lab::start_with(2, &[("orphanCleanupDelaySecs", "3600")]).await;
    let (client, entry) = (lab.client().await, lab.entry());
    admin(&client, doc! { "balancerStop": 1 }).await;
    admin(&client, doc! { "enableSharding": "shop", "primaryShard": "shard1" }).await;
    admin(&client, doc! { "shardCollection": "shop.orders", "key": { "k": 1 } }).await;
    let many = (0..3_000).map(|k| doc! { "k": k, "text": "x".repeat(1_000) });
    client.database("shop").collection::<Document>("orders").insert_many(many).await.expect("inserted");
    admin(&client, doc! { "split": "shop.orders", "middle": { "k": 2_000 } }).await;
    let moved = doc! { "moveChunk": "shop.orders", "find": { "k": 2_500 }, "to": "shard2" };
    admin(&client, moved).await;
    let seen = seen(&entry, "the bytes are read", 10, |seen| seen.sizes.age.is_some()).await;
    let Held::Apart { owned, orphaned } = seen.shards[0].held else { panic!("{:?}", seen.shards[0]) };
    let share = orphaned * 100 / (owned + orphaned);
    assert!((30..=36).contains(&share), "{share}% of shard1 are orphans");
    assert_eq!(seen.shards[1].held.orphaned(), Some(0));
    assert!(told(&seen, "shard1 still holds").is_some(), "{:?}", seen.findings);
    assert!(seen.sizes.worst.is_empty() && told(&seen, "unevenly").is_none());
    // The shard itself still has all of them.
    let there = lab.shard("shard1").await.database("shop").collection::<Document>("orders");
    assert_eq!(there.estimated_document_count().await.expect("counted"), 3_000);
}
