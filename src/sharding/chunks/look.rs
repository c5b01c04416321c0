//! Answers for those who look at a collection's chunks.

use bson::{Document, doc};

use super::model::{Found, Look, Place};
use super::mongo::owner::{Chunk, KeyOf, chunk, key_of};
use super::mongo::{self, Identity};
use super::watch::{self, Seen};
use crate::error::{AppError, Kind};
use crate::sharding::cluster::Cluster;
use crate::sharding::order::compare_bounds;
use crate::sharding::value::{from_canonical, parse_document, wire_document};
use crate::text::Words;
use crate::words;

/// A name is at most so long, in bytes.
const LONGEST_NAME: usize = 255;

/// The part of a collection's map between two bounds.
///
/// # Errors
/// `Invalid` where a bound cannot be read; else as [`Cluster::read`].
pub async fn chunks(cluster: &Cluster, namespace: &str, from: &str, to: &str) -> Result<Look, AppError> {
    let (from, to) = (bound("from", from)?, bound("to", to)?);
    Ok(match watch::look(cluster, named(namespace)?).await? {
        Seen::Reading { read, about } => Look::Reading { read: i64::try_from(read).unwrap_or(i64::MAX), about },
        Seen::TooMany(chunks) => Look::TooMany(chunks),
        Seen::NotSharded => Look::NotSharded,
        Seen::Kept(kept) => Look::Map(Box::new(watch::map(&kept, from.as_ref(), to.as_ref()))),
    })
}

/// Where a document lives.
///
/// # Errors
/// `NotFound` where the collection is not sharded; else as [`Cluster::read`].
pub async fn place(cluster: &Cluster, namespace: &str, document: &str) -> Result<Found, AppError> {
    let document = match parse_document(document) {
        Ok(document) => document,
        Err(rule) => return Ok(Found::Wrong(rule)),
    };
    let name = named(namespace)?.to_owned();
    let of = cluster.read(|client| async move { mongo::identity(&client, &name).await }).await?;
    let of = of.ok_or_else(|| not_sharded(namespace))?;
    let key = match key_of(&of, &document) {
        Ok(key) => key,
        Err(rule) => return Ok(Found::Wrong(rule)),
    };
    let wanted = key.key.clone();
    let (found, tags, of) = cluster
        .read(|client| async move {
            let found = chunk(&client, &of, &wanted).await?;
            Ok((found, mongo::tags(&client, &of.namespace).await?.0, of))
        })
        .await?;
    let Some(found) = found else { return Ok(Found::Wrong(above_all())) };
    let zone = tags.into_iter().find(|tag| holds(&of, tag, &key.key)).map(|tag| tag.zone);
    let around = match watch::look(cluster, namespace).await {
        Ok(Seen::Kept(kept)) => watch::around(&kept, &key.key),
        _ => None,
    };
    Ok(Found::At(Box::new(told(key, found, zone, around))))
}

fn told(key: KeyOf, found: Chunk, zone: Option<String>, around: Option<(String, String)>) -> Place {
    Place {
        key: wire_document(&key.key),
        missing: key.missing,
        min: wire_document(&found.min),
        max: wire_document(&found.max),
        shard: found.shard,
        jumbo: found.jumbo,
        zone,
        around,
    }
}

/// A zone may be bounded by the first fields of the key only; the others are then the least.
fn holds(of: &Identity, tag: &mongo::Tag, key: &Document) -> bool {
    let whole = |bound: &Document| {
        let rest = of.key.keys().skip(bound.len()).map(|field| (field.clone(), bson::Bson::MinKey));
        bound.clone().into_iter().chain(rest).collect::<Document>()
    };
    compare_bounds(&whole(&tag.min), key).is_le() && compare_bounds(key, &whole(&tag.max)).is_lt()
}

fn named(namespace: &str) -> Result<&str, AppError> {
    let usable = namespace.len() <= LONGEST_NAME
        && namespace.split_once('.').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty());
    usable.then_some(namespace).ok_or_else(|| {
        AppError::new(
            Kind::Invalid,
            words!("No collection is named.", "컬렉션이 지정되지 않았습니다."),
            words!(
                "Write database.collection, for example mydatabase.mycollection.",
                "database.collection 형식으로 입력하세요. 예: mydatabase.mycollection",
            ),
        )
        .at("namespace")
    })
}

fn bound(field: &str, text: &str) -> Result<Option<Document>, AppError> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |rule: Words| AppError::new(Kind::Invalid, rule, Words::default()).at(field);
    let bound = from_canonical(text).map_err(wrong)?;
    Ok((bound != doc! {}).then_some(bound))
}

fn not_sharded(namespace: &str) -> AppError {
    AppError::new(
        Kind::NotFound,
        words!("{namespace} is not sharded.", "{namespace}은(는) 샤딩되지 않았습니다."),
        words!(
            "All its documents are on its database's primary shard.",
            "모든 문서가 데이터베이스의 프라이머리 샤드에 있습니다."
        ),
    )
}

fn above_all() -> Words {
    words!(
        "No chunk holds this key: nothing is above MaxKey.",
        "이 키를 가진 청크가 없습니다. MaxKey보다 큰 값은 없습니다.",
    )
}
