//! How much a collection takes on each shard, and how much room the shards have.

use std::collections::HashMap;

use bson::{Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use crate::sharding::model::Namespace;
use crate::sharding::mongo::answer::{first_batch, number, soft};

/// What a collection takes on all of its shards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Documents, with those that are orphaned and not known to be.
    pub documents: i64,
    /// Known orphans among what lies there; none before 6.0.3, which does not know them.
    pub orphans: Option<i64>,
    /// Bytes of all that lies there, uncompressed.
    pub bytes: i64,
    /// As it lies on the disks, compressed.
    pub storage: i64,
    /// Its indexes on the disks.
    pub indexes: i64,
}

impl Stored {
    /// Documents without the orphans that are known.
    pub fn owned(&self) -> i64 {
        (self.documents - self.orphans.unwrap_or_default()).max(0)
    }
}

/// Asks every shard that has the collection. None where one does not answer in time, or the role may not ask.
///
/// # Errors
/// When the router could not be asked at all.
pub(super) async fn stored(client: &Client, namespace: &Namespace) -> Result<Option<Stored>, Error> {
    let stats = doc! {
        "count": "$storageStats.count", "size": "$storageStats.size", "orphans": "$storageStats.numOrphanDocs",
        "storage": "$storageStats.storageSize", "indexes": "$storageStats.totalIndexSize",
    };
    let command = doc! {
        "aggregate": namespace.collection(),
        "pipeline": [{ "$collStats": { "storageStats": {} } }, { "$project": stats }],
        "cursor": { "batchSize": 1_000 },
        "maxTimeMS": 800,
    };
    let answer = soft(client.database(namespace.database()).run_command(command).await)?;
    Ok(answer.map(|answer| first_batch(&answer).fold(Stored { orphans: Some(0), ..Stored::default() }, add)))
}

fn add(sum: Stored, row: &Document) -> Stored {
    let of = |field| number(row, field).unwrap_or_default();
    Stored {
        documents: sum.documents + of("count"),
        orphans: sum.orphans.and_then(|sum| Some(sum + number(row, "orphans")?)),
        bytes: sum.bytes + of("size"),
        storage: sum.storage + of("storage"),
        indexes: sum.indexes + of("indexes"),
    }
}

/// Free bytes of the file systems of the shards, by their hosts as `config.shards` writes them.
///
/// # Errors
/// The driver's.
pub(super) async fn free(client: &Client, database: &str) -> Result<HashMap<String, i64>, Error> {
    let mut free = HashMap::new();
    // Every shard has the database admin; where a router does not ask them about it, the collection's own is next best.
    for name in ["admin", database] {
        let command = doc! { "dbStats": 1, "maxTimeMS": 700 };
        let answer = soft(client.database(name).run_command(command).await)?;
        free.extend(answer.iter().flat_map(of_hosts));
    }
    Ok(free)
}

fn of_hosts(answer: &Document) -> HashMap<String, i64> {
    let hosts = answer.get_document("raw").cloned().unwrap_or_default();
    let free = hosts.iter().filter_map(|(host, stats)| {
        let stats = stats.as_document()?;
        // A shard that does not have the database says 0, which is no size of a file system.
        let total = number(stats, "fsTotalSize").filter(|total| *total > 0)?;
        Some((host.clone(), total - number(stats, "fsUsedSize")?))
    });
    free.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orphans_are_unknown_as_soon_as_one_shard_does_not_know_them() {
        let start = Stored { orphans: Some(0), ..Stored::default() };
        let known = add(start, &doc! { "count": 10, "orphans": 3, "size": 100, "storage": 50, "indexes": 5 });
        assert_eq!((known.owned(), known.storage), (7, 50));
        assert_eq!(add(known, &doc! { "count": 10 }).orphans, None);
    }

    #[test]
    fn free_space_is_told_for_each_host() {
        let answer = doc! { "raw": { "s1/h:1": { "fsTotalSize": 100.0, "fsUsedSize": 30.0 }, "s2/h:2": { "ok": 1 },
        "s3/h:3": { "fsTotalSize": 0.0, "fsUsedSize": 0.0 } } };
        assert_eq!(of_hosts(&answer), HashMap::from([("s1/h:1".to_owned(), 70)]));
        assert!(of_hosts(&doc! { "fsTotalSize": 100.0 }).is_empty());
    }
}
