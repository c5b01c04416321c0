//! Queries whose result is cached: checked without running them, then run in a read-only transaction.

use std::sync::Arc;

use super::model::QueryText;
use crate::error::AppError;
use crate::targets::postgres;
use crate::targets::registry::Entry;

/// Rows that are cached at most.
pub const MOST_ROWS: u32 = 10_000;

/// A PostgreSQL server that a query is run at.
pub struct Source {
    entry: Arc<Entry>,
}

/// What the server says of a query without running it.
pub struct Judged {
    /// Functions in it that may do more than read, by the server's own catalogue.
    pub volatile: Vec<String>,
    /// The planner's estimates.
    pub cost: f64,
    pub rows: f64,
}

impl Source {
    pub fn new(entry: Arc<Entry>) -> Self {
        Self { entry }
    }

    /// The name of the server, as a person knows it.
    pub fn name(&self) -> &str {
        &self.entry.configured.target.name
    }

    /// Lets the server plan the query in a read-only transaction. Nothing is run, so a link to this does no harm.
    ///
    /// # Errors
    /// What the server says of the text; else as [`postgres::read`].
    pub async fn judge(&self, query: &QueryText) -> Result<Judged, AppError> {
        let names = words_of(query.as_str());
        let explain = format!("EXPLAIN (FORMAT JSON) {}", wrapped(query));
        let (volatile, plan) = postgres::read(&self.entry, |mut client| async move {
            let reading = client.build_transaction().read_only(true).start().await?;
            let sql = "SELECT DISTINCT proname::text FROM pg_proc WHERE provolatile = 'v' AND proname = ANY($1)";
            let rows = reading.query(sql, &[&names]).await?;
            let volatile: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
            // A query that names such a function is not even planned.
            let plan: Option<serde_json::Value> =
                if volatile.is_empty() { reading.query_one(&explain, &[]).await?.try_get(0).ok() } else { None };
            reading.rollback().await?;
            Ok((volatile, plan))
        })
        .await?;
        let number = |name: &str| {
            plan.as_ref().and_then(|plan| plan.pointer(&format!("/0/Plan/{name}"))?.as_f64()).unwrap_or_default()
        };
        Ok(Judged { volatile, cost: number("Total Cost"), rows: inner_rows(plan.as_ref()) })
    }

    /// Runs the wrapped query in a read-only transaction; the answer is one JSON text.
    ///
    /// # Errors
    /// As [`postgres::read`]: the server ends it after 3 s.
    pub async fn rows(&self, sql: &str) -> Result<String, AppError> {
        postgres::read(&self.entry, |mut client| async move {
            let reading = client.build_transaction().read_only(true).start().await?;
            let row = reading.query_one(sql, &[]).await?;
            reading.rollback().await?;
            row.try_get(0)
        })
        .await
    }
}

/// The rows that the innermost part of the wrapping expects: those of the query itself.
fn inner_rows(plan: Option<&serde_json::Value>) -> f64 {
    plan.and_then(|plan| plan.pointer("/0/Plan/Plans/0/Plan Rows")?.as_f64()).unwrap_or(1.0)
}

/// The query as it is sent: its rows, at most [`MOST_ROWS`], as one JSON text. The line break ends a comment that the
/// text may close with. The server takes one statement only, so nothing can follow.
pub fn wrapped(query: &QueryText) -> String {
    let query = query.as_str();
    format!("SELECT coalesce(json_agg(r), '[]')::text FROM (SELECT * FROM (\n{query}\n) AS q LIMIT {MOST_ROWS}) AS r")
}

/// All words of the text. No attempt is made to tell calls from columns, strings or comments: a second reading of SQL
/// would differ from the server's somewhere, and be the way in. A column that is named like such a function is refused
/// with it, which errs on the safe side.
fn words_of(sql: &str) -> Vec<String> {
    let word = |character: char| character.is_alphanumeric() || character == '_' || character == '$';
    let mut names: Vec<String> = Vec::new();
    for name in sql.split(|character| !word(character)).filter(|name| !name.is_empty() && name.len() <= 63) {
        names.push(name.to_owned());
        names.push(name.to_lowercase());
    }
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_that_may_be_called_is_found() {
        let text = "SELECT Now(), pg_catalog.PG_SLEEP/**/ (1), \"nextval\"('s') FROM f(x)";
        let found = words_of(text);
        for name in ["now", "pg_sleep", "nextval", "f"] {
            assert!(found.iter().any(|it| it == name), "{name} must be found in {found:?}");
        }
    }

    #[test]
    fn a_comment_at_the_end_cannot_swallow_the_limit() {
        let query = QueryText::parse("SELECT 1 -- one").expect("a query");
        assert!(wrapped(&query).contains("-- one\n) AS q LIMIT"));
    }
}
