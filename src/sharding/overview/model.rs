//! A cluster as its router tells it. What a router does not tell is unknown, and said to be.

mod findings;

use serde::{Deserialize, Serialize};

pub use self::findings::findings;
use crate::finding::Finding;
use crate::sharding::model::{Held, Measure, Release, Version};
use crate::text::Words;

/// A cluster as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The target, as addresses name it.
    pub target: String,
    /// Of the router that was asked, with the cluster's feature compatibility version.
    pub release: Release,
    pub shards: Vec<Shard>,
    pub routers: Vec<Router>,
    pub config: ConfigServers,
    pub balancing: Balancing,
    pub counts: Counts,
    pub reshardings: Vec<Resharding>,
    pub sizes: Sizes,
    /// How long ago the shards were asked whether they answer, in milliseconds; None before the first time.
    pub asked: Option<i64>,
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
}

/// One shard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    pub id: String,
    /// The name of its replica set.
    pub set: String,
    pub members: Vec<Member>,
    pub draining: bool,
    pub zones: Vec<String>,
    pub answer: Answer,
    /// All sharded collections together.
    pub held: Held,
    /// Used and all bytes of its primary's file system.
    pub disk: Option<(i64, i64)>,
}

impl Shard {
    /// Members that do not answer the router.
    pub fn down(&self) -> impl Iterator<Item = &str> {
        self.members.iter().filter(|it| it.state == MemberState::Down).map(|it| it.address.as_str())
    }

    /// Whether nothing of it can be read or written: it was asked and said nothing, or it is known to have no primary.
    pub fn is_silent(&self) -> bool {
        let primary = self.members.iter().any(|it| it.state == MemberState::Primary);
        match self.answer {
            Answer::Silent => true,
            Answer::Answers(_) => false,
            Answer::NotAsked => self.down().next().is_some() && !primary,
        }
    }
}

/// One server of a replica set, as the router sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub address: String,
    pub state: MemberState,
}

/// What the router knows of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemberState {
    Primary,
    Secondary,
    /// It answers, and is neither.
    Other,
    Down,
    /// The router was not asked, or does not watch it.
    Unknown,
}

/// Whether a shard's primary answers through the router.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    Answers(Version),
    Silent,
    /// There is no question that would go to this shard alone: it is the primary shard of no database.
    NotAsked,
}

/// A router, as it signs itself in with the config servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Router {
    pub address: String,
    pub version: String,
    /// Milliseconds since it last signed in.
    pub age: i64,
}

impl Router {
    /// A router signs in every 10 s; one that has not for a minute is not there, or cannot write to the config servers.
    pub const fn is_stale(&self) -> bool {
        self.age > STALE
    }
}

/// Milliseconds without a sign of life that mean something.
pub const STALE: i64 = 60_000;

/// The replica set that keeps the cluster's own data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigServers {
    pub set: String,
    pub members: Vec<Member>,
    /// What their answer to a majority read took, in microseconds.
    pub micros: i64,
    /// Of the one that answered.
    pub version: Option<Version>,
}

/// Whether data moves by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balancing {
    /// As it is set.
    pub on: bool,
    /// Whether it really works now; None where that cannot be known.
    pub works: Option<bool>,
    /// Why it does not, though it is on.
    pub why_not: Vec<Words>,
    /// When it may work; None at any time.
    pub window: Option<Words>,
    /// The cluster's chunk size in bytes.
    pub chunk_bytes: i64,
    /// Settings that are malformed, each with what it does.
    pub wrong: Vec<Words>,
}

impl Balancing {
    /// Whether data that must move does so, now or in the balancer's hours.
    pub const fn moves(&self) -> bool {
        self.on && self.wrong.is_empty()
    }
}

/// How much there is. Estimated by the servers, not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub databases: Option<i64>,
    /// Entries of the catalog: sharded collections and, since MongoDB 8.0, those that are only tracked.
    pub collections: Option<i64>,
    pub chunks: Option<i64>,
}

/// A resharding that is under way; moving and unsharding a collection are of the same kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resharding {
    pub namespace: String,
    pub state: String,
}

/// What is known of the bytes of all shards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// False before MongoDB 6.0.3.
    pub offered: bool,
    /// Milliseconds since they were read; None before the first time.
    pub age: Option<i64>,
    /// Why the last reading failed.
    pub trouble: Option<Words>,
    /// How many collections are uneven, and the worst of them.
    pub uneven: i64,
    pub worst: Vec<(String, Measure)>,
    /// Zones that have ranges and no shard.
    pub homeless: Vec<String>,
}
