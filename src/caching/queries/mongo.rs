//! One `find` whose documents are cached: its operators are on a list, and the server ends it in time.

mod operators;

use std::time::{Duration, Instant};

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use super::model::Find;
use super::source::{MOST_BYTES, MOST_ROWS, PATIENCE, Rows, too_large, too_many_rows, too_slow};
use crate::change::{Check, Command};
use crate::error::{AppError, Kind};
use crate::targets::model::TargetId;
use crate::targets::mongo as target;
use crate::targets::mongo::answer::{number, soft};
use crate::targets::mongo::command::{self, parsed};
use crate::targets::mongo::value::parse_document;
use crate::targets::registry::Entry;
use crate::text::count;
use crate::words;

/// For questions about a query that is not run.
const SOON_MS: i32 = 2_000;

/// The command as it is sent to this target. Which database it is meant for stands in `$db`, as on the wire.
///
/// # Errors
/// `Invalid` at the field that cannot be used.
pub(super) fn command(source: &TargetId, find: &Find) -> Result<Command, AppError> {
    let mut document = document(find)?;
    document.insert("maxTimeMS", i32::try_from(PATIENCE.as_millis()).unwrap_or(i32::MAX));
    document.insert("$db", find.namespace.database());
    Ok(command::command(source.as_str(), document, find.typed()))
}

fn document(find: &Find) -> Result<Document, AppError> {
    let read = |field: &str, text: &str| -> Result<Document, AppError> {
        if text.is_empty() {
            return Ok(Document::new());
        }
        let document = parse_document(text).map_err(|rule| AppError::invalid(field, rule))?;
        match operators::foreign(&document) {
            None => Ok(document),
            Some(name) => Err(AppError::invalid(
                field,
                words!(
                    "{name} is not allowed here: it runs code, writes, or answers differently each time, or this console \
                     does not know it.",
                    "{name}은(는) 쓸 수 없습니다. 코드를 실행하거나, 쓰거나, 매번 다른 값을 주거나, 콘솔이 모르는 연산자입니다.",
                ),
            )),
        }
    };
    let mut command = doc! { "find": find.namespace.collection(), "filter": read("filter", &find.filter)? };
    for (field, text) in [("projection", &find.projection), ("sort", &find.sort)] {
        let document = read(field, text)?;
        if !document.is_empty() {
            command.insert(field, document);
        }
    }
    // One more than may be stored shows that there are too many. The first batch has room for more than the limit, so it
    // ends the cursor, unless its bytes are too many.
    let limit = i64::from(find.limit.unwrap_or(MOST_ROWS + 1));
    command.insert("limit", limit);
    command.insert("batchSize", limit + 1);
    Ok(command)
}

/// Lets the server plan the find.
///
/// # Errors
/// As [`command`], and that it does not answer.
pub(super) async fn judge(entry: &Entry, find: &Find) -> Result<Vec<Check>, AppError> {
    let (asked, namespace) = (document(find)?, find.namespace.clone());
    let (plan, documents) = target::read(entry, tell, |client| async move {
        let database = client.database(namespace.database());
        let explain = doc! { "explain": asked, "verbosity": "queryPlanner", "maxTimeMS": SOON_MS };
        let plan = soft(database.run_command(explain).await)?;
        // Without a filter this is what the server has counted already.
        let counted = doc! { "count": namespace.collection(), "maxTimeMS": SOON_MS };
        let counted = soft(database.run_command(counted).await)?;
        Ok((plan, counted.as_ref().and_then(|answer| number(answer, "n"))))
    })
    .await?;
    let reads = Check::pass(words!(
        "A find with operators that only read: its documents can be cached.",
        "읽기 전용 연산자만 쓰는 find라 결과를 캐시할 수 있습니다.",
    ));
    Ok(vec![reads, effort(&entry.configured.target.name, plan.as_ref(), documents)])
}

/// What the server would do, and on how many documents.
fn effort(server: &str, plan: Option<&Document>, documents: Option<i64>) -> Check {
    let all = documents.map_or_else(
        || words!("an unknown number of", "알 수 없는 수의"),
        |it| {
            let it = count(it);
            words!("some {it}", "약 {it}개의")
        },
    );
    let (en, ko) = (all.en, all.ko);
    match plan.map(|plan| has_stage(plan, "COLLSCAN")) {
        None => Check::pass(words!(
            "{server} does not tell how it would run it, on {en} documents.",
            "{server}이(가) 실행 방법을 알려 주지 않습니다(대상: {ko} 문서)."
        )),
        Some(false) => Check::pass(words!(
            "{server} finds it by an index, among {en} documents.",
            "{server}이(가) {ko} 문서에서 인덱스로 찾습니다."
        )),
        Some(true) => Check::warn(
            words!(
                "{server} reads the whole collection for it, {en} documents.",
                "{server}이(가) 컬렉션 전체를 읽습니다({ko} 문서)."
            ),
            words!(
                "An index on what is searched for may be worth more than a cache.",
                "검색 필드의 인덱스가 캐시보다 나을 수 있습니다.",
            ),
        ),
    }
}

fn has_stage(plan: &Document, stage: &str) -> bool {
    plan.iter().any(|(name, value)| match value {
        Bson::String(text) => name == "stage" && text == stage,
        Bson::Document(inner) if name != "rejectedPlans" => has_stage(inner, stage),
        Bson::Array(values) if name != "rejectedPlans" => {
            values.iter().filter_map(Bson::as_document).any(|inner| has_stage(inner, stage))
        }
        _ => false,
    })
}

/// Sends the find so many times on a connection of its own.
///
/// # Errors
/// What the server says; what is more than is stored.
pub(super) async fn rows(entry: &Entry, exact: &str, times: usize, within: Duration) -> Result<Vec<Rows>, AppError> {
    let mut command = parsed(exact)?;
    let database = match command.remove("$db") {
        Some(Bson::String(database)) => database,
        _ => return Err(AppError::invalid("namespace", words!("It names no database.", "데이터베이스가 없습니다."))),
    };
    let before_the_last = if times > 1 { within } else { Duration::ZERO };
    let longest = before_the_last + PATIENCE + Duration::from_secs(4);
    let answers = target::aside(entry, tell, longest, |client| async move {
        // The first command on a connection waits for the connection.
        client.database(&database).run_command(doc! { "ping": 1 }).await?;
        let begun = Instant::now();
        let mut all: Vec<(Document, u64)> = Vec::with_capacity(times);
        while all.len() < times && (all.is_empty() || begun.elapsed() < within) {
            // Of several the times are wanted; one answer is enough.
            if let Some((before, _)) = all.last_mut() {
                *before = Document::new();
            }
            all.push(once(&client, &database, command.clone()).await?);
        }
        Ok(all)
    })
    .await?;
    answers.into_iter().map(|(answer, micros)| taken(&answer, micros)).collect()
}

async fn once(client: &Client, database: &str, command: Document) -> Result<(Document, u64), Error> {
    let database = client.database(database);
    let collection = command.get_str("find").unwrap_or_default().to_owned();
    let start = Instant::now();
    let answer = database.run_command(command).await?;
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    if let Some(cursor) = cursor_of(&answer).filter(|cursor| *cursor != 0) {
        soft(database.run_command(doc! { "killCursors": collection, "cursors": [cursor] }).await)?;
    }
    Ok((answer, micros))
}

fn cursor_of(answer: &Document) -> Option<i64> {
    answer.get_document("cursor").ok()?.get_i64("id").ok()
}

/// The documents of an answer as a JSON array, in relaxed extended JSON.
fn taken(answer: &Document, micros: u64) -> Result<Rows, AppError> {
    let batch = answer.get_document("cursor").and_then(|cursor| cursor.get_array("firstBatch"));
    let documents = batch.map(Vec::as_slice).unwrap_or_default();
    if documents.len() > MOST_ROWS as usize {
        return Err(too_many_rows());
    }
    // A batch ends early when it is full.
    if cursor_of(answer).is_some_and(|cursor| cursor != 0) {
        return Err(too_large(None));
    }
    let rows: Vec<serde_json::Value> = documents.iter().map(|it| it.clone().into_relaxed_extjson()).collect();
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let json = serde_json::Value::from(rows).to_string();
    if json.len() > MOST_BYTES {
        return Err(too_large(i64::try_from(json.len()).ok()));
    }
    Ok(Rows { json, count, micros })
}

/// Error codes of a find: <https://www.mongodb.com/docs/manual/reference/error-codes/>.
fn tell(name: &str, code: i32, code_name: &str) -> AppError {
    match code {
        13 => AppError::new(
            Kind::NoPermission,
            words!(
                "The console's user at {name} may not read this collection.",
                "{name}의 콘솔 사용자에 이 컬렉션을 읽을 권한이 없습니다."
            ),
            words!("Give it the role read on the database.", "데이터베이스의 read 역할을 주세요."),
        ),
        50 | 262 => too_slow(name),
        2 | 9 | 14 | 16410 | 51091 => AppError::invalid(
            "filter",
            words!("{name} cannot use this filter ({code}).", "{name}이(가) 이 조건을 사용할 수 없습니다({code})."),
        ),
        _ => {
            let code_name: String = code_name.chars().filter(char::is_ascii_alphanumeric).take(60).collect();
            AppError::new(
                Kind::Refused,
                words!("{name} refused it ({code} {code_name}).", "{name}이(가) 거부했습니다({code} {code_name})."),
                words!("The log holds the server's own words.", "로그에 서버의 원문이 있습니다."),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(filter: &str) -> Find {
        let json = serde_json::json!({ "namespace": "shop.orders", "filter": filter, "sort": "{ at: -1 }" });
        serde_json::from_value(json).expect("a find")
    }

    #[test]
    fn what_a_plan_shows_is_the_command_with_its_bounds() {
        let source = TargetId::parse("mongo").expect("a name");
        let command = command(&source, &find(r#"{ total: { $gte: Long("5") } }"#)).expect("a command");
        let document = parsed(&command.exact).expect("a document");
        assert_eq!(document.get_i64("limit").ok(), Some(10_001));
        assert_eq!(document.get_i32("maxTimeMS").ok(), Some(10_000));
        assert_eq!(document.get_str("$db").ok(), Some("shop"));
        let total = document.get_document("filter").and_then(|filter| filter.get_document("total"));
        assert_eq!(total.expect("a condition").get_i64("$gte").ok(), Some(5));
    }

    #[test]
    fn code_in_a_filter_is_refused_at_its_field() {
        for filter in [
            r#"{ $where: "sleep(1000)" }"#,
            r#"{ a: { $not: { $where: "1" } } }"#,
            r#"{ $expr: { $function: { body: "x", args: [], lang: "js" } } }"#,
            r#"{ $or: [{ a: 1 }, { $expr: { $lt: [{ $rand: {} }, 0.5] } }] }"#,
            r#"{ $expr: { $lt: ["$at", "$$NOW"] } }"#,
            r#"{ a: Code("x") }"#,
        ] {
            let source = TargetId::parse("mongo").expect("a name");
            let refused = command(&source, &find(filter)).expect_err(filter);
            assert_eq!(refused.field.as_deref(), Some("filter"), "{filter}");
        }
    }

    #[test]
    fn more_than_one_batch_is_not_taken_for_the_whole() {
        let answer = doc! { "cursor": { "firstBatch": [{ "a": 1 }], "id": 7_i64 } };
        assert!(taken(&answer, 1).is_err());
        let answer = doc! { "cursor": { "firstBatch": [{ "a": 1 }], "id": 0_i64 } };
        assert_eq!(taken(&answer, 1).expect("rows").json, r#"[{"a":1}]"#);
    }
}
