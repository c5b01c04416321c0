//! Connections to Redis and Valkey, and their errors in an operator's words.

mod allowed;
pub mod info;
mod link;
pub mod probes;
pub mod vector;

use std::sync::Arc;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, ErrorKind, RedisConnectionInfo, RedisError, ServerErrorKind};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::call::{READ, call};
use super::registry::Entry;
use super::wire::{Bounded, CONNECT};
use crate::error::{AppError, Kind};
use crate::text::Words;
use crate::words;
pub use link::Link;
use probes::Probes;

/// One server of a target that holds keys: the only one, or a primary of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    Ok(vec![configured_node(entry)])
}

fn configured_node(entry: &Entry) -> Node {
    let target = &entry.configured.target;
    Node { host: target.host.clone(), port: target.port }
}

/// Runs `work` on the connection to one of the target's [`nodes`].
///
/// # Errors
/// As [`with`].
pub async fn at<T, F>(entry: &Entry, _node: &Node, work: impl FnOnce(Link) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, RedisError>>,
{
    with(entry, work).await
}

/// Runs `work` on the connection to the server that holds this key, or would hold it.
///
/// # Errors
/// As [`with`].
pub async fn of_key<T, F>(entry: &Entry, _key: &[u8], work: impl FnOnce(Link) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, RedisError>>,
{
    with(entry, work).await
}

/// A connection of its own to one of the target's [`nodes`], for work that lasts: it must not stand in front of what
/// pages ask. It lives as long as what is returned, and no call on it waits longer than [`READ`].
///
/// # Errors
/// What [`told`] makes of the driver's errors.
pub async fn own(entry: &Entry, node: &Node) -> Result<(Link, Carried), AppError> {
    let (connection, carried) = connect(entry).await.map_err(|error| told(entry, &error))?;
    Ok((Link::new(connection, entry.shared::<Probes>().of(node)), carried))
}

/// Keeps a connection going. It ends with this.
pub type Carried = Arc<JoinSet<()>>;

/// One connection, on which calls travel side by side.
#[derive(Default)]
struct Shared {
    connection: Mutex<Option<Open>>,
}

/// A connection, and the task that carries it. The task ends with the last call, even when the server hangs.
type Open = (MultiplexedConnection, Carried);

/// Runs `work` on the target's connection: for what does not depend on a key. In a cluster that is any of its servers.
///
/// # Errors
/// As [`call`], and what [`told`] makes of the driver's errors.
pub async fn with<T, F>(entry: &Entry, work: impl FnOnce(Link) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, RedisError>>,
{
    let shared = entry.shared::<Shared>();
    let counter = entry.shared::<Probes>().of(&configured_node(entry));
    let answer = call(&entry.configured.target, &entry.line, READ, async {
        let (connection, _carried) = connected(entry, &shared).await.map_err(|error| told(entry, &error))?;
        work(Link::new(connection, counter)).await.map_err(|error| told(entry, &error))
    })
    .await;
    // A connection that did not answer is not used again: what comes over it later would belong to nobody.
    if answer.as_ref().is_err_and(|error| error.kind == Kind::Unreachable) {
        shared.connection.lock().await.take();
    }
    answer
}

/// Version and role of the server.
///
/// # Errors
/// As [`with`].
pub async fn describe(entry: &Entry) -> Result<Words, AppError> {
    let info: String = with(entry, |mut link| async move {
        let mut pipe = redis::pipe();
        pipe.cmd("INFO").arg("server").cmd("INFO").arg("replication");
        let (server, replication): (String, String) = link.ask_all(&pipe).await?;
        Ok(server + &replication)
    })
    .await?;
    let field = |name: &str| info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let (product, version) = match field("valkey_version") {
        Some(version) => ("Valkey", version),
        None => ("Redis", field("redis_version").unwrap_or("?")),
    };
    Ok(if field("role") == Some("slave") {
        words!("{product} {version}, replica", "{product} {version}, 복제본")
    } else {
        words!("{product} {version}, primary", "{product} {version}, 기본 서버")
    })
}

async fn connected(entry: &Entry, shared: &Shared) -> Result<Open, RedisError> {
    let mut slot = shared.connection.lock().await;
    if let Some(open) = slot.as_ref() {
        return Ok(open.clone());
    }
    let open = tokio::time::timeout(CONNECT, connect(entry)).await.map_err(std::io::Error::from)??;
    *slot = Some(open.clone());
    Ok(open)
}

async fn connect(entry: &Entry) -> Result<Open, RedisError> {
    let configured = &entry.configured;
    let mut settings = RedisConnectionInfo::default();
    if let Some(user) = &configured.user {
        settings = settings.set_username(user);
    }
    if let Some(password) = &configured.password {
        settings = settings.set_password(password.expose());
    }
    if let Some(number) = configured.database.as_ref().and_then(|text| text.parse().ok()) {
        settings = settings.set_db(number);
    }
    let config = AsyncConnectionConfig::new().set_response_timeout(Some(READ));
    let stream = Bounded::connect(&configured.target.host, configured.target.port).await;
    let (connection, carrying) = MultiplexedConnection::new_with_config(&settings, stream, config).await?;
    let mut task = JoinSet::new();
    task.spawn(carrying);
    Ok((connection, Arc::new(task)))
}

/// An error of the driver in an operator's words.
pub fn told(entry: &Entry, error: &RedisError) -> AppError {
    let name = &entry.configured.target.name;
    let incident = crate::server::incident(error, name);
    let code = code(error);
    let mut told = match (error.kind(), code.as_deref()) {
        (_, Some("NOPERM")) => AppError::new(
            Kind::NoPermission,
            words!(
                "The console's user at {name} may not do this.",
                "{name}의 콘솔 사용자에 이 작업의 권한이 없습니다."
            ),
            words!(
                "Give it the command and the key pattern: ACL SETUSER …",
                "명령과 키 패턴 권한을 주세요: ACL SETUSER …"
            ),
        ),
        (ErrorKind::AuthenticationFailed, _) | (_, Some("WRONGPASS" | "NOAUTH")) => AppError::new(
            Kind::NoPermission,
            words!(
                "{name} refused the console's user or password.",
                "{name}이(가) 콘솔의 사용자 또는 암호를 거부했습니다."
            ),
            words!("Correct the credentials of this target.", "이 대상의 접속 정보를 고치세요."),
        ),
        (_, Some("READONLY")) => AppError::new(
            Kind::Refused,
            words!("{name} is a replica and takes no writes.", "{name}은(는) 복제본이라 쓰기를 받지 않습니다."),
            words!("Do it on the primary.", "기본 서버에서 실행하세요."),
        ),
        (_, Some("LOADING")) | (ErrorKind::Server(ServerErrorKind::BusyLoading), _) => AppError::new(
            Kind::Unreachable,
            words!("{name} is still loading its data.", "{name}이(가) 아직 데이터를 불러오는 중입니다."),
            words!("Wait a moment.", "잠시 기다리세요."),
        ),
        (_, Some("OOM")) => AppError::new(
            Kind::Refused,
            words!("{name} has reached its memory limit.", "{name}이(가) 메모리 한도에 도달했습니다."),
            words!("Free keys, or raise maxmemory.", "키를 정리하거나 maxmemory를 늘리세요."),
        ),
        (_, Some("WRONGTYPE")) => AppError::new(
            Kind::Refused,
            words!("The key holds another type of value.", "키가 다른 형식의 값을 담고 있습니다."),
            words!("Choose another key.", "다른 키를 선택하세요."),
        ),
        (_, Some(code)) => AppError::new(
            Kind::Refused,
            words!("{name} refused it ({code}).", "{name}이(가) 거부했습니다({code})."),
            words!("The log holds the server's own words.", "로그에 서버의 원문이 있습니다."),
        ),
        _ => AppError::new(
            Kind::Unreachable,
            words!("{name} cannot be reached.", "{name}에 연결할 수 없습니다."),
            words!("Check that the server runs and can be reached.", "서버가 실행 중이고 연결 가능한지 확인하세요."),
        ),
    };
    told.incident = Some(incident);
    told
}

/// The first word of the server's answer, also of an answer in a pipeline, whose error has no code of its own. A
/// hostile server may put any text there, and then it is `?`.
fn code(error: &RedisError) -> Option<String> {
    let code = match error.code() {
        Some(code) => code.to_owned(),
        None => error.clone().into_server_errors()?.first()?.1.code().to_owned(),
    };
    let fits = code.len() <= 20 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    Some(if fits { code } else { "?".to_owned() })
}
