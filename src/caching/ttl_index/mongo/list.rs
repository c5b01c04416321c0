//! All TTL indexes of a target, found within bounds: what was not looked at is told.

use std::time::Duration;

use bson::{Document, doc};
use futures_util::{StreamExt, stream};
use mongodb::Client;
use mongodb::error::{Error, ErrorKind};
use tokio::time::Instant;

use super::place::{Place, until};
use super::preview::{BOUND, LOOKED_THROUGH};
use super::read::{Listed, documents, expiry, idle, indexes};
use super::server::{monitor, server};
use super::steps::moment;
use crate::caching::ttl_index::model::{Counted, Expiry, Idle, Kind, Listing, Row};
use crate::targets::model::Namespace;
use crate::targets::mongo::answer::{first_batch, is_true};
use crate::targets::mongo::value::shown_document;
use crate::text::Words;
use crate::words;

const DATABASES: usize = 200;
const COLLECTIONS: usize = 2_000;
/// Questions at a time; the driver has four connections.
const AT_ONCE: usize = 4;
/// Looking for indexes ends after the first, counting what is due after the second.
const LOOKING: Duration = Duration::from_millis(4_000);
const COUNTING: Duration = Duration::from_millis(7_000);

/// All TTL indexes, or those of one database.
///
/// # Errors
/// The driver's.
pub(super) async fn listing(client: &Client, database: &str) -> Result<Listing, Error> {
    let start = Instant::now();
    let server = server(client).await?;
    let monitor = monitor(client, server).await?;
    let mut left_out = Vec::new();
    let databases = databases(client, database, &mut left_out).await?;
    let collections = collections(client, &databases, start + LOOKING, &mut left_out).await?;
    let all = collections.len();
    let found: Vec<Option<Result<Looked, Error>>> = stream::iter(collections)
        .map(|it| async move {
            if start.elapsed() > LOOKING {
                return None;
            }
            Some(of_collection(client, it).await)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let (mut rows, mut late, mut closed) = (Vec::new(), 0, 0);
    for one in found {
        match one {
            Some(looked) => {
                let (found, told) = looked?;
                rows.extend(found);
                closed += usize::from(!told);
            }
            None => late += 1,
        }
    }
    if closed > 0 {
        left_out.push(words!(
            "The indexes of {closed} collections may not be listed, or did not come in time.",
            "컬렉션 {closed}개의 인덱스는 볼 권한이 없거나 제때 응답하지 않았습니다.",
        ));
    }
    if late > 0 {
        left_out.push(words!(
            "{late} collections were not looked at: it took too long. Choose one database.",
            "시간이 오래 걸려 컬렉션 {late}개를 확인하지 못했습니다. 데이터베이스 하나를 고르세요.",
        ));
    }
    let rows =
        stream::iter(rows).map(|it| measured(client, it, server.now, start + COUNTING)).buffer_unordered(AT_ONCE);
    let rows: Vec<Result<Row, Error>> = rows.collect().await;
    let mut rows = rows.into_iter().collect::<Result<Vec<Row>, Error>>()?;
    rows.sort_by(|one, other| (&one.namespace, &one.name).cmp(&(&other.namespace, &other.name)));
    let (databases, collections) = (databases.len() as i64, (all - late - closed) as i64);
    Ok(Listing { rows, monitor, databases, collections, left_out, age: 0 })
}

async fn databases(client: &Client, one: &str, left_out: &mut Vec<Words>) -> Result<Vec<String>, Error> {
    if !one.is_empty() {
        return Ok(vec![one.to_owned()]);
    }
    let command = doc! { "listDatabases": 1, "nameOnly": true, "authorizedDatabases": true, "maxTimeMS": 1_000 };
    let answer = client.database("admin").run_command(command).await?;
    let rows = answer.get_array("databases").cloned().unwrap_or_default();
    let names = rows.iter().filter_map(|it| it.as_document()?.get_str("name").ok().map(str::to_owned));
    let mut names: Vec<String> = names.filter(|it| !["admin", "config", "local"].contains(&it.as_str())).collect();
    names.sort();
    if let Some(more) = names.len().checked_sub(DATABASES).filter(|more| *more > 0) {
        names.truncate(DATABASES);
        left_out.push(words!(
            "{more} databases were not looked at: the first {DATABASES} are.",
            "데이터베이스 {more}개는 확인하지 않았습니다. 처음 {DATABASES}개만 확인합니다.",
        ));
    }
    Ok(names)
}

struct Of {
    namespace: Namespace,
    listed: Listed,
}

async fn collections(
    client: &Client,
    databases: &[String],
    deadline: Instant,
    left_out: &mut Vec<Words>,
) -> Result<Vec<Of>, Error> {
    let mut found = Vec::new();
    for (place, database) in databases.iter().enumerate() {
        if Instant::now() > deadline || found.len() >= COLLECTIONS {
            let more = databases.len() - place;
            left_out.push(words!(
                "{more} databases were not looked at: there are too many collections, or it took too long.",
                "컬렉션이 너무 많거나 시간이 오래 걸려 데이터베이스 {more}개를 확인하지 못했습니다.",
            ));
            break;
        }
        let command = doc! { "listCollections": 1, "cursor": { "batchSize": 1_000 }, "maxTimeMS": 1_000 };
        let answer = match client.database(database).run_command(command).await {
            Ok(answer) => answer,
            Err(error) if matches!(error.kind.as_ref(), ErrorKind::Command(_)) => {
                left_out.push(words!(
                    "{database}: its collections may not be listed, or did not come in time.",
                    "{database}: 컬렉션을 볼 권한이 없거나 제때 응답하지 않았습니다.",
                ));
                continue;
            }
            Err(error) => return Err(error),
        };
        if answer.get_document("cursor").is_ok_and(|it| it.get_i64("id").unwrap_or_default() != 0) {
            left_out.push(words!(
                "{database}: only its first collections were looked at.",
                "{database}: 앞쪽 컬렉션만 확인했습니다."
            ));
        }
        found.extend(first_batch(&answer).filter_map(|row| of_row(database, row)));
    }
    if let Some(more) = found.len().checked_sub(COLLECTIONS).filter(|more| *more > 0) {
        found.truncate(COLLECTIONS);
        left_out.push(words!("{more} collections were not looked at.", "컬렉션 {more}개는 확인하지 않았습니다."));
    }
    Ok(found)
}

fn of_row(database: &str, row: &Document) -> Option<Of> {
    let name = row.get_str("name").ok()?;
    let namespace = Namespace::parse(&format!("{database}.{name}")).ok()?;
    Some(Of { namespace, listed: Listed::of(row)? })
}

/// An index with the way to count in it.
struct Found {
    row: Row,
    place: Place,
}

/// What was found in a collection, and whether the server listed its indexes.
type Looked = (Vec<Found>, bool);

async fn of_collection(client: &Client, of: Of) -> Result<Looked, Error> {
    let Of { namespace, listed } = of;
    let mut found = Vec::new();
    let whole = expiry(listed.options.get("expireAfterSeconds"));
    if listed.kind != Kind::Index && whole != Expiry::None {
        let (field, capped) = (listed.field(), listed.capped);
        let row = row(&namespace, "", listed.kind, (field.clone(), whole), capped.then_some(Idle::Capped));
        let place = Place { namespace: namespace.clone(), field, index: None, partial: None, collation: None };
        found.push(Found { row, place });
    }
    if listed.kind == Kind::TimeSeries {
        return Ok((found, true));
    }
    let specs = match indexes(client, &namespace).await {
        Ok(specs) => specs,
        Err(error) if matches!(error.kind.as_ref(), ErrorKind::Command(_)) => return Ok((found, false)),
        Err(error) => return Err(error),
    };
    found.extend(specs.iter().filter_map(|spec| of_index(&namespace, listed.capped, spec)));
    Ok((found, true))
}

fn of_index(namespace: &Namespace, capped: bool, spec: &Document) -> Option<Found> {
    let key = spec.get_document("key").ok()?;
    let (name, stated) = (spec.get_str("name").ok()?, expiry(spec.get("expireAfterSeconds")));
    if stated == Expiry::None {
        return None;
    }
    let field = key.keys().next().cloned().unwrap_or_default();
    let partial = spec.get_document("partialFilterExpression").ok().cloned();
    let hidden = is_true(spec, "hidden");
    let idle = if capped { Some(Idle::Capped) } else { idle(key) };
    let mut row = row(namespace, name, Kind::Index, (field.clone(), stated), idle);
    (row.hidden, row.partial) = (hidden, partial.as_ref().map(shown_document));
    let place = Place {
        namespace: namespace.clone(),
        field,
        index: (!hidden).then(|| name.to_owned()),
        partial,
        collation: spec.get_document("collation").ok().cloned(),
    };
    Some(Found { row, place })
}

fn row(namespace: &Namespace, name: &str, kind: Kind, of: (String, Expiry), idle: Option<Idle>) -> Row {
    let (field, expiry) = of;
    let (namespace, name) = (namespace.to_string(), name.to_owned());
    Row { namespace, name, kind, field, expiry, partial: None, hidden: false, idle, due: None, dates: None }
}

/// With what is due now, where there is time to count it.
async fn measured(client: &Client, found: Found, now: i64, deadline: Instant) -> Result<Row, Error> {
    let Found { mut row, place } = found;
    if row.idle.is_some_and(|it| it != Idle::Capped) || Instant::now() > deadline {
        return Ok(row);
    }
    // No question may name a hidden index, so all documents would be looked through: only where they are few.
    if place.index.is_none()
        && row.kind == Kind::Index
        && documents(client, &place.namespace).await?.is_none_or(|it| it > LOOKED_THROUGH)
    {
        return Ok(row);
    }
    if let Some(seconds) = row.expiry.seconds() {
        let n = place.count(client, until(moment(now, seconds)), Some(BOUND + 1), 500).await?;
        row.due = n.map(|n| Counted { n: n.min(BOUND), more: n > BOUND, estimated: row.kind == Kind::TimeSeries });
    }
    if row.due.is_some_and(|due| due.n > 0) {
        row.dates = Some(true);
    } else if row.kind != Kind::TimeSeries {
        row.dates = place.holds_dates(client, 300).await?;
    }
    Ok(row)
}
