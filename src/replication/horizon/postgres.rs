//! What is asked of PostgreSQL, 13 to 18, about the oldest transactions. Runs unchanged on all, primary or standby.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio_postgres::Row;

use super::model::{Holder, Horizon, HorizonSight, Kind, READ};
use crate::error::AppError;
use crate::replication::fleet::Fleet;
use crate::replication::topology;
use crate::targets::model::Target;
use crate::targets::postgres;
use crate::targets::registry::Entry;

/// The board of a server, followed to the standbys of its cluster.
///
/// # Errors
/// What the server itself says; of the others it is part of the answer.
pub async fn horizon(fleet: &Fleet) -> Result<Horizon, AppError> {
    let cluster = topology::postgres::topology(fleet).await?;
    let standbys: Vec<&Target> = cluster.members.iter().skip(1).map(|member| &member.target).collect();
    let (here, answers) = fleet.ask_some(sight, &standbys).await?;
    let answers = answers.into_iter().map(|heard| (heard.target, heard.answer)).collect();
    Ok(Horizon::of(&cluster, here, &answers))
}

const SERVER: &str = "
SELECT (SELECT setting::int8 FROM pg_settings WHERE name = 'autovacuum_freeze_max_age'), current_user::text,
       pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'), d.datname::text, age(d.datfrozenxid)::int8
FROM pg_database d ORDER BY age(d.datfrozenxid) DESC LIMIT 1";

/// Who cleans up holds nothing, though it is shown to have a transaction.
const HOLDERS: &str = "
WITH holder AS (
    SELECT 'slot' AS kind, slot_name::text AS name, active_pid AS pid, slot_type = 'logical' AS logical, active,
           NULL::text AS by, database::text AS database, NULL::text AS state, NULL::float8 AS since, xmin AS xid,
           '' AS query
    FROM pg_replication_slots WHERE xmin IS NOT NULL
    UNION ALL
    SELECT 'catalog', slot_name::text, active_pid, slot_type = 'logical', active, NULL, database::text, NULL, NULL,
           catalog_xmin, ''
    FROM pg_replication_slots WHERE catalog_xmin IS NOT NULL
    UNION ALL
    SELECT 'feedback', left(coalesce(application_name, ''), 63), pid, false, true, usename::text, NULL, state, NULL,
           backend_xmin, ''
    FROM pg_stat_replication WHERE backend_xmin IS NOT NULL
    UNION ALL
    SELECT 'session', left(coalesce(application_name, ''), 63), pid, false, true, usename::text, datname::text, state,
           extract(epoch FROM clock_timestamp() - xact_start)::float8,
           CASE WHEN backend_xid IS NULL OR age(backend_xmin) >= age(backend_xid) THEN backend_xmin ELSE backend_xid END,
           left(query, 200)
    FROM pg_stat_activity a
    WHERE (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL) AND pid <> pg_backend_pid()
      AND NOT EXISTS (SELECT FROM pg_stat_replication r WHERE r.pid = a.pid)
      AND NOT EXISTS (SELECT FROM pg_stat_progress_vacuum v WHERE v.pid = a.pid)
    UNION ALL
    SELECT 'prepared', left(gid, 200), NULL, false, true, owner::text, database::text, NULL,
           extract(epoch FROM clock_timestamp() - prepared)::float8, transaction, ''
    FROM pg_prepared_xacts
)
SELECT kind, name, pid, logical, active, by, database, state, since, xid::text::int8, age(xid)::int8, query,
       count(*) OVER ()
FROM holder ORDER BY age(xid) DESC, kind, name LIMIT $1";

/// What a server says of its oldest transactions.
pub(in crate::replication) fn sight(entry: Arc<Entry>) -> BoxFuture<'static, Result<HorizonSight, AppError>> {
    async move {
        postgres::read(&entry, |client| async move {
            let (server, holders) =
                futures_util::try_join!(client.query_one(SERVER, &[]), client.query(HOLDERS, &[&READ]))?;
            Ok(HorizonSight {
                freeze_max_age: server.get(0),
                role: server.get(1),
                may_see: server.get(2),
                oldest_database: server.get(3),
                oldest_age: server.get(4),
                total: holders.first().map_or(0, |row| row.get(12)),
                holders: holders.iter().map(read_holder).collect(),
            })
        })
        .await
    }
    .boxed()
}

fn read_holder(row: &Row) -> Holder {
    let kind = match row.get(0) {
        "slot" => Kind::SlotXmin,
        "catalog" => Kind::SlotCatalogXmin,
        "feedback" => Kind::Feedback,
        "prepared" => Kind::Prepared,
        _ => Kind::Session,
    };
    Holder {
        kind,
        name: row.get(1),
        pid: row.get(2),
        logical: row.get(3),
        active: row.get(4),
        user: row.get(5),
        database: row.get(6),
        state: row.get(7),
        since: row.get(8),
        xid: row.get(9),
        age: row.get(10),
        query: row.get::<_, Option<String>>(11).unwrap_or_default(),
        traced: None,
    }
}
