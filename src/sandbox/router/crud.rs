//! Reading and writing documents: the client's own command under the name of a shard's router
//! command, which does the targeting, the merging and the retries.

use std::collections::HashMap;

use bson::raw::RawBsonRef;
use bson::{Bson, RawDocument, RawDocumentBuf, doc};
use tokio::time::{Duration, Instant, sleep};

use super::answer::{Answer, Failure, raw, refused, unknown_command};
use super::cursors::Kind;
use super::dispatch::Request;
use super::metadata::Shard;
use super::relay::{Forwarded, Relay, raw_code};
use super::rewrite::{STRIPPED, decoded, renamed};

const ANY_SHARD_WITHIN: Duration = Duration::from_secs(8);
const PAUSE: Duration = Duration::from_millis(50);
/// Answers that say the command was not carried out and that the shard can know better: its
/// picture of the database or the collection was stale, or it is a primary no more.
const MOVED_OR_DEPOSED: [i32; 11] = [249, 13388, 63, 150, 10107, 13435, 11602, 189, 91, 11600, 13436];

pub(super) async fn crud(relay: &mut Relay, request: &Request) -> Answer {
    if request.name == "aggregate" {
        refuse_change_streams(&request.body)?;
    }
    if request.is_about_config() && !asks_whole_cluster(request) {
        return plain_on_config(relay, request).await;
    }
    if request.name == "find" && request.says("tailable", true) {
        return tailable_find(relay, request).await;
    }
    let name = cluster_name(&request.name)?;
    let is_write = matches!(request.name.as_str(), "insert" | "update" | "delete");
    let left_out: &[&[&str]] = match is_write {
        true => &[&STRIPPED, &["$readPreference"]],
        false => &[&STRIPPED],
    };
    let body = renamed(&request.body, Some(name), left_out)?;
    let forwarded = on_any_shard(relay, &request.database, &body, &request.sequences).await?;
    finish(relay, forwarded, Kind::Cluster)
}

/// The command as it came, on the config servers.
pub(super) async fn plain_on_config(relay: &mut Relay, request: &Request) -> Answer {
    let config = relay.shared.config_set.clone();
    let forwarded = relay.forward(&config, &request.body, &request.sequences).await?;
    finish(relay, forwarded, Kind::Plain)
}

/// The next batch, from wherever the cursor lives.
pub(super) async fn get_more(relay: &mut Relay, request: &Request) -> Answer {
    let id = request.body.get_i64("getMore")?;
    let home = relay
        .shared
        .cursors
        .home(id)
        .ok_or_else(|| refused(43, "CursorNotFound", format!("cursor id {id} not found")))?;
    let name = (home.kind == Kind::Cluster).then_some("clusterGetMore");
    let body = renamed(&request.body, name, &[&STRIPPED])?;
    let answer = relay.call(&home.host, &body, &[]).await?;
    let open = answer.get_document("cursor").and_then(|it| it.get_i64("id"));
    if open.ok() != Some(id) {
        relay.shared.cursors.forget(id);
    }
    Ok(answer)
}

pub(super) async fn kill_cursors(relay: &mut Relay, request: &Request) -> Answer {
    let body = request.decoded()?;
    let collection = request.subject();
    let mut by_host: HashMap<String, Vec<Bson>> = HashMap::new();
    let (mut killed, mut unknown) = (Vec::new(), Vec::new());
    for id in body.get_array("cursors").map_err(|_| missing_cursors())? {
        let home = id.as_i64().and_then(|it| relay.shared.cursors.home(it));
        let Some(home) = home else {
            unknown.push(id.clone());
            continue;
        };
        relay.shared.cursors.forget(id.as_i64().unwrap_or_default());
        by_host.entry(home.host).or_default().push(id.clone());
        killed.push(id.clone());
    }
    for (host, ids) in by_host {
        let command = doc! { "killCursors": collection, "cursors": ids, "$db": &request.database };
        // A server that does not answer has no cursor to end either.
        let _ = relay.call(&host, &RawDocumentBuf::try_from(&command)?, &[]).await;
    }
    raw(&doc! {
        "cursorsKilled": killed, "cursorsNotFound": unknown,
        "cursorsAlive": [], "cursorsUnknown": [], "ok": 1.0,
    })
}

/// Sends a router command to the database's primary shard, or to another one at once if that
/// cannot be reached: any shard can route, so one that is down fails only what needs its data.
pub(super) async fn on_any_shard(
    relay: &mut Relay,
    database: &str,
    body: &RawDocument,
    sequences: &[u8],
) -> Result<Forwarded, Failure> {
    let give_up = Instant::now() + ANY_SHARD_WITHIN;
    loop {
        let mut failure = refused(70, "ShardNotFound", "No shards found");
        for shard in candidates(relay, database).await? {
            match relay.forward_once(&shard.replica_set, body, sequences).await {
                Err(unreached @ Failure::Unreachable { sent: false, .. }) => failure = unreached,
                Ok(it) if MOVED_OR_DEPOSED.contains(&raw_code(&it.answer)) => {
                    // A shard does not renew its picture as a router by itself: a mongos does that
                    // a layer above these commands.
                    relay.shared.forget_primary(&shard.replica_set);
                    let flush = doc! { "flushRouterConfig": 1 };
                    relay.run_unchecked(&shard.replica_set, "admin", flush).await?;
                    failure = Failure::Server(Box::new(decoded(&it.answer)?));
                    break;
                }
                done => return done,
            }
        }
        if Instant::now() > give_up {
            return Err(failure);
        }
        sleep(PAUSE).await;
    }
}

pub(super) fn cluster_name(name: &str) -> Result<&'static str, Failure> {
    match name {
        "find" => Ok("clusterFind"),
        "aggregate" => Ok("clusterAggregate"),
        "insert" => Ok("clusterInsert"),
        "update" => Ok("clusterUpdate"),
        "delete" => Ok("clusterDelete"),
        other => Err(unknown_command(other)),
    }
}

/// A change stream's second batch ends the whole server on an invariant, so the first is refused.
pub(super) fn refuse_change_streams(body: &RawDocument) -> Result<(), Failure> {
    let Ok(pipeline) = body.get_array("pipeline") else {
        return Ok(());
    };
    for stage in pipeline {
        if let RawBsonRef::Document(stage) = stage?
            && stage.get("$changeStream")?.is_some()
        {
            let text = "The sandbox's router does not serve change streams";
            return Err(refused(40573, "Location40573", text));
        }
    }
    Ok(())
}

/// `aggregate: 1` on `admin`, such as `$currentOp`: about all shards, though asked of `admin`.
fn asks_whole_cluster(request: &Request) -> bool {
    request.name == "aggregate" && request.database == "admin" && request.subject().is_empty()
}

/// A tailable cursor over the shards' own merging ends the server as a change stream does; capped
/// collections are never sharded, so the database's primary shard has it all.
async fn tailable_find(relay: &mut Relay, request: &Request) -> Answer {
    let database = relay.existing_database(&request.database).await?;
    let body = renamed(&request.body, None, &[&STRIPPED])?;
    let forwarded = relay.forward(&database.primary.replica_set, &body, &[]).await?;
    finish(relay, forwarded, Kind::Plain)
}

async fn candidates(relay: &mut Relay, database: &str) -> Result<Vec<Shard>, Failure> {
    let mut shards = relay.shards().await?;
    if let Some(found) = relay.database(database).await? {
        shards.sort_by_key(|shard| shard.id != found.primary.id);
    }
    Ok(shards)
}

/// Notes the cursor that an answer opens, and takes out what routers do not tell.
pub(super) fn finish(relay: &Relay, forwarded: Forwarded, kind: Kind) -> Answer {
    let Forwarded { host, answer } = forwarded;
    relay.shared.cursors.note(&answer, &host, kind);
    match answer.get("lastCommittedOpTime") {
        Ok(Some(_)) => renamed(&answer, None, &[&["lastCommittedOpTime"]]),
        _ => Ok(answer),
    }
}

fn missing_cursors() -> Failure {
    super::answer::missing_field("killCursors", "cursors")
}
