//! Collections and indexes as the servers list them.

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::{Error, ErrorKind};

use super::place::Place;
use crate::caching::ttl_index::model::{Expiry, Idle, Kind, Subject};
use crate::targets::model::Namespace;
use crate::targets::mongo::answer::{first_batch, is_true, number, soft};
use crate::targets::mongo::value::{canonical, shown_document};

/// What a value of `expireAfterSeconds` means.
pub(super) fn expiry(value: Option<&Bson>) -> Expiry {
    let whole = match value {
        None | Some(Bson::Null) => return Expiry::None,
        Some(Bson::Double(number)) if number.is_nan() => return Expiry::NotANumber,
        Some(Bson::Int32(number)) => Some(i64::from(*number)),
        Some(Bson::Int64(number)) => Some(*number),
        // Servers cut off what is behind the point.
        Some(Bson::Double(number)) if number.is_finite() => Some(*number as i64),
        Some(_) => None,
    };
    match whole {
        Some(number) if number == i64::from(i32::MAX) => Expiry::Never,
        Some(number) if (0..i64::from(i32::MAX)).contains(&number) => Expiry::After(number),
        _ => Expiry::Odd(value.map(|it| it.to_string()).unwrap_or_default().chars().take(40).collect()),
    }
}

/// Why an index with this key lets nothing expire.
pub(super) fn idle(key: &Document) -> Option<Idle> {
    let (name, value) = key.iter().next()?;
    if key.len() > 1 {
        return Some(if key.contains_key("_fts") { Idle::Text } else { Idle::Compound });
    }
    match value {
        _ if name == "$**" || name.ends_with(".$**") => Some(Idle::Wildcard),
        Bson::String(kind) if kind == "hashed" => Some(Idle::Hashed),
        Bson::String(kind) if kind == "text" => Some(Idle::Text),
        Bson::String(_) => Some(Idle::Other),
        _ => None,
    }
}

/// A row of `listCollections`: its UUID, what it is, and its options.
pub(super) struct Listed {
    pub uuid: String,
    pub kind: Kind,
    pub capped: bool,
    pub options: Document,
}

impl Listed {
    /// None for a view.
    pub(super) fn of(row: &Document) -> Option<Self> {
        let options = row.get_document("options").cloned().unwrap_or_default();
        let kind = match row.get_str("type") {
            Ok("view") => return None,
            Ok("timeseries") => Kind::TimeSeries,
            _ if options.contains_key("clusteredIndex") => Kind::Clustered,
            _ => Kind::Index,
        };
        let uuid = match row.get_document("info").ok().and_then(|info| info.get("uuid")) {
            Some(Bson::Binary(binary)) => binary.to_uuid().map(|it| it.to_string()).unwrap_or_default(),
            // Time-series collections are views of older versions, and have none; their options tell them apart.
            _ => canonical(&options),
        };
        Some(Self { uuid, kind, capped: is_true(&options, "capped"), options })
    }

    /// The field by which the collection itself expires.
    pub(super) fn field(&self) -> String {
        match self.kind {
            Kind::Clustered => "_id".to_owned(),
            _ => self
                .options
                .get_document("timeseries")
                .ok()
                .and_then(|it| it.get_str("timeField").ok())
                .unwrap_or_default()
                .to_owned(),
        }
    }
}

/// The collection; none where there is none, or where it is a view.
///
/// # Errors
/// The driver's.
pub(super) async fn listed(client: &Client, namespace: &Namespace) -> Result<Option<Listed>, Error> {
    let command = doc! { "listCollections": 1, "filter": { "name": namespace.collection() }, "maxTimeMS": 1_000 };
    let answer = client.database(namespace.database()).run_command(command).await?;
    Ok(first_batch(&answer).next().and_then(Listed::of))
}

/// Its indexes; none where there is no collection.
///
/// # Errors
/// The driver's.
pub(super) async fn indexes(client: &Client, namespace: &Namespace) -> Result<Vec<Document>, Error> {
    const NO_COLLECTION: i32 = 26;
    // A collection has at most 64 indexes, so the first batch has them all.
    let command = doc! { "listIndexes": namespace.collection(), "cursor": { "batchSize": 100 }, "maxTimeMS": 1_000 };
    match client.database(namespace.database()).run_command(command).await {
        Ok(answer) => Ok(first_batch(&answer).cloned().collect()),
        Err(error) => match error.kind.as_ref() {
            ErrorKind::Command(command) if command.code == NO_COLLECTION => Ok(Vec::new()),
            _ => Err(error),
        },
    }
}

/// One index and its collection. An empty name means the collection itself.
///
/// # Errors
/// The driver's.
pub(super) async fn subject(client: &Client, namespace: &Namespace, name: &str) -> Result<(Subject, Place), Error> {
    let (collection, indexes, documents) =
        tokio::try_join!(listed(client, namespace), indexes(client, namespace), documents(client, namespace))?;
    let found = indexes.iter().find(|it| !name.is_empty() && it.get_str("name").is_ok_and(|it| it == name));
    let kind = collection.as_ref().map_or(Kind::Index, |it| it.kind);
    let key = found.and_then(|it| it.get_document("key").ok()).cloned().unwrap_or_default();
    let capped = collection.as_ref().is_some_and(|it| it.capped);
    let is_whole = name.is_empty() && kind != Kind::Index;
    let field = match (found, &collection) {
        (None, Some(collection)) if is_whole => collection.field(),
        _ => key.keys().next().cloned().unwrap_or_default(),
    };
    let options = collection.as_ref().map(|it| it.options.clone()).unwrap_or_default();
    let stated =
        if is_whole { options.get("expireAfterSeconds") } else { found.and_then(|it| it.get("expireAfterSeconds")) };
    let partial = found.and_then(|it| it.get_document("partialFilterExpression").ok()).cloned();
    let hidden = found.is_some_and(|it| is_true(it, "hidden"));
    let place = Place {
        namespace: namespace.clone(),
        field: field.clone(),
        index: found.filter(|_| !hidden).map(|_| name.to_owned()),
        partial: partial.clone(),
        collation: found.and_then(|it| it.get_document("collation").ok()).cloned(),
    };
    let subject = Subject {
        namespace: namespace.to_string(),
        name: name.to_owned(),
        uuid: collection.as_ref().map(|it| it.uuid.clone()).unwrap_or_default(),
        kind: if found.is_some() { Kind::Index } else { kind },
        capped,
        spec: match found {
            Some(spec) => canonical(spec),
            None if is_whole => canonical(&doc! { "expireAfterSeconds": stated.cloned().unwrap_or(Bson::Null) }),
            None => String::new(),
        },
        key: shown_document(&key),
        field,
        expiry: expiry(stated),
        partial: partial.as_ref().map(shown_document),
        hidden,
        idle: if capped { Some(Idle::Capped) } else { idle(&key) },
        documents,
        plain: plain(&indexes),
    };
    Ok((subject, place))
}

/// Documents, as the servers keep count: nothing is looked through.
///
/// # Errors
/// The driver's.
pub(super) async fn documents(client: &Client, namespace: &Namespace) -> Result<Option<i64>, Error> {
    let command = doc! { "count": namespace.collection(), "maxTimeMS": 500 };
    let answer = soft(client.database(namespace.database()).run_command(command).await)?;
    Ok(answer.and_then(|answer| number(&answer, "n")))
}

/// Indexes on one field that have no seconds.
fn plain(indexes: &[Document]) -> Vec<(String, String)> {
    let fits = |it: &&Document| {
        let key = it.get_document("key").cloned().unwrap_or_default();
        it.get("expireAfterSeconds").is_none() && idle(&key).is_none() && !key.contains_key("_id")
    };
    let named = |it: &Document| {
        let field = it.get_document("key").ok()?.keys().next()?.clone();
        Some((it.get_str("name").ok()?.to_owned(), field))
    };
    indexes.iter().filter(fits).filter_map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_write_seconds_is_read() {
        let of = |value: Bson| expiry(Some(&value));
        assert_eq!(expiry(None), Expiry::None);
        assert_eq!(of(Bson::Int32(60)), Expiry::After(60));
        assert_eq!(of(Bson::Int64(0)), Expiry::After(0));
        assert_eq!(of(Bson::Double(1.9)), Expiry::After(1));
        assert_eq!(of(Bson::Int32(i32::MAX)), Expiry::Never);
        assert_eq!(of(Bson::Double(f64::NAN)), Expiry::NotANumber);
        for odd in [Bson::Int32(-1), Bson::Int64(i64::MAX), Bson::Double(f64::INFINITY), Bson::String("x".into())] {
            assert!(matches!(of(odd.clone()), Expiry::Odd(_)), "{odd}");
        }
    }

    #[test]
    fn an_index_that_lets_nothing_expire_is_known_by_its_key() {
        assert_eq!(idle(&doc! { "x": 1 }), None);
        assert_eq!(idle(&doc! { "x": -1.0 }), None);
        assert_eq!(idle(&doc! { "x": "hashed" }), Some(Idle::Hashed));
        assert_eq!(idle(&doc! { "_fts": "text", "_ftsx": 1 }), Some(Idle::Text));
        assert_eq!(idle(&doc! { "$**": 1 }), Some(Idle::Wildcard));
        assert_eq!(idle(&doc! { "x": 1, "y": 1 }), Some(Idle::Compound));
        assert_eq!(idle(&doc! { "x": "2dsphere" }), Some(Idle::Other));
    }
}
