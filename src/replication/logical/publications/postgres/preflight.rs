//! Which tables an application could not write any more once they are published, and which cannot be published.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::error::AppError;
use crate::replication::logical::model::{Name, TableName};
use crate::replication::logical::postgres::read;
use crate::replication::logical::publications::model::{Table, Trouble};
use crate::replication::server::Server;

/// Which tables are looked at.
pub enum Choice {
    All,
    Schemas(Vec<String>),
    /// Those of this publication.
    Published(String),
    These(Vec<TableName>),
    /// The first so many by name.
    First(i64),
}

/// Tables that are looked at for one plan, at most.
const MOST: i64 = 20_000;

/// For each table, what stands against publishing it. Of a partitioned table, its partitions count, since it is they
/// whose rows change; the first one in trouble is named.
const SQL: &str = "WITH chosen AS ( \
    SELECT c.oid, n.nspname, c.relname, c.relkind, c.relowner, c.reltuples, c.relpages, \
        n.oid AS namespace, n.nspname IN ('pg_catalog', 'information_schema', 'pg_toast') AS system \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {} ORDER BY n.nspname, c.relname LIMIT $1) \
  SELECT t.nspname::text, t.relname::text, t.relkind = 'p', \
    CASE WHEN t.system OR t.relkind NOT IN ('r', 'p') THEN 'no_table' ELSE leaf.trouble END, \
    leaf.schema::text, leaf.name::text, leaf.candidate::text, \
    CASE WHEN t.reltuples >= 0 AND t.relpages > 0 OR t.reltuples > 0 THEN t.reltuples::int8 END, \
    greatest(t.relpages, 0)::int8 * current_setting('block_size')::int8, pg_has_role(t.relowner, 'USAGE'), \
    has_table_privilege(reader.oid, t.oid, 'SELECT') AND has_schema_privilege(reader.oid, t.namespace, 'USAGE') \
  FROM chosen t LEFT JOIN pg_roles reader ON reader.rolname = $2 \
  LEFT JOIN LATERAL ( \
    SELECT trouble.*, ln.nspname AS schema, l.relname AS name, ( \
        SELECT ic.relname FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid \
        WHERE i.indrelid = l.oid AND i.indisunique AND i.indisvalid AND i.indimmediate \
        AND i.indpred IS NULL AND i.indexprs IS NULL AND NOT EXISTS ( \
            SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place) \
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum \
            WHERE k.place <= i.indnkeyatts AND NOT a.attnotnull) \
        ORDER BY i.indisprimary DESC, ic.relname LIMIT 1) AS candidate \
    FROM pg_class l JOIN pg_namespace ln ON ln.oid = l.relnamespace \
    CROSS JOIN LATERAL (SELECT CASE \
        WHEN l.relpersistence = 'u' THEN 'unlogged' WHEN l.relpersistence = 't' THEN 'temporary' \
        WHEN l.relkind <> 'r' THEN 'no_table' WHEN l.relreplident = 'n' THEN 'nothing' \
        WHEN l.relreplident = 'd' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = l.oid \
            AND i.indisprimary AND i.indisvalid AND i.indimmediate) THEN 'no_key' \
        WHEN l.relreplident = 'i' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = l.oid \
            AND i.indisreplident AND i.indisvalid AND i.indimmediate) THEN 'index_gone' \
        WHEN l.relreplident = 'f' THEN 'full' END AS trouble) trouble \
    WHERE trouble.trouble IS NOT NULL AND (l.oid = t.oid AND t.relkind <> 'p' \
        OR t.relkind = 'p' AND l.oid IN (SELECT relid FROM pg_partition_tree(t.oid) WHERE isleaf AND relid <> t.oid)) \
    ORDER BY trouble.trouble = 'full', ln.nspname, l.relname LIMIT 1) leaf ON true \
  ORDER BY 1, 2";

/// Ordinary and partitioned tables that a person made, but for partitions, which are published with their root.
const OWN: &str = "c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND NOT c.relispartition \
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'";

/// The tables of the choice, by name. `reader` is the role whose right to read is looked at.
///
/// # Errors
/// As [`read`].
pub(super) async fn tables(
    server: &Server,
    database: &str,
    choice: &Choice,
    reader: Option<&Name>,
) -> Result<Vec<Table>, AppError> {
    let reader = reader.map(|name| name.as_str().to_owned());
    let limit = if let Choice::First(limit) = choice { *limit } else { MOST };
    let (mut schemas, mut names) = (Vec::new(), Vec::new());
    let condition = match choice {
        Choice::All | Choice::First(_) => format!("{OWN} AND $3::text[] = $4::text[]"),
        Choice::Schemas(these) => {
            schemas.clone_from(these);
            format!("{OWN} AND n.nspname = ANY ($3::text[]) AND $4::text[] IS NOT NULL")
        }
        Choice::Published(name) => {
            names.push(name.clone());
            "$3::text[] IS NOT NULL AND (n.nspname, c.relname) IN (SELECT schemaname, tablename \
             FROM pg_publication_tables WHERE pubname = ANY ($4::text[]))"
                .to_owned()
        }
        Choice::These(these) => {
            schemas.extend(these.iter().map(|table| table.schema.to_string()));
            names.extend(these.iter().map(|table| table.name.to_string()));
            "(n.nspname, c.relname) IN (SELECT * FROM unnest($3::text[], $4::text[]))".to_owned()
        }
    };
    let sql = SQL.replacen("{}", &condition, 1);
    let rows = read(server, database, |on| async move {
        let parameters: [&(dyn ToSql + Sync); 4] = [&limit, &reader, &schemas, &names];
        on.client().query(&sql, &parameters).await
    })
    .await?;
    Ok(rows.iter().filter_map(table).collect())
}

/// None for a table whose name the console cannot write.
fn table(row: &Row) -> Option<Table> {
    let text = |column: usize| row.get::<_, Option<String>>(column);
    let name = TableName::of(&text(0)?, &text(1)?)?;
    let partitioned: bool = row.get(2);
    let mut troubles: Vec<Trouble> = text(3).as_deref().and_then(trouble).into_iter().collect();
    if row.get::<_, Option<bool>>(10) == Some(false) {
        troubles.push(Trouble::NoSelect);
    }
    let leaf = TableName::of(&text(4).unwrap_or_default(), &text(5).unwrap_or_default());
    Some(Table {
        at: leaf.filter(|leaf| *leaf != name),
        candidate: text(6).and_then(|index| Name::parse(&index).ok()),
        rows: row.get(7),
        bytes: row.get(8),
        owned: row.get(9),
        name,
        partitioned,
        troubles,
    })
}

fn trouble(word: &str) -> Option<Trouble> {
    Some(match word {
        "unlogged" => Trouble::Unlogged,
        "temporary" => Trouble::Temporary,
        "no_table" => Trouble::NoTable,
        "nothing" => Trouble::IdentityNothing,
        "no_key" => Trouble::NoPrimaryKey,
        "index_gone" => Trouble::IndexGone,
        "full" => Trouble::Full,
        _ => return None,
    })
}
