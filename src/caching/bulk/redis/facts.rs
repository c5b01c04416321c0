//! What a server says of itself before its keys are changed.

use redis::RedisError;
use serde::Serialize;

use crate::error::AppError;
use crate::targets::redis::info::{Info, Product};
use crate::targets::redis::{Link, Node, at, nodes};
use crate::targets::registry::Entry;

/// What a plan rests on beside the keys. In a cluster, what is worst among its servers.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Facts {
    /// As it names itself: `Redis 7.0`.
    pub product: String,
    /// It knows conditions and absolute expiries (Redis 7.0, any Valkey).
    pub modern: bool,
    /// Work of ours can leave the order of use alone (Redis 7.2, any Valkey).
    pub keeps_order: bool,
    pub is_replica: bool,
    /// None where it may not be asked.
    pub policy: Option<String>,
    /// Clients that are replicas may fall so far behind, as the server writes it; none where it may not be asked.
    pub buffer: Option<String>,
    #[serde(skip)]
    pub replicas: Vec<Replica>,
    #[serde(skip)]
    pub keys: i64,
    pub hz: Option<i64>,
    /// Servers that hold keys.
    pub nodes: usize,
}

/// A replica and how far it is behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    pub name: String,
    /// Bytes.
    pub behind: i64,
}

/// Asks all servers that hold keys.
///
/// # Errors
/// As [`at`].
pub(super) async fn facts(entry: &Entry) -> Result<Facts, AppError> {
    let nodes = nodes(entry).await?;
    let mut all = Facts { modern: true, keeps_order: true, nodes: nodes.len(), ..Facts::default() };
    for node in &nodes {
        let (info, policy, buffer, hz, keys) = at(entry, node, ask).await?;
        let version = info.version().unwrap_or_default();
        let valkey = info.product() == Product::Valkey;
        let name = if valkey { "Valkey" } else { "Redis" };
        all.product = format!("{name} {}.{}", version.0, version.1);
        all.modern &= valkey || version >= (7, 0);
        all.keeps_order &= valkey || version >= (7, 2);
        all.is_replica |= info.get("role") == Some("slave");
        all.policy = policy;
        all.buffer = buffer;
        all.hz = hz.and_then(|it| it.parse().ok());
        all.keys += keys;
        all.replicas.extend(replicas(&info));
    }
    Ok(all)
}

type Answers = (Info, Option<String>, Option<String>, Option<String>, i64);

async fn ask(mut link: Link) -> Result<Answers, RedisError> {
    let text: String = link.ask(&redis::cmd("INFO")).await?;
    let keys: i64 = link.ask(&redis::cmd("DBSIZE")).await?;
    let policy = setting(&mut link, "maxmemory-policy").await;
    let buffer = setting(&mut link, "client-output-buffer-limit").await;
    let hz = setting(&mut link, "hz").await;
    let buffer = buffer.and_then(|it| it.find("slave ").map(|at| it[at + "slave ".len()..].to_owned()));
    Ok((Info::parse(&text), policy, buffer, hz, keys))
}

/// A setting; none where it may not be asked, which is no failure.
async fn setting(link: &mut Link, name: &str) -> Option<String> {
    let answer: Vec<String> = link.ask(redis::cmd("CONFIG").arg("GET").arg(name)).await.ok()?;
    answer.into_iter().nth(1)
}

/// The replicas of a server, with the bytes that each is behind.
fn replicas(info: &Info) -> Vec<Replica> {
    let sent = info.number("master_repl_offset").unwrap_or_default();
    let of = |place: usize| {
        let name = format!("slave{place}");
        let (ip, port) = (text_part(info.get(&name)?, "ip")?, text_part(info.get(&name)?, "port")?);
        let behind = (sent - info.part(&name, "offset")?).max(0);
        Some(Replica { name: format!("{ip}:{port}"), behind })
    };
    let count = info.number("connected_slaves").unwrap_or_default().clamp(0, 64);
    (0..usize::try_from(count).unwrap_or_default()).filter_map(of).collect()
}

fn text_part<'a>(field: &'a str, part: &str) -> Option<&'a str> {
    field.split(',').filter_map(|it| it.split_once('=')).find(|(name, _)| *name == part).map(|(_, value)| value)
}

/// How far the replica that is furthest behind is behind, in bytes; 0 without replicas, none where nobody can say.
pub(super) async fn behind(entry: &Entry, node: &Node) -> Option<i64> {
    let ask = |mut link: Link| async move { link.ask::<String>(redis::cmd("INFO").arg("replication")).await };
    let info = Info::parse(&at(entry, node, ask).await.ok()?);
    Some(replicas(&info).into_iter().map(|it| it.behind).max().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_is_behind_by_what_it_has_not_confirmed() {
        let info = Info::parse(
            "role:master\r\nconnected_slaves:1\r\nslave0:ip=127.0.0.1,port=7001,state=online,offset=900,lag=0\r\n\
             master_repl_offset:1000\r\n",
        );
        assert_eq!(replicas(&info), [Replica { name: "127.0.0.1:7001".into(), behind: 100 }]);
    }
}
