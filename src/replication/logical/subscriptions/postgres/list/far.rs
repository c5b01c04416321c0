//! The other end of subscriptions: found among the known targets by the slot that a subscription names.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use tokio_postgres::Row;

use super::Found;
use crate::replication::logical::model::TableName;
use crate::replication::logical::postgres::read;
use crate::replication::logical::subscriptions::model::seen::{Publisher, Stage, SyncSlot};
use crate::replication::server::Server;
use crate::targets::postgres;
use crate::targets::registry::Entry;

/// Slots of the kinds that subscriptions make. A slot that a standby got from its primary is the primary's.
const SLOTS: &str = "SELECT slot_name::text, database::text, active, wal_status, \
    CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::int8 END, \
    CASE WHEN NOT pg_is_in_recovery() AND wal_status <> 'lost' \
        THEN pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::int8 END \
    FROM pg_replication_slots WHERE slot_type = 'logical' AND NOT pg_is_in_recovery() \
    AND (slot_name = ANY ($1::text[]) OR slot_name ~ '^pg_[0-9]+_sync_[0-9]+') LIMIT 5000";

/// Fills in what the publishers say. A target that does not answer is as one that is not known.
pub(super) async fn ask(peers: &[Arc<Entry>], subscriptions: &mut [Found]) {
    let names: Vec<String> = subscriptions.iter().filter_map(|it| it.seen.slot.clone()).collect();
    if names.is_empty() {
        return;
    }
    let asked = peers.iter().map(|peer| {
        let names = &names;
        async move {
            let rows = postgres::read(peer, |client| async move { client.query(SLOTS, &[names]).await }).await;
            (peer, rows.unwrap_or_default())
        }
    });
    let answers = join_all(asked).await;
    for subscription in subscriptions {
        let Some((peer, rows)) = publisher_of(subscription, &answers) else { continue };
        let Some(publisher) = publisher(subscription, peer, rows) else { continue };
        compare(subscription, &Server::at(Arc::clone(peer)), &publisher.database).await;
        subscription.seen.publisher = Some(publisher);
    }
}

/// The target that has the slot: the one that the connection names, or the only one there is.
fn publisher_of<'a>(it: &Found, answers: &'a [(&'a Arc<Entry>, Vec<Row>)]) -> Option<(&'a Arc<Entry>, &'a [Row])> {
    let slot = it.seen.slot.as_deref()?;
    let has_it = |(_, rows): &&(&Arc<Entry>, Vec<Row>)| rows.iter().any(|row| row.get::<_, String>(0) == slot);
    let holders: Vec<&(&Arc<Entry>, Vec<Row>)> = answers.iter().filter(has_it).collect();
    let named = holders.iter().find(|(peer, _)| {
        let target = &peer.configured.target;
        it.host.as_ref() == Some(&target.host) && it.port.as_deref() == Some(target.port.to_string().as_str())
    });
    let only = if holders.len() == 1 { holders.first() } else { None };
    named.or(only).map(|(peer, rows)| (*peer, rows.as_slice()))
}

fn publisher(it: &Found, peer: &Arc<Entry>, rows: &[Row]) -> Option<Publisher> {
    let slot = it.seen.slot.as_deref()?;
    let row = rows.iter().find(|row| row.get::<_, String>(0) == slot)?;
    // `pg_<subscription>_sync_<table>_<system>`, from 14 on; 13 uses temporary ones.
    let (start, end) = (format!("pg_{}_sync_", it.oid), format!("_{}", it.system));
    let is_ours = |name: &str| name.starts_with(&start) && name.ends_with(&end);
    let sync_slots = rows.iter().filter(|row| is_ours(&row.get::<_, String>(0)));
    Some(Publisher {
        target: peer.configured.target.id.clone(),
        name: peer.configured.target.name.clone(),
        database: row.get(1),
        slot_active: row.get(2),
        wal_status: row.get(3),
        lag_bytes: row.get(4),
        held_bytes: row.get(5),
        sync_slots: sync_slots
            .map(|row| SyncSlot { name: row.get(0), active: row.get(2), held_bytes: row.get(5) })
            .collect(),
    })
}

/// How many rows each table has at the publisher, and whether the role that copies may read it.
async fn compare(it: &mut Found, server: &Server, database: &str) {
    const SQL: &str = "SELECT n.nspname::text, c.relname::text, CASE WHEN c.reltuples >= 0 THEN c.reltuples::int8 END, \
        has_table_privilege(u.oid, c.oid, 'SELECT') AND has_schema_privilege(u.oid, n.oid, 'USAGE') \
        FROM unnest($1::text[], $2::text[]) AS wanted (schema, name) JOIN pg_namespace n ON n.nspname = wanted.schema \
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name \
        LEFT JOIN pg_roles u ON u.rolname = $3";
    let open: Vec<&TableName> =
        it.seen.tables.iter().filter(|table| table.state != Stage::Ready).map(|table| &table.name).collect();
    if open.is_empty() {
        return;
    }
    let (schemas, names): (Vec<String>, Vec<String>) =
        open.into_iter().map(|table| (table.schema.to_string(), table.name.to_string())).unzip();
    let user = it.user.clone();
    let rows =
        read(server, database, |on| async move { on.client().query(SQL, &[&schemas, &names, &user]).await }).await;
    let known: HashMap<(String, String), (Option<i64>, Option<bool>)> =
        rows.unwrap_or_default().iter().map(|row| ((row.get(0), row.get(1)), (row.get(2), row.get(3)))).collect();
    for table in &mut it.seen.tables {
        if let Some((rows, readable)) = known.get(&(table.name.schema.to_string(), table.name.name.to_string())) {
            table.rows_total = *rows;
            table.unreadable = *readable == Some(false);
        }
    }
}
