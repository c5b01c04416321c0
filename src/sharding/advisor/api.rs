//! What a page or a script asks of the advisor.

use leptos::prelude::*;

use super::model::{Advice, CommonValue, Opened};
use crate::change::Planned;
use crate::error::AppError;

/// Measures 1 to 6 keys of a collection, the best first. Figures only: no value leaves the cluster. What was measured
/// after `since` (milliseconds since 1970) and not long ago is not measured again.
///
/// # Errors
/// `Invalid` at the field that cannot be used; `Conflict` while another measurement is under way; else when there is no
/// such target or collection, when it is no router, or when it does not answer.
#[server(prefix = "/api/sharding", endpoint = "advise_keys")]
pub async fn advise_keys(
    target: String,
    namespace: String,
    keys: Vec<String>,
    #[server(default)] since: i64,
) -> Result<Advice, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    let (namespace, keys) = (super::mongo::namespace(&namespace)?, super::mongo::keys(&keys)?);
    let advice = super::mongo::advise(&cluster, &namespace, &keys, since).await?;
    let sampling = super::mongo::with_actor(&who, cluster.target(), &namespace, advice.sampling).await?;
    Ok(Advice { sampling, ..advice })
}

/// Keys of a collection that seem worth measuring, and whether its queries are sampled.
///
/// # Errors
/// As [`advise_keys`].
#[server(prefix = "/api/sharding", endpoint = "suggest_keys")]
pub async fn suggest_keys(target: String, namespace: String) -> Result<Opened, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Reads>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_read(&who, &target)?;
    let namespace = super::mongo::namespace(&namespace)?;
    let opened = super::mongo::opened(&cluster, &namespace).await?;
    let sampling = super::mongo::with_actor(&who, cluster.target(), &namespace, opened.sampling).await?;
    Ok(Opened { sampling, ..opened })
}

/// The most frequent values of a key in a sample. They are data.
///
/// # Errors
/// As [`advise_keys`].
#[server(prefix = "/api/sharding", endpoint = "read_common_values")]
pub async fn read_common_values(target: String, namespace: String, key: String) -> Result<Vec<CommonValue>, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_change(&who, &target)?;
    let (namespace, keys) = (super::mongo::namespace(&namespace)?, super::mongo::keys(&[key])?);
    super::mongo::common_values(&who, &cluster, &namespace, &keys[0]).await
}

/// Plans to sample queries of a collection (`start_sampling`, with `rate` a second), or to stop (`stop_sampling`). The
/// record leads back to the `keys` that are being compared.
///
/// # Errors
/// As [`advise_keys`].
#[server(prefix = "/api/sharding", endpoint = "plan_sampling")]
pub async fn plan_sampling(
    target: String,
    action: String,
    namespace: String,
    #[server(default)] rate: String,
    #[server(default)] uuid: String,
    #[server(default)] keys: Vec<String>,
) -> Result<Planned, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let cluster = crate::sharding::cluster::Cluster::to_change(&who, &target)?;
    let target = cluster.target().clone();
    let change = super::model::change::Change::from_form(target, &action, &namespace, &rate, &uuid)?.leading_to(keys);
    let sampler = super::mongo::Sampler::new(cluster);
    crate::change::apply::plan(&sampler, &sampler.observed(change).await?).await
}

/// Applies a plan that was shown, and leads to its record.
///
/// # Errors
/// Only when nothing was recorded; what became of the change is told by the record.
#[server(prefix = "/api/sharding", endpoint = "apply_sampling")]
pub async fn apply_sampling(
    change: String,
    fingerprint: String,
    ticket: String,
    #[server(default)] typed: String,
) -> Result<i64, AppError> {
    let who = crate::auth::session::authorize::<crate::auth::session::Changes>().await?;
    let parsed: super::model::change::Change = crate::change::apply::parse(&change)?;
    let target = crate::change::Change::target(&parsed).to_string();
    let back = parsed.back().into_iter().map(|(name, value)| format!("{name}={}&", crate::text::url_text(&value)));
    let back: String = back.collect();
    let sampler = super::mongo::Sampler::new(crate::sharding::cluster::Cluster::to_change(&who, &target)?);
    let confirmation = crate::change::apply::Confirmation { change, fingerprint, ticket, typed };
    let record = crate::change::apply::apply(&who, sampler, parsed, confirmation).await?;
    leptos_axum::redirect(&format!("/sharding/advisor?{back}record={record}"));
    Ok(record)
}
