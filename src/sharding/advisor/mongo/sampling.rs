//! Sampling of queries (`configureQueryAnalyzer`, MongoDB 7.0 and later): whether it is on, and the switch.

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::AppError;
use crate::sharding::advisor::model::Sampling;
use crate::sharding::advisor::model::change::Change;
use crate::sharding::cluster::Cluster;
use crate::sharding::model::offered::Operation;
use crate::sharding::model::{Namespace, Release};
use crate::sharding::mongo::answer::{first_batch, number, soft};
use crate::sharding::mongo::collection::{self, Listed};
use crate::sharding::preflight::{self, Common, Privilege, Wanted};
use crate::text::{Words, utc};
use crate::words;

/// Whether queries of the collection are sampled.
///
/// # Errors
/// As [`Cluster::read`].
pub async fn state(cluster: &Cluster, namespace: &Namespace, release: Release) -> Result<Sampling, AppError> {
    if let Err(why) = Operation::SampleQueries.offered(release) {
        return Ok(Sampling::Lacking(why));
    }
    cluster.read(|client| async move { read(&client, namespace).await }).await
}

async fn read(client: &Client, namespace: &Namespace) -> Result<Sampling, Error> {
    // The first versions had the name in a field of its own.
    let name = namespace.to_string();
    let find = doc! {
        "find": "queryAnalyzers", "filter": { "$or": [{ "_id": &name }, { "ns": &name }] },
        "limit": 1, "singleBatch": true, "maxTimeMS": 1_000,
    };
    let answer = soft(client.database("config").run_command(find).await)?;
    Ok(answer.map_or(Sampling::Unknown, |answer| of_document(first_batch(&answer).next())))
}

/// Reads the document that the cluster keeps of it; none where it was never switched on.
pub fn of_document(document: Option<&Document>) -> Sampling {
    let Some(document) = document else { return Sampling::Off };
    if !document.get_str("mode").is_ok_and(|mode| mode == "full") || document.contains_key("stopTime") {
        return Sampling::Off;
    }
    let rate = ["samplesPerSecond", "sampleRate"].into_iter().find_map(|name| match document.get(name) {
        Some(Bson::Double(rate)) => Some(*rate),
        _ => number(document, name).map(|rate| rate as f64),
    });
    let since = document.get_datetime("startTime").ok().map(|at| at.timestamp_millis());
    Sampling::On { per_second: rate, since, by: None }
}

/// Switches sampling on and off.
pub struct Sampler {
    cluster: Cluster,
}

/// What a plan rests on.
pub struct Facts {
    pub release: Release,
    pub listed: Option<Listed>,
    pub sampling: Sampling,
}

impl Sampler {
    pub fn new(cluster: Cluster) -> Self {
        Self { cluster }
    }

    /// The name of the cluster, as a person knows it.
    pub fn name(&self) -> &str {
        self.cluster.name()
    }

    /// What is looked at before every write.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn common(&self, namespace: &Namespace) -> Result<Common, AppError> {
        let needed = Privilege::on(namespace.database(), namespace.collection(), "configureQueryAnalyzer");
        let wanted = Wanted::on(namespace).with(needed);
        self.cluster.read(|client| async move { preflight::common(&client, &wanted).await }).await
    }

    /// What a plan rests on.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn facts(&self, namespace: &Namespace) -> Result<Facts, AppError> {
        let release = self.cluster.release().await?;
        let listed = self.cluster.read(|client| async move { collection::listed(&client, namespace).await }).await?;
        Ok(Facts { release, listed, sampling: state(&self.cluster, namespace, release).await? })
    }

    /// Notes in a change from a form which collection it is about, where the form does not say it.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn observed(&self, change: Change) -> Result<Change, AppError> {
        let Change::SwitchSampling { target, namespace, per_second, uuid, keys } = change;
        let uuid = if uuid.is_empty() {
            let name = &namespace;
            let listed = self.cluster.read(|client| async move { collection::listed(&client, name).await }).await?;
            listed.map(|it| it.uuid).unwrap_or_default()
        } else {
            uuid
        };
        Ok(Change::SwitchSampling { target, namespace, per_second, uuid, keys })
    }
}

impl Engine<Change> for Sampler {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        crate::sharding::advisor::plan::plan(self, change).await
    }

    async fn run(&self, command: &Command, _run: &Run) -> Result<Words, AppError> {
        self.cluster.send(command).await
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        let Change::SwitchSampling { namespace, per_second, .. } = change;
        let release = self.cluster.release().await?;
        Ok(shown(per_second.is_some(), &state(&self.cluster, namespace, release).await?))
    }
}

fn shown(wanted: bool, is: &Sampling) -> ReadBack {
    match is {
        Sampling::On { since, .. } => {
            let since = since.map_or_else(|| "?".to_owned(), utc);
            ReadBack {
                holds: wanted,
                seen: words!(
                    "config.queryAnalyzers shows sampling on since {since} UTC.",
                    "config.queryAnalyzers에 표본 수집이 {since} UTC부터 켜져 있습니다."
                ),
            }
        }
        Sampling::Off => ReadBack {
            holds: !wanted,
            seen: words!(
                "config.queryAnalyzers shows sampling off.",
                "config.queryAnalyzers에 표본 수집이 꺼져 있습니다."
            ),
        },
        Sampling::Lacking(_) | Sampling::Unknown => ReadBack {
            holds: false,
            seen: words!("config.queryAnalyzers could not be read.", "config.queryAnalyzers를 읽지 못했습니다."),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_of_both_shapes_are_read() {
        let at = bson::DateTime::from_millis(1_000);
        let on = doc! { "_id": "a.b", "collUuid": bson::Uuid::from_bytes([1; 16]), "mode": "full", "samplesPerSecond": 5, "startTime": at };
        assert_eq!(of_document(Some(&on)), Sampling::On { per_second: Some(5.0), since: Some(1_000), by: None });
        let older = doc! { "_id": bson::Uuid::from_bytes([1; 16]), "ns": "a.b", "mode": "full", "sampleRate": 0.5, "startTime": at };
        assert_eq!(of_document(Some(&older)), Sampling::On { per_second: Some(0.5), since: Some(1_000), by: None });
        let stopped = doc! { "_id": "a.b", "mode": "off", "startTime": at, "stopTime": at };
        assert_eq!(of_document(Some(&stopped)), Sampling::Off);
        assert_eq!(of_document(None), Sampling::Off);
    }

    #[test]
    fn the_effect_is_there_only_when_the_cluster_shows_it() {
        let on = Sampling::On { per_second: None, since: Some(0), by: None };
        assert!(shown(true, &on).holds && !shown(false, &on).holds);
        assert!(shown(false, &Sampling::Off).holds && !shown(true, &Sampling::Off).holds);
        assert!(!shown(true, &Sampling::Unknown).holds && !shown(false, &Sampling::Unknown).holds);
    }
}
