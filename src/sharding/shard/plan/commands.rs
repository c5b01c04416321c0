//! The commands that shard a collection, as documents and as lines of mongosh.

use bson::{Bson, Document, doc};

use super::{Wanted, needs_index};
use crate::change::Command;
use crate::sharding::model::{ShardKey, Spread, quoted};
use crate::sharding::mongo::command::command;
use crate::sharding::shard::model::time_series::TimeSeries;
use crate::sharding::shard::mongo::{Existing, Facts};
use crate::sharding::value::shown_document;

/// All that is sent, in order.
pub(super) fn of(wanted: &Wanted<'_>, facts: &Facts) -> Vec<Command> {
    let existing = facts.collection.as_ref();
    let mut commands = Vec::new();
    if !facts.enabled {
        commands.push(enable_sharding(wanted));
    }
    commands.extend(existing.filter(|it| needs_index(wanted, it)).map(|it| create_index(wanted, it)));
    commands.push(shard_collection(wanted, existing));
    commands
}

fn enable_sharding(wanted: &Wanted<'_>) -> Command {
    let database = wanted.namespace.database();
    let typed = format!("sh.enableSharding({})", quoted(database));
    command("admin", doc! { "enableSharding": database }, typed)
}

fn create_index(wanted: &Wanted<'_>, existing: &Existing) -> Command {
    let name = index_name(wanted.key, existing);
    let mut index = doc! { "key": key_document(wanted.key), "name": &name };
    let mut options = vec![format!("name: {}", quoted(&name))];
    if wanted.unique {
        index.insert("unique", true);
        options.push("unique: true".to_owned());
    }
    if existing.collated {
        index.insert("collation", doc! { "locale": "simple" });
        options.push("collation: { locale: \"simple\" }".to_owned());
    }
    let (database, collection) = (wanted.namespace.database(), wanted.namespace.collection());
    let typed = format!(
        "db.getSiblingDB({}).getCollection({}).createIndex({}, {{ {} }})",
        quoted(database),
        quoted(collection),
        wanted.key,
        options.join(", "),
    );
    command(database, doc! { "createIndexes": collection, "indexes": [index] }, typed)
}

/// The name that mongosh would give, unless another index has it.
fn index_name(key: &ShardKey, existing: &Existing) -> String {
    let parts = key.fields().iter().map(|it| {
        let value = if it.spread == Spread::Hashed { "hashed" } else { "1" };
        format!("{}_{value}", it.field)
    });
    let mut name = parts.collect::<Vec<_>>().join("_");
    while existing.indexes.iter().any(|index| index.name == name) {
        name.push_str("_shard_key");
    }
    name
}

fn shard_collection(wanted: &Wanted<'_>, existing: Option<&Existing>) -> Command {
    let namespace = wanted.namespace.to_string();
    let mut document = doc! { "shardCollection": &namespace, "key": key_document(wanted.key) };
    if wanted.unique {
        document.insert("unique", true);
    }
    let options = options(wanted, existing);
    let mut arguments = vec![quoted(&namespace), wanted.key.to_string()];
    if wanted.unique || !options.is_empty() {
        arguments.push(wanted.unique.to_string());
    }
    if !options.is_empty() {
        arguments.push(shown_document(&options));
    }
    document.extend(options);
    command("admin", document, format!("sh.shardCollection({})", arguments.join(", ")))
}

/// What stands beside key and unique, in the request and in mongosh alike.
fn options(wanted: &Wanted<'_>, existing: Option<&Existing>) -> Document {
    let mut options = Document::new();
    if let Some(chunks) = wanted.extras.chunks {
        options.insert("numInitialChunks", i32::try_from(chunks).unwrap_or(i32::MAX));
    }
    if wanted.extras.presplit {
        options.insert("presplitHashedZones", true);
    }
    if existing.is_some_and(|it| it.collated) {
        options.insert("collation", doc! { "locale": "simple" });
    }
    // Of one that exists the server knows it, and takes nothing else.
    if let Some(series) = wanted.extras.time_series.as_ref().filter(|_| existing.is_none()) {
        options.insert("timeseries", layout(series));
    }
    options
}

fn layout(series: &TimeSeries) -> Document {
    let mut layout = doc! { "timeField": series.time_field() };
    if let Some(meta) = series.meta_field() {
        layout.insert("metaField", meta);
    }
    if let Some(granularity) = series.granularity() {
        layout.insert("granularity", granularity.as_str());
    }
    layout
}

fn key_document(key: &ShardKey) -> Document {
    let value = |spread| match spread {
        Spread::Ranged => Bson::Int32(1),
        Spread::Hashed => Bson::from("hashed"),
    };
    key.fields().iter().map(|it| (it.field.clone(), value(it.spread))).collect()
}
