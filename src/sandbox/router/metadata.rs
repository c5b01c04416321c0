//! The cluster's own description, read fresh from the config servers for every command that
//! needs it: a sandbox has no use for a cache that may be stale.

use bson::oid::ObjectId;
use bson::{Bson, Document, Timestamp, doc};

use super::answer::{Failure, database_not_found, not_sharded, refused};
use super::relay::Relay;

pub(super) struct Shard {
    pub(super) id: String,
    /// `name/host:port,…`, as every command of the relay wants it.
    pub(super) replica_set: String,
}

pub(super) struct Database {
    pub(super) primary: Shard,
    pub(super) version: Bson,
}

/// A sharded collection; one that is not sharded has no entry.
pub(super) struct Collection {
    pub(super) namespace: String,
    pub(super) uuid: Bson,
    pub(super) epoch: ObjectId,
    pub(super) timestamp: Timestamp,
    pub(super) key: Document,
}

/// A chunk's bounds and the shard that owns it.
pub(super) struct Chunk {
    pub(super) min: Document,
    pub(super) max: Document,
    pub(super) shard: String,
}

impl Relay {
    pub(super) async fn shards(&mut self) -> Result<Vec<Shard>, Failure> {
        let found = self.find_config("shards", doc! {}, doc! { "_id": 1 }).await?;
        Ok(found.iter().filter_map(shard_from).collect())
    }

    pub(super) async fn shard(&mut self, id: &str) -> Result<Shard, Failure> {
        let shards = self.shards().await?;
        let found = shards.into_iter().find(|it| it.id == id);
        found.ok_or_else(|| refused(70, "ShardNotFound", format!("Shard {id} not found")))
    }

    pub(super) async fn database(&mut self, name: &str) -> Result<Option<Database>, Failure> {
        let found = self.find_config("databases", doc! { "_id": name }, doc! {}).await?;
        let Some(entry) = found.first() else {
            return Ok(None);
        };
        let primary = entry.get_str("primary").unwrap_or_default();
        Ok(Some(Database {
            primary: self.shard(primary).await?,
            version: entry.get("version").cloned().unwrap_or(Bson::Null),
        }))
    }

    pub(super) async fn existing_database(&mut self, name: &str) -> Result<Database, Failure> {
        let found = self.database(name).await?;
        found.ok_or_else(|| database_not_found(name))
    }

    /// The database, made first where it is not there yet, as every write does.
    pub(super) async fn database_or_new(&mut self, name: &str) -> Result<Database, Failure> {
        if let Some(found) = self.database(name).await? {
            return Ok(found);
        }
        let create = doc! { "_configsvrCreateDatabase": name, "writeConcern": majority() };
        self.run_on_config(create).await?;
        self.existing_database(name).await
    }

    pub(super) async fn collection(&mut self, namespace: &str) -> Result<Option<Collection>, Failure> {
        let filter = doc! { "_id": namespace, "dropped": { "$ne": true } };
        let found = self.find_config("collections", filter, doc! {}).await?;
        let Some(entry) = found.first() else {
            return Ok(None);
        };
        Ok(Some(Collection {
            namespace: namespace.to_owned(),
            uuid: entry.get("uuid").cloned().unwrap_or(Bson::Null),
            epoch: entry.get_object_id("lastmodEpoch").unwrap_or_default(),
            timestamp: entry.get_timestamp("timestamp").unwrap_or(NO_TIME),
            key: entry.get_document("key").cloned().unwrap_or_default(),
        }))
    }

    pub(super) async fn sharded(&mut self, namespace: &str) -> Result<Collection, Failure> {
        let found = self.collection(namespace).await?;
        found.ok_or_else(|| not_sharded(namespace))
    }

    /// The chunk that holds a shard key value; the config server compares, as it knows the order
    /// of all types.
    pub(super) async fn chunk_holding(&mut self, collection: &Collection, key: &Document) -> Result<Chunk, Failure> {
        let filter = doc! {
            "uuid": collection.uuid.clone(), "min": { "$lte": key.clone() },
            "$or": [{ "max": { "$gt": key.clone() } }, { "max": largest(&collection.key) }],
        };
        let found = self.find_config("chunks", filter, doc! { "min": -1 }).await?;
        found.first().and_then(chunk_from).ok_or_else(|| {
            let text = format!("no chunk of {} holds {key}", collection.namespace);
            refused(61, "ShardKeyNotFound", text)
        })
    }

    /// The chunk with exactly these bounds.
    pub(super) async fn chunk_between(
        &mut self,
        collection: &Collection,
        min: &Document,
        max: &Document,
    ) -> Result<Chunk, Failure> {
        let filter = doc! {
            "uuid": collection.uuid.clone(), "min": min.clone(), "max": max.clone(),
        };
        let found = self.find_config("chunks", filter, doc! {}).await?;
        found.first().and_then(chunk_from).ok_or_else(|| {
            let text = format!("no chunk found with the shard key bounds [{min}, {max})");
            refused(2, "BadValue", text)
        })
    }

    /// Each shard that owns chunks of a collection, with the version a router would attach.
    pub(super) async fn owners(&mut self, collection: &Collection) -> Result<Vec<(Shard, Document)>, Failure> {
        let pipeline = vec![
            doc! { "$match": { "uuid": collection.uuid.clone() } },
            doc! { "$group": { "_id": "$shard", "highest": { "$max": "$lastmod" } } },
            doc! { "$sort": { "_id": 1 } },
        ];
        let command = doc! { "aggregate": "chunks", "pipeline": pipeline, "cursor": {} };
        let config = self.shared.config_set.clone();
        let answer = self.run(&config, "config", command).await?;
        let mut shards = self.shards().await?;
        let mut owners = Vec::new();
        for row in first_batch(&answer) {
            let id = row.get_str("_id").unwrap_or_default();
            let Some(at) = shards.iter().position(|it| it.id == id) else {
                continue;
            };
            let highest = row.get_timestamp("highest").unwrap_or(NO_TIME);
            let version = version(collection.epoch, collection.timestamp, highest);
            owners.push((shards.swap_remove(at), version));
        }
        Ok(owners)
    }

    async fn find_config(
        &mut self,
        collection: &str,
        filter: Document,
        sort: Document,
    ) -> Result<Vec<Document>, Failure> {
        let command = doc! {
            "find": collection, "filter": filter, "sort": sort,
            "limit": 1_000, "singleBatch": true,
        };
        let config = self.shared.config_set.clone();
        let answer = self.run(&config, "config", command).await?;
        Ok(first_batch(&answer))
    }
}

/// What a command says of a collection that has no chunks.
pub(super) fn unsharded_version() -> Document {
    version(ObjectId::from_bytes([0; 12]), NO_TIME, NO_TIME)
}

/// What the config servers want of every change to the cluster's description.
pub(super) fn majority() -> Document {
    doc! { "w": "majority", "wtimeout": 60_000 }
}

/// The documents of an answer's first batch.
pub(super) fn first_batch(answer: &Document) -> Vec<Document> {
    let batch = answer.get_document("cursor").and_then(|cursor| cursor.get_array("firstBatch"));
    let documents = batch.map(Vec::as_slice).unwrap_or_default().iter();
    documents.filter_map(Bson::as_document).cloned().collect()
}

const NO_TIME: Timestamp = Timestamp { time: 0, increment: 0 };

fn version(epoch: ObjectId, timestamp: Timestamp, highest: Timestamp) -> Document {
    doc! { "e": epoch, "t": timestamp, "v": highest }
}

fn largest(key: &Document) -> Document {
    key.keys().map(|field| (field.clone(), Bson::MaxKey)).collect()
}

fn shard_from(entry: &Document) -> Option<Shard> {
    Some(Shard { id: entry.get_str("_id").ok()?.to_owned(), replica_set: entry.get_str("host").ok()?.to_owned() })
}

fn chunk_from(entry: &Document) -> Option<Chunk> {
    Some(Chunk {
        min: entry.get_document("min").ok()?.clone(),
        max: entry.get_document("max").ok()?.clone(),
        shard: entry.get_str("shard").ok()?.to_owned(),
    })
}
