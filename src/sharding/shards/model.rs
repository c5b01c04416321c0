//! Shards as the cluster shows them, those that are being drained, and the databases by their primary shard.

pub mod change;
pub mod drain;
pub mod hosts;
pub mod pace;

use serde::{Deserialize, Serialize};

use self::drain::Drain;
use crate::finding::Way;
use crate::sharding::model::Release;
use crate::text::Words;

/// A shard as `config.shards` has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    pub name: String,
    /// `set/host:port,…`, as the cluster speaks to it.
    pub host: String,
    pub draining: bool,
    pub zones: Vec<String>,
}

impl Shard {
    /// Whether it is the config servers' own set, which holds data from 8.0 on and is not removed like the others.
    pub fn is_config(&self) -> bool {
        self.name == "config"
    }
}

/// All shards, and what is left on those that are being drained.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ShardList {
    pub shards: Vec<Shard>,
    pub release: Release,
    pub drains: Vec<Drain>,
}

/// A database and where what is not sharded in it lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    pub name: String,
    pub primary: String,
}

/// A page of databases, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseList {
    pub databases: Vec<Database>,
    /// Where the next page begins; none on the last.
    pub after: Option<String>,
    /// The shards that a database may be moved to.
    pub shards: Vec<String>,
}

/// Databases on one page of the list.
pub const PAGE_SIZE: usize = 25;
/// Shards that are listed at most. The config servers of bigger clusters than MongoDB has seen would hold more.
pub const MOST_SHARDS: usize = 1_000;

/// Links to this page and to those of the neighbours, for one cluster.
pub fn to(path: &str, target: &str, pairs: &[(&str, &str)], action: Words) -> Way {
    let mut link = format!("{path}?target={}", crate::text::url_text(target));
    for (name, value) in pairs {
        link.push_str(&format!("&{name}={}", crate::text::url_text(value)));
    }
    Way { link, action }
}
