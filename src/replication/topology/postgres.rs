//! What is asked of PostgreSQL, 13 to 18, about who streams from whom. Every statement runs unchanged on all of them,
//! on primaries and standbys, with any rights.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio_postgres::Row;

use super::model::{Backup, Conninfo, Receiving, Sender, Sight, SlotSeen, Stream, Subscription, Topology};
use crate::error::AppError;
use crate::replication::fleet::Fleet;
use crate::targets::postgres;
use crate::targets::registry::Entry;

/// The cluster around a server.
///
/// # Errors
/// What the server itself says; of the others it is part of the answer.
pub async fn topology(fleet: &Fleet) -> Result<Topology, AppError> {
    let (here, others) = fleet.ask(sight).await?;
    let others = others.into_iter().map(|heard| (heard.target, heard.answer)).collect();
    Ok(Topology::of((fleet.here().clone(), here), others, fleet.left_out()))
}

/// Settings that are read, in their own units.
const SERVER: &str = "
SELECT current_setting('server_version_num')::int4, pg_is_in_recovery(),
       (SELECT system_identifier::text FROM pg_control_system()), current_setting('cluster_name'),
       current_user::text, pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'),
       extract(epoch FROM clock_timestamp())::float8,
       (SELECT setting::int8 FROM pg_settings WHERE name = 'wal_receiver_status_interval'),
       (SELECT setting::int8 FROM pg_settings WHERE name = 'wal_sender_timeout'),
       current_setting('max_wal_senders')::int8,
       left(current_setting('synchronous_standby_names'), 4000), current_setting('synchronous_commit'),
       (SELECT count(*) FROM pg_stat_replication), (SELECT count(*) FROM pg_replication_slots)";

/// A role without `pg_monitor` sees a row with nothing in it, so a state that is NULL means no permission.
const SENDERS: &str = "
SELECT r.pid, left(coalesce(r.application_name, ''), 63), host(r.client_addr), s.slot_name::text, s.database::text,
       r.state, r.sync_state,
       pg_wal_lsn_diff(c.lsn, r.sent_lsn)::int8, pg_wal_lsn_diff(r.sent_lsn, r.write_lsn)::int8,
       pg_wal_lsn_diff(r.write_lsn, r.flush_lsn)::int8, pg_wal_lsn_diff(r.flush_lsn, r.replay_lsn)::int8,
       pg_wal_lsn_diff(c.lsn, r.replay_lsn)::int8,
       extract(epoch FROM r.write_lag)::float8, extract(epoch FROM r.flush_lag)::float8,
       extract(epoch FROM r.replay_lag)::float8, extract(epoch FROM clock_timestamp() - r.reply_time)::float8,
       b.pid IS NOT NULL, b.phase, b.backup_streamed, b.backup_total
FROM pg_stat_replication r
CROSS JOIN (SELECT CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                        ELSE pg_current_wal_lsn() END AS lsn) c
LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid
LEFT JOIN pg_stat_progress_basebackup b ON b.pid = r.pid
ORDER BY r.backend_start, r.pid LIMIT 500";

const SLOTS: &str = "
SELECT s.slot_name::text, s.slot_type = 'logical', s.active, s.wal_status,
       CASE WHEN s.wal_status <> 'lost' THEN pg_wal_lsn_diff(c.lsn, s.restart_lsn)::int8 END AS held
FROM pg_replication_slots s
CROSS JOIN (SELECT CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                        ELSE pg_current_wal_lsn() END AS lsn) c
ORDER BY held DESC NULLS LAST, 1 LIMIT 2000";

/// Where a subscription connects to is for superusers only, so it is not asked.
const SUBSCRIPTIONS: &str =
    "SELECT subname::text, subslotname::text, subenabled FROM pg_subscription ORDER BY 1 LIMIT 500";

/// `pg_settings` leaves `primary_conninfo` out for those who may not see it. The others are empty or zero on a primary.
const RECEIVING: &str = "
SELECT current_setting('primary_slot_name'), (SELECT setting FROM pg_settings WHERE name = 'primary_conninfo'),
       w.pid IS NOT NULL, left(w.sender_host, 253), w.sender_port, current_setting('hot_standby_feedback')::bool,
       (SELECT setting::int8 FROM pg_settings WHERE name = 'recovery_min_apply_delay'),
       CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END,
       (SELECT coalesce(sum(conflicts), 0)::int8 FROM pg_stat_database),
       pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::int8,
       CASE WHEN pg_last_wal_receive_lsn() <> pg_last_wal_replay_lsn()
            THEN extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 END
FROM (SELECT) one LEFT JOIN pg_stat_wal_receiver w ON true";

/// What a server says of itself.
pub(in crate::replication) fn sight(entry: Arc<Entry>) -> BoxFuture<'static, Result<Sight, AppError>> {
    async move { postgres::read(&entry, |client| async move { look(&client).await }).await }.boxed()
}

async fn look(client: &tokio_postgres::Client) -> Result<Sight, tokio_postgres::Error> {
    let before = now();
    let server = client.query_one(SERVER, &[]).await?;
    let between = f64::midpoint(before, now());
    let (senders, slots, subscriptions, receiving) = futures_util::try_join!(
        client.query(SENDERS, &[]),
        client.query(SLOTS, &[]),
        client.query(SUBSCRIPTIONS, &[]),
        client.query_one(RECEIVING, &[]),
    )?;
    let clock: f64 = server.get(6);
    let standby = server.get(1);
    Ok(Sight {
        version: server.get(0),
        standby,
        system: server.get(2),
        cluster: server.get(3),
        role: server.get(4),
        may_see: server.get(5),
        clock_ahead: clock - between,
        answer_every: server.get(7),
        sender_timeout: server.get(8),
        max_senders: server.get(9),
        synchronous: server.get(10),
        commit: server.get(11),
        senders_total: server.get(12),
        slots_total: server.get(13),
        senders: senders.iter().map(read_sender).collect(),
        slots: slots.iter().map(read_slot).collect(),
        subscriptions: subscriptions.iter().map(read_subscription).collect(),
        receiving: if standby { Some(read_receiving(&receiving)) } else { None },
    })
}

/// Seconds since 1970 by the console's clock.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

fn read_sender(row: &Row) -> Sender {
    let state: Option<String> = row.get(5);
    let sync: Option<String> = row.get(6);
    let stream = state.map(|state| Stream {
        state,
        sync: sync.unwrap_or_default(),
        waiting: row.get(7),
        in_flight: row.get(8),
        not_flushed: row.get(9),
        not_replayed: row.get(10),
        total: row.get(11),
        write_lag: row.get(12),
        flush_lag: row.get(13),
        replay_lag: row.get(14),
        silent: row.get(15),
    });
    let backup =
        row.get::<_, bool>(16).then(|| Backup { phase: row.get(17), streamed: row.get(18), total: row.get(19) });
    Sender {
        pid: row.get(0),
        application: row.get(1),
        address: row.get(2),
        slot: row.get(3),
        database: row.get(4),
        stream,
        backup,
        ..Sender::default()
    }
}

fn read_slot(row: &Row) -> SlotSeen {
    SlotSeen { name: row.get(0), logical: row.get(1), active: row.get(2), wal_status: row.get(3), held: row.get(4) }
}

fn read_subscription(row: &Row) -> Subscription {
    Subscription { name: row.get(0), slot: row.get(1), enabled: row.get(2) }
}

fn read_receiving(row: &Row) -> Receiving {
    // The setting may hold a password; only where it leads is kept.
    let conninfo: Option<&str> = row.get(1);
    let upstream =
        conninfo.map(|text| if text.trim().is_empty() { Conninfo::default() } else { Conninfo::parse(text) });
    Receiving {
        slot: row.get(0),
        upstream,
        running: row.get(2),
        host: row.get(3),
        port: row.get(4),
        feedback: row.get(5),
        delay: row.get(6),
        paused: row.get(7),
        conflicts: row.get(8),
        not_replayed: row.get(9),
        behind: row.get(10),
    }
}
