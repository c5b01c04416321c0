//! The cluster as a whole: its databases, its running operations, the router's own status.

use bson::{Bson, Document, doc, rawdoc};

use super::answer::{Answer, bad_value, code_of, number, raw, strip_internals};
use super::crud::plain_on_config;
use super::dispatch::Request;
use super::metadata::{Shard, first_batch};
use super::relay::Relay;
use super::rewrite::{STRIPPED, decoded, renamed};
use super::statistics::aggregated;

/// The config server's status, told as a router would: it has no storage and no replica set.
pub(super) async fn server(relay: &mut Relay, request: &Request) -> Answer {
    let mut status = decoded(&plain_on_config(relay, request).await?)?;
    status.insert("process", "mongos");
    for field in ["repl", "wiredTiger", "storageEngine", "oplogTruncation"] {
        status.remove(field);
    }
    raw(&strip_internals(status))
}

/// The config server's parameters. A router has no feature compatibility version; it stands in `admin.system.version`.
pub(super) async fn parameter(relay: &mut Relay, request: &Request) -> Answer {
    let answer = plain_on_config(relay, request).await?;
    if !matches!(answer.get("featureCompatibilityVersion"), Ok(Some(_))) {
        return Ok(answer);
    }
    let mut rest = decoded(&answer)?;
    rest.remove("featureCompatibilityVersion");
    let told = |field: &&String| !field.starts_with('$') && !["ok", "operationTime"].contains(&field.as_str());
    if rest.keys().find(told).is_none() {
        return Ok(rawdoc! { "ok": 0.0, "errmsg": "no option found to get" });
    }
    raw(&rest)
}

pub(super) async fn list_databases(relay: &mut Relay, request: &Request) -> Answer {
    let body = renamed(&request.body, None, &[&STRIPPED])?;
    let mut found: Vec<Document> = Vec::new();
    let mut servers = relay.shards().await?;
    servers.push(Shard { id: "config".into(), replica_set: relay.shared.config_set.clone() });
    for server in servers {
        let is_config = server.id == "config";
        let forwarded = relay.forward(&server.replica_set, &body, &[]).await?;
        let answer = decoded(&forwarded.answer)?;
        if code_of(&answer) != 0 {
            return raw(&answer);
        }
        let listed = answer.get_array("databases").map(Vec::as_slice).unwrap_or_default();
        for entry in listed.iter().filter_map(Bson::as_document) {
            let name = entry.get_str("name").unwrap_or_default();
            // Every server has its own `local`, and a shard's `config` holds only its cache.
            if name != "local" && is_config == matches!(name, "admin" | "config") {
                add_database(&mut found, entry, &server.id);
            }
        }
    }
    found.sort_by(|a, b| a.get_str("name").ok().cmp(&b.get_str("name").ok()));
    let mut whole = doc! { "ok": 1.0 };
    if !request.says("nameOnly", true) {
        let total: i64 = found.iter().filter_map(|it| number(it, "sizeOnDisk")).sum();
        whole.insert("totalSize", total);
        whole.insert("totalSizeMb", total / (1024 * 1024));
    }
    whole.insert("databases", found);
    raw(&whole)
}

pub(super) async fn current_op(relay: &mut Relay, request: &Request) -> Answer {
    let body = request.decoded()?;
    let yes = |field| number(&body, field).is_some_and(|it| it != 0);
    let stage = doc! {
        "allUsers": !yes("$ownOps"), "idleConnections": yes("$all"),
        "idleSessions": yes("$all"),
    };
    let known = ["currentOp", "$all", "$ownOps", "$db", "lsid", "$clusterTime", "maxTimeMS"];
    let filter: Document = body
        .iter()
        .filter(|(field, _)| !known.contains(&field.as_str()) && *field != "$readPreference")
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect();
    let pipeline = vec![doc! { "$currentOp": stage }, doc! { "$match": filter }];
    let command = doc! {
        "clusterAggregate": 1, "pipeline": pipeline, "cursor": { "batchSize": 10_000 },
    };
    let answer = aggregated(relay, "admin", command).await?;
    raw(&doc! { "inprog": first_batch(&answer), "ok": 1.0 })
}

/// Routers name an operation `shard:number`.
pub(super) async fn kill_op(relay: &mut Relay, request: &Request) -> Answer {
    let body = request.decoded()?;
    let named = body.get_str("op").ok().and_then(|it| it.split_once(':'));
    let (shard, number) = named.ok_or_else(|| bad_value("The op argument must be of the form shard:number"))?;
    let number: i64 = number.parse().map_err(|_| bad_value("Invalid operation id"))?;
    let shard = relay.shard(shard).await?;
    let command = doc! { "killOp": 1, "op": number };
    raw(&strip_internals(relay.run(&shard.replica_set, "admin", command).await?))
}

fn add_database(found: &mut Vec<Document>, entry: &Document, server: &str) {
    let name = entry.get_str("name").unwrap_or_default();
    let size = number(entry, "sizeOnDisk");
    let at = found.iter().position(|it| it.get_str("name").ok() == Some(name));
    let Some(size) = size else {
        if at.is_none() {
            found.push(doc! { "name": name });
        }
        return;
    };
    let at = at.unwrap_or_else(|| {
        found.push(doc! { "name": name, "sizeOnDisk": 0_i64, "empty": false, "shards": {} });
        found.len() - 1
    });
    let whole = &mut found[at];
    let before = number(whole, "sizeOnDisk").unwrap_or(0);
    whole.insert("sizeOnDisk", before + size);
    whole.insert("empty", before + size == 0);
    if let Ok(shards) = whole.get_document_mut("shards") {
        shards.insert(server, size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_on_two_shards_is_listed_once() {
        let mut found = Vec::new();
        for (shard, size) in [("shard1", 3_i64), ("shard2", 4)] {
            add_database(&mut found, &doc! { "name": "shop", "sizeOnDisk": size }, shard);
        }
        let shards = doc! { "shard1": 3_i64, "shard2": 4_i64 };
        let whole = doc! {
            "name": "shop", "sizeOnDisk": 7_i64, "empty": false, "shards": shards,
        };
        assert_eq!(found, [whole]);
    }
}
