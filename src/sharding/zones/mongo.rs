//! How zones are read and changed.

mod capacity;
mod dry_run;
mod facts;
mod look;

pub use self::dry_run::Moves;
pub use self::facts::{Facts, Shard};
pub(in crate::sharding) use self::facts::{ranges_of, shards};
use super::form;
use super::model::{Change, CollectionZones, ZoneForm, ZonesSeen};
use super::ranges::Range;
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::AppError;
use crate::sharding::cluster::Cluster;
use crate::sharding::model::Namespace;
use crate::text::Words;
use crate::words;

/// Zones of one cluster.
pub struct Zones {
    cluster: Cluster,
}

impl Zones {
    pub fn of(cluster: Cluster) -> Self {
        Self { cluster }
    }

    /// All zones of the cluster.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn list(&self) -> Result<ZonesSeen, AppError> {
        let target = self.cluster.target().to_string();
        self.cluster.read(|client| async move { look::zones(&client, &target).await }).await
    }

    /// The ranges of one collection. `wanted` is the key that it is to get, where it is not sharded yet.
    ///
    /// # Errors
    /// `Invalid` at `namespace`; else as [`Cluster::read`].
    pub async fn of_collection(&self, namespace: &str, wanted: &str) -> Result<CollectionZones, AppError> {
        let namespace = Namespace::parse(namespace.trim()).map_err(|rule| AppError::invalid("namespace", rule))?;
        let wanted = form::wanted_key(wanted);
        self.cluster.read(|client| async move { look::collection(&client, &namespace, wanted).await }).await
    }

    /// What a form asks for, with what its collection is at this moment.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used; else as [`Cluster::read`].
    pub async fn observed(&self, form: ZoneForm) -> Result<Change, AppError> {
        let target = self.cluster.target().clone();
        if form::is_about_a_shard(&form) {
            return form::of_shard(target, &form);
        }
        let namespace = Namespace::parse(form.namespace.trim()).map_err(|rule| AppError::invalid("namespace", rule))?;
        let of = namespace.clone();
        let (sharded, ranges) =
            self.cluster.read(|client| async move { facts::ranges_of(&client, &of.to_string()).await }).await?;
        form::of_range(target, namespace, &form, sharded.as_ref(), &ranges)
    }

    /// Everything that the plan of a change rests on.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn facts(&self, change: &Change) -> Result<Facts, AppError> {
        let change = change.clone();
        self.cluster.read(|client| async move { facts::read(&client, &change).await }).await
    }

    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }
}

impl Engine<Change> for Zones {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        super::plan::plan(self, change).await
    }

    async fn run(&self, command: &Command, _run: &Run) -> Result<Words, AppError> {
        self.cluster.send(command).await
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        match change {
            Change::AddShardToZone { shard, zone, .. } => self.shard_is_in(shard, zone, true).await,
            Change::RemoveShardFromZone { shard, zone, .. } => self.shard_is_in(shard, zone, false).await,
            _ => self.ranges_are(change).await,
        }
    }
}

impl Zones {
    async fn shard_is_in(&self, shard: &str, zone: &str, wanted: bool) -> Result<ReadBack, AppError> {
        let shards = self.cluster.read(|client| async move { facts::shards(&client).await }).await?;
        let Some(seen) = shards.into_iter().find(|it| it.name == shard) else {
            let seen = words!("config.shards does not list {shard}.", "config.shards에 {shard}이(가) 없습니다.");
            return Ok(ReadBack { holds: false, seen });
        };
        let is = seen.zones.iter().any(|it| it == zone);
        let zones = if seen.zones.is_empty() { "–".to_owned() } else { seen.zones.join(", ") };
        let seen = words!(
            "config.shards shows {shard} in these zones: {zones}.",
            "config.shards에 표시된 {shard}의 존: {zones}.",
        );
        Ok(ReadBack { holds: is == wanted, seen })
    }

    async fn ranges_are(&self, change: &Change) -> Result<ReadBack, AppError> {
        let Some(subject) = change.subject() else { return Ok(nothing_to_see()) };
        let (name, key) = (subject.namespace.to_string(), &subject.key);
        let (sharded, ranges) =
            self.cluster.read(|client| async move { facts::ranges_of(&client, &name).await }).await?;
        let key = sharded.as_ref().and_then(|it| it.key()).unwrap_or_else(|| key.clone());
        let as_kept = |range: &super::model::ZoneRange| {
            let range = Range::of(range).ok()?;
            Some(if sharded.is_some() { range.extended(&key) } else { range })
        };
        let edit = change.edit();
        let set: Vec<Range> = edit.set.iter().filter_map(as_kept).collect();
        let removed: Vec<Range> = edit.remove.iter().filter_map(as_kept).collect();
        let there = |wanted: &Range| ranges.iter().any(|range| range.is(wanted));
        let stays = |gone: &&Range| !set.iter().any(|range| range.is(gone));
        let holds = set.iter().all(there) && !removed.iter().filter(stays).any(there);
        let shown: Vec<String> =
            ranges.iter().take(SHOWN).map(|range| format!("{} → {}", range.shown(), range.zone)).collect();
        let count = ranges.len();
        let shown = if shown.is_empty() { "–".to_owned() } else { shown.join("; ") };
        let namespace = &subject.namespace;
        let seen = words!(
            "config.tags shows {count} ranges of {namespace}: {shown}",
            "config.tags에 표시된 {namespace}의 범위 {count}개: {shown}",
        );
        Ok(ReadBack { holds, seen })
    }
}

/// Ranges that are told one by one.
const SHOWN: usize = 10;

fn nothing_to_see() -> ReadBack {
    ReadBack { holds: false, seen: Words::default() }
}
