//! What zones do to data, seen on the shards themselves.

use super::*;
use crate::sandbox::lab::eventually;

async fn on_shard(cluster: &Lab, shard: &str, region: &str) -> u64 {
    let documents = cluster.shard(shard).await.database("z").collection::<Document>("c");
    documents.count_documents(doc! { "region": region }).await.expect("it answers")
}

async fn filled(client: &Client) {
    admin(client, doc! { "enableSharding": "z", "primaryShard": "shard1" }).await.expect("made");
    admin(client, doc! { "shardCollection": "z.c", "key": { "region": 1, "n": 1 } }).await.expect("sharded");
    let many =
        (0..400).map(|n| doc! { "region": if n % 2 == 0 { "kr" } else { "de" }, "n": n, "text": "x".repeat(200) });
    client.database("z").collection::<Document>("c").insert_many(many).await.expect("inserted");
}

fn told(plan: &Plan, text: &str) -> bool {
    plan.effect.iter().any(|it| it.en.contains(text))
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn data_moves_to_the_shards_of_its_zone_and_back_when_a_bound_is_moved() {
    let cluster = Lab::start(2).await;
    let (zones, client) = (zones(&cluster), cluster.client().await);
    admin(&client, doc! { "balancerStop": 1 }).await.expect("stopped");
    filled(&client).await;
    done(&zones, of_shard("add_shard_to_zone", "shard1", "KR")).await;
    done(&zones, of_shard("add_shard_to_zone", "shard2", "DE")).await;

    // All is in one chunk on one shard; the other zone's half lies outside then.
    let kr = plan(&zones, set("z.c", "KR", &["\"kr\"", ""], &["\"l\"", ""])).await;
    assert!(told(&kr, "The balancer is off: no data moves."), "{:?}", kr.effect);
    assert_eq!(kr.commands[0].typed, r#"sh.updateZoneKeyRange("z.c", { region: "kr" }, { region: "l" }, "KR")"#);
    done(&zones, set("z.c", "KR", &["\"kr\"", ""], &["\"l\"", ""])).await;
    let de = plan(&zones, set("z.c", "DE", &["\"de\"", ""], &["\"e\"", ""])).await;
    assert!(told(&de, "1 of 1 chunks lie outside their zone then"), "{:?}", de.effect);
    assert!(told(&de, "1 of these reach over a bound"), "{:?}", de.effect);
    // That shard has nothing of the database yet, so it does not tell its room; nobody says that it is 0.
    assert!(de.checks.iter().any(|it| it.found.en.contains("How much room shard2 has is unknown")), "{:?}", de.checks);
    done(&zones, set("z.c", "DE", &["\"de\"", ""], &["\"e\"", ""])).await;
    assert_eq!(tags(&cluster, "z.c").await.len(), 2);

    admin(&client, doc! { "balancerStart": 1 }).await.expect("started");
    eventually("each region is on its shard alone", 90, async || {
        on_shard(&cluster, "shard1", "kr").await == 200
            && on_shard(&cluster, "shard2", "de").await == 200
            && on_shard(&cluster, "shard1", "de").await == 0
            && on_shard(&cluster, "shard2", "kr").await == 0
    })
    .await;
    let all = client.database("z").collection::<Document>("c");
    assert_eq!(all.count_documents(doc! {}).await.expect("it answers"), 400);

    // From "l" to "x" belongs to KR too then: two commands, and nothing of it holds data.
    let bound = canonical(&doc! { "region": "l", "n": Bson::MinKey });
    let form = |min: &[&str]| ZoneForm {
        action: "move_zone_bound".into(),
        namespace: "z.c".into(),
        at: bound.clone(),
        min: texts(min),
        ..ZoneForm::default()
    };
    let moved = plan(&zones, form(&["\"x\"", ""])).await;
    assert_eq!((moved.commands.len(), moved.revert.len()), (2, 2));
    assert!(told(&moved, "nothing has to move"), "{:?}", moved.effect);
    done(&zones, form(&["\"x\"", ""])).await;
    let ends: Vec<Document> =
        tags(&cluster, "z.c").await.iter().filter_map(|it| it.get_document("max").ok().cloned()).collect();
    assert_eq!(ends, [doc! { "region": "e", "n": Bson::MinKey }, doc! { "region": "x", "n": Bson::MinKey }]);

    // One range taken over by the other zone: removed, then set.
    let taken = plan(&zones, set("z.c", "DE", &["\"kr\"", ""], &["\"x\"", ""])).await;
    assert_eq!(taken.commands.len(), 2);
    assert!(taken.commands[0].typed.starts_with("sh.removeRangeFromZone("), "{}", taken.commands[0].typed);
    done(&zones, set("z.c", "DE", &["\"kr\"", ""], &["\"x\"", ""])).await;
    eventually("all is on the other shard", 90, async || {
        on_shard(&cluster, "shard2", "kr").await == 200 && on_shard(&cluster, "shard1", "kr").await == 0
    })
    .await;
    let seen = zones.list().await.expect("a list");
    let de = seen.zones.iter().find(|it| it.name == "DE").expect("a zone");
    assert_eq!(
        (de.ranges, de.shards.as_slice(), de.namespaces.as_slice()),
        (2, &["shard2".to_owned()][..], &["z.c".to_owned()][..])
    );
    assert!(seen.shards.iter().all(|it| it.stored.is_some() && it.free.is_some()), "{:?}", seen.shards);
}

/// A collection that is not sharded yet: its first chunks follow the ranges.
#[tokio::test]
#[ignore = "starts real databases"]
async fn ranges_that_were_set_beforehand_place_the_first_chunks() {
    let cluster = Lab::start(2).await;
    let (zones, client) = (zones(&cluster), cluster.client().await);
    done(&zones, of_shard("add_shard_to_zone", "shard1", "LOW")).await;
    done(&zones, of_shard("add_shard_to_zone", "shard2", "HIGH")).await;
    let form = |zone: &str, min: &str, max: &str| ZoneForm { key: "a".into(), ..set("p.c", zone, &[min], &[max]) };
    done(&zones, form("LOW", "MinKey", "0")).await;
    done(&zones, form("HIGH", "0", "MaxKey")).await;
    let seen = zones.of_collection("p.c", "").await.expect("ranges");
    assert!(!seen.sharded && seen.pieces.len() == 2, "{seen:?}");
    let stale = zones.observed(form("HIGH", "0", "MaxKey")).await.expect("a change");
    admin(&client, doc! { "shardCollection": "p.c", "key": { "a": 1 } }).await.expect("sharded");
    client
        .database("p")
        .collection::<Document>("c")
        .insert_many([doc! { "a": -1 }, doc! { "a": 1 }])
        .await
        .expect("inserted");
    for (shard, value) in [("shard1", -1), ("shard2", 1)] {
        let here = cluster.shard(shard).await.database("p").collection::<Document>("c");
        let found: Vec<Document> = here.find(doc! {}).await.expect("it answers").try_collect().await.expect("all");
        assert_eq!(found.iter().map(|it| it.get_i32("a").ok()).collect::<Vec<_>>(), [Some(value)], "{shard}");
    }
    blocked(&zones.plan(&stale).await.expect("a plan"), "no longer what you looked at");
}
