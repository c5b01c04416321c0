//! What is no router: every part of sharding refuses it in words, to look at and to plan for.

use bson::doc;

use super::Cluster;
use crate::change::apply::Engine;
use crate::error::{AppError, Kind};
use crate::sandbox::lab::mongo::shared;
use crate::sharding::advisor;
use crate::sharding::balancer::model::Change as BalancerChange;
use crate::sharding::balancer::mongo::Keeper;
use crate::sharding::chunk::model::ChunkForm;
use crate::sharding::chunk::mongo::Chunks;
use crate::sharding::model::Namespace;
use crate::sharding::mongo::command::command;
use crate::sharding::reshape::mongo::Reshaper;
use crate::sharding::shards::model::change::Change as ShardsChange;
use crate::sharding::shards::mongo::Shards;
use crate::sharding::value::canonical;
use crate::sharding::zones::model::{Change as ZoneChange, ZoneForm};
use crate::sharding::zones::mongo::Zones;

fn refused<T>(what: &str, answer: Result<T, AppError>, told: &str) {
    let Err(error) = answer else { panic!("{what} looked at what is no router") };
    assert_eq!((error.kind, error.field.as_deref()), (Kind::Refused, Some("target")), "{what}: {error:?}");
    assert!(error.happened.en.contains(told) && error.next.en.contains("mongos"), "{what}: {error:?}");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn nothing_of_sharding_is_read_from_or_planned_for_what_is_no_router() {
    let lab = shared().await;
    let entries =
        [(lab.config_entry(), "is a config server"), (lab.shard_entry("shard1"), "member of the replica set shard1")];
    for (entry, told) in entries {
        let target = entry.configured.target.id.clone();
        let at = || Cluster::at(std::sync::Arc::clone(&entry));
        let namespace = Namespace::parse("a.b").expect("a name");
        let lowest = canonical(&doc! { "x": bson::Bson::MinKey });

        let keeper = Keeper::new(at());
        refused("balancer", keeper.state().await, told);
        refused("balancer of a collection", keeper.collection("a.b").await, told);
        refused(
            "plan of the balancer",
            keeper.plan(&BalancerChange::StopBalancer { target: target.clone() }).await,
            told,
        );

        let chunks = Chunks::of(at());
        refused("chunk", chunks.look("a.b", &lowest, false).await, told);
        let form = ChunkForm {
            action: "split_chunk".into(),
            namespace: "a.b".into(),
            min: lowest.clone(),
            ..ChunkForm::default()
        };
        refused("form of a chunk", chunks.observed(form).await, told);

        let reshaper = Reshaper::new(at());
        refused("reshape", reshaper.subject(&namespace).await, told);
        refused("what is reshaped", reshaper.operations().await, told);

        let zones = Zones::of(at());
        refused("zones", zones.list().await, told);
        refused("ranges", zones.of_collection("a.b", "").await, told);
        let form = ZoneForm {
            action: "set_zone_range".into(),
            namespace: "a.b".into(),
            zone: "EU".into(),
            ..ZoneForm::default()
        };
        refused("form of a range", zones.observed(form).await, told);
        let change = ZoneChange::AddShardToZone { target: target.clone(), shard: "shard1".into(), zone: "EU".into() };
        refused("plan of zones", zones.plan(&change).await, told);

        let shards = Shards::new(at());
        let change =
            ShardsChange::StartDraining { target: target.clone(), shard: "shard1".into(), host: String::new() };
        refused("form of shards", shards.observed(change.clone()).await, told);
        refused("plan of shards", shards.plan(&change).await, told);

        refused("advisor", advisor::mongo::opened(&at(), &namespace).await, told);

        // And what is sent past all of them: the servers themselves would take this one.
        let sent =
            command("admin", doc! { "moveChunk": "a.b", "bounds": [{ "x": 1 }, { "x": 2 }], "to": "s" }, String::new());
        refused("sending", at().send(&sent).await, told);
    }
}
