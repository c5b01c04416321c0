//! What servers say of the replication between them, and how it fits together.

mod arrange;
mod conninfo;
mod findings;
mod sync;

#[cfg(test)]
pub(in crate::replication) mod tests;

use serde::{Deserialize, Serialize};

use crate::replication::finding::Finding;
use crate::targets::model::{Target, TargetId};
use crate::text::Words;

pub use conninfo::Conninfo;
pub use sync::SyncRule;

/// Walsenders and slots of a server that a page shows; the rest is counted.
pub const SHOWN: usize = 50;

/// What one server says of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sight {
    /// `server_version_num`: 150018 is 15.18.
    pub version: i32,
    pub standby: bool,
    /// The same number on a primary and all its standbys.
    pub system: String,
    /// `cluster_name`, which is also how its walreceiver calls itself unless told otherwise.
    pub cluster: String,
    /// The console's role there, and whether it may see what others do (`pg_monitor`).
    pub role: String,
    pub may_see: bool,
    /// Seconds that the server's clock is ahead of the console's.
    pub clock_ahead: f64,
    /// `wal_receiver_status_interval` in seconds; 0: no answers but those that are asked for.
    pub answer_every: i64,
    /// `wal_sender_timeout` in milliseconds; 0: never.
    pub sender_timeout: i64,
    /// `max_wal_senders`.
    pub max_senders: i64,
    /// `synchronous_standby_names` and `synchronous_commit`.
    pub synchronous: String,
    pub commit: String,
    pub senders: Vec<Sender>,
    pub senders_total: i64,
    pub slots: Vec<SlotSeen>,
    pub slots_total: i64,
    pub subscriptions: Vec<Subscription>,
    /// On a standby.
    pub receiving: Option<Receiving>,
}

/// A walsender, and who is at the other end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sender {
    pub pid: i32,
    pub application: String,
    pub address: Option<String>,
    pub slot: Option<String>,
    /// Of the slot: a consumer of logical changes, in this database.
    pub database: Option<String>,
    /// None: the console's role may not see it.
    pub stream: Option<Stream>,
    pub backup: Option<Backup>,
    pub answering: Answering,
    /// The target at the other end, where the console knows it; of a logical consumer with its subscription.
    pub peer: Option<TargetId>,
    pub subscription: Option<String>,
}

impl Sender {
    /// The name that a person would call it by.
    pub fn name(&self) -> &str {
        match &self.slot {
            Some(slot) if matches!(self.application.as_str(), "" | "walreceiver") => slot,
            _ => &self.application,
        }
    }

    pub const fn is_logical(&self) -> bool {
        self.database.is_some()
    }
}

/// How far a walsender's consumer is. Bytes; none: not told yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stream {
    /// `startup`, `catchup`, `streaming`, `backup`, `stopping`.
    pub state: String,
    /// `async`, `potential`, `sync`, `quorum`.
    pub sync: String,
    pub waiting: Option<i64>,
    pub in_flight: Option<i64>,
    pub not_flushed: Option<i64>,
    pub not_replayed: Option<i64>,
    pub total: Option<i64>,
    /// Seconds; none while there is nothing to measure by. They stand still when the consumer does.
    pub write_lag: Option<f64>,
    pub flush_lag: Option<f64>,
    pub replay_lag: Option<f64>,
    /// Seconds since the last answer, by the server's clock and the consumer's.
    pub silent: Option<f64>,
}

/// A base backup that is being taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Backup {
    /// As the server calls it; none: no permission.
    pub phase: Option<String>,
    /// Bytes sent, and to be sent; the latter only once it is estimated.
    pub streamed: Option<i64>,
    pub total: Option<i64>,
}

/// Whether a consumer still answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Answering {
    /// Nothing to judge by: no answer yet, a base backup, or answers are switched off.
    #[default]
    Untold,
    /// The console's role may not see it.
    Hidden,
    Yes,
    /// No answer for so many seconds, which is too long. What else is shown of it is as old.
    Silent(f64),
    /// The last answer is from the future by so many seconds: the clocks differ.
    ClockAhead(f64),
}

/// A slot, as far as the topology needs it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SlotSeen {
    pub name: String,
    pub logical: bool,
    pub active: bool,
    pub wal_status: Option<String>,
    pub held: Option<i64>,
}

/// A subscription of a server to another one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Subscription {
    pub name: String,
    pub slot: Option<String>,
    pub enabled: bool,
}

/// What a standby says of its receiving end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Receiving {
    /// `primary_slot_name`; empty: no slot.
    pub slot: String,
    /// `primary_conninfo`; none: no permission.
    pub upstream: Option<Conninfo>,
    /// Whether there is a walreceiver, and where it is connected to, as far as the console's role may see.
    pub running: bool,
    pub host: Option<String>,
    pub port: Option<i32>,
    /// `hot_standby_feedback`.
    pub feedback: bool,
    /// `recovery_min_apply_delay` in milliseconds.
    pub delay: i64,
    pub paused: bool,
    /// Queries that were ended because replay needed what they saw.
    pub conflicts: i64,
    /// Bytes that were received and not replayed.
    pub not_replayed: Option<i64>,
    /// Seconds between now and the last replayed commit; only while there is something to replay.
    pub behind: Option<f64>,
}

/// Where a server gets its WAL from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Upstream {
    /// Nowhere: it is a primary.
    #[default]
    Primary,
    /// Another known server; `streams` when that one has a walsender for it.
    Known { id: TargetId, streams: bool },
    /// A server that is no target of the console.
    Elsewhere { host: String, port: u16 },
    /// It cannot be told: no permission, or not configured.
    Untold,
}

/// A server of the cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    pub target: Target,
    pub sight: Sight,
    pub upstream: Upstream,
}

/// A target that was not heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unheard {
    pub target: Target,
    pub why: Words,
}

/// All that is known of one cluster: the server that was asked for and the known servers of the same system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Topology {
    /// The server that was asked for is the first.
    pub members: Vec<Member>,
    pub unheard: Vec<Unheard>,
    /// PostgreSQL targets that were not asked, since there are so many.
    pub left_out: usize,
    pub findings: Vec<Finding>,
}

impl Topology {
    /// The server that was asked for.
    pub fn here(&self) -> &Member {
        &self.members[0]
    }

    pub fn member(&self, id: &TargetId) -> Option<&Member> {
        self.members.iter().find(|member| member.target.id == *id)
    }

    /// The known standbys that stream from this server, or should.
    pub fn standbys_of<'a>(&'a self, id: &'a TargetId) -> impl Iterator<Item = &'a Member> {
        self.members.iter().filter(move |member| matches!(&member.upstream, Upstream::Known { id: up, .. } if up == id))
    }

    /// Bytes that each consumer of the server that was asked for is behind: for the history.
    pub fn series(&self) -> Vec<(String, f64)> {
        let lag = |sender: &Sender| {
            let total = sender.stream.as_ref().and_then(|stream| stream.total)?;
            Some((sender.name().to_owned(), total as f64))
        };
        self.here().sight.senders.iter().filter_map(lag).collect()
    }
}
