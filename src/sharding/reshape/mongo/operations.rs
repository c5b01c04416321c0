//! What the servers tell about reshardings, moves and unshardings under way: the coordinator's documents in
//! `config.reshardingOperations`, and a row of `$currentOp` for each role of each shard (5.0 to 8.x).

#[cfg(test)]
mod tests;

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use crate::sharding::model::ShardKey;
use crate::sharding::mongo::answer::{first_batch, number, permitted, soft};
use crate::sharding::mongo::catalog::{key_of, shown_key};
use crate::sharding::reshape::model::operation::{Donor, Kind, Operation, Phase, Recipient};

/// A cluster allows one at a time, so this is far beyond what there can be.
const MOST: i32 = 20;

/// All operations of the cluster. None where neither source may be asked.
///
/// # Errors
/// When the router could not be asked at all.
pub(in crate::sharding) async fn operations(client: &Client) -> Result<Option<Vec<Operation>>, Error> {
    let find = doc! { "find": "reshardingOperations", "limit": MOST, "singleBatch": true, "maxTimeMS": 1_000 };
    let documents = permitted(client.database("config").run_command(find).await)?;
    if documents.as_ref().is_some_and(|answer| first_batch(answer).next().is_none()) {
        // The coordinator writes its document first and removes it last: nothing runs, and no shard need be asked.
        return Ok(Some(Vec::new()));
    }
    let rows = client.database("admin").run_command(rows()).await;
    // Where the coordinator's documents are there, a shard that does not answer hides nothing but its own part.
    let rows = if documents.is_some() { soft(rows)? } else { permitted(rows)? };
    if documents.is_none() && rows.is_none() {
        return Ok(None);
    }
    let documents: Vec<&Document> = documents.iter().flat_map(first_batch).collect();
    let rows: Vec<&Document> = rows.iter().flat_map(first_batch).collect();
    Ok(Some(read(&documents, &rows, bson::DateTime::now().timestamp_millis())))
}

fn rows() -> Document {
    let any: Vec<Document> = [Kind::Reshard, Kind::Move, Kind::Unshard]
        .iter()
        .map(|kind| doc! { format!("originatingCommand.{}", kind.command()): { "$exists": true } })
        .collect();
    doc! {
        "aggregate": 1,
        "pipeline": [
            { "$currentOp": { "allUsers": true, "localOps": false } },
            { "$match": { "type": "op", "$or": any } },
            { "$limit": 500 },
        ],
        "cursor": { "batchSize": 500 },
        "maxTimeMS": 1_000,
    }
}

/// Puts both sources together. `now` is in milliseconds since 1970.
fn read(documents: &[&Document], rows: &[&Document], now: i64) -> Vec<Operation> {
    let mut all: Vec<Operation> = documents.iter().filter_map(|document| of_document(document, now)).collect();
    for row in rows {
        let Some((kind, namespace)) = origin(row) else { continue };
        let known = all.iter().position(|it| it.namespace == namespace);
        let place = known.unwrap_or_else(|| {
            all.push(unknown(kind, namespace));
            all.len() - 1
        });
        add(&mut all[place], row);
    }
    all
}

fn of_document(document: &Document, now: i64) -> Option<Operation> {
    let started = document.get_datetime("startTime").ok().map(|at| (now - at.timestamp_millis()) / 1000);
    let ids = |field: &str| -> Vec<String> {
        let entries = document.get_array(field).map(Vec::as_slice).unwrap_or_default();
        let shards = entries.iter().filter_map(Bson::as_document).filter_map(|it| it.get_str("id").ok());
        shards.map(str::to_owned).collect()
    };
    let mut silent = ids("recipientShards");
    let recipients = i64::try_from(silent.len()).unwrap_or_default();
    silent.extend(ids("donorShards").into_iter().filter(|it| !silent.contains(it)).collect::<Vec<_>>());
    Some(Operation {
        id: uuid(document, "_id"),
        namespace: document.get_str("ns").ok()?.to_owned(),
        kind: match document.get_str("provenance") {
            Ok("moveCollection" | "balancerMoveCollection") => Kind::Move,
            Ok("unshardCollection") => Kind::Unshard,
            _ => Kind::Reshard,
        },
        source: uuid(document, "ui"),
        key: document.get_document("reshardingKey").map(shown_key).unwrap_or_default(),
        phase: Phase::of_coordinator(document.get_str("state").unwrap_or_default()),
        seconds: started.map(|it| it.max(0)),
        // The servers tell the share of one recipient.
        documents: number(document, "approxDocumentsToCopy").map(|share| share * recipients),
        bytes: number(document, "approxBytesToCopy").map(|share| share * recipients),
        recipients: Vec::new(),
        donors: Vec::new(),
        silent,
    })
}

/// One of which only the shards tell.
fn unknown(kind: Kind, namespace: &str) -> Operation {
    Operation {
        id: String::new(),
        namespace: namespace.to_owned(),
        kind,
        source: String::new(),
        key: String::new(),
        phase: Phase::Unknown,
        seconds: None,
        documents: None,
        bytes: None,
        recipients: Vec::new(),
        donors: Vec::new(),
        silent: Vec::new(),
    }
}

fn uuid(document: &Document, field: &str) -> String {
    match document.get(field) {
        Some(Bson::Binary(binary)) => binary.to_uuid().map(|uuid| uuid.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

fn origin(row: &Document) -> Option<(Kind, &str)> {
    let command = row.get_document("originatingCommand").ok()?;
    [Kind::Reshard, Kind::Move, Kind::Unshard]
        .into_iter()
        .find_map(|kind| Some((kind, command.get_str(kind.command()).ok()?)))
}

/// A row is of one role: which one is said by the state that it has.
fn add(operation: &mut Operation, row: &Document) {
    let shard = row.get_str("shard").unwrap_or("?").to_owned();
    let state = |field: &str| row.get_str(field).ok().map(str::to_owned);
    let seconds = number(row, "totalOperationTimeElapsedSecs");
    operation.seconds = operation.seconds.max(seconds);
    if operation.key.is_empty() {
        let command = row.get_document("originatingCommand").ok();
        operation.key = command.and_then(|it| it.get_document("key").ok()).map(shown_key).unwrap_or_default();
    }
    if let Some(state) = state("recipientState") {
        operation.silent.retain(|it| *it != shard);
        operation.recipients.retain(|it| it.shard != shard);
        operation.recipients.push(recipient(row, shard, state));
        operation.recipients.sort_by(|one, other| one.shard.cmp(&other.shard));
    } else if let Some(state) = state("donorState") {
        operation.silent.retain(|it| *it != shard);
        operation.donors.retain(|it| it.shard != shard);
        operation.donors.push(donor(row, shard, state));
        operation.donors.sort_by(|one, other| one.shard.cmp(&other.shard));
    } else if let Some(state) = state("coordinatorState")
        && operation.phase == Phase::Unknown
    {
        operation.phase = Phase::of_coordinator(&state);
    }
}

fn recipient(row: &Document, shard: String, state: String) -> Recipient {
    // What is counted is never negative; -1 stands for what a server does not know.
    let told = |field| number(row, field).filter(|it| *it >= 0);
    Recipient {
        shard,
        state,
        documents: told("documentsCopied"),
        documents_of: told("approxDocumentsToCopy"),
        bytes: told("bytesCopied"),
        bytes_of: told("approxBytesToCopy"),
        copying: told("totalCopyTimeElapsedSecs"),
        fetched: told("oplogEntriesFetched"),
        applied: told("oplogEntriesApplied"),
        left: told("remainingOperationTimeEstimatedSecs"),
        status: row.get_str("opStatus").unwrap_or_default().to_owned(),
    }
}

fn donor(row: &Document, shard: String, state: String) -> Donor {
    let told = |field| number(row, field).filter(|it| *it >= 0);
    Donor {
        shard,
        state,
        blocked: told("countWritesDuringCriticalSection"),
        blocking: told("totalCriticalSectionTimeElapsedSecs"),
        status: row.get_str("opStatus").unwrap_or_default().to_owned(),
    }
}

/// A key of the catalog is this one.
pub(super) fn is_key(document: &Document, key: &ShardKey) -> bool {
    key_of(document).as_ref() == Some(key)
}
