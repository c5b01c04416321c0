//! The changes to subscriptions, and the form that asks for them.

pub mod form;
pub mod seen;

use serde::{Deserialize, Serialize};

use crate::replication::logical::model::Name;
use crate::replication::slots::model::{Lsn, SlotName};
use crate::targets::model::TargetId;

/// Where a password comes from. The password itself is never in a change: a change is shown, recorded, and stands in
/// the browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", content = "name", rename_all = "snake_case")]
pub enum Secret {
    /// The publisher asks for none.
    Nowhere,
    /// The one with which the console itself logs in to this target.
    Target(TargetId),
    /// One that was typed a moment ago; the console keeps it in its memory under this key.
    Typed(String),
}

/// How the subscriber reaches the publisher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// The publisher, where the console knows it: it is asked whether all is ready there.
    pub target: Option<TargetId>,
    pub host: String,
    pub port: u16,
    pub database: Name,
    pub user: Name,
    pub secret: Secret,
}

/// How large transactions are sent before they end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Streaming {
    Off,
    /// 14 and later.
    On,
    /// 16 and later.
    Parallel,
}

/// A new subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Creation {
    pub target: TargetId,
    pub database: Name,
    pub name: Name,
    pub publisher: Connection,
    pub publications: Vec<Name>,
    pub slot: SlotName,
    /// The rows that are there now are copied first.
    pub copy_data: bool,
    /// The server makes the slot at the publisher; else it must be there.
    pub create_slot: bool,
    pub enabled: bool,
    /// 14 and later.
    pub binary: bool,
    pub streaming: Streaming,
    /// 15 and later.
    pub two_phase: bool,
    /// 15 and later.
    pub disable_on_error: bool,
    /// Only what was written at the publisher itself is sent, not what it got from others. 16 and later.
    pub origin_none: bool,
    /// The slot survives a failover of the publisher. 17 and later.
    pub failover: bool,
}

/// A write that concerns subscriptions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    CreateSubscription(Box<Creation>),
    EnableSubscription {
        target: TargetId,
        database: Name,
        name: Name,
    },
    DisableSubscription {
        target: TargetId,
        database: Name,
        name: Name,
    },
    /// Asks the publisher anew which tables it publishes.
    RefreshSubscription {
        target: TargetId,
        database: Name,
        name: Name,
        copy_data: bool,
    },
    SetPublications {
        target: TargetId,
        database: Name,
        name: Name,
        publications: Vec<Name>,
        copy_data: bool,
    },
    /// Passes over the transaction that ended at this position.
    SkipTransaction {
        target: TargetId,
        database: Name,
        name: Name,
        lsn: Lsn,
    },
    /// Lets go of the slot at the publisher, which stays.
    DetachSlot {
        target: TargetId,
        database: Name,
        name: Name,
    },
    DropSubscription {
        target: TargetId,
        database: Name,
        name: Name,
        /// The publisher is gone or not reachable: its slot is left as it is.
        keep_slot: bool,
    },
    /// Puts the sequences of the subscriber ahead of those of the publisher.
    CopySequences {
        target: TargetId,
        database: Name,
        name: Name,
        /// The publisher, where its sequences are read.
        publisher: TargetId,
        publisher_database: Name,
        /// Numbers that are left out, for what is drawn between reading and cut-over.
        margin: u32,
    },
}

impl Change {
    pub fn database(&self) -> &Name {
        match self {
            Self::CreateSubscription(creation) => &creation.database,
            Self::EnableSubscription { database, .. }
            | Self::DisableSubscription { database, .. }
            | Self::RefreshSubscription { database, .. }
            | Self::SetPublications { database, .. }
            | Self::SkipTransaction { database, .. }
            | Self::DetachSlot { database, .. }
            | Self::DropSubscription { database, .. }
            | Self::CopySequences { database, .. } => database,
        }
    }

    pub fn name(&self) -> &Name {
        match self {
            Self::CreateSubscription(creation) => &creation.name,
            Self::EnableSubscription { name, .. }
            | Self::DisableSubscription { name, .. }
            | Self::RefreshSubscription { name, .. }
            | Self::SetPublications { name, .. }
            | Self::SkipTransaction { name, .. }
            | Self::DetachSlot { name, .. }
            | Self::DropSubscription { name, .. }
            | Self::CopySequences { name, .. } => name,
        }
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::CreateSubscription(_) => "replication.create_subscription",
            Self::EnableSubscription { .. } => "replication.enable_subscription",
            Self::DisableSubscription { .. } => "replication.disable_subscription",
            Self::RefreshSubscription { .. } => "replication.refresh_subscription",
            Self::SetPublications { .. } => "replication.set_publications",
            Self::SkipTransaction { .. } => "replication.skip_transaction",
            Self::DetachSlot { .. } => "replication.detach_slot",
            Self::DropSubscription { .. } => "replication.drop_subscription",
            Self::CopySequences { .. } => "replication.copy_sequences",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::CreateSubscription(creation) => &creation.target,
            Self::EnableSubscription { target, .. }
            | Self::DisableSubscription { target, .. }
            | Self::RefreshSubscription { target, .. }
            | Self::SetPublications { target, .. }
            | Self::SkipTransaction { target, .. }
            | Self::DetachSlot { target, .. }
            | Self::DropSubscription { target, .. }
            | Self::CopySequences { target, .. } => target,
        }
    }
}
