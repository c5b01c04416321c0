//! A cluster as a whole, asked through its router: what the config servers know once a second at most, what the
//! shards say and how much they hold in the background.

mod balancing;
mod catalog;
mod probe;

use std::time::Duration;

use self::catalog::Catalog;
use self::probe::Probed;
use super::model::{Answer, ConfigServers, Counts, Overview, Shard, Sizes, findings};
use crate::error::AppError;
use crate::sharding::cluster::Cluster;
use crate::sharding::model::Held;
use crate::sharding::remembered::{Latest, asked, latest};
use crate::sharding::sizes::{Sizes as Read, sizes};

/// The catalog's answer counts as fresh for so long.
const FRESH: Duration = Duration::from_millis(900);
/// The shards are asked whether they answer no more often than this.
const PROBE: Duration = Duration::from_secs(4);
/// Whoever looks first waits so long for the shards.
const PATIENCE: Duration = Duration::from_millis(1_200);
/// A small cluster tells its bytes at once, so whoever looks first gets them.
pub(in crate::sharding) const SMALL: i64 = 200;
pub(in crate::sharding) const FOR_BYTES: Duration = Duration::from_millis(400);
/// Uneven collections that are named.
const WORST: usize = 5;

/// The cluster as it is now.
///
/// # Errors
/// What the config servers say; a shard that does not answer is no failure.
pub async fn read(cluster: &Cluster) -> Result<Overview, AppError> {
    let entry = cluster.entry();
    let catalog = asked(entry, FRESH, |entry| Box::pin(catalog::read(entry))).await?;
    let patience = if patient(&catalog.counts) { FOR_BYTES } else { Duration::ZERO };
    let (probed, sizes) =
        tokio::join!(latest(entry, PROBE, PATIENCE, |entry| Box::pin(probe::read(entry))), sizes(entry, patience));
    Ok(overview(cluster.target().as_str(), catalog, probed, sizes))
}

/// Whether the bytes are worth waiting for.
pub(in crate::sharding) fn patient(counts: &Counts) -> bool {
    counts.collections.is_some_and(|collections| collections <= SMALL)
}

fn overview(target: &str, catalog: Catalog, probed: Latest<Probed>, sizes: Latest<Read>) -> Overview {
    let Catalog { release, shards, routers, config, balancing, counts, reshardings } = catalog;
    let answers = probed.known.as_ref().map(|(_, probed)| &probed.answers);
    let read = sizes.known.as_ref().map(|(_, read)| read);
    let shards = shards
        .into_iter()
        .map(|shard| Shard {
            answer: answers.and_then(|answers| answers.get(&shard.id)).cloned().unwrap_or(Answer::NotAsked),
            held: read.and_then(|read| read.shards.get(&shard.id)).copied().unwrap_or(Held::Unknown),
            disk: read.and_then(|read| read.disks.get(&shard.id)).copied(),
            ..shard
        })
        .collect();
    let version = probed.known.as_ref().and_then(|(_, probed)| probed.config);
    let mut overview = Overview {
        target: target.to_owned(),
        release,
        shards,
        routers,
        config: ConfigServers { version, ..config },
        balancing,
        counts,
        reshardings,
        sizes: Sizes::default(),
        asked: probed.known.as_ref().map(|(age, _)| millis(*age)),
        findings: Vec::new(),
    };
    overview.sizes = told(&sizes, &overview.shards);
    overview.findings = findings(&overview);
    overview
}

fn told(sizes: &Latest<Read>, shards: &[Shard]) -> Sizes {
    let trouble = sizes.trouble.as_ref().map(|error| error.happened.clone());
    let Some((age, read)) = &sizes.known else { return Sizes { offered: true, trouble, ..Sizes::default() } };
    let has_shard = |zone: &&String| shards.iter().any(|shard| shard.zones.contains(zone));
    Sizes {
        offered: read.offered,
        age: Some(millis(*age)),
        trouble,
        uneven: i64::try_from(read.uneven.len()).unwrap_or(i64::MAX),
        worst: read.uneven.iter().take(WORST).cloned().collect(),
        homeless: read.zones.iter().filter(|zone| !has_shard(zone)).cloned().collect(),
    }
}

pub(in crate::sharding) fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
