//! Measuring candidate keys, within bounds: one measurement at a time for each cluster, its result kept for a while, and
//! no question without a limit of time.

pub mod analyze;
mod exact;
mod measure;
mod sample;
pub mod sampling;
mod suggest;
mod trend;
mod values;

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::Mutex;

use self::measure::{facts, measure};
use self::sample::Extent;
pub use self::sampling::Sampler;
use super::model::{Advice, CANDIDATES, CommonValue, Opened, Sampling};
use crate::audit::journal::past;
use crate::auth::session::{Authorized, Changes, Reads};
use crate::error::{AppError, Kind};
use crate::sharding::cluster::Cluster;
use crate::sharding::model::{Namespace, ShardKey};
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
pub async fn with_actor(
    who: &Authorized<Reads>,
    target: &TargetId,
    namespace: &Namespace,
    mut sampling: Sampling,
) -> Result<Sampling, AppError> {
    if let Sampling::On { by, .. } = &mut sampling {
        let name = namespace.to_string();
        *by = past::last_actor(&who.state().store, target.as_str(), "sharding.switch_sampling", &name).await?;
    }
    Ok(sampling)
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

/// Keys that seem worth measuring: what indexes there are for, and what documents have in common; and whether queries
/// are sampled.
///
/// # Errors
/// As [`advise`].
pub async fn opened(cluster: &Cluster, namespace: &Namespace) -> Result<Opened, AppError> {
    let facts = facts(cluster, namespace).await?;
    let indexes = suggest::of_indexes(&facts.indexes);
    let fields = cluster.read(|client| async move { suggest::of_fields(&client, namespace).await }).await?;
    let sampling = sampling::state(cluster, namespace, facts.release).await?;
    Ok(Opened { suggestions: suggest::merged(indexes, fields), sampling })
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
