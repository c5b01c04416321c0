//! One server as its INFO tells it.

use crate::caching::overview::model::{Database, NodeSeen, Replica, Upstream};
use crate::targets::redis::Node;
use crate::targets::redis::info::Info;

pub(super) fn node(node: &Node, info: &Info) -> NodeSeen {
    let text = |name: &str| info.get(name).unwrap_or_default().to_owned();
    let release = match info.get("valkey_version") {
        Some(version) => format!("Valkey {version}"),
        None => format!("Redis {}", info.get("redis_version").unwrap_or("?")),
    };
    NodeSeen {
        address: node.to_string(),
        release,
        level: level(info),
        replica: (info.get("role") == Some("slave")).then(|| upstream(info)),
        replicas: replicas(info),
        keys: databases(info).iter().map(|it| it.keys).sum(),
        used: info.number("used_memory"),
        peak: info.number("used_memory_peak"),
        limit: info.number("maxmemory"),
        policy: text("maxmemory_policy"),
        fragmentation: info.get("mem_fragmentation_ratio").and_then(|it| it.parse().ok()),
        clients: info.number("connected_clients"),
        operations: info.number("instantaneous_ops_per_sec"),
        ghosts: info.get("expired_stale_perc").and_then(|it| it.parse().ok()),
        log: info.number("aof_enabled").filter(|on| *on == 1).map(|_| info.number("aof_current_size").unwrap_or(0)),
        ..NodeSeen::default()
    }
}

/// The version as Redis counts it. Valkey says both its own and that of the Redis it is compatible with.
fn level(info: &Info) -> Option<(u32, u32)> {
    let mut numbers = info.get("redis_version")?.split('.').map(|it| it.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

fn upstream(info: &Info) -> Upstream {
    let (host, port) = (info.get("master_host").unwrap_or("?"), info.get("master_port").unwrap_or("?"));
    Upstream {
        address: format!("{host}:{port}"),
        connected: info.get("master_link_status") == Some("up"),
        silent: info.number("master_last_io_seconds_ago").filter(|seconds| *seconds >= 0),
    }
}

/// `slave0:ip=127.0.0.1,port=6380,state=online,offset=14,lag=0`.
fn replicas(info: &Info) -> Vec<Replica> {
    let written = info.number("master_repl_offset");
    let each = (0..).map(|number| format!("slave{number}")).map_while(|name| info.get(&name).map(|line| (name, line)));
    each.take(100)
        .map(|(name, line)| {
            let text = |part: &str| {
                let found = line.split(',').find_map(|it| it.strip_prefix(part)?.strip_prefix('='));
                found.unwrap_or("?").to_owned()
            };
            let bytes = written.zip(info.part(&name, "offset")).map(|(written, read)| (written - read).max(0));
            Replica {
                address: format!("{}:{}", text("ip"), text("port")),
                state: text("state"),
                seconds: info.part(&name, "lag"),
                bytes,
            }
        })
        .collect()
}

/// The databases that hold something.
pub(super) fn databases(info: &Info) -> Vec<Database> {
    // A server has 16 databases unless somebody has asked for more.
    let each = (0..1_024).filter_map(|number| {
        let name = format!("db{number}");
        let keys = info.part(&name, "keys")?;
        Some(Database { number, keys, expires: info.part(&name, "expires").unwrap_or(0) })
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_primary_tells_how_far_its_replicas_are() {
        let info = Info::parse(
            "role:master\r\nmaster_repl_offset:1000\r\nslave0:ip=10.0.0.1,port=6380,state=online,offset=400,lag=3\r\n\
             db0:keys=5,expires=2,avg_ttl=0\r\ndb3:keys=1,expires=0,avg_ttl=0\r\n",
        );
        let seen = node(&Node { host: "h".into(), port: 1 }, &info);
        let expected = Replica {
            address: "10.0.0.1:6380".to_owned(),
            state: "online".to_owned(),
            seconds: Some(3),
            bytes: Some(600),
        };
        assert_eq!(seen.replicas, [expected]);
        assert_eq!((seen.keys, seen.used, seen.replica), (6, None, None));
    }
}
