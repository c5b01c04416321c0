//! Figures that a router adds up over the shards: counts and sizes of collections and databases.

use bson::{Bson, Document, RawDocumentBuf, doc};

use super::answer::{Answer, Failure, code_of, number, raw, strip_internals};
use super::crud::{on_any_shard, plain_on_config};
use super::dispatch::Request;
use super::metadata::{Shard, first_batch};
use super::relay::Relay;
use super::rewrite::{STRIPPED, decoded, renamed};
use super::versioned::{by_host, scatter};

/// "Command on a view over a sharded collection": only an aggregation can answer.
const SHARDED_VIEW: i32 = 169;

pub(super) async fn count(relay: &mut Relay, request: &Request) -> Answer {
    if request.is_about_config() {
        return plain_on_config(relay, request).await;
    }
    let body = request.decoded()?;
    let sharded = relay.collection(&request.namespace()).await?.is_some();
    if relay.database(&request.database).await?.is_none() {
        return raw(&doc! { "n": 0, "ok": 1.0 });
    }
    if !sharded {
        let plain = renamed(&request.body, None, &[&STRIPPED])?;
        match scatter(relay, &request.database, &request.namespace(), &plain).await {
            Err(Failure::Server(refusal)) if code_of(&refusal) == SHARDED_VIEW => {}
            answers => return raw(&doc! { "n": small(sum(&answers?, "n")), "ok": 1.0 }),
        }
    }
    let mut command = doc! {
        "clusterAggregate": request.subject(), "pipeline": count_stages(&body, sharded),
        "cursor": {},
    };
    super::sharding::copy(&body, &mut command, &["hint", "collation", "readConcern", "maxTimeMS"]);
    let answer = aggregated(relay, &request.database, command).await?;
    let n = first_batch(&answer).first().and_then(|it| number(it, "n"));
    raw(&doc! { "n": small(n.unwrap_or(0)), "ok": 1.0 })
}

pub(super) async fn collection(relay: &mut Relay, request: &Request) -> Answer {
    if request.is_about_config() {
        return plain_on_config(relay, request).await;
    }
    let namespace = request.namespace();
    let body = renamed(&request.body, None, &[&STRIPPED])?;
    let sharded = relay.collection(&namespace).await?.is_some();
    let answers = scatter(relay, &request.database, &namespace, &body).await?;
    let count = sum(&answers, "count");
    let mut whole = doc! { "ns": namespace, "sharded": sharded, "capped": false };
    if let ([(shard, _)], false) = (answers.as_slice(), sharded) {
        whole.insert("primary", &shard.id);
    }
    for field in ["count", "size", "storageSize", "freeStorageSize", "totalIndexSize", "totalSize"] {
        whole.insert(field, sum(&answers, field));
    }
    whole.insert("avgObjSize", sum(&answers, "size").checked_div(count).unwrap_or(0));
    whole.insert("indexSizes", summed_sizes(&answers));
    let indexes = answers.iter().filter_map(|(_, it)| number(it, "nindexes")).max();
    whole.insert("nindexes", indexes.unwrap_or(0));
    if let Some((_, first)) = answers.first() {
        super::sharding::copy(first, &mut whole, &["scaleFactor", "capped", "max", "maxSize"]);
    }
    whole.insert("shards", by_shard(answers));
    whole.insert("ok", 1.0);
    raw(&whole)
}

pub(super) async fn database(relay: &mut Relay, request: &Request) -> Answer {
    if request.is_about_config() {
        return plain_on_config(relay, request).await;
    }
    let answers = on_every_shard(relay, request).await?;
    let mut whole = doc! { "raw": by_host(&answers), "db": &request.database };
    for field in [
        "collections",
        "views",
        "objects",
        "dataSize",
        "storageSize",
        "totalFreeStorageSize",
        "indexes",
        "indexSize",
        "totalSize",
        "scaleFactor",
        "fsUsedSize",
        "fsTotalSize",
    ] {
        whole.insert(field, sum(&answers, field));
    }
    whole.insert("ok", 1.0);
    raw(&whole)
}

pub(super) async fn data_size(relay: &mut Relay, request: &Request) -> Answer {
    let namespace = request.subject().to_owned();
    let body = renamed(&request.body, None, &[&STRIPPED])?;
    let answers = scatter(relay, &request.database, &namespace, &body).await?;
    raw(&doc! {
        "size": sum(&answers, "size"), "numObjects": sum(&answers, "numObjects"),
        "millis": sum(&answers, "millis"), "ok": 1.0,
    })
}

pub(super) async fn validate(relay: &mut Relay, request: &Request) -> Answer {
    if request.is_about_config() {
        return plain_on_config(relay, request).await;
    }
    let body = renamed(&request.body, None, &[&STRIPPED])?;
    let answers = scatter(relay, &request.database, &request.namespace(), &body).await?;
    let valid = answers.iter().all(|(_, it)| it.get_bool("valid").unwrap_or(false));
    raw(&doc! { "valid": valid, "raw": by_host(&answers), "ok": 1.0 })
}

pub(super) async fn aggregated(relay: &mut Relay, database: &str, mut command: Document) -> Result<Document, Failure> {
    command.insert("$db", database);
    let body = RawDocumentBuf::try_from(&command)?;
    let forwarded = on_any_shard(relay, database, &body, &[]).await?;
    let answer = decoded(&forwarded.answer)?;
    match code_of(&answer) {
        0 => Ok(answer),
        _ => Err(Failure::Server(Box::new(answer))),
    }
}

async fn on_every_shard(relay: &mut Relay, request: &Request) -> Result<Vec<(Shard, Document)>, Failure> {
    let body = renamed(&request.body, None, &[&STRIPPED])?;
    let mut answers = Vec::new();
    for shard in relay.shards().await? {
        let forwarded = relay.forward(&shard.replica_set, &body, &[]).await?;
        answers.push((shard, strip_internals(decoded(&forwarded.answer)?)));
    }
    Ok(answers)
}

/// Without a query the figure each shard keeps is added up, as a router does: it is quick, and
/// counts documents that are about to move twice.
fn count_stages(body: &Document, may_use_figure: bool) -> Vec<Document> {
    let query = body.get_document("query").cloned().unwrap_or_default();
    let skip = number(body, "skip").unwrap_or(0);
    let limit = number(body, "limit").unwrap_or(0).saturating_abs();
    if may_use_figure && query.is_empty() && skip == 0 && limit == 0 {
        let sum = doc! { "_id": null, "n": { "$sum": "$count" } };
        return vec![doc! { "$collStats": { "count": {} } }, doc! { "$group": sum }];
    }
    let mut stages = vec![doc! { "$match": query }];
    if skip > 0 {
        stages.push(doc! { "$skip": skip });
    }
    if limit > 0 {
        stages.push(doc! { "$limit": limit });
    }
    stages.push(doc! { "$count": "n" });
    stages
}

/// The shortest type that holds it, as servers count.
fn small(number: i64) -> Bson {
    i32::try_from(number).map_or(Bson::Int64(number), Bson::Int32)
}

fn sum(answers: &[(Shard, Document)], field: &str) -> i64 {
    answers.iter().filter_map(|(_, it)| number(it, field)).sum()
}

fn summed_sizes(answers: &[(Shard, Document)]) -> Document {
    let mut sizes = Document::new();
    for (_, answer) in answers {
        for name in answer.get_document("indexSizes").iter().flat_map(|it| it.keys()) {
            let one = answer.get_document("indexSizes").ok().and_then(|it| number(it, name));
            let before = number(&sizes, name).unwrap_or(0);
            sizes.insert(name.clone(), before + one.unwrap_or(0));
        }
    }
    sizes
}

fn by_shard(answers: Vec<(Shard, Document)>) -> Document {
    let entries = answers.into_iter();
    entries.map(|(shard, answer)| (shard.id, Bson::from(answer))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_count_uses_the_kept_figure_and_a_query_does_not() {
        let bare = count_stages(&doc! { "count": "c" }, true);
        assert!(bare[0].contains_key("$collStats"));
        let query = count_stages(&doc! { "query": { "a": 1 }, "limit": -5, "skip": 2 }, true);
        let stages: Vec<&String> = query.iter().flat_map(Document::keys).collect();
        assert_eq!(stages, ["$match", "$skip", "$limit", "$count"]);
        assert_eq!(query[2], doc! { "$limit": 5_i64 });
    }
}
