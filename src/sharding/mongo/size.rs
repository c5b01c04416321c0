//! How much a collection holds.

use bson::{Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use super::answer::{first_batch, number, soft};

/// Documents and their bytes, uncompressed. Documents that are known to be orphaned are left out; before MongoDB 6.0
/// they are not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub documents: i64,
    pub bytes: i64,
}

/// Asks every shard that has the collection for what its storage keeps count of; no document is read. None when a
/// shard does not answer within `millis` milliseconds, or the role may not ask.
///
/// # Errors
/// When the router could not be asked at all.
pub(in crate::sharding) async fn size(
    client: &Client,
    database: &str,
    collection: &str,
    millis: i32,
) -> Result<Option<Size>, Error> {
    let stats = doc! {
        "count": "$storageStats.count", "size": "$storageStats.size", "orphans": "$storageStats.numOrphanDocs",
    };
    let command = doc! {
        "aggregate": collection,
        "pipeline": [{ "$collStats": { "storageStats": {} } }, { "$project": stats }],
        "cursor": { "batchSize": 1_000 },
        "maxTimeMS": millis,
    };
    let answer = soft(client.database(database).run_command(command).await)?;
    Ok(answer.map(|answer| first_batch(&answer).map(of_shard).fold(Size::default(), sum)))
}

fn of_shard(row: &Document) -> Size {
    let count = number(row, "count").unwrap_or_default();
    let bytes = number(row, "size").unwrap_or_default();
    let documents = (count - number(row, "orphans").unwrap_or_default()).max(0);
    // Orphans are taken to be as big as the others.
    let owned = i128::from(bytes) * i128::from(documents) / i128::from(count.max(1));
    Size { documents, bytes: i64::try_from(owned).unwrap_or(bytes) }
}

fn sum(one: Size, other: Size) -> Size {
    Size { documents: one.documents + other.documents, bytes: one.bytes + other.bytes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orphans_do_not_count() {
        let row = doc! { "count": 100, "size": 1_000, "orphans": 25_i64 };
        assert_eq!(of_shard(&row), Size { documents: 75, bytes: 750 });
        assert_eq!(of_shard(&doc! { "count": 100, "size": 1_000 }), Size { documents: 100, bytes: 1_000 });
        assert_eq!(of_shard(&doc! {}), Size::default());
    }
}
