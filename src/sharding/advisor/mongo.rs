//! Measuring candidate keys, within bounds: one measurement at a time for each cluster, its result kept for a while, and
//! no question without a limit of time.

pub mod analyze;
mod exact;
mod sample;
pub mod sampling;
mod suggest;
mod trend;
mod values;

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future;
use tokio::sync::Mutex;
use tokio::time::Instant;

use self::sample::{Extent, Seen};
pub use self::sampling::Sampler;
use super::model::judge::{Ground, judge, sort};
use super::model::{
    Advice, Arrays, CANDIDATES, Cardinality, CommonValue, Figures, Routing, Sampling, Suggestion, Trend, estimate,
};
use crate::audit::journal::past;
use crate::auth::session::{Authorized, Changes, Reads};
use crate::error::{AppError, Kind};
use crate::sharding::cluster::Cluster;
use crate::sharding::model::{Chunks, Namespace, Release, ShardKey, Version};
use crate::sharding::mongo::catalog::{self, Entry, shown_key};
use crate::sharding::mongo::collection::{self, Index};
use crate::sharding::mongo::settings;
use crate::sharding::mongo::size::{Size, size};
use crate::targets::model::TargetId;
use crate::words;

/// How long a measurement is shown again before it is made anew.
const FRESH: i64 = 10 * 60 * 1_000;
/// Results that are kept for each cluster.
const KEPT: usize = 32;
/// How long somebody waits while the advisor works for somebody else.
const QUEUE: Duration = Duration::from_secs(8);

/// What a measurement is about.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Question {
    uuid: String,
    keys: Vec<String>,
}

/// The results of one cluster. Whoever holds the lock measures; the others find the result.
#[derive(Default)]
struct Kept {
    results: Mutex<HashMap<Question, Advice>>,
}

/// What all candidates have in common.
struct Facts {
    release: Release,
    uuid: String,
    indexes: Vec<Index>,
    sharded: Option<Entry>,
    size: Option<Size>,
    chunk_bytes: i64,
    shards: i64,
}

/// Reads what a form holds: 1 to 6 different keys.
///
/// # Errors
/// `Invalid` at the field that cannot be used.
pub fn keys(texts: &[String]) -> Result<Vec<ShardKey>, AppError> {
    let mut keys: Vec<ShardKey> = Vec::new();
    for text in texts.iter().map(|it| it.trim()).filter(|it| !it.is_empty()) {
        let key = ShardKey::parse(text, false).map_err(|rule| AppError::invalid("key", rule))?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    match keys.len() {
        1..=CANDIDATES => Ok(keys),
        0 => Err(AppError::invalid("key", words!("Name at least one key.", "키를 하나 이상 입력하세요."))),
        _ => Err(AppError::invalid(
            "key",
            words!("At most {CANDIDATES} keys at once.", "한 번에 최대 {CANDIDATES}개입니다."),
        )),
    }
}

/// Reads the name of the collection.
///
/// # Errors
/// `Invalid` at the field `namespace`.
pub fn namespace(text: &str) -> Result<Namespace, AppError> {
    Namespace::parse(text.trim()).map_err(|rule| AppError::invalid("namespace", rule))
}

/// Measures the keys, or finds what was measured after `since` (milliseconds since 1970) and not long ago.
///
/// # Errors
/// `NotFound` or `Refused` at the field `namespace` where there is nothing to measure; `Conflict` while the advisor works
/// for somebody else; else as [`Cluster::read`].
pub async fn advise(
    cluster: &Cluster,
    namespace: &Namespace,
    keys: &[ShardKey],
    since: i64,
) -> Result<Advice, AppError> {
    let facts = facts(cluster, namespace).await?;
    let question = Question { uuid: facts.uuid.clone(), keys: keys.iter().map(super::model::form_text).collect() };
    let kept = cluster.entry().shared::<Kept>();
    let mut results = tokio::time::timeout(QUEUE, kept.results.lock()).await.map_err(|_| busy())?;
    let now = now();
    if let Some(found) = results.get(&question).filter(|it| now - it.measured_at < FRESH && it.measured_at >= since) {
        let mut found = Advice { age: now - found.measured_at, ..found.clone() };
        found.sampling = sampling::state(cluster, namespace, facts.release).await?;
        return Ok(found);
    }
    let advice = measure(cluster, namespace, keys, facts).await?;
    if results.len() >= KEPT {
        results.retain(|_, it| now - it.measured_at < FRESH);
        if results.len() >= KEPT {
            results.clear();
        }
    }
    results.insert(question, advice.clone());
    Ok(advice)
}

/// Names the account that switched sampling on, where it was one of this console.
///
/// # Errors
/// When the record cannot be read.
pub async fn with_actor(who: &Authorized<Reads>, target: &TargetId, mut advice: Advice) -> Result<Advice, AppError> {
    if let Sampling::On { by, .. } = &mut advice.sampling {
        let last = past::last_actor(&who.state().store, target.as_str(), "sharding.switch_sampling", &advice.namespace);
        *by = last.await?;
    }
    Ok(advice)
}

fn busy() -> AppError {
    AppError::new(
        Kind::Conflict,
        words!("The advisor measures something else on this cluster.", "이 클러스터에서 다른 측정이 진행 중입니다."),
        words!("Reload the page in a moment.", "잠시 후 페이지를 새로 고치세요."),
    )
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Keys that seem worth measuring: what indexes there are for, and what documents have in common.
///
/// # Errors
/// As [`advise`].
pub async fn suggest(cluster: &Cluster, namespace: &Namespace) -> Result<Vec<Suggestion>, AppError> {
    let facts = facts(cluster, namespace).await?;
    let indexes = suggest::of_indexes(&facts.indexes);
    let fields = cluster.read(|client| async move { suggest::of_fields(&client, namespace).await }).await?;
    Ok(suggest::merged(indexes, fields))
}

/// The most frequent values of a key in a sample. They are data, hence the proof.
///
/// # Errors
/// As [`advise`].
pub async fn common_values(
    _who: &Authorized<Changes>,
    cluster: &Cluster,
    namespace: &Namespace,
    key: &ShardKey,
) -> Result<Vec<CommonValue>, AppError> {
    values_of(cluster, namespace, key).await
}

pub(super) async fn values_of(
    cluster: &Cluster,
    namespace: &Namespace,
    key: &ShardKey,
) -> Result<Vec<CommonValue>, AppError> {
    let facts = facts(cluster, namespace).await?;
    let extent = Extent::of(facts.size.map(|it| it.documents));
    cluster.read(|client| async move { values::common(&client, namespace, key, extent).await }).await
}

async fn facts(cluster: &Cluster, namespace: &Namespace) -> Result<Facts, AppError> {
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
async fn measure(
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
    let indexes = &facts.indexes;
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
