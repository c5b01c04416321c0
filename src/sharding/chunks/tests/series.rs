//! The map of a time series: its chunks are those of its buckets, and it is asked for by its own name.

use bson::doc;

use super::{admin, catalog, map, told};
use crate::sandbox::lab::eventually;
use crate::sandbox::lab::mongo::shared;
use crate::sharding::chunks::look;
use crate::sharding::chunks::model::Found;
use crate::sharding::cluster::Cluster;

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_sharded_time_series_is_looked_at_by_its_own_name_and_its_measurements_are_found() {
    let lab = shared().await;
    let database = lab.name_of_database();
    let (name, buckets) = (format!("{database}.hits"), format!("{database}.system.buckets.hits"));
    let (cluster, client) = (Cluster::at(lab.entry()), lab.client().await);
    let series = doc! { "timeField": "at", "metaField": "sensor" };
    admin(&client, doc! { "shardCollection": &name, "key": { "sensor.id": 1 }, "timeseries": series }).await;
    admin(&client, doc! { "split": &buckets, "middle": { "meta.id": 10 } }).await;
    eventually("the map shows the catalog", 10, async || {
        told(&*map(&cluster, &name).await) == catalog(lab, &buckets).await
    })
    .await;
    let seen = map(&cluster, &name).await;
    assert_eq!((seen.chunks, seen.key.as_str()), (2, "{ \"meta.id\": 1 }"));
    let found = look::place(&cluster, &name, "{ sensor: { id: 12 }, at: ISODate('2026-01-01T00:00:00Z') }").await;
    let Found::At(place) = found.expect("it answers") else { panic!("a measurement is in a chunk") };
    assert_eq!(place.min.shown, "{ \"meta.id\": 10 }");
    let Found::Wrong(rule) = look::place(&cluster, &name, "{ at: 1 }").await.expect("it answers") else {
        panic!("nothing of the key is named")
    };
    assert!(rule.en.contains("sensor.id"), "by the name that the measurement has: {}", rule.en);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn where_the_key_holds_the_time_of_buckets_that_is_told() {
    let lab = shared().await;
    let name = format!("{}.hits", lab.name_of_database());
    let (cluster, client) = (Cluster::at(lab.entry()), lab.client().await);
    let series = doc! { "timeField": "at", "metaField": "sensor" };
    admin(&client, doc! { "shardCollection": &name, "key": { "at": 1 }, "timeseries": series }).await;
    assert_eq!(map(&cluster, &name).await.key, "{ \"control.min.at\": 1 }");
    let Found::Wrong(rule) = look::place(&cluster, &name, "{ sensor: 1, at: 1 }").await.expect("it answers") else {
        panic!("a bucket begins when its first measurement does")
    };
    assert!(rule.en.contains("time of buckets"), "{}", rule.en);
}
