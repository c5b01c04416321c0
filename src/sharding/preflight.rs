//! What is looked at before every write, whatever it is: which versions there are, whether all shards answer, whether
//! something else is at work on the same collection, whether the console's user may do it, and which collection it is.
//! A shard that is down must not hold a plan up, so every question has a limit.

mod ask;
mod checks;
mod privileges;
mod running;
mod versions;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use mongodb::Client;
use mongodb::error::Error;
use serde::Serialize;

pub use self::privileges::Privilege;
pub use self::running::{Doing, Running};
use crate::change::Check;
use crate::sharding::model::{Identity, Namespace, Release, Version};

/// What a write touches and needs.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Full names of collections; a database's name stands for all in it. Empty for what is the whole cluster's.
    pub namespaces: Vec<String>,
    pub privileges: Vec<Privilege>,
}

impl Wanted {
    /// A write to the whole cluster.
    pub fn cluster() -> Self {
        Self::default()
    }

    /// A write to one collection.
    pub fn on(namespace: &Namespace) -> Self {
        Self { namespaces: vec![namespace.to_string()], privileges: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, privilege: Privilege) -> Self {
        self.privileges.push(privilege);
        self
    }
}

/// One shard, as far as its cluster's router can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardState {
    pub name: String,
    /// `set/host:port,…`.
    pub host: String,
    pub draining: bool,
    /// None: unknown.
    pub answers: Option<bool>,
    pub version: Option<Version>,
}

/// A collection that a write touches, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Seen {
    /// There is none of this name.
    None,
    /// It could not be looked at in time.
    Unknown,
    Is(Identity),
}

/// What was found.
pub struct Common {
    /// The oldest of all programs that are known, and the cluster's FCV.
    pub release: Release,
    pub shards: Vec<ShardState>,
    /// Versions of routers that were heard of within the last minute, with how many have each.
    pub routers: BTreeMap<Version, u32>,
    /// None: it could not be asked.
    pub running: Option<Vec<Running>>,
    /// Privileges that the console's user lacks. None: nobody asks who one is, or it is unknown.
    pub missing: Option<Vec<Privilege>>,
    /// By the names that were asked for; databases are left out.
    pub collections: BTreeMap<String, Seen>,
    wanted: Wanted,
}

impl Common {
    /// One check for each of the questions. An index that is being built, or a shard that is down, is a warning:
    /// whoever cannot do without adds [`Common::all_shards_answer`].
    pub fn checks(&self) -> Vec<Check> {
        self.checks_during(&[])
    }

    /// As [`Common::checks`], for what is meant to be done while this is under way: a resharding is aborted while it
    /// runs.
    pub fn checks_during(&self, meant: &[Doing]) -> Vec<Check> {
        checks::of(self, meant)
    }

    /// Blocks unless all shards answer: for what the server does on all of them at once.
    pub fn all_shards_answer(&self) -> Option<Check> {
        checks::all_shards_answer(self)
    }

    /// Warns while any collection of the cluster is resharded, moved or unsharded, and where that is unknown: for what
    /// makes a collection. The manual says that this makes the resharding fail; 6.0.5 does both.
    pub fn none_resharded(&self) -> Option<Check> {
        checks::none_resharded(self)
    }

    /// Whether `namespace` is still the collection that was looked at.
    pub fn same(&self, namespace: &Namespace, looked_at: Option<&Identity>) -> Check {
        checks::same(namespace, looked_at, self.collections.get(&namespace.to_string()))
    }

    /// Whether the collection is what it was; none where it was not asked for, is not there, or could not be seen.
    pub fn identity(&self, namespace: &Namespace) -> Option<&Identity> {
        match self.collections.get(&namespace.to_string()) {
            Some(Seen::Is(identity)) => Some(identity),
            _ => None,
        }
    }

    /// What must still be so when the plan is applied. What may come and go is left to the checks, which are made again.
    pub fn observed(&self) -> impl Serialize {
        let shards: Vec<(&str, bool)> = self.shards.iter().map(|it| (it.name.as_str(), it.draining)).collect();
        (self.release, shards, &self.collections)
    }
}

#[cfg(test)]
impl Common {
    /// What a plan's own tests begin with: a cluster where all is well.
    pub(in crate::sharding) fn for_tests(
        release: Release,
        shards: Vec<ShardState>,
        collections: BTreeMap<String, Seen>,
    ) -> Self {
        let wanted = Wanted { namespaces: collections.keys().cloned().collect(), privileges: Vec::new() };
        let (routers, running) = (BTreeMap::new(), Some(Vec::new()));
        Self { release, shards, routers, running, missing: None, collections, wanted }
    }
}

/// Looks at all of it, within 2 s also where a shard does not answer.
///
/// # Errors
/// The driver's, where the router or the config servers cannot be asked.
pub async fn common(client: &Client, wanted: &Wanted) -> Result<Common, Error> {
    let found = ask::all(client, wanted).await?;
    let mut release = found.release;
    release.version = versions::oldest(release.version, &found.routers, &found.shards);
    Ok(Common {
        release,
        shards: found.shards,
        routers: found.routers,
        running: found.running,
        missing: found.privileges.map(|held| privileges::missing(&held, &wanted.privileges)),
        collections: found.collections,
        wanted: wanted.clone(),
    })
}

/// Which collection this name means now, for a form that is being opened.
///
/// # Errors
/// The driver's.
pub async fn identity(client: &Client, namespace: &Namespace) -> Result<Seen, Error> {
    let name = namespace.to_string();
    let mut found = ask::collections(client, std::slice::from_ref(&name)).await?;
    Ok(found.remove(&name).unwrap_or(Seen::None))
}
