//! A collection as its database lists it, and its indexes.

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::{Error, ErrorKind};

use super::answer::{first_batch, is_true};
use crate::sharding::model::Namespace;

/// A collection as its database lists it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// Empty for a view, which has none.
    pub uuid: String,
    /// `collection`, `view` or `timeseries`.
    pub kind: String,
    pub capped: bool,
    /// Whether it compares text by rules of its own, and not byte by byte.
    pub collated: bool,
    /// What it was made with.
    pub options: Document,
}

/// An index of the collection.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    pub name: String,
    pub key: Document,
    pub unique: bool,
    pub sparse: bool,
    pub partial: bool,
    pub collated: bool,
}

/// The collection; none where there is none.
///
/// # Errors
/// The driver's.
pub(in crate::sharding) async fn listed(client: &Client, namespace: &Namespace) -> Result<Option<Listed>, Error> {
    let command = doc! { "listCollections": 1, "filter": { "name": namespace.collection() }, "maxTimeMS": 1_000 };
    let answer = client.database(namespace.database()).run_command(command).await?;
    Ok(first_batch(&answer).next().map(of_row))
}

fn of_row(row: &Document) -> Listed {
    let options = row.get_document("options").cloned().unwrap_or_default();
    Listed {
        uuid: uuid_of(row),
        kind: row.get_str("type").unwrap_or("collection").to_owned(),
        capped: is_true(&options, "capped"),
        collated: is_collated(&options),
        options,
    }
}

/// The UUID in a row of `listCollections`; empty where it has none.
pub(in crate::sharding) fn uuid_of(row: &Document) -> String {
    let binary = row.get_document("info").ok().and_then(|info| match info.get("uuid") {
        Some(Bson::Binary(binary)) => binary.to_uuid().ok(),
        _ => None,
    });
    binary.map(|uuid| uuid.to_string()).unwrap_or_default()
}

/// Whether there is no document in it.
///
/// # Errors
/// The driver's.
pub(in crate::sharding) async fn empty(client: &Client, namespace: &Namespace) -> Result<bool, Error> {
    let find = doc! {
        "find": namespace.collection(), "projection": { "_id": 1 }, "limit": 1, "singleBatch": true, "maxTimeMS": 1_000,
    };
    let answer = client.database(namespace.database()).run_command(find).await?;
    Ok(first_batch(&answer).next().is_none())
}

/// Its indexes; none where there is no collection.
///
/// # Errors
/// The driver's.
pub(in crate::sharding) async fn indexes(client: &Client, namespace: &Namespace) -> Result<Vec<Index>, Error> {
    const NO_COLLECTION: i32 = 26;
    // A collection has at most 64 indexes, so the first batch has them all.
    let command = doc! { "listIndexes": namespace.collection() };
    match client.database(namespace.database()).run_command(command).await {
        Ok(answer) => Ok(first_batch(&answer).map(index).collect()),
        Err(error) => match error.kind.as_ref() {
            ErrorKind::Command(command) if command.code == NO_COLLECTION => Ok(Vec::new()),
            _ => Err(error),
        },
    }
}

fn index(row: &Document) -> Index {
    Index {
        name: row.get_str("name").unwrap_or_default().to_owned(),
        key: row.get_document("key").cloned().unwrap_or_default(),
        unique: is_true(row, "unique"),
        sparse: is_true(row, "sparse"),
        partial: row.contains_key("partialFilterExpression"),
        collated: is_collated(row),
    }
}

pub(in crate::sharding) fn is_collated(options: &Document) -> bool {
    options
        .get_document("collation")
        .is_ok_and(|collation| !collation.get_str("locale").is_ok_and(|locale| locale == "simple"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uuid_is_read_as_text() {
        let uuid = bson::Uuid::from_bytes([7; 16]);
        assert_eq!(of_row(&doc! { "info": { "uuid": uuid } }).uuid, uuid.to_string());
        assert_eq!(of_row(&doc! { "info": { "readOnly": true } }).uuid, "");
    }
}
