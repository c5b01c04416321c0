//! All slots of a server in one statement, with what the server says of itself. The columns are those of its version:
//! reading them through `to_jsonb` would cost ten times as much.

use tokio_postgres::Row;

use super::super::model::{Consumer, ServerSeen, Slot};

/// Slots that are read at most.
pub const MOST: usize = 20_000;

/// The end of the WAL that a server has: written on a primary, received on a standby.
const HERE: &str = "CASE WHEN pg_is_in_recovery() \
    THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END";

/// The statement for a server of this major version. Without any slot it has one row, with no name.
pub fn all_sql(major: i32) -> String {
    let columns = columns(major);
    // What the server says of itself is sent once, in the first row.
    let once = |expression: &str| format!("CASE WHEN row_number() OVER () = 1 THEN {expression} END");
    let facts = ["f.standby", "f.keep", "f.most", "f.freeze", "f.segment", "f.seen"].map(once).join(", ");
    format!(
        "SELECT {columns}, {facts} \
         FROM (SELECT {HERE} AS here, pg_is_in_recovery() AS standby, \
                 pg_size_bytes(current_setting('max_slot_wal_keep_size')) AS keep, \
                 current_setting('max_replication_slots')::int8 AS most, \
                 current_setting('autovacuum_freeze_max_age')::int8 AS freeze, \
                 pg_size_bytes(current_setting('wal_segment_size')) AS segment, \
                 (SELECT count(*) FROM pg_replication_slots) AS seen) f \
         LEFT JOIN (pg_replication_slots s LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid) ON true \
         LIMIT {MOST}"
    )
}

/// The statement for the slots that `condition` picks, of which `s` is the row of `pg_replication_slots`.
pub fn some_sql(major: i32, condition: &str) -> String {
    let columns = columns(major);
    format!(
        "SELECT {columns} FROM (SELECT {HERE} AS here) f, \
         pg_replication_slots s LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid WHERE {condition}"
    )
}

fn columns(major: i32) -> String {
    let from = |since: i32, column: &'static str, absent: &'static str| if major >= since { column } else { absent };
    let two_phase = from(14, "s.two_phase", "NULL::bool");
    let conflicting = from(16, "s.conflicting", "NULL::bool");
    let inactive = from(17, "(extract(epoch FROM s.inactive_since) * 1000)::int8", "NULL::int8");
    let reason = from(17, "left(s.invalidation_reason, 100)", "NULL::text");
    let failover = from(17, "s.failover", "NULL::bool");
    let synced = from(17, "s.synced", "NULL::bool");
    format!(
        "s.slot_name::text, s.slot_type::text, left(s.plugin::text, 63), s.database::text, s.temporary, s.active, \
         s.wal_status, s.restart_lsn::text, s.confirmed_flush_lsn::text, \
         CASE WHEN s.wal_status <> 'lost' THEN pg_wal_lsn_diff(f.here, s.restart_lsn)::int8 END, \
         CASE WHEN s.wal_status <> 'lost' THEN pg_wal_lsn_diff(f.here, s.confirmed_flush_lsn)::int8 END, \
         CASE WHEN s.wal_status <> 'lost' THEN s.safe_wal_size END, \
         age(s.xmin)::int8, age(s.catalog_xmin)::int8, \
         {two_phase}, {conflicting}, {inactive}, {reason}, {failover}, {synced}, \
         a.pid, left(a.application_name, 63), host(a.client_addr), a.backend_type, \
         (extract(epoch FROM a.backend_start) * 1000)::int8"
    )
}

/// Columns of a slot in a row.
const COLUMNS: usize = 25;

/// Reads a row of either statement. The caller has seen to it that there is a slot in it.
pub fn read_slot(row: &Row) -> Slot {
    let consumer = read_consumer(row);
    let user = consumer.as_ref().map(|who| format!("{} {}", who.application, who.address).trim().to_owned());
    Slot {
        name: row.get(0),
        kind: row.get(1),
        plugin: row.get(2),
        database: row.get(3),
        temporary: row.get(4),
        active: row.get(5),
        user: user.filter(|user| !user.is_empty()),
        consumer,
        wal_status: row.get(6),
        restart_lsn: row.get(7),
        confirmed_flush_lsn: row.get(8),
        held_bytes: row.get(9),
        unconfirmed_bytes: row.get(10),
        safe_bytes: row.get(11),
        xmin_age: row.get(12),
        catalog_xmin_age: row.get(13),
        two_phase: row.get(14),
        conflicting: row.get(15),
        inactive_since: row.get(16),
        invalidation_reason: row.get(17),
        failover: row.get(18),
        synced: row.get(19),
    }
}

fn read_consumer(row: &Row) -> Option<Consumer> {
    let pid: i32 = row.get::<_, Option<i32>>(20)?;
    let text = |column: usize| row.get::<_, Option<String>>(column).unwrap_or_default();
    let since: Option<i64> = row.get(24);
    // A role without pg_read_all_stats sees pid and application of other roles' connections, and nothing else.
    Some(Consumer { pid, application: text(21), address: text(22), backend: text(23), since, hidden: since.is_none() })
}

/// Reads all rows of [`all_sql`]. Of `server` is filled what the rows tell.
pub fn read_all(rows: &[Row], server: &mut ServerSeen) -> Vec<Slot> {
    if let Some(first) = rows.first() {
        server.standby = first.get(COLUMNS);
        server.keep_bytes = first.get(COLUMNS + 1);
        server.limit = first.get(COLUMNS + 2);
        server.freeze_max_age = first.get(COLUMNS + 3);
        server.segment_bytes = first.get(COLUMNS + 4);
        server.total = first.get(COLUMNS + 5);
    }
    rows.iter().filter(|row| row.get::<_, Option<&str>>(0).is_some()).map(read_slot).collect()
}
