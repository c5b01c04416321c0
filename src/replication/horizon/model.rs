//! What holds the oldest transactions that VACUUM must not clean up.

mod advice;
mod trace;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::replication::finding::Finding;
use crate::targets::model::Target;
use crate::text::Words;

/// Holders that are read of a server; the rest is counted.
pub const READ: i64 = 100;
/// Transactions there can ever be between the oldest and the newest.
pub const WRAPAROUND: i64 = 1 << 31;

/// What kind of thing holds a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Of a slot: all tables, by the feedback of a standby.
    SlotXmin,
    /// Of a slot: the system catalogs only.
    SlotCatalogXmin,
    /// A walsender whose standby sends feedback without a slot.
    Feedback,
    Session,
    Prepared,
}

/// Something that holds a transaction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Holder {
    pub kind: Kind,
    /// The slot, the application, or the prepared transaction.
    pub name: String,
    pub pid: Option<i32>,
    /// Of a slot.
    pub logical: bool,
    /// Whether somebody uses the slot.
    pub active: bool,
    pub user: Option<String>,
    pub database: Option<String>,
    /// Of a session; none: no permission, or a process of the server itself.
    pub state: Option<String>,
    /// Seconds since the transaction began or was prepared.
    pub since: Option<f64>,
    pub xid: i64,
    /// In transactions.
    pub age: i64,
    /// What the session runs, shortened. Empty for those who may not see data.
    pub query: String,
    /// Where it comes from, of the slot or walsender of a standby.
    pub traced: Option<Box<Trace>>,
}

/// Where a standby's feedback comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Trace {
    /// The standby is no target of the console.
    UnknownStandby,
    /// The standby did not say.
    Unheard {
        standby: String,
        why: Words,
    },
    /// Nothing on the standby holds it any more: it has not told yet, or cannot.
    Released {
        standby: Target,
    },
    Found {
        standby: Target,
        holder: Holder,
    },
}

/// What one server says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HorizonSight {
    /// `autovacuum_freeze_max_age` in transactions.
    pub freeze_max_age: i64,
    /// The database whose oldest transaction is the oldest, and its age.
    pub oldest_database: String,
    pub oldest_age: i64,
    pub role: String,
    pub may_see: bool,
    /// The oldest first.
    pub holders: Vec<Holder>,
    pub total: i64,
}

/// The board of one server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Horizon {
    pub target: Target,
    pub standby: bool,
    pub sight: HorizonSight,
    pub findings: Vec<Finding>,
}

impl Horizon {
    /// Takes out what sessions run, which is data.
    #[must_use]
    pub fn without_queries(mut self) -> Self {
        self.sight.holders.iter_mut().for_each(Holder::forget_query);
        self
    }
}

impl Holder {
    fn forget_query(&mut self) {
        self.query.clear();
        if let Some(Trace::Found { holder, .. }) = self.traced.as_deref_mut() {
            holder.forget_query();
        }
    }

    /// The last of those that this one is traced to, and the target that it is on.
    pub fn cause<'a>(&'a self, on: &'a Target) -> (&'a Self, &'a Target) {
        match self.traced.as_deref() {
            Some(Trace::Found { standby, holder }) => holder.cause(standby),
            _ => (self, on),
        }
    }

    /// Whether it is what somebody has left behind: a slot that nobody reads.
    pub const fn is_forgotten(&self) -> bool {
        matches!(self.kind, Kind::SlotXmin | Kind::SlotCatalogXmin) && !self.active
    }

    /// Whether it stands for a standby.
    pub const fn is_of_standby(&self) -> bool {
        match self.kind {
            Kind::SlotXmin | Kind::SlotCatalogXmin => !self.logical,
            Kind::Feedback => true,
            Kind::Session | Kind::Prepared => false,
        }
    }

    /// Per cent of `of`, in tenths.
    pub fn share(&self, of: i64) -> f64 {
        if of <= 0 { 0.0 } else { (self.age as f64 * 1000.0 / of as f64).round() / 10.0 }
    }
}
