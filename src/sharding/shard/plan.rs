//! What each change to a sharded cluster would do, found out beforehand.

mod checks;
mod commands;
mod effect;
mod index_checks;
mod option_checks;
mod value_checks;

#[cfg(test)]
mod tests;

use bson::Document;

use super::model::time_series::TimeSeries;
use super::model::{Change, Extras};
use super::mongo::{Existing, Facts, Sharder};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Plan};
use crate::error::AppError;
use crate::sharding::model::{KeyField, Namespace, Release, ShardKey, Spread, Version};
use crate::sharding::mongo::collection::Index;
use crate::words;

/// Plans a change.
///
/// # Errors
/// When the cluster cannot be asked, or is none.
pub async fn plan(server: &Sharder, change: &Change) -> Result<Plan, AppError> {
    match change {
        Change::ShardCollection { namespace, key, unique, uuid, extras, .. } => {
            let common = server.common(namespace).await?;
            let facts = server.facts(namespace, key).await?;
            let facts = Facts { version: facts.version.min(works_as(common.release)), ..facts };
            let wanted = Wanted { namespace, key, unique: *unique, uuid: uuid.as_deref(), extras };
            let mut plan = shard_collection(server.name(), &wanted, &facts);
            let mut first = common.checks();
            if facts.collection.is_none() {
                first.extend(common.none_resharded());
            }
            plan.checks.splice(0..0, first);
            plan.fingerprint = fingerprint(&(&plan.fingerprint, common.observed()), &plan.commands);
            Ok(plan)
        }
    }
}

/// The programs may be newer than what the cluster's features are held at.
fn works_as(release: Release) -> Version {
    if release.fcv.reaches(release.version.major, release.version.minor) { release.version } else { release.fcv }
}

/// What [`Change::ShardCollection`] asks for.
struct Wanted<'a> {
    namespace: &'a Namespace,
    key: &'a ShardKey,
    unique: bool,
    uuid: Option<&'a str>,
    extras: &'a Extras,
}

impl Wanted<'_> {
    /// How the collection is laid out, or will be, where it is a time series.
    fn time_series<'a>(&'a self, facts: &'a Facts) -> Option<&'a TimeSeries> {
        match &facts.collection {
            Some(existing) => existing.time_series.as_ref(),
            None => self.extras.time_series.as_ref(),
        }
    }
}

fn shard_collection(server: &str, wanted: &Wanted<'_>, facts: &Facts) -> Plan {
    let Wanted { namespace, key, .. } = wanted;
    let possible = is_possible(wanted, facts);
    let commands = if possible { commands::of(wanted, facts) } else { Vec::new() };
    let holds_data = facts.collection.as_ref().is_some_and(|it| !it.empty);
    Plan {
        title: words!("Shard {namespace} on {key} at {server}", "{server}의 {namespace}을(를) {key}(으)로 샤딩"),
        checks: checks::of(wanted, facts),
        fingerprint: fingerprint(&observed(facts), &commands),
        commands,
        revert: Vec::new(),
        effect: if possible { effect::of(wanted, facts) } else { vec![words!("None.", "없음.")] },
        way_back: if possible { effect::way_back(facts) } else { words!("Not needed.", "필요 없음.") },
        blast: if holds_data { Blast::TypeName(namespace.to_string()) } else { Blast::Confirm },
    }
}

/// Whether there is anything that could be sent: to a collection that cannot be sharded, is sharded already or is
/// another one than was looked at, there is not.
fn is_possible(wanted: &Wanted<'_>, facts: &Facts) -> bool {
    let now = facts.collection.as_ref();
    let fits = now
        .is_none_or(|it| (it.kind == "collection" || it.time_series.is_some()) && !it.capped && it.sharded.is_none());
    fits && wanted.uuid == now.map(|it| it.uuid.as_str())
}

/// What must still be so when the plan is applied. Counts and shares drift while nothing of meaning changes, so they
/// are left out.
fn observed(facts: &Facts) -> impl serde::Serialize {
    let collection = facts.collection.as_ref().map(|it| {
        let indexes: Vec<String> = it.indexes.iter().map(|index| format!("{index:?}")).collect();
        let sharded = it.sharded.as_ref().map(|entry| (entry.key.to_string(), entry.unique));
        let multikey = it.multikey.clone();
        (it.uuid.clone(), it.kind.clone(), it.capped, it.collated, it.empty, sharded, indexes, multikey)
    });
    (facts.version, facts.enabled, facts.zones > 0, collection)
}

/// Whether the fields of an index begin with the key, each in the way of the key.
pub(super) fn begins_with(index: &Document, key: &ShardKey) -> bool {
    let same = |(field, (name, value)): (&KeyField, (&String, &bson::Bson))| {
        let wanted = match field.spread {
            Spread::Hashed => value.as_str() == Some("hashed"),
            Spread::Ranged => {
                matches!(value, bson::Bson::Int32(1) | bson::Bson::Int64(1)) || value.as_f64() == Some(1.0)
            }
        };
        field.field == *name && wanted
    };
    index.len() >= key.fields().len() && key.fields().iter().zip(index).all(same)
}

/// Whether the server accepts the index as support of the key.
fn supports(index: &Index, key: &ShardKey, existing: &Existing) -> bool {
    let plain = !index.sparse && !index.partial && !index.collated && !existing.multikey.contains(&index.name);
    begins_with(&index.key, key) && plain
}

/// The index that supports the key as asked for: where the key is to be unique, exactly and uniquely.
fn supporting<'a>(wanted: &Wanted<'_>, existing: &'a Existing) -> Option<&'a Index> {
    existing.indexes.iter().find(|index| {
        supports(index, wanted.key, existing)
            && (!wanted.unique || index.unique && index.key.len() == wanted.key.fields().len())
    })
}

/// Whether an index must be built first. On an empty collection the server does that itself.
fn needs_index(wanted: &Wanted<'_>, existing: &Existing) -> bool {
    !existing.empty && supporting(wanted, existing).is_none()
}
