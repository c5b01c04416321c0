//! What a new subscription rests on: both servers, as far as the console can ask them.

use futures_util::future::OptionFuture;
use serde::Serialize;

use super::Subscriptions;
use crate::error::AppError;
use crate::replication::logical::model::TableName;
use crate::replication::logical::postgres::read;
use crate::replication::logical::subscriptions::model::Creation;
use crate::replication::server::{About, Server};
use crate::targets::postgres;

/// What the checks of a creation need to know.
pub struct Facts {
    pub subscriber: SubscriberFacts,
    /// None: the publisher is not a known target. An error: it is one, and did not answer.
    pub publisher: Option<Result<PublisherFacts, AppError>>,
    /// Whether there is a password to send.
    pub has_password: bool,
}

/// The server that subscribes.
pub struct SubscriberFacts {
    pub about: About,
    pub system: String,
    /// A subscription of this name is there already.
    pub taken: bool,
    /// Whether the role may create things in the database.
    pub may_create: bool,
    pub workers: i64,
    pub workers_used: i64,
    /// Copies of tables at once, `max_sync_workers_per_subscription`.
    pub sync_workers: i64,
    /// Places for the progress of subscriptions, of which each needs one, and how many are used.
    pub origins: i64,
    pub origins_used: i64,
    /// Names of the columns of each table that the publisher sends; none: no such table.
    pub tables: Vec<(TableName, Option<Local>)>,
    /// Statements that the server writes to its log: `none`, `ddl`, `mod`, `all`.
    pub log_statement: String,
}

/// A table at the subscriber.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Local {
    pub columns: Vec<String>,
    pub has_rows: bool,
}

/// The server that publishes.
pub struct PublisherFacts {
    pub name: String,
    pub about: About,
    pub system: String,
    pub slots: i64,
    pub slots_used: i64,
    pub senders: i64,
    pub senders_used: i64,
    pub slot_taken: bool,
    /// Whether the role of the connection exists, may log in, and may replicate.
    pub user: Option<(bool, bool)>,
    pub may_connect: bool,
    /// Publications that were named and are there.
    pub publications: Vec<String>,
    pub tables: Vec<PublishedTable>,
    /// The oldest open transaction that has written: pid, who, seconds.
    pub blocker: Option<(i32, String, i64)>,
}

/// A table that the publisher sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublishedTable {
    pub name: TableName,
    pub columns: Vec<String>,
    /// Whether the role of the connection may read it; none: there is no such role.
    pub readable: Option<bool>,
}

impl Subscriptions {
    /// # Errors
    /// When the subscriber cannot be asked.
    pub async fn facts(&self, creation: &Creation, has_password: bool) -> Result<Facts, AppError> {
        let connection = &creation.publisher;
        let known = connection.target.as_ref().and_then(|id| self.peer(id));
        let asked = known.as_ref().map(|server| publisher(server, creation));
        let publisher = OptionFuture::from(asked).await;
        let tables: Vec<TableName> = match &publisher {
            Some(Ok(facts)) => facts.tables.iter().map(|table| table.name.clone()).collect(),
            _ => Vec::new(),
        };
        let subscriber = subscriber(self.server(), creation, &tables).await?;
        Ok(Facts { subscriber, publisher, has_password })
    }
}

async fn subscriber(server: &Server, creation: &Creation, tables: &[TableName]) -> Result<SubscriberFacts, AppError> {
    const SQL: &str = "SELECT (SELECT system_identifier::text FROM pg_control_system()), \
        EXISTS (SELECT FROM pg_subscription WHERE subname = $1 \
            AND subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())), \
        has_database_privilege(current_database(), 'CREATE'), \
        current_setting('max_logical_replication_workers')::int8, \
        (SELECT count(*) FROM pg_stat_subscription WHERE pid IS NOT NULL), \
        current_setting('max_sync_workers_per_subscription')::int8, \
        coalesce(current_setting('max_active_replication_origins', true), \
            current_setting('max_replication_slots'))::int8, \
        (SELECT count(*) FROM pg_replication_origin), current_setting('log_statement')";
    const TABLES: &str = "SELECT c.oid IS NOT NULL, coalesce(pg_relation_size(c.oid) > 0, false), \
        array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 \
            AND NOT a.attisdropped ORDER BY a.attnum) \
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (schema, name, place) \
        LEFT JOIN pg_namespace n ON n.nspname = wanted.schema \
        LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.name AND c.relkind IN ('r', 'p') \
        ORDER BY wanted.place";
    let about = server.about().await?;
    let name = creation.name.as_str();
    let (schemas, names) = split(tables);
    let (row, found) = read(server, creation.database.as_str(), |on| async move {
        let row = on.client().query_one(SQL, &[&name]).await?;
        Ok((row, on.client().query(TABLES, &[&schemas, &names]).await?))
    })
    .await?;
    let local =
        |row: &tokio_postgres::Row| row.get::<_, bool>(0).then(|| Local { has_rows: row.get(1), columns: row.get(2) });
    Ok(SubscriberFacts {
        about,
        system: row.get(0),
        taken: row.get(1),
        may_create: row.get(2),
        workers: row.get(3),
        workers_used: row.get(4),
        sync_workers: row.get(5),
        origins: row.get(6),
        origins_used: row.get(7),
        log_statement: row.get(8),
        tables: tables.iter().cloned().zip(found.iter().map(local)).collect(),
    })
}

async fn publisher(server: &Server, creation: &Creation) -> Result<PublisherFacts, AppError> {
    const SQL: &str = "SELECT (SELECT system_identifier::text FROM pg_control_system()), \
        current_setting('max_replication_slots')::int8, (SELECT count(*) FROM pg_replication_slots), \
        current_setting('max_wal_senders')::int8, (SELECT count(*) FROM pg_stat_replication), \
        EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1), \
        u.rolcanlogin, u.rolreplication OR u.rolsuper, \
        coalesce(has_database_privilege(u.oid, d.oid, 'CONNECT'), false) \
        FROM (SELECT 1) one LEFT JOIN pg_roles u ON u.rolname = $2 LEFT JOIN pg_database d ON d.datname = $3";
    const BLOCKER: &str = "SELECT pid, left(concat_ws(' · ', usename::text, nullif(application_name, '')), 100), \
        extract(epoch FROM now() - xact_start)::int8 FROM pg_stat_activity \
        WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND xact_start IS NOT NULL \
        ORDER BY xact_start LIMIT 1";
    let about = server.about().await?;
    let connection = &creation.publisher;
    let (slot, user, database) = (creation.slot.as_str(), connection.user.as_str(), connection.database.as_str());
    let (row, blocker) = postgres::read(server.entry(), |client| async move {
        let row = client.query_one(SQL, &[&slot, &user, &database]).await?;
        Ok((row, client.query_opt(BLOCKER, &[]).await?))
    })
    .await?;
    let (publications, tables) = published(server, creation, about.major()).await?;
    let (log_in, replicates): (Option<bool>, Option<bool>) = (row.get(6), row.get(7));
    Ok(PublisherFacts {
        name: server.name().to_owned(),
        about,
        system: row.get(0),
        slots: row.get(1),
        slots_used: row.get(2),
        senders: row.get(3),
        senders_used: row.get(4),
        slot_taken: row.get(5),
        user: log_in.zip(replicates),
        may_connect: row.get(8),
        publications,
        tables,
        blocker: blocker.map(|row| (row.get(0), row.get(1), row.get(2))),
    })
}

/// Which of the publications are there, and the tables of them.
async fn published(
    server: &Server,
    creation: &Creation,
    major: i32,
) -> Result<(Vec<String>, Vec<PublishedTable>), AppError> {
    const THERE: &str = "SELECT pubname::text FROM pg_publication WHERE pubname = ANY ($1::text[]) ORDER BY 1";
    // Before 15 all columns are sent; generated ones only where a version lists them.
    let columns = if major >= 15 {
        "t.attnames::text[]"
    } else {
        "array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 \
         AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum)"
    };
    let sql = format!(
        "SELECT DISTINCT ON (1, 2) t.schemaname::text, t.tablename::text, {columns}, \
         has_table_privilege(u.oid, c.oid, 'SELECT') AND has_schema_privilege(u.oid, n.oid, 'USAGE') \
         FROM pg_publication_tables t JOIN pg_namespace n ON n.nspname = t.schemaname \
         JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename \
         LEFT JOIN pg_roles u ON u.rolname = $2 WHERE t.pubname = ANY ($1::text[]) ORDER BY 1, 2 LIMIT 5000"
    );
    let names: Vec<String> = creation.publications.iter().map(ToString::to_string).collect();
    let user = creation.publisher.user.as_str();
    read(server, creation.publisher.database.as_str(), |on| async move {
        let there = on.client().query(THERE, &[&names]).await?;
        let tables = on.client().query(&sql, &[&names, &user]).await?;
        let table = |row: &tokio_postgres::Row| {
            let name = TableName::of(&row.get::<_, String>(0), &row.get::<_, String>(1))?;
            Some(PublishedTable { name, columns: row.get(2), readable: row.get(3) })
        };
        Ok((there.iter().map(|row| row.get(0)).collect(), tables.iter().filter_map(table).collect()))
    })
    .await
}

fn split(tables: &[TableName]) -> (Vec<String>, Vec<String>) {
    tables.iter().map(|table| (table.schema.to_string(), table.name.to_string())).unzip()
}
