//! Shards as the cluster shows them, those that are being drained, and the databases by their primary shard.

pub mod change;
pub mod drain;
pub mod hosts;
pub mod pace;

use serde::{Deserialize, Serialize};

use self::drain::Drain;
use crate::finding::Way;
use crate::sharding::model::{Release, Version};
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

/// Which commands remove a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Removal {
    /// `removeShard` starts it, tells how far it is, and ends it.
    Repeated,
    /// From 8.2 on: a command for each of these, and one that stops it.
    Steps,
}

impl Removal {
    pub fn of(release: Release) -> Self {
        if release.reaches(8, 2) { Self::Steps } else { Self::Repeated }
    }
}

/// Whether a draining can be taken back, or why not.
///
/// # Errors
/// The reason, in words.
pub fn can_stop(release: Release) -> Result<(), Words> {
    if Removal::of(release) == Removal::Steps {
        return Ok(());
    }
    let Version { major, minor, .. } = release.fcv.min(release.version);
    Err(crate::words!(
        "Before MongoDB 8.2 no command ends a draining; this cluster works as {major}.{minor}.",
        "MongoDB 8.2 전에는 드레이닝을 취소하는 명령이 없습니다. 이 클러스터는 {major}.{minor}입니다.",
    ))
}

/// Links to this page and to those of the neighbours, for one cluster.
pub fn to(path: &str, target: &str, pairs: &[(&str, &str)], action: Words) -> Way {
    let mut link = format!("{path}?target={}", crate::text::url_text(target));
    for (name, value) in pairs {
        link.push_str(&format!("&{name}={}", crate::text::url_text(value)));
    }
    Way { link, action }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(version: (u16, u16), fcv: (u16, u16)) -> Release {
        Release { version: Version::new(version.0, version.1, 0), fcv: Version::new(fcv.0, fcv.1, 0) }
    }

    #[test]
    fn the_commands_of_8_2_need_its_fcv_too() {
        assert_eq!(Removal::of(release((8, 2), (8, 2))), Removal::Steps);
        assert_eq!(Removal::of(release((8, 2), (8, 0))), Removal::Repeated);
        assert_eq!(Removal::of(release((6, 0), (6, 0))), Removal::Repeated);
        assert!(can_stop(release((8, 3), (8, 3))).is_ok());
        assert!(can_stop(release((8, 2), (8, 0))).expect_err("not with this FCV").en.contains("works as 8.0"));
    }
}
