//! Drainings that stand still: each reason is made on a real cluster, and told as just that.

use std::time::{Duration, SystemTime};

use super::*;
use crate::sandbox::lab::eventually;

/// Writes a setting as somebody would who knows no better.
async fn balancer(lab: &Lab, settings: Document) {
    let config = lab.config().await.database("config");
    let settings_of = config.collection::<Document>("settings");
    settings_of.replace_one(doc! { "_id": "balancer" }, settings).upsert(true).await.expect("written");
}

async fn mark_jumbo(lab: &Lab, shard: &str, jumbo: bool) {
    let config = lab.config().await.database("config");
    let update = if jumbo {
        doc! { "$set": { "jumbo": true } }
    } else {
        doc! { "$unset": { "jumbo": "" } }
    };
    config.collection::<Document>("chunks").update_many(doc! { "shard": shard }, update).await.expect("written");
    // What was not written by the servers themselves is not in what they remember.
    admin(&lab.config().await, doc! { "flushRouterConfig": 1 }).await;
}

/// Waits until the balancer has had a chance: two more rounds.
async fn two_rounds(client: &Client) {
    let rounds = async || {
        let status = admin(client, doc! { "balancerStatus": 1 }).await;
        crate::sharding::mongo::answer::number(&status, "numBalancerRounds").expect("a number")
    };
    let before = rounds().await;
    eventually("two rounds of the balancer", 60, async || {
        tokio::time::sleep(Duration::from_millis(200)).await;
        rounds().await >= before + 2
    })
    .await;
}

/// A window that opens in two hours, by the clock of this machine in UTC.
fn closed_window() -> Document {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    let hour = since.as_secs() / 3600;
    let at = |more: u64| format!("{:02}:00", (hour + more) % 24);
    doc! { "start": at(2), "stop": at(3) }
}

async fn says(at: &At<'_>, reason: &str, action: &str) {
    let drain = at.drain().await;
    assert_eq!(drain.state, State::Stuck, "{drain:?}");
    assert!(drain.step.en.contains(reason), "not “{reason}”: {}", drain.step.en);
    assert_eq!(parameter(&drain.way.link, "action"), action, "{}", drain.way.link);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn each_reason_for_which_a_draining_stands_still_is_told() {
    let lab = Lab::start(2).await;
    let at = At::the(&lab);
    let client = lab.client().await;
    let namespace = at.sharded("shop", "shard1").await;

    balancer(&lab, doc! { "stopped": true, "mode": "off" }).await;
    let warned = at.plan(asks("remove_shard", "shard2")).await;
    assert!(warned.checks.iter().any(|it| it.found.en == "The balancer is off."), "{:?}", warned.checks);
    at.applied(asks("remove_shard", "shard2")).await;
    says(&at, "The balancer is off", "start_balancer").await;

    balancer(&lab, doc! { "activeWindow": closed_window() }).await;
    says(&at, "which opens in 1 h", "clear_window").await;
    let mode =
        async || admin(&client, doc! { "balancerStatus": 1 }).await.get_str("mode").unwrap_or_default().to_owned();
    eventually("the servers have read it", 60, async || mode().await == "full").await;

    balancer(&lab, doc! { "activeWindow": { "start": "25:00", "stop": "04:00" } }).await;
    says(&at, "its settings are malformed", "").await;
    assert_eq!(mode().await, "full", "the server is silent");

    admin(&client, doc! { "setAllowMigrations": &namespace, "allowMigrations": false }).await;
    balancer(&lab, doc! { "stopped": false, "mode": "full" }).await;
    says(&at, "Migrations of shop.items are forbidden; chunks that stay: 2", "unfreeze_collection").await;
    two_rounds(&client).await;
    assert_eq!(at.chunks(&namespace, "shard2").await, 2, "it is so");

    mark_jumbo(&lab, "shard2", true).await;
    admin(&client, doc! { "setAllowMigrations": &namespace, "allowMigrations": true }).await;
    says(&at, "Only jumbo chunks are left (2)", "").await;
    let bound = parameter(&at.drain().await.way.link, "min");
    assert!(crate::sharding::value::from_canonical(&bound).is_ok_and(|min| min.contains_key("k")), "{bound}");
    two_rounds(&client).await;
    assert_eq!(at.chunks(&namespace, "shard2").await, 2, "it is so");

    mark_jumbo(&lab, "shard2", false).await;
    eventually("it goes on", 90, async || at.drain().await.state == State::Empty).await;
    assert_eq!(at.chunks(&namespace, "shard2").await, 0);
    at.applied(asks("commit_removal", "shard2")).await;
    assert_eq!((at.listed("shard2").await, count(&client, "shop", "items").await), (None, 200));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_zone_whose_last_shard_goes_keeps_its_chunks() {
    let lab = Lab::start(2).await;
    let at = At::the(&lab);
    let client = lab.client().await;
    admin(&client, doc! { "enableSharding": "shop", "primaryShard": "shard1" }).await;
    admin(&client, doc! { "addShardToZone": "shard2", "zone": "EU" }).await;
    let range = doc! { "updateZoneKeyRange": "shop.orders", "min": { "k": 0 }, "max": { "k": 100 }, "zone": "EU" };
    admin(&client, range).await;
    // With zones on an empty collection, its chunks are made where they belong.
    admin(&client, doc! { "shardCollection": "shop.orders", "key": { "k": 1 } }).await;
    assert!(at.chunks("shop.orders", "shard2").await >= 1);
    // As if the range had been given to the zone after the draining began.
    let config = lab.config().await.database("config");
    let draining = doc! { "$set": { "draining": true } };
    config.collection::<Document>("shards").update_one(doc! { "_id": "shard2" }, draining).await.expect("written");
    eventually("only the zone's chunk is left", 90, async || {
        let drain = at.drain().await;
        drain.state == State::Stuck && drain.left.chunks == Some(1)
    })
    .await;
    says(&at, "No shard that stays belongs to the zone EU", "").await;
    two_rounds(&client).await;
    assert_eq!(at.chunks("shop.orders", "shard2").await, 1, "it is so");
}
