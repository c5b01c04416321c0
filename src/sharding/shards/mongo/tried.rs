//! Moves away from a shard that failed lately, out of the history that the config servers keep (`config.changelog`).

use bson::{Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use crate::sharding::mongo::answer::{first_batch, soft};
use crate::sharding::shards::model::drain::Tried;
use crate::sharding::sizes::own_name;

/// Older failures say nothing of now, in milliseconds.
const LATELY: i64 = 60 * 60_000;

/// What was tried; none where nothing failed lately, or the history could not be read in time.
///
/// # Errors
/// When the server could not be asked at all.
pub async fn tried(client: &Client, shard: &str, now: i64) -> Result<Option<Tried>, Error> {
    // The history has no index on times, but keeps the order in which it was written.
    let find = doc! {
        "find": "changelog",
        "filter": {
            "what": { "$in": ["moveChunk.from", "moveChunk.commit", "moveChunk.error"] }, "details.from": shard,
        },
        "sort": { "$natural": -1 }, "limit": 40, "singleBatch": true, "maxTimeMS": 500,
    };
    let answer = soft(client.database("config").run_command(find).await)?;
    Ok(answer.and_then(|answer| of(first_batch(&answer), now)))
}

/// From the newest on, up to the first one that succeeded.
fn of<'a>(rows: impl Iterator<Item = &'a Document>, now: i64) -> Option<Tried> {
    let mut tried: Option<Tried> = None;
    // One failed move is written down as an error, as the end of its steps, or as both.
    let (mut errors, mut ends) = (0, 0);
    for row in rows {
        let ago = now - row.get_datetime("time").map(|time| time.timestamp_millis()).unwrap_or_default();
        let what = row.get_str("what").unwrap_or_default();
        let details = row.get_document("details").cloned().unwrap_or_default();
        let succeeded = what == "moveChunk.commit" || details.get_str("note").is_ok_and(|note| note == "success");
        if succeeded || ago > LATELY {
            break;
        }
        if what == "moveChunk.error" {
            errors += 1
        } else {
            ends += 1
        }
        let last = tried.get_or_insert_with(|| Tried {
            failed: 0,
            namespace: own_name(row.get_str("ns").unwrap_or_default()).0,
            ago: ago.max(0),
            step: String::new(),
        });
        if last.step.is_empty() {
            last.step = step(&details);
        }
        last.failed = errors.max(ends);
    }
    tried
}

/// The last step that a move came to: `step 3 of 6`. It may not have come to any.
fn step(details: &Document) -> String {
    let steps = details.keys().filter(|key| key.starts_with("step "));
    steps.max().cloned().unwrap_or_else(|| "step 0".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(what: &str, note: &str, minutes_ago: i64) -> Document {
        let time = bson::DateTime::from_millis(100 * 60_000 - minutes_ago * 60_000);
        let details = doc! { "note": note, "step 1 of 6": 0, "step 2 of 6": 3, "from": "s" };
        doc! { "what": what, "ns": "a.b", "time": time, "details": details }
    }

    fn failed(rows: &[Document]) -> Option<i64> {
        of(rows.iter(), 100 * 60_000).map(|tried| tried.failed)
    }

    #[test]
    fn failures_are_counted_back_to_the_last_success() {
        let aborted = |ago| row("moveChunk.from", "aborted", ago);
        assert_eq!(failed(&[]), None);
        assert_eq!(failed(&[aborted(1), aborted(2), aborted(3)]), Some(3));
        assert_eq!(failed(&[aborted(1), row("moveChunk.from", "success", 2), aborted(3)]), Some(1));
        assert_eq!(failed(&[row("moveChunk.commit", "", 1), aborted(2)]), None);
        assert_eq!(failed(&[aborted(1), aborted(61)]), Some(1));
    }

    #[test]
    fn a_failure_that_is_written_down_twice_counts_once() {
        let both = [row("moveChunk.from", "aborted", 1), row("moveChunk.error", "", 1)];
        assert_eq!(failed(&both), Some(1));
    }

    #[test]
    fn the_last_step_is_told() {
        let tried = of([row("moveChunk.from", "aborted", 1)].iter(), 100 * 60_000).expect("a failure");
        assert_eq!((tried.step.as_str(), tried.ago), ("step 2 of 6", 60_000));
    }
}
