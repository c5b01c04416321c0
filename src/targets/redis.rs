//! Connections to Redis and Valkey: a single server, a cluster, or what sentinels watch.

mod allowed;
pub mod info;
mod link;
mod map;
mod open;
mod pool;
pub mod probes;
mod slot;
#[cfg(all(test, feature = "sandbox"))]
mod tests;
mod told;
pub mod vector;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use redis::{RedisError, cmd};
use tokio::task::JoinSet;

use self::info::Info;
use self::map::{Map, Way};
use self::open::tolerated;
use self::pool::Pool;
use super::call::{READ, call};
use super::registry::Entry;
use crate::error::{AppError, Kind};
use crate::text::Words;
use crate::words;
pub use allowed::names as allowed_commands;
pub use link::Link;
use probes::{Counted, Probes};
pub use told::told;

/// One server of a target that holds keys: the only one, or a primary of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    pub host: String,
    pub port: u16,
}

impl std::fmt::Display for Node {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { host, port } = self;
        write!(out, "{host}:{port}")
    }
}

/// All servers of the target that hold keys, in a fixed order.
///
/// # Errors
/// As [`with`].
pub async fn nodes(entry: &Entry) -> Result<Vec<Node>, AppError> {
    Ok(map(entry).await?.nodes.clone())
}

/// Whether the keys are dealt out over the servers of a cluster.
///
/// # Errors
/// As [`with`].
pub async fn is_cluster(entry: &Entry) -> Result<bool, AppError> {
    Ok(map(entry).await?.way == Way::Cluster)
}

/// Runs `work` on the connection to one of the target's [`nodes`]. It stays with this server.
///
/// # Errors
/// As [`with`]; `Conflict` where it is none of them any more.
pub async fn at<T, F>(entry: &Entry, node: &Node, work: impl FnOnce(Link) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, RedisError>>,
{
    check_node(entry, node).await?;
    let pool = entry.shared::<Pool>();
    run(entry, &pool, async {
        let connection = pool.connection(&entry.configured, node).await?;
        let counter = entry.shared::<Probes>().of(node);
        work(Link::new(Counted { connection, counter })).await
    })
    .await
}

/// Runs `work` on the connection to the server that holds this key, or would hold it.
///
/// # Errors
/// As [`with`].
pub async fn of_key<T, F>(entry: &Entry, key: &[u8], work: impl FnOnce(Link) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, RedisError>>,
{
    let slot = slot::of(key);
    routed(entry, |map| map.holder(slot).or(map.nodes.first()).cloned(), work).await
}

/// A connection of its own to one of the target's [`nodes`], for work that lasts: it must not stand in front of what
/// pages ask. It lives as long as what is returned, and no call on it waits longer than [`READ`]. Where the server knows
/// how (Redis 7.2, Valkey), what it does with keys does not count as their use.
///
/// # Errors
/// As [`at`].
pub async fn own(entry: &Entry, node: &Node) -> Result<(Link, Carried), AppError> {
    check_node(entry, node).await?;
    let opened = async {
        let mut open = Box::pin(open::open(&entry.configured, node)).await?;
        tolerated(cmd("CLIENT").arg("NO-TOUCH").arg("ON"), &mut open.connection).await?;
        Ok(open)
    };
    let open = opened.await.map_err(|error: RedisError| told(entry, &error))?;
    let counter = entry.shared::<Probes>().of(node);
    Ok((Link::new(Counted { connection: open.connection, counter }), open.carried))
}

/// Keeps a connection going. It ends with this.
pub type Carried = Arc<JoinSet<()>>;

/// Runs `work` on the target's connection: for what does not depend on a key. In a cluster that is any of its servers.
///
/// # Errors
/// As [`call`], and what [`told`] makes of the driver's errors.
pub async fn with<T, F>(entry: &Entry, work: impl FnOnce(Link) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, RedisError>>,
{
    routed(entry, |map| map.nodes.first().cloned(), work).await
}

/// Product, version, role, and the size of a cluster.
///
/// # Errors
/// As [`with`].
pub async fn describe(entry: &Entry) -> Result<Words, AppError> {
    let told: String = with(entry, |mut link| async move {
        let mut pipe = redis::pipe();
        pipe.cmd("INFO").arg("server").cmd("INFO").arg("replication");
        let (server, replication): (String, String) = link.ask_all(&pipe).await?;
        Ok(server + &replication)
    })
    .await?;
    let mut map = map(entry).await?;
    if map.way == Way::Cluster {
        // Replicas come and go without anybody having to ask for keys elsewhere.
        let pool = entry.shared::<Pool>();
        map = run(entry, &pool, pool.new_map(&entry.configured)).await?;
    }
    let info = Info::parse(&told);
    let product = info.product().name();
    let version = info.get("valkey_version").or_else(|| info.get("redis_version")).unwrap_or("?");
    let version: String =
        version.chars().filter(|it| it.is_ascii_alphanumeric() || ".-?".contains(*it)).take(20).collect();
    let (primaries, replicas) = (map.nodes.len(), map.replicas);
    Ok(match (map.way, info.get("role") == Some("slave")) {
        (Way::Cluster, _) => words!(
            "{product} {version}, cluster of {primaries} primaries and {replicas} replicas",
            "{product} {version}, 클러스터: 기본 서버 {primaries}개, 복제본 {replicas}개"
        ),
        (_, true) => words!("{product} {version}, replica: read only", "{product} {version}, 복제본: 읽기 전용"),
        (Way::Sentinel, false) => {
            words!("{product} {version}, primary named by sentinels", "{product} {version}, 센티널이 알려준 기본 서버")
        }
        (Way::Single, false) => words!("{product} {version}, primary", "{product} {version}, 기본 서버"),
    })
}

async fn routed<T, F>(
    entry: &Entry,
    choose: impl Fn(&Map) -> Option<Node>,
    work: impl FnOnce(Link) -> F,
) -> Result<T, AppError>
where
    F: Future<Output = Result<T, RedisError>>,
{
    let pool = entry.shared::<Pool>();
    run(entry, &pool, async {
        let configured = &entry.configured;
        let map = pool.map(configured).await?;
        let mut node = choose(&map).unwrap_or_else(|| open::configured_node(configured));
        let connection = match pool.connection(configured, &node).await {
            // Another may have become the primary since the map was made.
            Err(error) if map.way != Way::Single && told::is_lost(&error) => {
                node = choose(&*pool.new_map(configured).await?).ok_or(error)?;
                pool.connection(configured, &node).await?
            }
            connection => connection?,
        };
        let probes = entry.shared::<Probes>();
        let connection = Counted { connection, counter: probes.of(&node) };
        work(Link::routed(connection, (Arc::clone(&pool), probes), configured, &node)).await
    })
    .await
}

async fn run<T>(entry: &Entry, pool: &Pool, work: impl Future<Output = Result<T, RedisError>>) -> Result<T, AppError> {
    let stale = AtomicBool::new(false);
    let work = Box::pin(work);
    let answer = call(&entry.configured.target, &entry.line, READ, async {
        work.await.map_err(|error| {
            stale.store(told::is_stale(&error), Ordering::Relaxed);
            told(entry, &error)
        })
    })
    .await;
    if stale.into_inner() || answer.as_ref().is_err_and(|error| error.kind == Kind::Unreachable) {
        pool.forget().await;
    }
    answer
}

async fn map(entry: &Entry) -> Result<Arc<Map>, AppError> {
    let pool = entry.shared::<Pool>();
    run(entry, &pool, pool.map(&entry.configured)).await
}

/// A node comes from an address of ours or from a job of yesterday, and is then no longer one of the target's, or never
/// was; there we would log in.
async fn check_node(entry: &Entry, node: &Node) -> Result<(), AppError> {
    if map(entry).await?.nodes.contains(node) {
        return Ok(());
    }
    let pool = entry.shared::<Pool>();
    let map = run(entry, &pool, pool.new_map(&entry.configured)).await?;
    if map.nodes.contains(node) {
        return Ok(());
    }
    let name = &entry.configured.target.name;
    Err(AppError::new(
        Kind::Conflict,
        words!("{name} no longer has its keys on this server.", "{name}의 키가 더 이상 이 서버에 없습니다."),
        words!("Begin again: the servers are asked anew.", "처음부터 다시 하세요. 서버 목록을 새로 읽습니다."),
    ))
}
