//! What is asked of PostgreSQL, 13 to 18, about the failover of slots.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio_postgres::Row;

use super::model::{FailoverSight, LogicalSlot, PhysicalSlot, Readiness};
use crate::error::AppError;
use crate::replication::fleet::Fleet;
use crate::replication::topology;
use crate::replication::topology::model::Conninfo;
use crate::targets::model::Target;
use crate::targets::postgres;
use crate::targets::registry::Entry;

/// The readiness of a server, by what its known standbys have.
///
/// # Errors
/// What the server itself says; of the others it is part of the answer.
pub async fn readiness(fleet: &Fleet) -> Result<Readiness, AppError> {
    let cluster = topology::postgres::topology(fleet).await?;
    let standbys: Vec<&Target> = cluster.members.iter().skip(1).map(|member| &member.target).collect();
    let (here, answers) = fleet.ask_some(sight, &standbys).await?;
    let answers = answers.into_iter().map(|heard| (heard.target, heard.answer)).collect();
    Ok(Readiness::of(&cluster, &here, answers))
}

/// The settings of a later version are missing in an earlier one. `pg_settings` leaves out what the role may not see.
const SERVER: &str = "
SELECT current_setting('server_version_num')::int4,
       coalesce(current_setting('synchronized_standby_slots', true), ''),
       coalesce(current_setting('sync_replication_slots', true), 'off')::bool,
       current_setting('hot_standby_feedback')::bool, current_setting('primary_slot_name'),
       (SELECT setting FROM pg_settings WHERE name = 'primary_conninfo'),
       EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL), (SELECT count(*) FROM pg_replication_slots)";

/// What a server says of its logical slots.
pub(in crate::replication) fn sight(entry: Arc<Entry>) -> BoxFuture<'static, Result<FailoverSight, AppError>> {
    async move { postgres::read(&entry, |client| async move { look(&client).await }).await }.boxed()
}

async fn look(client: &tokio_postgres::Client) -> Result<FailoverSight, tokio_postgres::Error> {
    let server = client.query_one(SERVER, &[]).await?;
    let version = server.get(0);
    let slots = client.query(&slots_sql(version), &[]).await?;
    let conninfo: Option<&str> = server.get(5);
    let (logical, physical): (Vec<&Row>, Vec<&Row>) = slots.iter().partition(|row| row.get(1));
    Ok(FailoverSight {
        version,
        synchronized: server.get(1),
        copies: server.get(2),
        feedback: server.get(3),
        slot: server.get(4),
        // The setting may hold a password; only where it leads is kept.
        conninfo: conninfo.map(Conninfo::parse),
        receives: server.get(6),
        total: server.get(7),
        logical: logical.into_iter().map(read_logical).collect(),
        physical: physical.into_iter().map(|row| PhysicalSlot { name: row.get(0), active: row.get(4) }).collect(),
    })
}

fn slots_sql(version: i32) -> String {
    // A slot can be invalid before `wal_status` says so, and which column tells it depends on the version.
    let (failover, synced, invalid) = match version / 10_000 {
        17.. => ("failover", "synced", "invalidation_reason IS NOT NULL"),
        16 => ("false", "false", "coalesce(conflicting, false)"),
        _ => ("false", "false", "false"),
    };
    format!(
        "SELECT slot_name::text, slot_type = 'logical', coalesce(database::text, ''), temporary, active, \
         {failover}, {synced}, coalesce(wal_status = 'lost', false) OR {invalid} \
         FROM pg_replication_slots ORDER BY slot_type, 1 LIMIT 2000"
    )
}

fn read_logical(row: &Row) -> LogicalSlot {
    LogicalSlot {
        name: row.get(0),
        database: row.get(2),
        temporary: row.get(3),
        active: row.get(4),
        failover: row.get(5),
        synced: row.get(6),
        lost: row.get(7),
    }
}
