//! A PostgreSQL server at work: who it is, and what the console's role may do there.

use std::sync::Arc;

use tokio_postgres::SimpleQueryMessage;

use crate::auth::session::{Authorized, Changes, Reads};
use crate::change::Command;
use crate::error::AppError;
use crate::targets::model::{TargetId, TargetKind};
use crate::targets::postgres::{self, dedicated};
use crate::targets::registry::Entry;

/// PostgreSQL of one target. Engines hold one; the constructors ask for the right that they need.
#[derive(Clone)]
pub struct Server {
    entry: Arc<Entry>,
}

impl Server {
    /// For somebody who looks.
    ///
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn to_read(who: &Authorized<Reads>, target: &str) -> Result<Self, AppError> {
        Ok(Self { entry: who.state().registry.find(target, TargetKind::Postgresql)? })
    }

    /// For somebody who changes.
    ///
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn to_change(who: &Authorized<Changes>, target: &str) -> Result<Self, AppError> {
        Ok(Self { entry: who.state().registry.find(target, TargetKind::Postgresql)? })
    }

    /// For the console's own watching, and for tests.
    pub(in crate::replication) fn at(entry: Arc<Entry>) -> Self {
        Self { entry }
    }

    pub fn entry(&self) -> &Arc<Entry> {
        &self.entry
    }

    /// The target that is worked on.
    pub fn target(&self) -> &TargetId {
        &self.entry.configured.target.id
    }

    /// The name of the server, as a person knows it.
    pub fn name(&self) -> &str {
        &self.entry.configured.target.name
    }

    /// The database that the console connects to unless another is asked for.
    pub fn database(&self) -> &str {
        self.entry.configured.database.as_deref().unwrap_or("postgres")
    }

    /// Who the server is, and what our role may do there.
    ///
    /// # Errors
    /// As [`postgres::read`].
    pub async fn about(&self) -> Result<About, AppError> {
        // `pg_roles` and the predefined roles are visible to everybody; a role that this version lacks is no member.
        const SQL: &str = "SELECT current_setting('server_version_num')::int4, pg_is_in_recovery(), \
             current_setting('wal_level'), current_user::text, r.rolsuper, r.rolreplication, r.rolcreaterole, \
             array(SELECT p.rolname::text FROM pg_roles p WHERE p.rolname IN ('pg_monitor', 'pg_read_all_settings', \
                 'pg_read_all_stats', 'pg_signal_backend', 'pg_checkpoint', 'pg_create_subscription') \
                 AND pg_has_role(current_user, p.oid, 'USAGE')) \
             FROM pg_roles r WHERE r.rolname = current_user";
        postgres::read(&self.entry, |client| async move {
            let row = client.query_one(SQL, &[]).await?;
            Ok(About {
                version: row.get(0),
                standby: row.get(1),
                wal_level: row.get(2),
                role: Role {
                    name: row.get(3),
                    superuser: row.get(4),
                    replication: row.get(5),
                    create_role: row.get(6),
                    member_of: row.get(7),
                },
            })
        })
        .await
    }

    /// Sends one statement as it stands to its database. The rows of the answer, as text.
    ///
    /// # Errors
    /// As [`postgres::change`].
    pub async fn send(&self, command: &Command) -> Result<Vec<SimpleQueryMessage>, AppError> {
        let sql = command.exact.clone();
        if command.database.is_empty() {
            return postgres::change(&self.entry, |client| async move { client.simple_query(&sql).await }).await;
        }
        let work = |connection: dedicated::Dedicated| async move { connection.client().simple_query(&sql).await };
        dedicated::change_in(&self.entry, &command.database, work).await
    }
}

/// The first row of an answer as one line, at most 200 characters.
pub fn first_row(answer: &[SimpleQueryMessage]) -> Option<String> {
    answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => {
            let cells: Vec<&str> = (0..row.len()).map(|column| row.get(column).unwrap_or("NULL")).collect();
            Some(cells.join(" | ").chars().take(200).collect())
        }
        _ => None,
    })
}

/// What a server says of itself.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct About {
    /// `server_version_num`: 150018 is 15.18.
    pub version: i32,
    pub standby: bool,
    pub wal_level: String,
    pub role: Role,
}

impl About {
    /// 13 to 18.
    pub const fn major(&self) -> i32 {
        self.version / 10_000
    }
}

/// The console's role at the server.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Role {
    pub name: String,
    pub superuser: bool,
    /// Has the attribute REPLICATION.
    pub replication: bool,
    /// Has the attribute CREATEROLE.
    pub create_role: bool,
    member_of: Vec<String>,
}

impl Role {
    /// For tests of plans.
    #[cfg(test)]
    pub(in crate::replication) fn superuser(name: &str) -> Self {
        let name = name.to_owned();
        Self { name, superuser: true, replication: true, create_role: true, member_of: Vec::new() }
    }

    /// Whether the role has the rights of this predefined role.
    pub fn is_member(&self, predefined: &str) -> bool {
        self.superuser || self.member_of.iter().any(|role| role == predefined)
    }

    /// A role of a server that is not there.
    #[cfg(test)]
    pub(in crate::replication) fn test(name: &str, superuser: bool) -> Self {
        Self { name: name.to_owned(), superuser, replication: superuser, create_role: superuser, member_of: Vec::new() }
    }

    /// Whether the role may make, use and drop slots.
    pub const fn may_use_slots(&self) -> bool {
        self.superuser || self.replication
    }
}
