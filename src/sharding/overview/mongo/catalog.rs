//! What the config servers and the router itself know. No shard is asked, and nothing is counted: with a million
//! chunks it is as quick as with ten.

use std::sync::Arc;
use std::time::Instant;

use bson::{Bson, Document, doc};
use futures_util::future::{try_join3, try_join4};
use mongodb::Client;
use mongodb::error::Error;

use super::balancing::balancing;
use crate::error::AppError;
use crate::sharding::cluster::Cluster;
use crate::sharding::model::{Held, Release};
use crate::sharding::mongo::answer::{first_batch, is_true, number, soft};
use crate::sharding::mongo::settings;
use crate::sharding::overview::model::{
    Answer, Balancing, ConfigServers, Counts, Member, MemberState, Resharding, Router, Shard,
};
use crate::targets::registry::Entry;

/// Shards and routers that are listed at most.
const MOST: i64 = 1_000;
/// Each question, in milliseconds.
const QUESTION: i32 = 2_000;

#[derive(Clone)]
pub(super) struct Catalog {
    pub(super) release: Release,
    /// Without their answers, bytes and disks.
    pub(super) shards: Vec<Shard>,
    pub(super) routers: Vec<Router>,
    pub(super) config: ConfigServers,
    pub(super) balancing: Balancing,
    pub(super) counts: Counts,
    pub(super) reshardings: Vec<Resharding>,
}

pub(super) async fn read(entry: Arc<Entry>) -> Result<Catalog, AppError> {
    Cluster::at(entry).read(|client| async move { all(&client).await }).await
}

async fn all(client: &Client) -> Result<Catalog, Error> {
    let ((shards, micros), routers, release, balancing) =
        try_join4(shards(client), routers(client), settings::release(client), balancing(client)).await?;
    let (counts, reshardings, (watched, map)) = try_join3(counts(client), reshardings(client), sets(client)).await?;
    let set = map.as_ref().and_then(|map| map.get_document("map").ok()).and_then(|map| map.get_str("config").ok());
    let (set, members) = members(set.unwrap_or_default(), watched.as_ref());
    let config = ConfigServers { set, members, micros, version: None };
    Ok(Catalog {
        release,
        shards: shards.iter().filter_map(|row| shard(row, watched.as_ref())).collect(),
        routers,
        config,
        balancing,
        counts,
        reshardings,
    })
}

/// The shards, and how long the config servers took to say what a majority of them knows.
async fn shards(client: &Client) -> Result<(Vec<Document>, i64), Error> {
    let find = doc! {
        "find": "shards", "sort": { "_id": 1 }, "limit": MOST, "batchSize": MOST, "singleBatch": true,
        "readConcern": { "level": "majority" }, "maxTimeMS": QUESTION,
    };
    let begun = Instant::now();
    let answer = client.database("config").run_command(find).await?;
    let micros = i64::try_from(begun.elapsed().as_micros()).unwrap_or(i64::MAX);
    Ok((first_batch(&answer).cloned().collect(), micros))
}

fn shard(row: &Document, watched: Option<&Document>) -> Option<Shard> {
    let (set, members) = members(row.get_str("host").unwrap_or_default(), watched);
    let zones = row.get_array("tags").map(Vec::as_slice).unwrap_or_default();
    Some(Shard {
        id: row.get_str("_id").ok()?.to_owned(),
        set,
        members,
        draining: is_true(row, "draining"),
        zones: zones.iter().filter_map(Bson::as_str).map(str::to_owned).collect(),
        answer: Answer::NotAsked,
        held: Held::Unknown,
        disk: None,
    })
}

/// The members of `set/host:port,host:port`, each with what the router sees of it; and those that only the router knows.
fn members(host: &str, watched: Option<&Document>) -> (String, Vec<Member>) {
    let (set, list) = host.split_once('/').unwrap_or(("", host));
    let seen = watched.and_then(|watched| watched.get_document(set).ok()).and_then(|set| set.get_array("hosts").ok());
    let seen: Vec<&Document> =
        seen.map(Vec::as_slice).unwrap_or_default().iter().filter_map(Bson::as_document).collect();
    let state = |address: &str| {
        let found = seen.iter().find(|it| it.get_str("addr").is_ok_and(|addr| addr == address));
        found.map_or(MemberState::Unknown, |it| state_of(it))
    };
    let mut members: Vec<Member> = list
        .split(',')
        .filter(|address| !address.is_empty())
        .map(|address| Member { address: address.to_owned(), state: state(address) })
        .collect();
    for address in seen.iter().filter_map(|it| it.get_str("addr").ok()) {
        if !members.iter().any(|member| member.address == address) {
            members.push(Member { address: address.to_owned(), state: state(address) });
        }
    }
    (set.to_owned(), members)
}

fn state_of(host: &Document) -> MemberState {
    match (is_true(host, "ok"), is_true(host, "ismaster"), is_true(host, "secondary")) {
        (false, ..) => MemberState::Down,
        (_, true, _) => MemberState::Primary,
        (_, _, true) => MemberState::Secondary,
        _ => MemberState::Other,
    }
}

/// The routers, those that signed in last first. Their age is reckoned by a server's clock and not by ours.
async fn routers(client: &Client) -> Result<Vec<Router>, Error> {
    let age = doc! { "$subtract": ["$$NOW", "$ping"] };
    let pipeline = vec![
        doc! { "$sort": { "ping": -1 } },
        doc! { "$limit": MOST },
        doc! { "$project": { "mongoVersion": 1, "age": age } },
    ];
    let command = doc! {
        "aggregate": "mongos", "pipeline": pipeline, "cursor": { "batchSize": MOST }, "maxTimeMS": QUESTION,
    };
    let answer = soft(client.database("config").run_command(command).await)?;
    let router = |row: &Document| {
        Some(Router {
            address: row.get_str("_id").ok()?.to_owned(),
            version: row.get_str("mongoVersion").unwrap_or_default().to_owned(),
            age: number(row, "age")?.max(0),
        })
    };
    Ok(answer.iter().flat_map(first_batch).filter_map(router).collect())
}

/// What each collection's own figure says: nothing is looked at.
async fn counts(client: &Client) -> Result<Counts, Error> {
    let config = client.database("config");
    let count = |name: &'static str| {
        let config = config.clone();
        async move {
            let answer = soft(config.run_command(doc! { "count": name, "maxTimeMS": QUESTION }).await)?;
            Ok::<_, Error>(answer.and_then(|answer| number(&answer, "n")))
        }
    };
    let (databases, collections, chunks) = try_join3(count("databases"), count("collections"), count("chunks")).await?;
    Ok(Counts { databases, collections, chunks })
}

async fn reshardings(client: &Client) -> Result<Vec<Resharding>, Error> {
    let find = doc! {
        "find": "reshardingOperations", "projection": { "ns": 1, "state": 1 }, "limit": 10, "singleBatch": true,
        "maxTimeMS": QUESTION,
    };
    let answer = soft(client.database("config").run_command(find).await)?;
    let resharding = |row: &Document| {
        Some(Resharding {
            namespace: row.get_str("ns").ok()?.to_owned(),
            state: row.get_str("state").unwrap_or("?").to_owned(),
        })
    };
    Ok(answer.iter().flat_map(first_batch).filter_map(resharding).collect())
}

/// The replica sets that the router watches, and which of them the config servers are.
async fn sets(client: &Client) -> Result<(Option<Document>, Option<Document>), Error> {
    let admin = client.database("admin");
    let watched = soft(admin.run_command(doc! { "connPoolStats": 1 }).await)?;
    let map = soft(admin.run_command(doc! { "getShardMap": 1 }).await)?;
    Ok((watched.and_then(|stats| stats.get_document("replicaSets").ok().cloned()), map))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_members_of_a_set_are_told_as_the_router_sees_them() {
        let watched = doc! { "rs": { "hosts": [
            { "addr": "a:1", "ok": true, "ismaster": true, "secondary": false },
            { "addr": "b:1", "ok": false, "ismaster": false, "secondary": true },
            { "addr": "c:1", "ok": true, "ismaster": false, "secondary": true },
        ] } };
        let (set, all) = members("rs/a:1,b:1,d:1", Some(&watched));
        let states: Vec<(&str, MemberState)> = all.iter().map(|it| (it.address.as_str(), it.state)).collect();
        let expected = [
            ("a:1", MemberState::Primary),
            ("b:1", MemberState::Down),
            ("d:1", MemberState::Unknown),
            ("c:1", MemberState::Secondary),
        ];
        assert_eq!((set.as_str(), states.as_slice()), ("rs", expected.as_slice()));
        assert_eq!(members("rs/a:1", None).1[0].state, MemberState::Unknown);
    }

    #[test]
    fn a_shard_is_read_as_the_catalog_of_any_version_has_it() {
        let of_4_4 = doc! { "_id": "s1", "host": "rs1/a:1,b:1", "state": 1 };
        let read = shard(&of_4_4, None).expect("a shard");
        assert_eq!((read.set.as_str(), read.members.len(), read.draining), ("rs1", 2, false));
        let draining = doc! { "_id": "s2", "host": "rs2/a:2", "state": 1, "draining": true, "tags": ["EU", "KR"] };
        let read = shard(&draining, None).expect("a shard");
        assert!(read.draining);
        assert_eq!(read.zones, ["EU", "KR"]);
    }
}
