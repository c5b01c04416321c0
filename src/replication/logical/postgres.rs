//! What publications and subscriptions ask alike: in which database, and with which errors.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio_postgres::error::SqlState;
use tokio_postgres::{Error, SimpleQueryMessage};

use crate::auth::session::{Authorized, Changes, Reads};
use crate::change::Command;
use crate::change::run::Run;
use crate::error::{AppError, Kind};
use crate::replication::server::Server;
use crate::replication::slots::watch::Watch;
use crate::targets::call::{READ, call};
use crate::targets::model::TargetKind;
use crate::targets::postgres::dedicated::Dedicated;
use crate::targets::postgres::{self, told};
use crate::targets::registry::Entry;
use crate::words;

/// All PostgreSQL targets: among them are the servers at the other end.
pub fn peers_to_read(who: &Authorized<Reads>) -> Vec<Arc<Entry>> {
    postgres_only(who.state().registry.all())
}

/// As [`peers_to_read`], for somebody who changes.
pub fn peers_to_change(who: &Authorized<Changes>) -> Vec<Arc<Entry>> {
    postgres_only(who.state().registry.all())
}

fn postgres_only(mut entries: Vec<Arc<Entry>>) -> Vec<Arc<Entry>> {
    entries.retain(|entry| entry.configured.target.kind == TargetKind::Postgresql);
    entries
}

/// The databases of a server that take connections, by name, at most 200.
///
/// # Errors
/// As [`postgres::read`].
pub async fn databases(server: &Server) -> Result<Vec<String>, AppError> {
    const SQL: &str = "SELECT datname::text FROM pg_database WHERE datallowconn AND NOT datistemplate \
        AND has_database_privilege(oid, 'CONNECT') ORDER BY 1 LIMIT 200";
    let rows = postgres::read(server.entry(), |client| async move { client.query(SQL, &[]).await }).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// The database that is asked for, or the target's own.
pub fn database_of(server: &Server, asked: &str) -> String {
    if asked.trim().is_empty() { server.database().to_owned() } else { asked.trim().to_owned() }
}

/// Reads in this database of the server. Questions that follow each other share a connection, since logging in costs
/// more than most of them.
///
/// # Errors
/// As [`Dedicated::open`], and what [`told`] makes of the driver's errors.
pub async fn read<T, F>(server: &Server, database: &str, work: impl FnOnce(Arc<Dedicated>) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, Error>>,
{
    let entry = server.entry();
    let idle = entry.shared::<Idle>();
    let connection = match idle.take(database) {
        Some(connection) => connection,
        None => Arc::new(Dedicated::open(entry, Some(database), READ).await?),
    };
    let answer = call(&entry.configured.target, &entry.line, READ + Duration::from_secs(1), async {
        work(Arc::clone(&connection)).await.map_err(|error| told(entry, &error))
    })
    .await;
    // One on which a call was given up would keep the next one waiting too.
    if !answer.as_ref().is_err_and(|error| error.kind == Kind::Unreachable) {
        idle.keep(database, connection);
    }
    answer
}

/// Connections for reading that nobody uses just now, by their databases. None stays for longer than a few seconds: an
/// open connection keeps a database from being dropped.
#[derive(Default)]
struct Idle {
    connections: Mutex<Vec<(String, Instant, Arc<Dedicated>)>>,
}

const SHORT: Duration = Duration::from_secs(2);
const SPARE: usize = 4;

impl Idle {
    fn take(&self, database: &str) -> Option<Arc<Dedicated>> {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        connections.retain(|(_, since, connection)| since.elapsed() < SHORT && !connection.client().is_closed());
        let place = connections.iter().position(|(known, ..)| known == database)?;
        Some(connections.swap_remove(place).2)
    }

    fn keep(self: Arc<Self>, database: &str, connection: Arc<Dedicated>) {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        if connections.len() >= SPARE {
            return;
        }
        connections.push((database.to_owned(), Instant::now(), connection));
        drop(connections);
        let idle = Arc::downgrade(&self);
        tokio::spawn(async move {
            tokio::time::sleep(SHORT).await;
            if let Some(idle) = idle.upgrade() {
                // Looks for none of this name, and so drops what is too old.
                idle.take("\0");
            }
        });
    }
}

/// The server ends a statement of ours after this, if nobody stops it before.
const PATIENCE: Duration = Duration::from_secs(3600);

/// A statement on its way.
pub struct Send<'a> {
    pub sql: &'a str,
    /// Settings of the session, tried before.
    pub prepare: &'a [&'a str],
    /// Must not reach the log, whatever the server says.
    pub secret: Option<&'a str>,
}

impl<'a> Send<'a> {
    pub const fn plain(sql: &'a str) -> Self {
        Self { sql, prepare: &[], secret: None }
    }
}

/// Sends a statement to the command's database on a connection of its own until it is answered or somebody stops it.
/// `watch` is called every second meanwhile.
///
/// # Errors
/// As [`Dedicated::open`]; `Conflict` when it was stopped.
pub async fn send<F>(
    server: &Server,
    command: &Command,
    send: Send<'_>,
    run: &Run,
    watch: impl Fn() -> F,
) -> Result<Vec<SimpleQueryMessage>, AppError>
where
    F: Future<Output = ()>,
{
    let database = Some(command.database.as_str()).filter(|name| !name.is_empty());
    let connection = Dedicated::open(server.entry(), database, PATIENCE).await?;
    for statement in send.prepare {
        // What keeps a password out of the server's log is worth trying, and no reason to stop.
        let _ = connection.client().batch_execute(statement).await;
    }
    run.offer_cancel();
    let answer = {
        let mut work = std::pin::pin!(connection.client().simple_query(send.sql));
        loop {
            tokio::select! {
                answer = &mut work => break answer,
                () = run.cancelled() => {
                    connection.cancel(server.entry()).await;
                    break work.await;
                }
                () = tokio::time::sleep(Duration::from_secs(1)) => watch().await,
            }
        }
    };
    run.withdraw_cancel();
    // Publications, and the slots of table copies, are part of what the watcher tells.
    server.entry().shared::<Watch>().forget();
    match answer {
        Ok(answer) => Ok(answer),
        Err(error) if run.is_cancelled() && error.code() == Some(&SqlState::QUERY_CANCELED) => Err(stopped()),
        Err(error) => Err(explained(server, &error, send.secret)),
    }
}

/// Somebody stopped it.
pub fn stopped() -> AppError {
    AppError::new(
        Kind::Conflict,
        words!("It was stopped.", "중단되었습니다."),
        words!("The statement had no effect.", "문장은 아무 영향도 남기지 않았습니다."),
    )
}

/// An error in the words of logical replication where it has any of its own. Only the SQLSTATE counts.
fn explained(server: &Server, error: &Error, secret: Option<&str>) -> AppError {
    let holds_it = secret.is_some_and(|secret| format!("{error:?}").contains(secret));
    let usual = if holds_it { withheld(server) } else { told(server.entry(), error) };
    let Some(code) = error.code() else { return usual };
    let (kind, happened, next) = match code.code() {
        "42710" => (
            Kind::Conflict,
            words!("There is one of this name already.", "같은 이름이 이미 있습니다."),
            words!("Choose another name.", "다른 이름을 선택하세요."),
        ),
        "42704" | "42P01" | "3F000" => (
            Kind::NotFound,
            words!("Something that it names does not exist (any more).", "지정한 대상이 존재하지 않습니다."),
            words!(
                "Look at the page again: something was dropped or renamed.",
                "페이지를 다시 확인하세요. 삭제되었거나 이름이 바뀌었습니다."
            ),
        ),
        "08006" | "08001" | "08P01" => (
            Kind::Refused,
            words!(
                "The subscriber could not use the publisher: address, pg_hba.conf, password, REPLICATION, or the slot.",
                "구독 서버가 발행 서버를 쓰지 못했습니다: 주소, pg_hba.conf, 비밀번호, REPLICATION 또는 슬롯 문제입니다.",
            ),
            words!(
                "The log holds the server's own words. If the publisher is gone for good, detach the subscription from its slot.",
                "로그에 서버의 원문이 있습니다. 발행 서버가 완전히 사라졌다면 구독을 슬롯에서 분리하세요.",
            ),
        ),
        "55P03" => (
            Kind::Conflict,
            words!("Somebody holds a lock on it.", "다른 세션이 잠금을 잡고 있습니다."),
            words!(
                "Nothing was changed. Try again when the table is less busy.",
                "변경된 것은 없습니다. 테이블이 한가할 때 다시 시도하세요."
            ),
        ),
        "55000" => (
            Kind::Refused,
            words!(
                "The server says that its state does not allow this.",
                "서버가 현재 상태에서는 안 된다고 답했습니다."
            ),
            words!(
                "Look at the state on this page, then plan again.",
                "이 페이지에서 상태를 확인한 뒤 다시 계획하세요."
            ),
        ),
        "42501" => (
            Kind::NoPermission,
            words!("The console's role may not do this.", "콘솔의 역할에 이 작업의 권한이 없습니다."),
            words!(
                "Publications need the owner of the tables; subscriptions a superuser, or pg_create_subscription from 16 on.",
                "발행에는 테이블 소유자, 구독에는 슈퍼유저(16부터는 pg_create_subscription)가 필요합니다.",
            ),
        ),
        _ => return usual,
    };
    AppError { incident: usual.incident, ..AppError::new(kind, happened, next) }
}

/// The server's words hold the password, so they are kept nowhere.
fn withheld(server: &Server) -> AppError {
    let name = server.name();
    let incident = crate::server::incident(&"the server's words held the password and were not kept", name);
    let happened = words!("{name} refused it.", "{name}이(가) 거부했습니다.");
    let next = words!("Its own log may say more.", "서버의 로그를 확인하세요.");
    AppError { incident: Some(incident), ..AppError::new(Kind::Refused, happened, next) }
}
