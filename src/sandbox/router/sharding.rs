//! The commands that shard databases and collections and that manage shards, zones and the
//! balancer, each as the internal command of the server that carries it out.

use bson::{Bson, Document, doc};

use super::answer::{Answer, Failure, bad_value, missing_field, not_sharded, raw, refused, strip_internals};
use super::ddl::coordinate;
use super::dispatch::{Request, companions};
use super::metadata::majority;
use super::relay::Relay;
use super::rewrite::{STRIPPED, decoded, extend, renamed};

/// The config server's name of a command that only needs renaming, and whether it wants a write
/// concern (some refuse one).
pub(super) fn config_command(name: &str) -> Option<(&'static str, bool)> {
    Some(match name {
        "removeShard" | "removeshard" => ("_configsvrRemoveShard", true),
        "addShardToZone" => ("_configsvrAddShardToZone", true),
        "removeShardFromZone" => ("_configsvrRemoveShardFromZone", true),
        "updateZoneKeyRange" => ("_configsvrUpdateZoneKeyRange", true),
        "abortReshardCollection" => ("_configsvrAbortReshardCollection", true),
        "commitReshardCollection" => ("_configsvrCommitReshardCollection", true),
        "balancerStart" => ("_configsvrBalancerStart", false),
        "balancerStop" => ("_configsvrBalancerStop", false),
        "balancerStatus" => ("_configsvrBalancerStatus", false),
        "balancerCollectionStatus" => ("_configsvrBalancerCollectionStatus", false),
        "configureCollectionBalancing" => ("_configsvrConfigureCollectionBalancing", false),
        _ => return None,
    })
}

pub(super) async fn on_config(relay: &mut Relay, request: &Request) -> Answer {
    only_on_admin(request)?;
    let (name, wants_concern) = config_command(&request.name).ok_or_else(|| bad_value("not a config command"))?;
    let replaced: &[&str] = &["writeConcern", "$readPreference"];
    let mut body = renamed(&request.body, Some(name), &[&STRIPPED, replaced])?;
    if wants_concern {
        extend(&mut body, &doc! { "writeConcern": majority() })?;
    }
    let config = relay.shared.config_set.clone();
    let forwarded = relay.forward(&config, &body, &[]).await?;
    raw(&strip_internals(decoded(&forwarded.answer)?))
}

pub(super) async fn enable_sharding(relay: &mut Relay, request: &Request) -> Answer {
    only_on_admin(request)?;
    let body = request.decoded()?;
    let mut command = doc! {
        "_configsvrCreateDatabase": request.subject(), "enableSharding": true,
        "writeConcern": majority(),
    };
    if let Some(primary) = body.get("primaryShard") {
        command.insert("primaryShardId", primary.clone());
    }
    on_config_quietly(relay, command, &body).await?;
    // The config server tells its routers more than routers tell clients.
    Ok(super::answer::fine())
}

pub(super) async fn add_shard(relay: &mut Relay, request: &Request) -> Answer {
    only_on_admin(request)?;
    let body = request.decoded()?;
    let mut command = doc! { "_configsvrAddShard": request.subject(), "writeConcern": majority() };
    copy(&body, &mut command, &["name"]);
    on_config_quietly(relay, command, &body).await
}

pub(super) async fn list_shards(relay: &mut Relay) -> Answer {
    let command = doc! { "find": "shards", "limit": 1_000, "singleBatch": true };
    let config = relay.shared.config_set.clone();
    let answer = relay.run(&config, "config", command).await?;
    raw(&doc! { "shards": super::metadata::first_batch(&answer), "ok": 1.0 })
}

pub(super) async fn shard_collection(relay: &mut Relay, request: &Request) -> Answer {
    only_on_admin(request)?;
    let body = request.decoded()?;
    let namespace = request.subject();
    let (database, collection) = split(namespace)?;
    let key = body.get_document("key").map_err(|_| missing_field("shardCollection", "key"))?;
    relay.database_or_new(database).await?;
    let mut command = doc! {
        "_shardsvrCreateCollection": collection, "shardKey": key.clone(),
        "unique": body.get_bool("unique").unwrap_or(false), "writeConcern": majority(),
    };
    let optional = ["numInitialChunks", "presplitHashedZones", "collation", "timeseries"];
    copy(&body, &mut command, &optional);
    let answer = coordinate(relay, database, database, command, &body).await?;
    if super::relay::raw_code(&answer) != 0 {
        return Ok(answer);
    }
    raw(&doc! { "collectionsharded": namespace, "ok": 1.0 })
}

pub(super) async fn refine(relay: &mut Relay, request: &Request) -> Answer {
    only_on_admin(request)?;
    let body = request.decoded()?;
    let (database, collection) = split(request.subject())?;
    let key = body.get_document("key");
    let key = key.map_err(|_| missing_field("refineCollectionShardKey", "key"))?;
    let command = doc! {
        "_shardsvrRefineCollectionShardKey": collection, "newShardKey": key.clone(),
        "writeConcern": majority(),
    };
    coordinate(relay, database, database, command, &body).await
}

pub(super) async fn reshard(relay: &mut Relay, request: &Request) -> Answer {
    only_on_admin(request)?;
    let body = request.decoded()?;
    let (database, _) = split(request.subject())?;
    let key = body.get_document("key").map_err(|_| missing_field("reshardCollection", "key"))?;
    let mut command = doc! {
        "_shardsvrReshardCollection": request.subject(), "key": key.clone(),
        "writeConcern": majority(),
    };
    copy(&body, &mut command, &["unique", "collation", "numInitialChunks", "zones"]);
    coordinate(relay, database, "admin", command, &body).await
}

pub(super) async fn move_primary(relay: &mut Relay, request: &Request) -> Answer {
    only_on_admin(request)?;
    let body = request.decoded()?;
    let to = body.get_str("to").map_err(|_| missing_field("movePrimary", "to"))?;
    let command = doc! {
        "_shardsvrMovePrimary": request.subject(), "to": to, "writeConcern": majority(),
    };
    coordinate(relay, request.subject(), "admin", command, &body).await
}

/// Through the coordinator on the primary shard, which writes `permitMigrations`: the config server's own command is for
/// the definitions of collections, which use another field (`allowMigrations`).
pub(super) async fn set_allow_migrations(relay: &mut Relay, request: &Request) -> Answer {
    only_on_admin(request)?;
    let body = request.decoded()?;
    let (database, collection) = split(request.subject())?;
    let allow = body.get_bool("allowMigrations");
    let allow = allow.map_err(|_| missing_field("setAllowMigrations", "allowMigrations"))?;
    let command = doc! {
        "_shardsvrSetAllowMigrations": collection, "allowMigrations": allow,
        "writeConcern": majority(),
    };
    coordinate(relay, database, database, command, &body).await
}

/// A router's `getShardVersion` tells the highest version of all chunks.
pub(super) async fn shard_version(relay: &mut Relay, request: &Request) -> Answer {
    let collection = relay.sharded(request.subject()).await?;
    let owners = relay.owners(&collection).await?;
    let versions = owners.iter().filter_map(|(_, it)| it.get_timestamp("v").ok());
    let highest = versions.max().ok_or_else(|| not_sharded(request.subject()))?;
    raw(&doc! {
        "version": highest, "versionEpoch": collection.epoch,
        "versionTimestamp": collection.timestamp, "ok": 1.0,
    })
}

pub(super) fn only_on_admin(request: &Request) -> Result<(), Failure> {
    if request.database == "admin" {
        return Ok(());
    }
    let text = format!("{} may only be run against the admin database.", request.name);
    Err(refused(13, "Unauthorized", text))
}

pub(super) fn split(namespace: &str) -> Result<(&str, &str), Failure> {
    namespace.split_once('.').ok_or_else(|| {
        let text = format!("Invalid namespace specified '{namespace}'");
        refused(73, "InvalidNamespace", text)
    })
}

pub(super) fn copy(from: &Document, to: &mut Document, fields: &[&str]) {
    for field in fields {
        if let Some(value) = from.get(field).filter(|it| **it != Bson::Null) {
            to.insert(*field, value.clone());
        }
    }
}

/// A command of the config servers whose answer is passed on, be it a refusal or not.
pub(super) async fn on_config_quietly(relay: &mut Relay, mut command: Document, client_body: &Document) -> Answer {
    command.extend(companions(client_body));
    raw(&strip_internals(relay.run_on_config(command).await?))
}
