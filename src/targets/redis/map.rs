//! Which servers hold the keys of a target: the one that it names, the primaries of a cluster, or the primary that
//! sentinels name.

use std::ops::RangeInclusive;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, ErrorKind, RedisError, Value, cmd};

use super::Node;
use super::allowed::check;
use super::info::Info;
use super::open::{bare, configured_node, in_time, log_in, place};
use super::pool::Pool;
use crate::targets::registry::Configured;
use crate::targets::wire::CONNECT;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Single,
    Cluster,
    Sentinel,
}

/// The servers as they were when they were last asked.
#[derive(Clone, Debug)]
pub(super) struct Map {
    pub(super) way: Way,
    /// Those that hold keys, sorted.
    pub(super) nodes: Vec<Node>,
    /// The hash slots, each range with the index of its node; none outside a cluster.
    slots: Vec<(RangeInclusive<u16>, usize)>,
    /// In a cluster.
    pub(super) replicas: usize,
}

impl Map {
    /// The server that holds keys of this slot; none where no server of the cluster does.
    pub(super) fn holder(&self, slot: u16) -> Option<&Node> {
        if self.way != Way::Cluster {
            return self.nodes.first();
        }
        let (_, index) = self.slots.iter().find(|(range, _)| range.contains(&slot))?;
        self.nodes.get(*index)
    }

    fn one(way: Way, node: Node) -> Self {
        Self { way, nodes: vec![node], slots: Vec::new(), replicas: 0 }
    }
}

/// Asks the target, or another server of it that is known from before.
pub(super) async fn ask(pool: &Pool, configured: &Configured) -> Result<Map, RedisError> {
    let place = place(configured)?;
    if let Some(name) = &place.sentinel {
        return Ok(Map::one(Way::Sentinel, Box::pin(of_sentinels(pool, configured, name)).await?));
    }
    let own = configured_node(configured);
    let first = Box::pin(of_server(pool, configured, &own)).await;
    match first {
        Err(error) if error.is_io_error() || error.is_timeout() => {
            for other in pool.known().into_iter().filter(|node| *node != own) {
                if let Ok(map) = Box::pin(of_server(pool, configured, &other)).await {
                    return Ok(map);
                }
            }
            Err(error)
        }
        known => known,
    }
}

async fn of_server(pool: &Pool, configured: &Configured, node: &Node) -> Result<Map, RedisError> {
    let mut connection = pool.connection(configured, node).await?;
    let is_cluster = match request::<String>(cmd("INFO").arg("cluster"), &mut connection).await {
        Ok(told) => Info::parse(&told).number("cluster_enabled") == Some(1),
        // Then only the other question can tell.
        Err(error) if error.code() == Some("NOPERM") => {
            match request::<Value>(cmd("CLUSTER").arg("SLOTS"), &mut connection).await {
                Ok(slots) => return of_slots(slots, node).map(|map| kept(pool, map)),
                Err(_) => false,
            }
        }
        Err(error) => return Err(error),
    };
    if !is_cluster {
        return Ok(Map::one(Way::Single, node.clone()));
    }
    let slots = request(cmd("CLUSTER").arg("SLOTS"), &mut connection).await?;
    of_slots(slots, node).map(|map| kept(pool, map))
}

fn kept(pool: &Pool, map: Map) -> Map {
    pool.keep_known(map.nodes.clone());
    map
}

/// The primary that the first sentinel names that answers.
async fn of_sentinels(pool: &Pool, configured: &Configured, name: &str) -> Result<Node, RedisError> {
    let mut sentinels = pool.known();
    sentinels.insert(0, configured_node(configured));
    sentinels.dedup();
    let asked = sentinels.iter().map(|node| Box::pin(in_time(CONNECT, of_sentinel(pool, configured, node, name))));
    let (primary, _) = futures_util::future::select_ok(asked).await?;
    let mut connection = pool.connection(configured, &primary).await?;
    // For a moment a sentinel names the one before, which is a replica by now.
    match request::<Vec<Value>>(&cmd("ROLE"), &mut connection).await {
        Ok(role) if role.first().and_then(text).as_deref() == Some("slave") => {
            Err((ErrorKind::NoValidReplicasFoundBySentinel, "the primary is a replica").into())
        }
        Err(error) if error.code().is_none() => Err(error),
        _ => Ok(primary),
    }
}

async fn of_sentinel(pool: &Pool, configured: &Configured, node: &Node, name: &str) -> Result<Node, RedisError> {
    let mut open = bare(configured, &place(configured)?, node).await?;
    let mut command = cmd("SENTINEL");
    command.arg("GET-MASTER-ADDR-BY-NAME").arg(name);
    let answer = match request(&command, &mut open.connection).await {
        // Sentinels have users of their own, and often none; so they are told who we are only when they ask.
        Err(error) if error.code() == Some("NOAUTH") => {
            log_in(configured, &mut open.connection).await?;
            request(&command, &mut open.connection).await
        }
        answer => answer,
    };
    let address: Option<(String, u16)> = answer?;
    let (host, port) = address.ok_or((ErrorKind::MasterNameNotFoundBySentinel, "no such name"))?;
    if let Ok(Value::Array(others)) = request(cmd("SENTINEL").arg("SENTINELS").arg(name), &mut open.connection).await {
        pool.keep_known(others.iter().filter_map(sentinel).chain([node.clone()]).collect());
    }
    Ok(Node { host, port })
}

/// Another sentinel, of its names and values.
fn sentinel(fields: &Value) -> Option<Node> {
    let Value::Array(fields) = fields else { return None };
    let field =
        |name: &str| fields.chunks(2).find(|it| text(&it[0]).as_deref() == Some(name)).and_then(|it| text(it.get(1)?));
    Some(Node { host: field("ip")?, port: field("port")?.parse().ok()? })
}

/// What `CLUSTER SLOTS` says: ranges, each with its primary and then its replicas. Who is asked answers with an empty
/// address where it does not know its own, and with `?` where it is told to hide it.
fn of_slots(answer: Value, asked: &Node) -> Result<Map, RedisError> {
    let Value::Array(ranges) = answer else { return Err(no_map()) };
    let mut found: Vec<(RangeInclusive<u16>, Node)> = Vec::new();
    let mut replicas: Vec<Node> = Vec::new();
    for range in &ranges {
        let Value::Array(parts) = range else { return Err(no_map()) };
        let [Value::Int(first), Value::Int(last), primary, followers @ ..] = parts.as_slice() else {
            return Err(no_map());
        };
        let slot = |number: &i64| u16::try_from(*number).map_err(|_| no_map());
        found.push((slot(first)?..=slot(last)?, node(primary, asked).ok_or_else(no_map)?));
        replicas.extend(followers.iter().filter_map(|it| node(it, asked)));
    }
    let mut nodes: Vec<Node> = found.iter().map(|(_, node)| node.clone()).collect();
    for list in [&mut nodes, &mut replicas] {
        list.sort();
        list.dedup();
    }
    if nodes.is_empty() {
        return Err((ErrorKind::ClusterConnectionNotFound, "no slots", String::new()).into());
    }
    let index = |node: &Node| nodes.binary_search(node).map_err(|_| no_map());
    let slots = found.into_iter().map(|(range, node)| Ok((range, index(&node)?))).collect::<Result<_, RedisError>>()?;
    Ok(Map { way: Way::Cluster, nodes, slots, replicas: replicas.len() })
}

fn node(told: &Value, asked: &Node) -> Option<Node> {
    let Value::Array(parts) = told else { return None };
    let [host, Value::Int(port), ..] = parts.as_slice() else { return None };
    let host = text(host).filter(|host| !host.is_empty() && host != "?").unwrap_or_else(|| asked.host.clone());
    Some(Node { host, port: u16::try_from(*port).ok().filter(|port| *port > 0)? })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::BulkString(bytes) => String::from_utf8(bytes.clone()).ok(),
        Value::SimpleString(text) => Some(text.clone()),
        _ => None,
    }
}

fn no_map() -> RedisError {
    (ErrorKind::UnexpectedReturnType, "no map of a cluster").into()
}

async fn request<T: redis::FromRedisValue>(
    command: &Cmd,
    connection: &mut MultiplexedConnection,
) -> Result<T, RedisError> {
    check(command)?;
    command.query_async(connection).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulk(text: &str) -> Value {
        Value::BulkString(text.as_bytes().to_vec())
    }

    fn told(host: Value, port: i64) -> Value {
        Value::Array(vec![host, Value::Int(port), bulk("id")])
    }

    #[test]
    fn a_slot_is_held_by_the_primary_of_its_range() {
        let asked = Node { host: "db".into(), port: 7000 };
        let range =
            |first, last, nodes: &[Value]| Value::Array([&[Value::Int(first), Value::Int(last)], nodes].concat());
        let answer = Value::Array(vec![
            range(0, 99, &[told(bulk("10.0.0.2"), 7001), told(bulk("10.0.0.3"), 7002)]),
            range(100, 16_383, &[told(Value::Nil, 7000)]),
        ]);
        let map = of_slots(answer, &asked).expect("a map");
        assert_eq!(map.holder(99).map(ToString::to_string).as_deref(), Some("10.0.0.2:7001"));
        assert_eq!(map.holder(100), Some(&asked));
        assert_eq!((map.nodes.len(), map.replicas), (2, 1));
    }

    #[test]
    fn what_is_no_map_is_refused() {
        let asked = Node { host: "db".into(), port: 7000 };
        let range = |first: i64| Value::Array(vec![Value::Int(first), Value::Int(1), told(bulk("h"), 1)]);
        for answer in
            [Value::Okay, Value::Array(vec![Value::Nil]), Value::Array(vec![]), Value::Array(vec![range(70_000)])]
        {
            assert!(of_slots(answer.clone(), &asked).is_err(), "{answer:?}");
        }
    }
}
