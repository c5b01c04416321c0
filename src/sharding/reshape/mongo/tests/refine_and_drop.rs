use bson::doc;

use super::lab::*;
use crate::change::Outcome;
use crate::change::apply::{Engine, carry_out};
use crate::sandbox::lab::mongo::shared;
use crate::sharding::model::Namespace;
use crate::sharding::reshape::model::change::Change;

fn refine(namespace: &Namespace, to: &str) -> Change {
    Change::RefineKey { target: target(), namespace: namespace.clone(), key: key(to), seen: None }
}

fn drop_of(namespace: &Namespace) -> Change {
    Change::DropCollection { target: target(), namespace: namespace.clone(), seen: None }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_key_is_refined_and_the_index_that_is_missing_is_built_first() {
    let lab = shared().await;
    let namespace = name(&format!("{}.c", lab.name_of_database()));
    let client = collection(lab, &namespace).await;
    let report = done(lab, refine(&namespace, "k, s")).await;
    assert_eq!((report.outcome, report.ran.len()), (Outcome::Done, 2), "{report:?}");
    assert_eq!(key_now(lab, &namespace).await, doc! { "k": 1, "s": 1 });
    let indexed = doc! { "createIndexes": namespace.collection(), "indexes": [{ "key": { "k": 1, "s": 1, "v": 1 }, "name": "x" }] };
    client.database(namespace.database()).run_command(indexed).await.expect("an index");
    let report = done(lab, refine(&namespace, "k, s, v")).await;
    assert_eq!((report.outcome, report.ran.len()), (Outcome::Done, 1), "the index was there: {report:?}");
    assert_eq!(key_now(lab, &namespace).await, doc! { "k": 1, "s": 1, "v": 1 });
    intact(&client, &namespace).await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_does_not_extend_the_key_is_refused_before_anything_is_sent() {
    let lab = shared().await;
    let namespace = name(&format!("{}.c", lab.name_of_database()));
    let client = collection(lab, &namespace).await;
    for (to, expected) in [("s, k", "does not begin with"), ("k", "its key already"), ("s", "does not begin with")] {
        let change = observed(lab, refine(&namespace, to)).await;
        assert!(blocks(&planned(lab, &change).await).contains(expected), "{to}");
    }
    let arrays = client.database(namespace.database()).collection::<bson::Document>(namespace.collection());
    arrays.insert_one(doc! { "k": -1, "a": [1, 2] }).await.expect("inserted");
    let change = observed(lab, refine(&namespace, "k, a")).await;
    assert!(blocks(&planned(lab, &change).await).contains("an array in the key"));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_form_that_was_opened_before_the_collection_was_replaced_is_not_sent() {
    let lab = shared().await;
    let namespace = name(&format!("{}.c", lab.name_of_database()));
    let client = collection(lab, &namespace).await;
    let changes = [
        refine(&namespace, "k, s"),
        drop_of(&namespace),
        reshard(&namespace, "s", crate::sharding::reshape::model::change::Zones::Unsaid),
    ];
    let mut opened = Vec::new();
    for change in changes {
        opened.push(observed(lab, change).await);
    }
    client.database(namespace.database()).collection::<bson::Document>("c").drop().await.expect("dropped");
    collection(lab, &namespace).await;
    for change in opened {
        let report = carry_out(&reshaper(lab), &change).await;
        assert_eq!(report.outcome, Outcome::Refused, "{report:?}");
        assert!(report.summary.en.contains("no longer what you looked at"));
    }
    assert_eq!(key_now(lab, &namespace).await, doc! { "k": 1 });
    intact(&client, &namespace).await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_dropped_collection_leaves_no_trace_in_the_catalog() {
    let lab = shared().await;
    let namespace = name(&format!("{}.c", lab.name_of_database()));
    let client = collection(lab, &namespace).await;
    let zone = format!("zone-{}", namespace.database());
    admin(&client, doc! { "addShardToZone": "shard1", "zone": &zone }).await;
    let range = doc! {
        "updateZoneKeyRange": namespace.to_string(), "min": { "k": 0 }, "max": { "k": 100 }, "zone": &zone,
    };
    admin(&client, range).await;
    let uuid = cataloged(lab, &namespace).await.expect("listed").get("uuid").cloned().expect("a UUID");
    let plan = planned(lab, &observed(lab, drop_of(&namespace)).await).await;
    let effect: String = plan.effect.iter().map(|it| it.en.clone()).collect();
    assert!(effect.contains("All 400 documents") && effect.contains(&zone), "{effect}");
    let report = done(lab, drop_of(&namespace)).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    assert!(cataloged(lab, &namespace).await.is_none());
    let config = lab.config().await.database("config");
    for (collection, filter) in [("chunks", doc! { "uuid": uuid }), ("tags", doc! { "ns": namespace.to_string() })] {
        let left = config.collection::<bson::Document>(collection).find_one(filter).await.expect("it answers");
        assert!(left.is_none(), "{collection}: {left:?}");
    }
    admin(&client, doc! { "removeShardFromZone": "shard1", "zone": &zone }).await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn moving_and_unsharding_are_refused_with_the_reason_where_the_cluster_has_them_not() {
    let lab = shared().await;
    let namespace = name(&format!("{}.c", lab.name_of_database()));
    collection(lab, &namespace).await;
    for change in [
        Change::UnshardCollection { target: target(), namespace: namespace.clone(), shard: None, seen: None },
        Change::MoveCollection { target: target(), namespace: namespace.clone(), shard: "shard1".into(), seen: None },
    ] {
        let plan = reshaper(lab).plan(&observed(lab, change).await).await.expect("it answers");
        assert!(plan.blocked() && plan.commands.is_empty(), "{plan:?}");
        assert!(blocks(&plan).contains("8.0"), "{}", blocks(&plan));
    }
}
