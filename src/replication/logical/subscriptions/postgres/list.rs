//! Subscriptions as a page shows them, with what their publishers say where they are known targets.

mod far;

use std::sync::Arc;

use tokio_postgres::Row;

use crate::error::AppError;
use crate::replication::conninfo;
use crate::replication::logical::model::{Name, TableName};
use crate::replication::logical::postgres::{database_of, databases, read};
use crate::replication::logical::subscriptions::model::seen::{
    Offered, Overview, Publisher, Stage, Subscription, TableState,
};
use crate::replication::server::{About, Server};
use crate::targets::registry::Entry;

/// Subscriptions and tables of each on a page, at most.
const MOST: i64 = 50;
const TABLES: i64 = 500;

/// All subscriptions of one database.
///
/// # Errors
/// As [`read`].
pub async fn overview(server: &Server, peers: &[Arc<Entry>], asked: &str) -> Result<Overview, AppError> {
    let database = database_of(server, asked);
    let about = server.about().await?;
    let databases = databases(server).await?;
    let mut subscriptions = subscriptions(server, &database, &about, None).await?;
    far::ask(peers, &mut subscriptions).await;
    Ok(Overview {
        target: server.target().clone(),
        database,
        databases,
        major: about.major(),
        standby: about.standby,
        subscriptions: subscriptions.into_iter().map(|it| it.seen).collect(),
    })
}

/// A subscription that a change is about.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Existing {
    pub enabled: bool,
    pub slot: Option<String>,
    pub publications: Vec<String>,
    pub publisher: Option<Publisher>,
    pub tables: i64,
    pub ready: i64,
    pub apply_errors: Option<i64>,
    pub owned: bool,
}

/// The subscription of this name, if there is one.
///
/// # Errors
/// As [`read`].
pub async fn existing(
    server: &Server,
    peers: &[Arc<Entry>],
    database: &Name,
    name: &Name,
) -> Result<Option<Existing>, AppError> {
    let about = server.about().await?;
    let mut found = subscriptions(server, database.as_str(), &about, Some(name.as_str())).await?;
    far::ask(peers, &mut found).await;
    Ok(found.into_iter().next().map(|it| Existing {
        enabled: it.seen.enabled,
        slot: it.seen.slot,
        publications: it.seen.publications,
        publisher: it.seen.publisher,
        tables: it.seen.table_count,
        ready: it.seen.ready_count,
        apply_errors: it.seen.apply_errors,
        owned: it.owned,
    }))
}

/// A subscription with what finds its publisher.
pub(super) struct Found {
    pub seen: Subscription,
    pub oid: u32,
    /// The subscriber's own system, which stands in the names of table-copy slots.
    pub system: String,
    pub host: Option<String>,
    pub port: Option<String>,
    pub user: Option<String>,
    pub owned: bool,
}

async fn subscriptions(
    server: &Server,
    database: &str,
    about: &About,
    only: Option<&str>,
) -> Result<Vec<Found>, AppError> {
    let major = about.major();
    let since = |version: i32, new: &'static str, old: &'static str| if major >= version { new } else { old };
    let sql = format!(
        "SELECT s.oid, s.subname::text, pg_get_userbyid(s.subowner)::text, s.subenabled, s.subslotname::text, \
         s.subpublications::text[], st.pid, st.received_lsn::text, st.latest_end_lsn::text, \
         extract(epoch FROM now() - st.last_msg_receipt_time)::float8, {}, {}, {}, {}, \
         (SELECT system_identifier::text FROM pg_control_system()), pg_has_role(s.subowner, 'USAGE') \
         FROM pg_subscription s LEFT JOIN pg_stat_subscription st ON st.subid = s.oid AND st.relid IS NULL {} {} \
         WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) \
         AND ($1::text IS NULL OR s.subname = $1) ORDER BY 2 LIMIT {MOST}",
        since(15, "errors.apply_error_count", "NULL::int8"),
        since(15, "errors.sync_error_count", "NULL::int8"),
        since(15, "s.subdisableonerr", "false"),
        since(15, "s.subtwophasestate <> 'd'", "false"),
        since(16, "AND st.leader_pid IS NULL", ""),
        since(15, "LEFT JOIN pg_stat_subscription_stats errors ON errors.subid = s.oid", ""),
    );
    let copy = since(
        14,
        "LEFT JOIN pg_stat_progress_copy p ON p.relid = c.oid AND p.datname = current_database() \
         AND p.command = 'COPY FROM'",
        "",
    );
    let tables = format!(
        "SELECT r.srsubid, n.nspname::text, c.relname::text, r.srsubstate::text, {}, \
         count(*) OVER (PARTITION BY r.srsubid), count(*) FILTER (WHERE r.srsubstate = 'r') OVER (PARTITION BY r.srsubid) \
         FROM pg_subscription_rel r JOIN pg_class c ON c.oid = r.srrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace {copy} \
         ORDER BY r.srsubstate = 'r', 2, 3 LIMIT {TABLES}",
        since(14, "p.tuples_processed", "NULL::int8"),
    );
    const CONNECTIONS: &str = "SELECT oid, subconninfo FROM pg_subscription";
    let superuser = about.role.superuser;
    read(server, database, |on| async move {
        let rows = on.client().query(&sql, &[&only]).await?;
        let tables = on.client().query(&tables, &[]).await?;
        let connections = if superuser { on.client().query(CONNECTIONS, &[]).await? } else { Vec::new() };
        Ok(rows.iter().map(|row| found(row, &tables, &connections)).collect())
    })
    .await
}

fn found(row: &Row, tables: &[Row], connections: &[Row]) -> Found {
    let oid: u32 = row.get(0);
    let of_it: Vec<&Row> = tables.iter().filter(|row| row.get::<_, u32>(0) == oid).collect();
    // The password is taken away here; what is handed on is what may be shown.
    let connection = connections.iter().find(|row| row.get::<_, u32>(0) == oid).map(|row| row.get::<_, String>(1));
    let value = |keyword: &str| connection.as_deref().and_then(|it| conninfo::value(it, keyword));
    let options = [(row.get(12), "disable_on_error = true"), (row.get(13), "two_phase = true")];
    Found {
        oid,
        system: row.get(14),
        host: value("host"),
        port: value("port"),
        user: value("user"),
        owned: row.get(15),
        seen: Subscription {
            name: row.get(1),
            owner: row.get(2),
            enabled: row.get(3),
            slot: row.get(4),
            publications: row.get(5),
            connection: connection.as_deref().map(conninfo::shown),
            worker: row.get(6),
            received_lsn: row.get(7),
            latest_end_lsn: row.get(8),
            silent_seconds: row.get(9),
            apply_errors: row.get(10),
            sync_errors: row.get(11),
            options: options.into_iter().filter(|(set, _)| *set).map(|(_, text)| text.to_owned()).collect(),
            table_count: of_it.first().map_or(0, |row| row.get(5)),
            ready_count: of_it.first().map_or(0, |row| row.get(6)),
            tables: of_it.iter().filter_map(|row| table(row)).collect(),
            publisher: None,
        },
    }
}

fn table(row: &Row) -> Option<TableState> {
    Some(TableState {
        name: TableName::of(&row.get::<_, String>(1), &row.get::<_, String>(2))?,
        state: Stage::of(&row.get::<_, String>(3)),
        rows_copied: row.get(4),
        rows_total: None,
        unreadable: false,
    })
}

/// The databases and publications of a publisher, for the form.
///
/// # Errors
/// As [`read`].
pub async fn offered(server: &Server, asked: &str) -> Result<Offered, AppError> {
    const SQL: &str = "SELECT pubname::text FROM pg_publication ORDER BY 1 LIMIT 200";
    let database = database_of(server, asked);
    let databases = databases(server).await?;
    let rows = read(server, &database, |on| async move { on.client().query(SQL, &[]).await }).await?;
    Ok(Offered { databases, database, publications: rows.iter().map(|row| row.get(0)).collect() })
}
