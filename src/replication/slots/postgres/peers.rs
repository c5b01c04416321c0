//! Who else is concerned by a slot, among the PostgreSQL servers that the console knows: standbys that name it,
//! subscriptions that read it, and the primary of a standby. Each is asked at once and for a moment only.

use std::sync::Arc;
use std::time::Duration;

use super::super::model::SlotName;
use super::Slots;
use crate::auth::session::{Authorized, Needs};
use crate::replication::server::Server;
use crate::targets::model::{TargetId, TargetKind};
use crate::targets::postgres;
use crate::targets::registry::Entry;

/// Somebody who looks at a plan waits no longer than this for a server that is only beside the matter.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Servers asked at most.
const MOST: usize = 24;

/// What the other servers say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Peers {
    /// Names of standbys of this server whose `primary_slot_name` is this slot.
    pub standbys: Vec<String>,
    pub subscriptions: Vec<Subscription>,
    /// Of a standby: its primary.
    pub primary: Option<Primary>,
    /// Names of servers that did not answer: what they use is unknown.
    pub silent: Vec<String>,
}

/// A subscription that reads a slot of this name. Which server it reads it from only a superuser may see.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// The server that it is on.
    pub server: String,
    pub target: TargetId,
    pub name: String,
    pub database: String,
    pub enabled: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Primary {
    pub target: TargetId,
    pub name: String,
    pub wal_level: String,
}

/// All PostgreSQL servers that the console knows but this one.
pub fn others<R: Needs>(who: &Authorized<R>, server: &Server) -> Vec<Arc<Entry>> {
    let all = who.state().registry.all().into_iter();
    let target = |entry: &Arc<Entry>| entry.configured.target.clone();
    all.filter(|entry| target(entry).kind == TargetKind::Postgresql && target(entry).id != *server.target()).collect()
}

/// What one server says of itself.
struct Answer {
    /// The cluster that it belongs to: the same for a primary and its standbys.
    system: String,
    standby: bool,
    primary_slot: String,
    wal_level: String,
    /// Subscriptions that read a slot of the name in question: name, database, whether enabled.
    subscriptions: Vec<(String, String, bool)>,
}

impl Slots {
    /// Asks the other servers about the slot.
    pub(super) async fn ask_peers(&self, name: &SlotName, standby: bool) -> Peers {
        let me = self.server().entry();
        let entries = std::iter::once(me).chain(self.peers().iter().take(MOST));
        let asked = entries.map(|entry| async move {
            let answer = tokio::time::timeout(PATIENCE, ask(entry, name.to_string())).await;
            (entry, answer.ok().flatten())
        });
        let answers = futures_util::future::join_all(asked).await;
        let mut peers = Peers::default();
        let system = answers.first().and_then(|(_, answer)| answer.as_ref()).map(|own| own.system.clone());
        for (place, (entry, answer)) in answers.into_iter().enumerate() {
            let target = &entry.configured.target;
            let Some(answer) = answer else {
                peers.silent.push(target.name.clone());
                continue;
            };
            let subscription = |(name, database, enabled)| Subscription {
                server: target.name.clone(),
                target: target.id.clone(),
                name,
                database,
                enabled,
            };
            peers.subscriptions.extend(answer.subscriptions.into_iter().map(subscription));
            if place == 0 || system.as_ref() != Some(&answer.system) {
                continue;
            }
            if standby && !answer.standby && peers.primary.is_none() {
                let (target, name) = (target.id.clone(), target.name.clone());
                peers.primary = Some(Primary { target, name, wal_level: answer.wal_level });
            } else if answer.standby && answer.primary_slot == name.as_str() {
                peers.standbys.push(target.name.clone());
            }
        }
        peers
    }
}

async fn ask(entry: &Entry, slot: String) -> Option<Answer> {
    const SELF: &str = "SELECT (SELECT system_identifier::text FROM pg_control_system()), pg_is_in_recovery(), \
         coalesce(current_setting('primary_slot_name', true), ''), current_setting('wal_level')";
    const SUBSCRIPTIONS: &str = "SELECT s.subname::text, coalesce(d.datname::text, ''), s.subenabled FROM pg_subscription s \
         LEFT JOIN pg_database d ON d.oid = s.subdbid WHERE s.subslotname = $1 ORDER BY 1 LIMIT 20";
    let answer = postgres::read(entry, |client| async move {
        let row = client.query_one(SELF, &[]).await?;
        let subscriptions = client.query(SUBSCRIPTIONS, &[&slot]).await?;
        Ok(Answer {
            system: row.get(0),
            standby: row.get(1),
            primary_slot: row.get(2),
            wal_level: row.get(3),
            subscriptions: subscriptions.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect(),
        })
    });
    answer.await.ok()
}
