//! One sharded collection as the config servers list it, and how its chunks are found.

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use super::answer::{first_batch, is_true, number};
use super::catalog::key_of;
use crate::sharding::model::{Identity, ShardKey};

/// A row of `config.collections`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sharded {
    row: Document,
}

/// Most milliseconds that one question to the config servers may take.
const QUESTION: i32 = 2_000;

/// The collection; none where it is not sharded.
///
/// # Errors
/// The driver's.
pub(in crate::sharding) async fn sharded(client: &Client, namespace: &str) -> Result<Option<Sharded>, Error> {
    // A document of 8.0 may stand for a collection that is only tracked, not sharded.
    let filter = doc! { "_id": namespace, "dropped": { "$ne": true }, "unsplittable": { "$ne": true } };
    let find = doc! {
        "find": "collections", "filter": filter, "limit": 1, "singleBatch": true, "maxTimeMS": QUESTION,
    };
    let answer = client.database("config").run_command(find).await?;
    Ok(first_batch(&answer).next().cloned().map(|row| Sharded { row }))
}

/// What tells a collection of `config.collections` from every other of the same name.
pub(in crate::sharding) fn identity_of(row: &Document) -> Identity {
    let uuid = match row.get("uuid") {
        Some(Bson::Binary(binary)) => binary.to_uuid().map(|uuid| uuid.to_string()).unwrap_or_default(),
        _ => String::new(),
    };
    let epoch = row.get_object_id("lastmodEpoch").map(|it| it.to_hex()).unwrap_or_default();
    let timestamp = row.get_timestamp("timestamp").map(|it| format!("{}.{}", it.time, it.increment)).ok();
    Identity { uuid, epoch: Some(epoch), timestamp }
}

impl Sharded {
    /// What tells it from another collection of the same name.
    pub fn identity(&self) -> Identity {
        identity_of(&self.row)
    }

    /// The key as it stands in the catalog.
    pub fn key_document(&self) -> Document {
        self.row.get_document("key").cloned().unwrap_or_default()
    }

    /// None where it is of a kind that this version does not know.
    pub fn key(&self) -> Option<ShardKey> {
        key_of(&self.key_document())
    }

    /// Whether the balancer leaves it alone.
    pub fn is_excluded(&self) -> bool {
        is_true(&self.row, "noBalance")
    }

    /// Whether its migrations are forbidden (`setAllowMigrations`).
    pub fn is_frozen(&self) -> bool {
        self.row.get_bool("permitMigrations").is_ok_and(|permitted| !permitted)
            || self.row.get_bool("allowMigrations").is_ok_and(|allowed| !allowed)
    }

    /// Whether it is being resharded.
    pub fn is_resharding(&self) -> bool {
        self.row.contains_key("reshardingFields")
    }

    /// Its own size of a chunk in bytes, where it has one.
    pub fn chunk_bytes(&self) -> Option<i64> {
        number(&self.row, "maxChunkSizeBytes").filter(|bytes| *bytes > 0)
    }

    /// What its chunks are found by: the UUID where the collection has a timestamp (5.0 and later, by FCV), else the
    /// name.
    pub fn owner(&self) -> Document {
        match (self.row.get("uuid"), self.row.contains_key("timestamp")) {
            (Some(uuid), true) => doc! { "uuid": uuid.clone() },
            _ => doc! { "ns": self.row.get_str("_id").unwrap_or_default() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_belong_to_a_uuid_where_the_collection_has_a_timestamp() {
        let uuid = bson::Uuid::from_bytes([7; 16]);
        let epoch = bson::oid::ObjectId::from_bytes([1; 12]);
        let old = Sharded { row: doc! { "_id": "a.b", "uuid": uuid, "lastmodEpoch": epoch, "key": { "x": 1 } } };
        assert_eq!(old.owner(), doc! { "ns": "a.b" });
        assert_eq!(old.identity().timestamp, None);
        let mut row = old.row.clone();
        row.insert("timestamp", bson::Timestamp { time: 5, increment: 2 });
        let new = Sharded { row };
        assert_eq!(new.owner(), doc! { "uuid": uuid });
        let expected = Identity { uuid: uuid.to_string(), epoch: Some("01".repeat(12)), timestamp: Some("5.2".into()) };
        assert_eq!(new.identity(), expected);
    }
}
