//! What is read of cache tables. Every question is bounded: by rows, by an index, or by time.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio_postgres::Row as Answer;

use super::super::model::{
    Change, Cost, Counted, Entry as CacheEntry, Expires, Facts, Row, Span, Table, TableName, Tables,
};
use super::{ask, like, quoted};
use crate::caching::format::{Looked, look, name};
use crate::change::apply::ReadBack;
use crate::error::AppError;
use crate::targets::postgres::dedicated::Dedicated;
use crate::targets::registry::Entry;
use crate::targets::sql::literal;
use crate::text::{count, span};
use crate::words;

/// Rows of one page.
const PAGE: usize = 50;

/// Rows that are counted of one kind.
const COUNTED: i64 = 100_000;

/// Time that counting all rows may take.
const PATIENCE: Duration = Duration::from_millis(500);

/// Characters of a value that are read.
const LONGEST: i64 = 400_000;

/// `cache_key varchar PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL` and nothing else, in any schema that
/// our role may look into.
const SHAPE: &str = "SELECT n.nspname::text, c.relname::text, c.reltuples::float8, pg_total_relation_size(c.oid), \
    EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] \
        WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND a.attname = 'expires'), \
    has_table_privilege(c.oid, 'SELECT'), has_table_privilege(c.oid, 'UPDATE'), has_table_privilege(c.oid, 'DELETE'), \
    pg_is_in_recovery(), current_database()::text \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind = 'r' AND has_schema_privilege(n.oid, 'USAGE') AND n.nspname !~ '^pg_' \
    AND (SELECT array_agg(a.attname || ' ' || format_type(a.atttypid, NULL) || ' ' || a.attnotnull ORDER BY a.attname) \
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) \
      = ARRAY['cache_key character varying true', 'expires timestamp with time zone true', 'value text true'] \
    AND EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] \
        WHERE i.indrelid = c.oid AND i.indisprimary AND i.indnatts = 1 AND a.attname = 'cache_key')";

/// All tables of Django's shape, at most 200.
pub(super) async fn tables(entry: &Entry) -> Result<Tables, AppError> {
    let about = ask(entry, "SELECT current_database()::text, pg_is_in_recovery()".to_owned()).await?;
    let (database, standby) = about.first().map_or_else(Default::default, |row| (row.get(0), row.get(1)));
    let rows = ask(entry, format!("{SHAPE} ORDER BY 1, 2 LIMIT 200")).await?;
    Ok(Tables { database, standby, tables: rows.iter().map(described).collect() })
}

/// The table of this name, and whether its server is a standby.
pub(super) async fn table(entry: &Entry, table: &TableName) -> Result<(Table, bool), AppError> {
    let (schema, name) = (literal(&table.schema), literal(&table.name));
    let rows = ask(entry, format!("{SHAPE} AND n.nspname = {schema} AND c.relname = {name}")).await?;
    rows.first().map(|row| (described(row), row.get(8))).ok_or_else(|| {
        AppError::not_found(words!(
            "There is no cache table of Django {table} in this database.",
            "이 데이터베이스에 Django 캐시 테이블 {table}이(가) 없습니다."
        ))
        .at("table")
    })
}

fn described(row: &Answer) -> Table {
    let estimate: f64 = row.get(2);
    Table {
        name: TableName { schema: row.get(0), name: row.get(1) },
        // PostgreSQL 14 and later say -1 of a table that nobody has analysed; before, 0.
        rows: (estimate > 0.0).then_some(estimate as i64),
        bytes: row.get(3),
        indexed: row.get(4),
        may_read: row.get(5),
        may_update: row.get(6),
        may_delete: row.get(7),
    }
}

/// What is known of one table.
pub(super) async fn facts(entry: &Entry, name: &TableName) -> Result<Facts, AppError> {
    let (table, standby) = table(entry, name).await?;
    let cost = cost(entry, name).await?;
    let (mut counted, mut oldest_millis, mut deaths) = (None, None, Vec::new());
    if table.indexed {
        counted = Some(expired(entry, name).await?);
        let sql = format!(
            "SELECT (extract(epoch FROM now() - expires) * 1000)::float8 FROM {} WHERE expires <= now() \
             AND expires > '-infinity' ORDER BY expires LIMIT 1",
            quoted(name)
        );
        oldest_millis = ask(entry, sql).await?.first().map(|row| row.get::<_, f64>(0) as i64);
        deaths = dying(entry, name).await?;
    }
    Ok(Facts { table, standby, cost, expired: counted, oldest_millis, deaths })
}

/// Asks what Django asks on every set, and ends it when it takes too long.
async fn cost(entry: &Entry, name: &TableName) -> Result<Cost, AppError> {
    let connection = Dedicated::open(entry, None, PATIENCE).await?;
    let sql = format!("SELECT count(*) FROM {}", quoted(name));
    let start = Instant::now();
    match connection.client().query_one(sql.as_str(), &[]).await {
        Ok(row) => {
            let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
            Ok(Cost::Known { rows: row.get(0), micros })
        }
        Err(error) if error.code().is_some_and(|code| code.code() == "57014") => {
            Ok(Cost::LongerThan(PATIENCE.as_millis() as u64))
        }
        Err(error) => Err(crate::targets::postgres::told(entry, &error)),
    }
}

/// How many have expired.
pub(super) async fn expired(entry: &Entry, name: &TableName) -> Result<Counted, AppError> {
    counted(entry, name, "expires <= now()").await
}

/// How many of a prefix live and would live longer.
pub(super) async fn extendable(
    entry: &Entry,
    name: &TableName,
    prefix: &str,
    until: &str,
) -> Result<Counted, AppError> {
    counted(entry, name, &extending(prefix, until)).await
}

/// Which rows are given a longer life.
pub(in crate::caching::table) fn extending(prefix: &str, until: &str) -> String {
    format!("cache_key LIKE {} ESCAPE '!' AND expires > now() AND expires < {}", like(prefix), literal(until))
}

async fn counted(entry: &Entry, name: &TableName, which: &str) -> Result<Counted, AppError> {
    let rows = ask(entry, format!("SELECT {}", counting(name, which))).await?;
    Ok(rows.first().map_or(Counted { count: 0, more: false }, |row| at_most(row.get(0))))
}

fn counting(name: &TableName, which: &str) -> String {
    let limit = COUNTED + 1;
    format!("(SELECT count(*) FROM (SELECT FROM {} WHERE {which} LIMIT {limit}) AS part)", quoted(name))
}

const fn at_most(count: i64) -> Counted {
    if count > COUNTED { Counted { count: COUNTED, more: true } } else { Counted { count, more: false } }
}

async fn dying(entry: &Entry, name: &TableName) -> Result<Vec<(Span, Counted)>, AppError> {
    const BOUNDS: [&str; 8] = [
        "now()",
        "now() + interval '1 minute'",
        "now() + interval '1 hour'",
        "now() + interval '1 day'",
        "now() + interval '7 days'",
        "now() + interval '30 days'",
        "'9999-12-31 00:00:00+00'",
        "'infinity'",
    ];
    let parts: Vec<String> = BOUNDS
        .windows(2)
        .map(|pair| {
            let end = match pair[1] {
                "'infinity'" => String::new(),
                end => format!(" AND expires <= {end}"),
            };
            counting(name, &format!("expires > {}{end}", pair[0]))
        })
        .collect();
    let rows = ask(entry, format!("SELECT {}", parts.join(", "))).await?;
    let Some(row) = rows.first() else { return Ok(Vec::new()) };
    Ok(Span::ALL.into_iter().enumerate().map(|(place, span)| (span, at_most(row.get(place)))).collect())
}

/// What a row is told by; the moments are those of the server.
const COLUMNS: &str = "cache_key, octet_length(value)::int8, isfinite(expires), \
    CASE WHEN isfinite(expires) THEN (extract(epoch FROM expires - now()) * 1000)::float8 ELSE 0 END, \
    CASE WHEN isfinite(expires) THEN expires >= '9999-12-31 00:00:00+00' ELSE false END";

/// Some rows in the order of their keys, and the key after which the next page begins.
pub(super) async fn rows(
    entry: &Entry,
    table: &TableName,
    prefix: &str,
    after: &str,
) -> Result<(Vec<Row>, Option<String>), AppError> {
    let mut which = vec!["true".to_owned()];
    if !prefix.is_empty() {
        which.push(format!("cache_key LIKE {} ESCAPE '!'", like(prefix)));
    }
    if !after.is_empty() {
        which.push(format!("cache_key > {}", literal(after)));
    }
    let (which, limit) = (which.join(" AND "), PAGE + 1);
    let sql = format!("SELECT {COLUMNS} FROM {} WHERE {which} ORDER BY cache_key LIMIT {limit}", quoted(table));
    let mut rows: Vec<Row> = ask(entry, sql).await?.iter().map(row).collect();
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.key.clone());
    Ok((rows, next))
}

fn row(answer: &Answer) -> Row {
    let key: String = answer.get(0);
    let (finite, millis, never): (bool, f64, bool) = (answer.get(2), answer.get(3), answer.get(4));
    let expires = match (finite, never) {
        (false, _) => Expires::Infinite,
        (true, true) => Expires::Never,
        (true, false) => Expires::In(millis as i64),
    };
    Row { family: name::family_of(key.as_bytes()), bytes: answer.get(1), expires, key }
}

/// One entry, the moment at which it expires as an exact literal, and a digest of its value.
pub(super) async fn entry(
    entry: &Entry,
    table: &TableName,
    key: &str,
) -> Result<Option<(CacheEntry, String, String)>, AppError> {
    let sql = format!(
        "SELECT {COLUMNS}, left(value, {LONGEST}), md5(value), CASE WHEN isfinite(expires) \
         THEN to_char(expires AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00' ELSE expires::text END \
         FROM {} WHERE cache_key = {}",
        quoted(table),
        literal(key)
    );
    let answers = ask(entry, sql).await?;
    let Some(answer) = answers.first() else { return Ok(None) };
    let value: String = answer.get(5);
    let row = row(answer);
    let whole = value.len() as i64 == row.bytes;
    Ok(Some((CacheEntry { looked: looked(&value, whole), row }, answer.get(7), answer.get(6))))
}

/// Django stores the Base64 of a pickle.
fn looked(value: &str, whole: bool) -> Looked {
    let end = if whole { value.len() } else { value.len() / 4 * 4 };
    match value.get(..end).and_then(|text| STANDARD.decode(text).ok()) {
        Some(bytes) => {
            let mut looked = look(&bytes, whole);
            if !matches!(looked.format, crate::caching::format::Format::Pickle(_)) {
                forbid(&mut looked);
            }
            looked
        }
        None => {
            let mut looked = look(value.as_bytes(), whole);
            forbid(&mut looked);
            looked
        }
    }
}

/// What is no Base64 of a pickle makes Django fail; it was not Django who wrote it.
fn forbid(looked: &mut Looked) {
    looked.editable = false;
    looked.edit = None;
    looked.why_not = Some(words!(
        "This is not the Base64 of a pickle, so Django fails when it reads it.",
        "피클을 Base64로 쓴 값이 아니므로 Django가 읽을 때 오류가 납니다."
    ));
}

/// The moment so many seconds from now, in whole seconds.
pub(super) async fn moment(entry: &Entry, seconds: i64) -> Result<String, AppError> {
    let sql = format!(
        "SELECT to_char((now() + {seconds} * interval '1 second') AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00'"
    );
    Ok(ask(entry, sql).await?.first().map(|row| row.get(0)).unwrap_or_default())
}

/// Whether the table shows the change.
pub(super) async fn back(at: &Entry, change: &Change) -> Result<ReadBack, AppError> {
    let table = change.table();
    match change {
        Change::ExtendEntries { prefix, until, .. } => {
            let left = extendable(at, table, prefix, until).await?;
            let rows = count(left.count);
            let seen = words!(
                "{rows} entries with such keys die earlier now; the application writes new ones all the time.",
                "지금 더 일찍 만료되는 항목은 {rows}개입니다. 애플리케이션이 새 항목을 계속 씁니다."
            );
            Ok(ReadBack { holds: !left.more, seen })
        }
        Change::PurgeExpired { .. } => {
            let left = expired(at, table).await?;
            let rows = count(left.count);
            let seen = words!(
                "{rows} expired rows are there now; more expire all the time.",
                "지금 만료된 행은 {rows}개입니다. 행은 계속 만료됩니다."
            );
            Ok(ReadBack { holds: left.count < COUNTED, seen })
        }
        Change::SetExpiry { key, ttl, .. } => {
            let found = entry(at, table, key).await?.map(|(entry, ..)| entry.row.expires);
            let millis = ttl.seconds() * 1_000;
            let holds = matches!(found, Some(Expires::In(left)) if left <= millis && left > millis - 10_000);
            Ok(ReadBack { holds, seen: told(found) })
        }
        Change::KeepEntry { key, .. } => {
            let found = entry(at, table, key).await?.map(|(entry, ..)| entry.row.expires);
            Ok(ReadBack { holds: found == Some(Expires::Never), seen: told(found) })
        }
        Change::SetValue { key, json, .. } => {
            let found = entry(at, table, key).await?;
            let wanted = crate::caching::format::pickle::of_json(5, json).ok().map(|bytes| look(&bytes, true).text);
            let holds = found.as_ref().is_some_and(|(entry, ..)| Some(&entry.looked.text) == wanted.as_ref());
            let seen = if holds {
                words!("The entry has the new value.", "항목에 새 값이 있습니다.")
            } else {
                words!("The entry has another value.", "항목의 값이 다릅니다.")
            };
            Ok(ReadBack { holds, seen })
        }
    }
}

fn told(found: Option<Expires>) -> crate::text::Words {
    match found {
        None => words!("The entry is not there.", "항목이 없습니다."),
        Some(Expires::Never) => words!("The entry never expires.", "항목이 만료되지 않습니다."),
        Some(Expires::Infinite) => words!("The entry expires at infinity.", "항목의 만료 시각이 infinity입니다."),
        Some(Expires::In(millis)) => {
            let left = span(millis);
            let (en, ko) = (left.en, left.ko);
            words!("The entry expires in {en}.", "항목은 {ko} 뒤에 만료됩니다.")
        }
    }
}
