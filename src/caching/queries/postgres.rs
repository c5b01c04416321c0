//! SQL whose rows are cached: judged by the server's own planner and catalogue without running it, then run in a
//! read-only transaction.

mod volatile;

use std::time::{Duration, Instant};

use tokio_postgres::Client;

use super::model::QueryText;
use super::source::{MOST_BYTES, MOST_ROWS, PATIENCE, Rows, too_large, too_many_rows, too_slow};
use crate::change::{Check, Command};
use crate::error::{AppError, Kind};
use crate::targets::model::TargetId;
use crate::targets::postgres::dedicated::Dedicated;
use crate::targets::postgres::{self as target, told};
use crate::targets::registry::Entry;
use crate::text::count;
use crate::words;

/// The query as it is sent to this target.
pub(super) fn command(source: &TargetId, query: &QueryText) -> Command {
    let sql = wrapped(query);
    Command { typed: format!("{sql};"), exact: sql, tool: "psql".to_owned(), database: source.to_string() }
}

/// The query in what makes one JSON text of its rows, and leaves it at the server where it is too long. The line breaks
/// end a comment that the text may close with. The server takes one statement only, so nothing can follow.
fn wrapped(query: &QueryText) -> String {
    let (query, rows) = (query.as_str(), MOST_ROWS + 1);
    format!(
        "SELECT n, octet_length(v), CASE WHEN octet_length(v) <= {MOST_BYTES} THEN v END FROM (\
         SELECT count(*) AS n, coalesce(json_agg(r), '[]')::text AS v FROM (SELECT * FROM (\n{query}\n) AS q \
         LIMIT {rows}) AS r) AS w"
    )
}

/// Lets the server plan the query in a read-only transaction.
///
/// # Errors
/// What the server says of the text, at the field `query`; else as [`target::read`].
pub(super) async fn judge(entry: &Entry, query: &QueryText) -> Result<Vec<Check>, AppError> {
    let names = volatile::words_of(query.as_str());
    let explain = format!("EXPLAIN (VERBOSE, FORMAT JSON) {}", wrapped(query));
    let (found, plan) = target::read(entry, |mut client| async move {
        let reading = client.build_transaction().read_only(true).start().await?;
        // What is no statement by itself could close the parentheses around it, and leave the limits behind.
        reading.prepare(query.as_str()).await?;
        let mut found: Vec<String> =
            reading.query(volatile::SQL, &[&names]).await?.iter().map(|row| row.get(0)).collect();
        let mut plan: Option<serde_json::Value> = None;
        // What names such a function is not even planned. What stands behind a view is seen in the plan only.
        if found.is_empty() {
            plan = reading.query_one(&explain, &[]).await?.try_get(0).ok();
            let names = plan.as_ref().map(volatile::words_of_plan).unwrap_or_default();
            found = reading.query(volatile::SQL, &[&names]).await?.iter().map(|row| row.get(0)).collect();
        }
        reading.rollback().await?;
        Ok((found, plan))
    })
    .await
    .map_err(|error| if error.kind == Kind::Refused { error.at("query") } else { error })?;
    Ok(vec![reads_only(&found), estimate(&entry.configured.target.name, plan.as_ref())])
}

fn reads_only(volatile: &[String]) -> Check {
    if volatile.is_empty() {
        return Check::pass(words!(
            "No volatile function is in it: the result can be cached.",
            "휘발성 함수가 없어 결과를 캐시할 수 있습니다.",
        ));
    }
    let names = volatile.join(", ");
    Check::block(
        words!("It names volatile functions: {names}.", "휘발성 함수를 사용합니다: {names}."),
        words!(
            "They may write, or answer differently each time. If one of them only reads, mark it STABLE.",
            "쓰기를 하거나 매번 다른 값을 줄 수 있습니다. 읽기만 한다면 STABLE로 표시하세요.",
        ),
    )
}

fn estimate(server: &str, plan: Option<&serde_json::Value>) -> Check {
    let number = |path: &str| plan.and_then(|plan| plan.pointer(path)?.as_f64());
    // The wrapping counts; what is below it, and below its limit where the planner keeps that, are the query's rows.
    let rows = number("/0/Plan/Plans/0/Plans/0/Plan Rows").or_else(|| number("/0/Plan/Plans/0/Plan Rows"));
    match (rows, number("/0/Plan/Total Cost")) {
        (Some(rows), Some(cost)) => {
            let (rows, cost) = (count(rows as i64), count(cost as i64));
            Check::pass(words!(
                "{server} expects some {rows} rows at a cost of {cost}.",
                "{server}의 예상: 약 {rows}행, 비용 {cost}."
            ))
        }
        _ => Check::pass(words!("How many rows it gives is unknown.", "몇 행이 나올지 알 수 없습니다.")),
    }
}

/// Runs the wrapped query so many times on a connection of its own, in read-only transactions.
///
/// # Errors
/// What the server says; what is more than is stored.
pub(super) async fn rows(entry: &Entry, sql: &str, times: usize, within: Duration) -> Result<Vec<Rows>, AppError> {
    let connection = Dedicated::open(entry, None, PATIENCE).await?;
    let begun = Instant::now();
    let mut all: Vec<Rows> = Vec::with_capacity(times);
    while all.len() < times && (all.is_empty() || begun.elapsed() < within) {
        let asked = tokio::time::timeout(PATIENCE + Duration::from_secs(1), once(connection.client(), sql)).await;
        let (count, size, json, micros) =
            asked.map_err(|_| too_slow(&entry.configured.target.name))?.map_err(|error| told_here(entry, &error))?;
        let Some(json) = json else { return Err(too_large(Some(i64::from(size)))) };
        if count > i64::from(MOST_ROWS) {
            return Err(too_many_rows());
        }
        // Of several the times are wanted; one text is enough.
        if let Some(before) = all.last_mut() {
            before.json = String::new();
        }
        all.push(Rows { json, count, micros });
    }
    Ok(all)
}

async fn once(client: &Client, sql: &str) -> Result<(i64, i32, Option<String>, u64), tokio_postgres::Error> {
    client.batch_execute("BEGIN TRANSACTION READ ONLY").await?;
    // One question and one answer, as an application has it: reading the text is not counted.
    let statement = client.prepare(sql).await?;
    let start = Instant::now();
    let row = client.query_one(&statement, &[]).await?;
    let answer = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    client.batch_execute("ROLLBACK").await?;
    Ok((answer.0, answer.1, answer.2, micros))
}

/// A query that was ended by its deadline says what that means here; a refusal belongs to the text.
fn told_here(entry: &Entry, error: &tokio_postgres::Error) -> AppError {
    let ended = error.code() == Some(&tokio_postgres::error::SqlState::QUERY_CANCELED);
    let told = told(entry, error);
    if ended { AppError { incident: told.incident, ..too_slow(&entry.configured.target.name) } } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_at_the_end_cannot_swallow_the_limit() {
        let query = QueryText::parse("SELECT 1 -- one").expect("a query");
        assert!(wrapped(&query).contains("-- one\n) AS q LIMIT"));
    }

    #[test]
    fn what_is_unknown_is_not_told_as_zero_rows() {
        assert!(estimate("Shop", None).found.en.contains("unknown"));
    }
}
