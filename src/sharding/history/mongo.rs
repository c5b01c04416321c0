//! Reads the cluster's logs (`config.changelog`, `config.actionlog`) from their ends. Both are of fixed size and without
//! an index on time, so nothing is searched in them: entries are read backwards until they are too old, or enough.

use std::time::Duration;

use bson::{Document, doc};
use futures_util::TryStreamExt;
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use super::model::{DAY, End, History, Reach};
use super::tell;
use crate::auth::session::clock::wall;
use crate::error::AppError;
use crate::sharding::chunks::mongo::buckets_of;
use crate::sharding::cluster::Cluster;
use crate::sharding::mongo::answer::soft;

/// Entries that are read at most.
const MOST: usize = 5_000;
const BATCH: u32 = 1_000;
/// Rounds of the balancer that are read at most: the last 24 h have some 8,640 at the very most.
const MOST_ROUNDS: usize = 2_000;
/// Each log is read no longer than this.
const LONGEST: Duration = Duration::from_millis(1_200);

/// What the logs hold of the last 24 h, of one collection or of all.
///
/// # Errors
/// As [`Cluster::read`].
pub async fn history(cluster: &Cluster, namespace: &str) -> Result<History, AppError> {
    let (namespace, since) = (namespace.trim(), wall() - DAY);
    let (changes, rounds) = cluster
        .read(|client| async move {
            let changes = backwards(&client, "changelog", since, MOST).await?;
            let rounds = soft(backwards(&client, "actionlog", since, MOST_ROUNDS).await)?;
            Ok((changes, rounds))
        })
        .await?;
    let (entries, end) = changes;
    let reach = Reach { oldest: entries.last().and_then(time), end };
    let entries: Vec<Document> = entries.into_iter().filter(|entry| is_of(entry, namespace)).collect();
    let mut history = tell::history(&entries, since);
    history.rounds = tell::rounds(rounds.as_ref().map(|(rounds, _)| rounds.as_slice()), since);
    if namespace.is_empty() {
        let rounds = rounds.map(|(rounds, _)| rounds).unwrap_or_default();
        history.failures.extend(tell::failed_rounds(&rounds, since));
    }
    history.failures.sort_by_key(|failure| (std::cmp::Reverse(failure.count), std::cmp::Reverse(failure.last)));
    Ok(History { at: wall(), reach, ..history })
}

/// Entries of a log, the newest first, down to `since`.
async fn backwards(client: &Client, log: &str, since: i64, most: usize) -> Result<(Vec<Document>, End), Error> {
    let begun = Instant::now();
    let log = client.database("config").collection::<Document>(log);
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let find = log.find(doc! {}).sort(doc! { "$natural": -1 }).limit(limit).batch_size(BATCH);
    let mut cursor = find.max_time(LONGEST).await?;
    let mut entries = Vec::new();
    loop {
        if begun.elapsed() > LONGEST {
            return Ok((entries, End::Limit));
        }
        match cursor.try_next().await? {
            None if entries.len() >= most => return Ok((entries, End::Limit)),
            None => return Ok((entries, End::Log)),
            Some(entry) if time(&entry).is_some_and(|time| time < since) => return Ok((entries, End::Day)),
            Some(entry) => entries.push(entry),
        }
    }
}

/// A time series' chunks are logged by the name of its buckets.
fn is_of(entry: &Document, namespace: &str) -> bool {
    let buckets = buckets_of(namespace);
    let is = |name: &str| name == namespace || buckets.as_deref() == Some(name);
    let details = entry.get_document("details");
    let resharded = || details.is_ok_and(|details| details.get_str("namespace").is_ok_and(is));
    namespace.is_empty() || entry.get_str("ns").is_ok_and(is) || resharded()
}

/// When an entry was written.
pub fn time(entry: &Document) -> Option<i64> {
    entry.get_datetime("time").ok().map(|time| time.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_series_is_found_by_both_of_its_names() {
        let own = doc! { "ns": "a.b", "details": {} };
        let buckets = doc! { "ns": "a.system.buckets.b", "details": {} };
        let resharded = doc! { "ns": "", "details": { "namespace": "a.system.buckets.b" } };
        let other = doc! { "ns": "a.system.buckets.c", "details": {} };
        let found = |namespace: &str| [&own, &buckets, &resharded, &other].map(|entry| is_of(entry, namespace));
        assert_eq!(found("a.b"), [true, true, true, false]);
        assert_eq!(found("a.system.buckets.b"), [false, true, true, false]);
        assert_eq!(found(""), [true; 4]);
    }
}
