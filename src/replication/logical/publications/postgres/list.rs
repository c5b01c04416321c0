//! The publications of a database as a page shows them.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio_postgres::Row;

use super::preflight::{self, Choice};
use crate::error::AppError;
use crate::replication::logical::postgres::{database_of, databases, read};
use crate::replication::logical::publications::model::{LeftBehind, Overview, Publication, PublishedTable};
use crate::replication::server::Server;
use crate::targets::postgres;
use crate::targets::registry::Entry;

/// Tables on the page, and tables told of one publication.
const TABLES: i64 = 300;

/// Everything about the publications of one database.
///
/// # Errors
/// As [`read`].
pub async fn overview(server: &Server, peers: &[Arc<Entry>], asked: &str) -> Result<Overview, AppError> {
    let database = database_of(server, asked);
    let about = server.about().await?;
    let databases = databases(server).await?;
    let tables = preflight::tables(server, &database, &Choice::First(TABLES), None).await?;
    let mut publications = publications(server, &database, about.major()).await?;
    let subscribers = subscribers(server, peers, &database).await;
    for publication in &mut publications {
        let of_it = subscribers.iter().filter(|(_, names)| names.contains(&publication.name));
        publication.subscribers = of_it.map(|(who, _)| who.clone()).collect();
    }
    let table_count = table_count(server, &database).await?;
    Ok(Overview {
        target: server.target().clone(),
        left_behind: left_behind(server, &database).await?,
        readers: readers(server, &database).await?,
        major: about.major(),
        standby: about.standby,
        wal_level: about.wal_level,
        database,
        databases,
        publications,
        tables,
        table_count,
    })
}

async fn table_count(server: &Server, database: &str) -> Result<i64, AppError> {
    const SQL: &str = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
        WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND NOT c.relispartition \
        AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'";
    read(server, database, |on| async move { Ok(on.client().query_one(SQL, &[]).await?.get(0)) }).await
}

async fn publications(server: &Server, database: &str, major: i32) -> Result<Vec<Publication>, AppError> {
    const LIST: &str = "SELECT pubname::text, pg_get_userbyid(pubowner)::text, puballtables, pubinsert, pubupdate, \
        pubdelete, pubtruncate, pubviaroot, \
        (SELECT count(*) FROM pg_publication_tables t WHERE t.pubname = p.pubname) \
        FROM pg_publication p ORDER BY 1 LIMIT 100";
    const SCHEMAS: &str = "SELECT p.pubname::text, n.nspname::text FROM pg_publication_namespace pn \
        JOIN pg_publication p ON p.oid = pn.pnpubid JOIN pg_namespace n ON n.oid = pn.pnnspid ORDER BY 1, 2 LIMIT 1000";
    // Column lists and row filters came with 15.
    let (columns, filter) = if major >= 15 {
        (
            "CASE WHEN r.prattrs IS NOT NULL THEN left(array_to_string(t.attnames, ', '), 300) END",
            "left(t.rowfilter, 300)",
        )
    } else {
        ("NULL::text", "NULL::text")
    };
    let tables = format!(
        "SELECT * FROM (SELECT t.pubname::text, t.schemaname::text, t.tablename::text, {columns}, {filter}, \
         row_number() OVER (PARTITION BY t.pubname ORDER BY t.schemaname, t.tablename) AS place \
         FROM pg_publication_tables t JOIN pg_publication p ON p.pubname = t.pubname \
         JOIN pg_namespace n ON n.nspname = t.schemaname \
         JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename \
         LEFT JOIN pg_publication_rel r ON r.prpubid = p.oid AND r.prrelid = c.oid) all_of_them \
         WHERE place <= 200 LIMIT 5000"
    );
    read(server, database, |on| async move {
        let rows = on.client().query(LIST, &[]).await?;
        let tables = on.client().query(&tables, &[]).await?;
        let schemas = if major >= 15 { on.client().query(SCHEMAS, &[]).await? } else { Vec::new() };
        Ok(rows.iter().map(|row| publication(row, &tables, &schemas)).collect())
    })
    .await
}

fn publication(row: &Row, tables: &[Row], schemas: &[Row]) -> Publication {
    let name: String = row.get(0);
    let of_it = |row: &&Row| row.get::<_, String>(0) == name;
    Publication {
        owner: row.get(1),
        all_tables: row.get(2),
        publish: super::operations(row, 3),
        via_root: row.get(7),
        table_count: row.get(8),
        tables: tables
            .iter()
            .filter(of_it)
            .map(|row| PublishedTable {
                name: format!("{}.{}", row.get::<_, String>(1), row.get::<_, String>(2)),
                columns: row.get(3),
                row_filter: row.get(4),
            })
            .collect(),
        schemas: schemas.iter().filter(of_it).map(|row| row.get(1)).collect(),
        subscribers: Vec::new(),
        name,
    }
}

/// Subscriptions of known targets that read a slot of this database, each with the publications that it names. A
/// target that does not answer is as one that is not known.
pub(super) async fn subscribers(server: &Server, peers: &[Arc<Entry>], database: &str) -> Vec<(String, Vec<String>)> {
    const SLOTS: &str =
        "SELECT slot_name::text FROM pg_replication_slots WHERE slot_type = 'logical' AND database = $1";
    const SQL: &str = "SELECT s.subname::text, d.datname::text, s.subpublications::text[], s.subslotname::text \
        FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid ORDER BY 1 LIMIT 500";
    let slots = postgres::read(server.entry(), |client| async move { client.query(SLOTS, &[&database]).await }).await;
    let slots: Vec<String> = slots.unwrap_or_default().iter().map(|row| row.get(0)).collect();
    let asked = peers.iter().map(|peer| async move {
        let rows = postgres::read(peer, |client| async move { client.query(SQL, &[]).await }).await;
        (peer.configured.target.name.clone(), rows.unwrap_or_default())
    });
    let mut found = Vec::new();
    for (peer, rows) in join_all(asked).await {
        for row in rows {
            let slot: Option<String> = row.get(3);
            if slot.is_some_and(|slot| slots.contains(&slot)) {
                let (name, place): (String, String) = (row.get(0), row.get(1));
                found.push((format!("{name} ({peer}, {place})"), row.get(2)));
            }
        }
    }
    found
}

/// Who reads a logical slot of this database now.
///
/// # Errors
/// As [`postgres::read`].
pub(super) async fn readers(server: &Server, database: &str) -> Result<Vec<String>, AppError> {
    const SQL: &str = "SELECT left(concat_ws(' · ', s.slot_name::text, nullif(a.application_name, ''), \
        host(a.client_addr)), 150) FROM pg_replication_slots s LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid \
        WHERE s.slot_type = 'logical' AND s.database = $1 AND s.active ORDER BY 1 LIMIT 100";
    let rows = postgres::read(server.entry(), |client| async move { client.query(SQL, &[&database]).await }).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// What logical replication leaves behind in this database.
///
/// # Errors
/// As [`read`].
pub(super) async fn left_behind(server: &Server, database: &str) -> Result<LeftBehind, AppError> {
    const SQL: &str = "SELECT count(*) FILTER (WHERE c.relkind = 'S'), count(*) FILTER (WHERE c.relkind = 'm'), \
        count(*) FILTER (WHERE c.relkind = 'r' AND c.relpersistence = 'u'), count(*) FILTER (WHERE c.relkind = 'f'), \
        (SELECT count(*) FROM (SELECT FROM pg_largeobject_metadata LIMIT 100000) objects) \
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'";
    read(server, database, |on| async move {
        let row = on.client().query_one(SQL, &[]).await?;
        Ok(LeftBehind {
            sequences: row.get(0),
            materialized_views: row.get(1),
            unlogged_tables: row.get(2),
            foreign_tables: row.get(3),
            large_objects: row.get(4),
        })
    })
    .await
}
