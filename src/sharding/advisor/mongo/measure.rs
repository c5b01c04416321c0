//! One measurement: what all candidates have in common, and then one question after the other.

use std::time::Duration;

use futures_util::future;
use tokio::time::Instant;

use super::sample::{Extent, Seen};
use super::{analyze, exact, now, sample, sampling, trend};
use crate::error::{AppError, Kind};
use crate::sharding::advisor::model::judge::{Ground, judge, sort};
use crate::sharding::advisor::model::{Advice, Arrays, Cardinality, Figures, Routing, Trend, estimate};
use crate::sharding::cluster::Cluster;
use crate::sharding::model::{Chunks, Namespace, Release, ShardKey, Version};
use crate::sharding::mongo::catalog::{self, Entry, shown_key};
use crate::sharding::mongo::collection::{self, Index};
use crate::sharding::mongo::settings;
use crate::sharding::mongo::size::{Size, size};
use crate::words;

/// What all candidates have in common.
pub(super) struct Facts {
    pub(super) release: Release,
    pub(super) uuid: String,
    pub(super) indexes: Vec<Index>,
    pub(super) sharded: Option<Entry>,
    pub(super) size: Option<Size>,
    pub(super) chunk_bytes: i64,
    pub(super) shards: i64,
}

/// What all candidates have in common.
///
/// # Errors
/// `NotFound` or `Refused` at the field `namespace` where there is nothing to measure; else as [`Cluster::read`].
pub(super) async fn facts(cluster: &Cluster, namespace: &Namespace) -> Result<Facts, AppError> {
    let listed = cluster.read(|client| async move { collection::listed(&client, namespace).await }).await?;
    let Some(listed) = listed else {
        return Err(AppError::new(
            Kind::NotFound,
            words!("There is no collection {namespace}.", "{namespace} 컬렉션이 없습니다."),
            words!("A key is judged by the documents that are there.", "키는 있는 문서를 보고 평가합니다."),
        )
        .at("namespace"));
    };
    if listed.kind != "collection" {
        return Err(AppError::new(
            Kind::Refused,
            words!(
                "{namespace} is a view or a time series: only ordinary collections are measured.",
                "{namespace}은(는) 뷰나 시계열입니다. 일반 컬렉션만 측정합니다."
            ),
            words!("Choose an ordinary collection.", "일반 컬렉션을 고르세요."),
        )
        .at("namespace"));
    }
    let name = [namespace.to_string()];
    cluster
        .read(|client| async move {
            let (release, shards, set, indexes, (mut sharded, size)) = future::try_join5(
                settings::release(&client),
                catalog::shards(&client),
                settings::settings(&client),
                collection::indexes(&client, namespace),
                future::try_join(
                    catalog::sharded(&client, &name),
                    size(&client, namespace.database(), namespace.collection(), 500),
                ),
            )
            .await?;
            Ok(Facts {
                release,
                uuid: listed.uuid,
                indexes,
                sharded: sharded.remove(&name[0]),
                size,
                chunk_bytes: settings::chunk_bytes(&set, works_as(release)),
                shards,
            })
        })
        .await
}

/// The router may be newer than what the cluster's features are held at.
fn works_as(release: Release) -> Version {
    if release.fcv.reaches(release.version.major, release.version.minor) { release.version } else { release.fcv }
}

/// Everything that can be measured within its time; what cannot is told as unknown.
///
/// # Errors
/// As [`Cluster::read`].
pub(super) async fn measure(
    cluster: &Cluster,
    namespace: &Namespace,
    keys: &[ShardKey],
    facts: Facts,
) -> Result<Advice, AppError> {
    let documents = facts.size.map(|it| it.documents);
    let extent = Extent::of(documents);
    let seen = cluster
        .read(|client| async move {
            let deadline = Instant::now() + Duration::from_millis(2_500);
            sample::take(&client, namespace, keys, extent, deadline).await
        })
        .await?;
    // One after the other: each reads much, and the cluster has other work.
    let arrays = cluster
        .read(|client| async move {
            let deadline = Instant::now() + Duration::from_millis(2_500);
            exact::arrays(&client, namespace, keys, deadline).await
        })
        .await?;
    let indexes = &facts.indexes;
    let distinct = cluster
        .read(|client| async move {
            let deadline = Instant::now() + Duration::from_millis(2_500);
            exact::distinct(&client, namespace, keys, indexes, deadline).await
        })
        .await?;
    let trends = trends(cluster, namespace, keys, &facts).await?;
    let server = analyze::measure(cluster, namespace, keys, facts.release).await?;
    let sampling = sampling::state(cluster, namespace, facts.release).await?;

    let ground = Ground { bytes: facts.size.map(|it| it.bytes), chunk_bytes: facts.chunk_bytes, shards: facts.shards };
    let measured = keys.iter().zip(trends).zip(distinct).zip(arrays).zip(server).enumerate();
    let mut candidates: Vec<_> = measured
        .map(|(place, ((((key, trend), distinct), arrays), server))| {
            let seen = seen.as_ref().map(|it| &it[place]);
            let figures = figures(seen, documents, extent, distinct, arrays, trend);
            judge(key.clone(), server.map_or(figures.clone(), |server| server.over(figures)), ground)
        })
        .collect();
    sort(&mut candidates);
    Ok(Advice {
        namespace: namespace.to_string(),
        sharded: facts.sharded.map(|it| shown_key(&it.key)),
        documents,
        bytes: facts.size.map(|it| it.bytes),
        chunk_bytes: facts.chunk_bytes,
        shards: facts.shards,
        sampled: seen.and_then(|all| all.first().map(|it| it.occurrences.documents)).unwrap_or_default(),
        whole: extent.whole,
        candidates,
        sampling,
        measured_at: now(),
        age: 0,
    })
}

fn figures(
    seen: Option<&Seen>,
    documents: Option<i64>,
    extent: Extent,
    distinct: Option<i64>,
    arrays: Option<bool>,
    trend: Trend,
) -> Figures {
    let routing = Routing::NotMeasured;
    let Some(seen) = seen.filter(|it| it.occurrences.documents > 0) else {
        return Figures {
            cardinality: distinct.map_or(Cardinality::Unknown, Cardinality::Exact),
            top: None,
            absent: None,
            arrays: match arrays {
                Some(true) => Arrays::Some(0.0),
                Some(false) => Arrays::None,
                None => Arrays::NotSeen,
            },
            types: Vec::new(),
            trend,
            routing,
        };
    };
    let share = |part: i64| part as f64 * 100.0 / seen.occurrences.documents as f64;
    let whole = extent.whole && seen.occurrences.documents < extent.size;
    Figures {
        cardinality: distinct
            .map_or_else(|| estimate::cardinality(seen.occurrences, documents, whole), Cardinality::Exact),
        top: estimate::top(seen.occurrences),
        absent: Some(share(seen.absent)),
        arrays: match (seen.arrays, arrays) {
            (0, Some(false)) => Arrays::None,
            (0, Some(true)) => Arrays::Some(0.0),
            (0, None) if whole => Arrays::None,
            (0, None) => Arrays::NotSeen,
            (some, _) => Arrays::Some(share(some)),
        },
        types: seen.types.clone(),
        trend,
        routing,
    }
}

/// On several shards the order on the disks is no longer the order of writing, since chunks have moved.
async fn trends(
    cluster: &Cluster,
    namespace: &Namespace,
    keys: &[ShardKey],
    facts: &Facts,
) -> Result<Vec<Trend>, AppError> {
    let on_one =
        facts.sharded.as_ref().is_none_or(|it| matches!(&it.chunks, Chunks::Counted(shards) if shards.len() == 1));
    if !on_one {
        let moved = words!(
            "the collection lies on several shards, and what has moved there has lost its order",
            "여러 샤드에 나뉘어 있고 이동한 문서는 순서를 잃음"
        );
        let told = |key| if exact::begins_ranged(key) { Trend::Unknown(moved.clone()) } else { Trend::Hashed };
        return Ok(keys.iter().map(told).collect());
    }
    let documents = facts.size.map(|it| it.documents);
    cluster
        .read(|client| async move {
            let deadline = Instant::now() + Duration::from_millis(1_800);
            trend::of_keys(&client, namespace, keys, documents, deadline).await
        })
        .await
}
