//! Commands without a router form of their own: sent as they are to the shards that own chunks,
//! each with the version a router would attach, and their answers put together.

use std::collections::HashSet;
use std::time::Duration;

use bson::{Bson, Document, RawDocument, RawDocumentBuf, doc};
use tokio::time::sleep;

use super::answer::{Answer, Failure, code_of, is_ok, raw, refused, strip_internals};
use super::crud::{cluster_name, on_any_shard, plain_on_config, refuse_change_streams};
use super::dispatch::Request;
use super::metadata::{Shard, unsharded_version};
use super::relay::Relay;
use super::rewrite::{STRIPPED, decoded, extend, renamed};

/// The chunks or the database moved between reading the version and using it.
const STALE: [i32; 4] = [13388, 249, 63, 150];
const MOST_TRIES: usize = 40;
const PAUSE: Duration = Duration::from_millis(100);

/// Sends a command to every shard that owns chunks of a collection, or to the database's primary
/// shard where it is not sharded.
pub(super) async fn scatter(
    relay: &mut Relay,
    database: &str,
    namespace: &str,
    body: &RawDocument,
) -> Result<Vec<(Shard, Document)>, Failure> {
    let mut last = None;
    for _ in 0..MOST_TRIES {
        let targets = targets(relay, database, namespace).await?;
        match send_to(relay, targets, body).await {
            Err(Failure::Server(refusal)) if STALE.contains(&code_of(&refusal)) => {
                last = Some(Failure::Server(refusal));
                sleep(PAUSE).await;
            }
            done => return done,
        }
    }
    Err(last.unwrap_or_else(|| refused(13388, "StaleConfig", "the metadata keeps changing")))
}

/// Each shard's answer under its connection string, as `raw` in a router's answers.
pub(super) fn by_host(answers: &[(Shard, Document)]) -> Document {
    answers.iter().map(|(shard, answer)| (shard.replica_set.clone(), Bson::from(answer.clone()))).collect()
}

pub(super) async fn find_and_modify(relay: &mut Relay, request: &Request) -> Answer {
    if request.is_about_config() {
        return plain_on_config(relay, request).await;
    }
    let body = renamed(&request.body, None, &[&STRIPPED, &["$readPreference"]])?;
    relay.database_or_new(&request.database).await?;
    let mut answers = match relay.collection(&request.namespace()).await? {
        None => scatter(relay, &request.database, &request.namespace(), &body).await?,
        Some(_) => on_the_one_shard(relay, request, &body).await?,
    };
    let answer = answers.pop().map(|(_, answer)| answer).unwrap_or_default();
    raw(&strip_internals(answer))
}

pub(super) async fn distinct(relay: &mut Relay, request: &Request) -> Answer {
    if request.is_about_config() {
        return plain_on_config(relay, request).await;
    }
    if relay.database(&request.database).await?.is_none() {
        return raw(&doc! { "values": [], "ok": 1.0 });
    }
    let body = renamed(&request.body, None, &[&STRIPPED])?;
    let answers = scatter(relay, &request.database, &request.namespace(), &body).await?;
    let (mut seen, mut values) = (HashSet::new(), Vec::new());
    for (_, answer) in &answers {
        for value in answer.get_array("values").map(Vec::as_slice).unwrap_or_default() {
            let bytes = RawDocumentBuf::try_from(&doc! { "": value.clone() })?.into_bytes();
            if seen.insert(bytes) {
                values.push(value.clone());
            }
        }
    }
    raw(&doc! { "values": values, "ok": 1.0 })
}

/// `find` and `aggregate` have a router's explain. The write commands' would be sent round and
/// round between the shards until they run out of sockets, so the others are asked one by one.
pub(super) async fn explain(relay: &mut Relay, request: &Request) -> Answer {
    if request.is_about_config() {
        return plain_on_config(relay, request).await;
    }
    let inner = request.body.get_document("explain")?;
    refuse_change_streams(inner)?;
    let first = inner.iter_elements().next().transpose()?;
    let name = first.as_ref().map(|it| it.key().as_str()).unwrap_or_default();
    match name {
        "find" | "aggregate" => {
            let renamed_inner = renamed(inner, Some(cluster_name(name)?), &[&STRIPPED])?;
            let body = with_inner(&request.body, &renamed_inner)?;
            let forwarded = on_any_shard(relay, &request.database, &body, &[]).await?;
            raw(&strip_internals(decoded(&forwarded.answer)?))
        }
        "count" | "distinct" | "update" | "delete" | "findAndModify" => {
            let plain_inner = renamed(inner, None, &[&STRIPPED])?;
            let body = with_inner(&request.body, &plain_inner)?;
            let collection = inner.get_str(name).unwrap_or_default();
            let namespace = format!("{}.{collection}", request.database);
            let answers = scatter(relay, &request.database, &namespace, &body).await?;
            raw(&joined_explain(&answers))
        }
        other => Err(refused(59, "CommandNotFound", format!("Explain failed due to unknown command: {other}"))),
    }
}

async fn targets(relay: &mut Relay, database: &str, namespace: &str) -> Result<Vec<(Shard, Document)>, Failure> {
    if let Some(collection) = relay.collection(namespace).await? {
        let owners = relay.owners(&collection).await?.into_iter();
        return Ok(owners.map(|(shard, it)| (shard, doc! { "shardVersion": it })).collect());
    }
    let database = relay.existing_database(database).await?;
    let versions = doc! {
        "shardVersion": unsharded_version(), "databaseVersion": database.version,
    };
    Ok(vec![(database.primary, versions)])
}

async fn send_to(
    relay: &mut Relay,
    targets: Vec<(Shard, Document)>,
    body: &RawDocument,
) -> Result<Vec<(Shard, Document)>, Failure> {
    let mut answers = Vec::with_capacity(targets.len());
    for (shard, versions) in targets {
        let mut versioned = body.to_owned();
        extend(&mut versioned, &versions)?;
        let forwarded = relay.forward(&shard.replica_set, &versioned, &[]).await?;
        let answer = decoded(&forwarded.answer)?;
        if !is_ok(&answer) {
            return Err(Failure::Server(Box::new(answer)));
        }
        answers.push((shard, strip_internals(answer)));
    }
    Ok(answers)
}

/// On a sharded collection `findAndModify` must reach exactly one shard. Which one, the shards'
/// own router says when asked to explain the same query as a find.
async fn on_the_one_shard(
    relay: &mut Relay,
    request: &Request,
    body: &RawDocument,
) -> Result<Vec<(Shard, Document)>, Failure> {
    let query = request.decoded()?.get_document("query").cloned().unwrap_or_default();
    let mut last = None;
    for _ in 0..MOST_TRIES {
        let id = one_shard_for(relay, request, &query).await?;
        let all = targets(relay, &request.database, &request.namespace()).await?;
        let one: Vec<_> = all.into_iter().filter(|(shard, _)| shard.id == id).collect();
        match send_to(relay, one, body).await {
            Err(Failure::Server(refusal)) if STALE.contains(&code_of(&refusal)) => {
                last = Some(Failure::Server(refusal));
                sleep(PAUSE).await;
            }
            done => return done,
        }
    }
    Err(last.unwrap_or_else(|| refused(13388, "StaleConfig", "the metadata keeps changing")))
}

async fn one_shard_for(relay: &mut Relay, request: &Request, query: &Document) -> Result<String, Failure> {
    let command = doc! {
        "explain": { "clusterFind": request.subject(), "filter": query.clone() },
        "verbosity": "queryPlanner", "$db": &request.database,
    };
    let body = RawDocumentBuf::try_from(&command)?;
    let forwarded = on_any_shard(relay, &request.database, &body, &[]).await?;
    let answer = decoded(&forwarded.answer)?;
    let plan = answer.get_document("queryPlanner").and_then(|it| it.get_document("winningPlan"));
    let shards = plan.and_then(|it| it.get_array("shards"));
    match shards.map(Vec::as_slice).unwrap_or_default() {
        [Bson::Document(only)] => Ok(only.get_str("shardName").unwrap_or_default().to_owned()),
        _ if !is_ok(&answer) => Err(Failure::Server(Box::new(answer))),
        _ => {
            let text = "Query for sharded findAndModify must contain the shard key";
            Err(refused(61, "ShardKeyNotFound", text))
        }
    }
}

/// The explain command with its inner command replaced.
fn with_inner(body: &RawDocument, inner: &RawDocument) -> Result<RawDocumentBuf, Failure> {
    let mut whole = RawDocumentBuf::new();
    whole.append(bson::raw::cstr!("explain"), inner);
    let rest = renamed(body, None, &[&STRIPPED, &["explain"]])?;
    for element in rest.iter_elements() {
        let element = element?;
        whole.append(element.key(), element.value()?);
    }
    Ok(whole)
}

fn joined_explain(answers: &[(Shard, Document)]) -> Document {
    let mut plans = Vec::new();
    for (shard, answer) in answers {
        let mut plan = answer.get_document("queryPlanner").cloned().unwrap_or_default();
        plan.insert("shardName", &shard.id);
        plan.insert("connectionString", &shard.replica_set);
        plans.push(plan);
    }
    let stage = if plans.len() == 1 { "SINGLE_SHARD" } else { "SHARD_MERGE" };
    let winning = doc! { "stage": stage, "shards": plans };
    doc! { "queryPlanner": { "mongosPlannerVersion": 1, "winningPlan": winning }, "ok": 1.0 }
}
