//! What the config servers show after a change: they are asked, and not the answer of the command.

use bson::{Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use super::facts::{self, Cataloged};
use super::follow::not_told;
use super::operations::{is_key, operations};
use crate::change::apply::ReadBack;
use crate::error::AppError;
use crate::sharding::cluster::Cluster;
use crate::sharding::model::{Identity, Namespace};
use crate::sharding::mongo::answer::first_batch;
use crate::sharding::mongo::catalog::shown_key;
use crate::sharding::mongo::collection;
use crate::sharding::reshape::model::change::Change;
use crate::words;

/// Looks whether the effect of a change is there.
///
/// # Errors
/// As [`Cluster::read`].
pub(super) async fn read_back(cluster: &Cluster, change: &Change) -> Result<ReadBack, AppError> {
    let namespace = change.namespace();
    match change {
        Change::DropCollection { seen, .. } => {
            let left = cluster.read(|client| async move { traces(&client, namespace, seen.as_ref()).await }).await?;
            Ok(without_trace(namespace, &left))
        }
        Change::AbortReshard { .. } | Change::AbortUnshard { .. } | Change::AbortMove { .. } => {
            aborted(cluster, change).await
        }
        _ => {
            let now = cluster.read(|client| async move { facts::cataloged(&client, namespace).await }).await?;
            Ok(shown(change, now.as_ref()))
        }
    }
}

async fn aborted(cluster: &Cluster, change: &Change) -> Result<ReadBack, AppError> {
    let namespace = change.namespace();
    let running = cluster.read(|client| async move { operations(&client).await }).await?;
    // Unseen is not ended.
    let running = running.ok_or_else(not_told)?;
    let now = cluster.read(|client| async move { facts::cataloged(&client, namespace).await }).await?;
    let still = running.iter().any(|it| it.namespace == namespace.to_string() && it.phase.can_abort());
    let taken = now.as_ref().is_some_and(|it| change.operation() == Some(Some(it.seen.uuid.as_str())));
    let key = now.map_or_else(|| "–".to_owned(), |it| shown_key(&it.key));
    Ok(ReadBack {
        holds: !still && !taken,
        seen: if still {
            words!("It still runs, for {namespace}.", "{namespace}에서 아직 실행 중입니다.")
        } else {
            words!(
                "Nothing of it runs any more; config.collections shows {namespace} on {key}.",
                "실행 중인 작업이 없습니다. config.collections에 {namespace}의 키는 {key}입니다.",
            )
        },
    })
}

/// What config.collections shows, and whether that is what was wanted.
fn shown(change: &Change, now: Option<&Cataloged>) -> ReadBack {
    let namespace = change.namespace();
    let Some(now) = now else {
        // Before 8.0 a collection without a key is in no list; then it is unsharded indeed.
        return ReadBack {
            holds: matches!(change, Change::UnshardCollection { .. }),
            seen: words!(
                "config.collections does not list {namespace}.",
                "config.collections에 {namespace}이(가) 없습니다."
            ),
        };
    };
    let renewed = |seen: &Option<Identity>| seen.as_ref().is_some_and(|seen| seen.uuid != now.seen.uuid);
    let holds = match change {
        Change::RefineKey { key, .. } => is_key(&now.key, key) && !now.unsplittable,
        Change::ReshardCollection { key, seen, .. } => is_key(&now.key, key) && renewed(seen),
        Change::CommitReshard { operation, .. } => operation.as_deref() == Some(now.seen.uuid.as_str()),
        Change::UnshardCollection { seen, .. } => now.unsplittable && renewed(seen),
        Change::MoveCollection { seen, .. } => now.unsplittable && renewed(seen),
        _ => false,
    };
    let (key, uuid) = (shown_key(&now.key), &now.seen.uuid);
    let running = if now.resharding {
        words!(" A resharding is under way.", " 리샤딩이 진행 중입니다.")
    } else {
        crate::text::Words::default()
    };
    let mut seen = if now.unsplittable {
        words!(
            "config.collections shows {namespace} unsharded, with the UUID {uuid}.",
            "config.collections에 {namespace}이(가) 샤딩되지 않은 상태로 있습니다(UUID {uuid}).",
        )
    } else {
        words!(
            "config.collections shows {namespace} sharded on {key}, with the UUID {uuid}.",
            "config.collections에 {namespace}이(가) {key}(으)로 샤딩되어 있습니다(UUID {uuid}).",
        )
    };
    seen.en.push_str(&running.en);
    seen.ko.push_str(&running.ko);
    ReadBack { holds, seen }
}

/// Where something of a dropped collection is left.
async fn traces(client: &Client, namespace: &Namespace, seen: Option<&Identity>) -> Result<Vec<&'static str>, Error> {
    let mut left = Vec::new();
    let name = namespace.to_string();
    // By the field that the chunks are indexed by: the other one would be searched chunk by chunk.
    let chunks = seen
        .filter(|seen| seen.timestamp.is_some())
        .and_then(|seen| bson::Uuid::parse_str(&seen.uuid).ok())
        .map_or_else(|| doc! { "ns": &name }, |uuid| doc! { "uuid": uuid });
    let gone = doc! { "_id": &name, "dropped": { "$ne": true } };
    for (place, collection, filter) in [
        ("config.collections", "collections", gone),
        ("config.chunks", "chunks", chunks),
        ("config.tags", "tags", doc! { "ns": &name }),
    ] {
        let find: Document =
            doc! { "find": collection, "filter": filter, "limit": 1, "singleBatch": true, "maxTimeMS": 1_000 };
        let answer = client.database("config").run_command(find).await?;
        if first_batch(&answer).next().is_some() {
            left.push(place);
        }
    }
    if collection::listed(client, namespace).await?.is_some() {
        left.push("listCollections");
    }
    Ok(left)
}

fn without_trace(namespace: &Namespace, left: &[&str]) -> ReadBack {
    let places = left.join(", ");
    ReadBack {
        holds: left.is_empty(),
        seen: if left.is_empty() {
            words!(
                "config.collections, config.chunks and config.tags hold nothing of {namespace}.",
                "config.collections, config.chunks, config.tags에 {namespace}의 흔적이 없습니다.",
            )
        } else {
            words!("{namespace} is still in: {places}.", "{namespace}이(가) 아직 남아 있는 곳: {places}.")
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sharding::model::ShardKey;
    use crate::targets::model::TargetId;

    fn now(key: Document, uuid: &str) -> Cataloged {
        let seen = Identity { uuid: uuid.into(), epoch: None, timestamp: None };
        Cataloged { key, unique: false, seen, unsplittable: false, resharding: false }
    }

    fn reshard() -> Change {
        Change::ReshardCollection {
            target: TargetId::parse("m").expect("a name"),
            namespace: Namespace::parse("a.b").expect("a name"),
            key: ShardKey::parse("x:hashed", false).expect("a key"),
            options: crate::sharding::reshape::model::change::Options::default(),
            seen: Some(Identity { uuid: "old".into(), epoch: None, timestamp: None }),
        }
    }

    #[test]
    fn a_resharding_took_effect_only_when_the_key_and_the_uuid_are_new() {
        assert!(shown(&reshard(), Some(&now(doc! { "x": "hashed" }, "new"))).holds);
        assert!(!shown(&reshard(), Some(&now(doc! { "x": "hashed" }, "old"))).holds);
        assert!(!shown(&reshard(), Some(&now(doc! { "x": 1 }, "new"))).holds);
        assert!(!shown(&reshard(), None).holds);
    }

    #[test]
    fn what_is_left_of_a_dropped_collection_is_named() {
        let namespace = Namespace::parse("a.b").expect("a name");
        assert!(without_trace(&namespace, &[]).holds);
        let left = without_trace(&namespace, &["config.tags"]);
        assert!(!left.holds && left.seen.en.contains("config.tags"));
    }
}
