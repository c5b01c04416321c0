//! The commands, as documents and as lines of mongosh.

use bson::oid::ObjectId;
use bson::{Document, doc};

use crate::change::Command;
use crate::sharding::balancer::model::{Change, Switch};
use crate::sharding::balancer::mongo::Facts;
use crate::sharding::model::offered::Generation;
use crate::sharding::model::{Identity, Namespace, quoted};
use crate::sharding::mongo::command::command;
use crate::sharding::value;

/// How long the server waits for migrations under way to end, in milliseconds.
const PATIENCE: i32 = 60_000;

pub(super) fn of(change: &Change, facts: &Facts) -> Command {
    match change {
        Change::StartBalancer { .. } => {
            let document = doc! { "balancerStart": 1, "maxTimeMS": PATIENCE };
            command("admin", document, format!("sh.startBalancer({PATIENCE})"))
        }
        Change::StopBalancer { .. } => {
            let document = doc! { "balancerStop": 1, "maxTimeMS": PATIENCE };
            command("admin", document, format!("sh.stopBalancer({PATIENCE})"))
        }
        Change::SetWindow { window, .. } => {
            let ends = doc! { "start": window.start().to_string(), "stop": window.stop().to_string() };
            setting("balancer", doc! { "$set": { "activeWindow": ends } })
        }
        Change::ClearWindow { .. } => setting("balancer", doc! { "$unset": { "activeWindow": "" } }),
        Change::SetChunkSize { mib: Some(mib), .. } => setting("chunksize", doc! { "$set": { "value": mib.get() } }),
        Change::SetChunkSize { mib: None, .. } => default_chunk_size(),
        Change::SwitchAutoMerger { on, .. } => setting("automerge", doc! { "$set": { "enabled": *on } }),
        Change::SetCollectionChunkSize { namespace, mib, .. } => {
            let size = mib.map_or(0, |mib| mib.get());
            admin(doc! { "configureCollectionBalancing": namespace.to_string(), "chunkSize": size })
        }
        Change::SwitchCollection { namespace, identity, switch, on, .. } => {
            of_switch((namespace, identity), *switch, *on, facts)
        }
    }
}

fn of_switch(collection: (&Namespace, &Identity), switch: Switch, on: bool, facts: &Facts) -> Command {
    let (namespace, identity) = collection;
    let name = namespace.to_string();
    match switch {
        Switch::Balancing if Generation::of_balancing(facts.common.release) == Generation::Old => {
            no_balance(&name, identity, !on)
        }
        Switch::Balancing => admin(doc! { "configureCollectionBalancing": name, "enableBalancing": on }),
        Switch::Migrations => admin(doc! { "setAllowMigrations": name, "allowMigrations": on }),
        Switch::AutoMerger => admin(doc! { "configureCollectionBalancing": name, "enableAutoMerger": on }),
        Switch::Defragmentation => admin(doc! { "configureCollectionBalancing": name, "defragmentCollection": on }),
    }
}

fn admin(document: Document) -> Command {
    let typed = format!("db.adminCommand({})", value::shown_document(&document));
    command("admin", document, typed)
}

/// A document of `config.settings`, made where there is none.
fn setting(name: &str, update: Document) -> Command {
    let typed = format!(
        "db.getSiblingDB(\"config\").settings.updateOne({{ _id: {} }}, {}, {{ upsert: true, writeConcern: {{ w: \"majority\" }} }})",
        quoted(name),
        value::shown_document(&update),
    );
    let updates = vec![doc! { "q": { "_id": name }, "u": update, "upsert": true }];
    command("config", doc! { "update": "settings", "updates": updates, "writeConcern": majority() }, typed)
}

fn default_chunk_size() -> Command {
    let typed =
        "db.getSiblingDB(\"config\").settings.deleteOne({ _id: \"chunksize\" }, { writeConcern: { w: \"majority\" } })";
    let deletes = vec![doc! { "q": { "_id": "chunksize" }, "limit": 1 }];
    command("config", doc! { "delete": "settings", "deletes": deletes, "writeConcern": majority() }, typed.to_owned())
}

/// Only of the very collection that was looked at: it is named by its epoch too.
fn no_balance(name: &str, identity: &Identity, off: bool) -> Command {
    let mut which = doc! { "_id": name };
    if let Some(epoch) = identity.epoch.as_ref().and_then(|it| ObjectId::parse_str(it).ok()) {
        which.insert("lastmodEpoch", epoch);
    }
    let update = doc! { "$set": { "noBalance": off } };
    let typed = format!(
        "db.getSiblingDB(\"config\").collections.updateOne({}, {}, {{ writeConcern: {{ w: \"majority\" }} }})",
        value::shown_document(&which),
        value::shown_document(&update),
    );
    let updates = vec![doc! { "q": which, "u": update }];
    command("config", doc! { "update": "collections", "updates": updates, "writeConcern": majority() }, typed)
}

fn majority() -> Document {
    doc! { "w": "majority", "wtimeout": 15_000 }
}
