//! Attempts that have a beginning and no end: the console was stopped in the middle of them.

use rusqlite::Row;

use super::chain::{self, Phase, Written};
use super::{immediate, json, parsed};
use crate::auth::session::clock::wall;
use crate::change::resume::Open;
use crate::change::{Outcome, Plan, Report};
use crate::error::AppError;
use crate::server::store::Store;
use crate::text::Words;
use crate::words;

/// Attempts without an end, oldest first.
const LEFT_OPEN: &str = "SELECT b.seq, b.at, b.word, b.target, b.title, b.change, b.plan FROM journal b \
     WHERE b.phase = 'begin' AND NOT EXISTS \
     (SELECT 1 FROM journal e WHERE e.attempt = b.seq AND e.phase = 'end') ORDER BY b.seq";

/// The attempts that an earlier run left open, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn left_open(store: &Store) -> Result<Vec<Open>, AppError> {
    store.with(|connection| connection.prepare(LEFT_OPEN)?.query_map([], open)?.collect()).await
}

fn open(row: &Row<'_>) -> rusqlite::Result<Open> {
    let plan: Option<Plan> = parsed(row, 6)?;
    Ok(Open {
        id: row.get(0)?,
        at: row.get(1)?,
        word: row.get(2)?,
        target: row.get(3)?,
        title: parsed(row, 4)?.unwrap_or_default(),
        change: row.get(5)?,
        commands: plan.map(|plan| plan.commands).unwrap_or_default(),
    })
}

/// Ends the attempts that an earlier run left open, but for those with one of the `resumed` words, which somebody goes
/// on with. Gives the number of those that were ended.
///
/// # Errors
/// When the store fails.
pub async fn close_interrupted(store: &Store, resumed: &[&str]) -> Result<usize, AppError> {
    let report = Report {
        outcome: Outcome::Unknown,
        summary: words!(
            "The console stopped in the middle. Look at the target to see what was done.",
            "콘솔이 도중에 멈췄습니다. 무엇이 실행되었는지 대상에서 확인하세요.",
        ),
        ran: Vec::new(),
        read_back: Words::default(),
        error: None,
    };
    let row = Written {
        phase: Phase::End,
        at: wall(),
        outcome: json(&report.outcome),
        report: json(&report),
        ..Written::default()
    };
    let resumed: Vec<String> = resumed.iter().map(|&word| word.to_owned()).collect();
    store
        .with(move |connection| {
            let transaction = immediate(connection)?;
            let left: Vec<Open> =
                transaction.prepare(LEFT_OPEN)?.query_map([], open)?.collect::<rusqlite::Result<_>>()?;
            let ended: Vec<i64> = left.iter().filter(|it| !resumed.contains(&it.word)).map(|it| it.id).collect();
            for id in &ended {
                chain::append(&transaction, Some(*id), &row)?;
            }
            transaction.commit()?;
            Ok(ended.len())
        })
        .await
}
