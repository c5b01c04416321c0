//! Reading the balancer: its settings, its status, its last round, and what time it is there.

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use super::lint;
use crate::sharding::balancer::model::{Balancing, Clock, OfCollection, Round, Status};
use crate::sharding::model::Namespace;
use crate::sharding::mongo::answer::{first_batch, is_true, number, soft};
use crate::sharding::mongo::settings;
use crate::sharding::mongo::sharded::identity_of;

/// The documents of `config.settings` that are about balancing; none where they may not be read.
///
/// # Errors
/// The driver's.
pub(super) async fn documents(client: &Client) -> Result<Option<Vec<Document>>, Error> {
    let filter = doc! { "_id": { "$in": ["balancer", "chunksize", "autosplit", "automerge"] } };
    let find = doc! {
        "find": "settings", "filter": filter, "sort": { "_id": 1 }, "limit": 4, "singleBatch": true, "maxTimeMS": 1_000,
    };
    let answer = soft(client.database("config").run_command(find).await)?;
    Ok(answer.map(|answer| first_batch(&answer).cloned().collect()))
}

/// Whether the cluster is being balanced, in one round of quick questions; no shard is asked.
///
/// # Errors
/// The driver's, where the router cannot be asked.
pub async fn balancing(client: &Client) -> Result<Balancing, Error> {
    let admin = client.database("admin");
    let (release, rows, status, last_round, hello) = tokio::try_join!(
        settings::release(client),
        documents(client),
        async { soft(admin.run_command(doc! { "balancerStatus": 1, "maxTimeMS": 1_000 }).await) },
        last_round(client),
        async { soft(admin.run_command(doc! { "hello": 1 }).await) },
    )?;
    let settings = rows.map(|rows| lint::read(&rows, release));
    let now = hello.and_then(|hello| hello.get_datetime("localTime").ok().map(|it| it.timestamp_millis()));
    // Who has no window need not know what time it is elsewhere.
    let zone = if settings.as_ref().is_some_and(|it| it.window.is_some()) { zone(client).await? } else { None };
    Ok(Balancing {
        release,
        settings,
        status: status.as_ref().and_then(status_of),
        last_round,
        clock: Clock { now, zone },
    })
}

fn status_of(answer: &Document) -> Option<Status> {
    Some(Status {
        mode: answer.get_str("mode").ok()?.to_owned(),
        in_round: is_true(answer, "inBalancerRound"),
        rounds: number(answer, "numBalancerRounds").unwrap_or_default(),
    })
}

/// The log of rounds is capped and has no index but its natural order.
async fn last_round(client: &Client) -> Result<Option<Round>, Error> {
    let find = doc! {
        "find": "actionlog", "filter": { "what": "balancer.round" }, "sort": { "$natural": -1 },
        "limit": 1, "singleBatch": true, "maxTimeMS": 500,
    };
    let answer = soft(client.database("config").run_command(find).await)?;
    Ok(answer.as_ref().and_then(|answer| first_batch(answer).next()).and_then(round))
}

fn round(row: &Document) -> Option<Round> {
    let details = row.get_document("details").ok()?;
    Some(Round {
        at: row.get_datetime("time").ok()?.timestamp_millis(),
        moved: number(details, "chunksMoved").unwrap_or_default(),
        candidates: number(details, "candidateChunks").unwrap_or_default(),
        failed: is_true(details, "errorOccured") || is_true(details, "errorOccurred"),
    })
}

/// The router's time zone, which only its log tells: each line begins with the local time.
async fn zone(client: &Client) -> Result<Option<i32>, Error> {
    // The newest line counts: those of the start may be from before the clocks were changed.
    let answer = soft(client.database("admin").run_command(doc! { "getLog": "global", "maxTimeMS": 1_000 }).await)?;
    let lines = answer.as_ref().and_then(|it| it.get_array("log").ok()).map(Vec::as_slice).unwrap_or_default();
    Ok(lines.iter().rev().filter_map(Bson::as_str).find_map(zone_of_line))
}

/// The minutes by which the time of a line of the log is ahead of UTC. A log that is kept in UTC says nothing.
pub(super) fn zone_of_line(line: &str) -> Option<i32> {
    let bytes = line.as_bytes();
    let is_time = |at: usize| {
        let time = bytes.get(at..at + 13)?;
        let fits = time.iter().zip(b"T00:00:00.000").all(
            |(is, form)| {
                if *form == b'0' { is.is_ascii_digit() } else { is == form }
            },
        );
        fits.then_some(at + 13)
    };
    let zone = line.get((0..bytes.len()).find_map(is_time)?..)?;
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = zone.chars().skip(1).filter(|it| *it != ':').take(4).collect();
    let (hours, minutes) = (digits.get(..2)?.parse::<i32>().ok()?, digits.get(2..4)?.parse::<i32>().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// What the balancer may do with this collection; none where it is not sharded.
///
/// # Errors
/// The driver's.
pub(super) async fn of_collection(client: &Client, namespace: &Namespace) -> Result<Option<OfCollection>, Error> {
    let name = namespace.to_string();
    let find = doc! {
        "find": "collections", "filter": { "_id": &name, "dropped": { "$ne": true }, "unsplittable": { "$ne": true } },
        "limit": 1, "singleBatch": true, "maxTimeMS": 1_000,
    };
    let status = doc! { "balancerCollectionStatus": &name, "maxTimeMS": 1_000 };
    let (config, admin) = (client.database("config"), client.database("admin"));
    let (answer, status) =
        tokio::try_join!(async { config.run_command(find).await }, async { soft(admin.run_command(status).await) })?;
    Ok(first_batch(&answer).next().map(|row| collection(name, row, status.as_ref())))
}

fn collection(namespace: String, row: &Document, status: Option<&Document>) -> OfCollection {
    let is_false = |field| row.get_bool(field).is_ok_and(|it| !it);
    OfCollection {
        namespace,
        identity: identity_of(row),
        balanced: !is_true(row, "noBalance"),
        // A server that changes the collection forbids migrations in its own name, `allowMigrations`.
        frozen: is_false("permitMigrations") || is_false("allowMigrations"),
        chunk_mib: number(row, "maxChunkSizeBytes").map(|bytes| bytes >> 20),
        auto_merger: row.get_bool("enableAutoMerge").ok(),
        defragmenting: is_true(row, "defragmentCollection"),
        violation: status.map(|status| {
            if is_true(status, "balancerCompliant") {
                return String::new();
            }
            status.get_str("firstComplianceViolation").unwrap_or("?").to_owned()
        }),
    }
}
