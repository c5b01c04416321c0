//! Connections to MongoDB's routers. Error codes are told by the feature that sends the command.

pub mod answer;
pub mod command;
mod guard;
mod message;
pub mod value;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bson::{Document, doc};
use mongodb::Client;
use mongodb::error::{Error, ErrorKind};
use mongodb::options::{ClientOptions, Credential, ServerAddress};

use self::guard::{Guard, Trouble};
use super::call::{READ, WRITE, call};
use super::registry::Entry;
use crate::error::{AppError, Kind};
use crate::text::Words;
use crate::words;

/// One client; the driver keeps its pool.
#[derive(Default)]
struct Shared {
    reached: Mutex<Option<(Client, Guard)>>,
    trouble: Trouble,
}

/// How the feature tells an error code of the server: the target's name, the code and its name. What sends a command
/// may give a closure that knows which.
pub type Tell = fn(&str, i32, &str) -> AppError;

/// Runs `work` with the target's client, for reading.
///
/// # Errors
/// As [`call`], and what [`told`] makes of the driver's errors.
pub async fn read<T, F>(entry: &Entry, tell: Tell, work: impl FnOnce(Client) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, Error>>,
{
    within(entry, tell, READ, work).await
}

/// Sends one command to change something.
///
/// # Errors
/// As [`read`].
pub async fn change(
    entry: &Entry,
    tell: impl Fn(&str, i32, &str) -> AppError,
    database: &str,
    command: Document,
) -> Result<Document, AppError> {
    within(entry, tell, WRITE, |client| async move { client.database(database).run_command(command).await }).await
}

/// As [`change`], for a command that answers only when its work is done, which may be after hours: without a deadline,
/// on a connection of its own, and beside the calls that are counted.
///
/// # Errors
/// As [`told`].
pub async fn change_patiently(
    entry: &Entry,
    tell: impl Fn(&str, i32, &str) -> AppError,
    database: &str,
    command: Document,
) -> Result<Document, AppError> {
    let (client, _guard) = alone(entry, &tell)?;
    client.database(database).run_command(command).await.map_err(|error| told(entry, &tell, &error))
}

/// Runs `work` for at most `deadline`, on connections of its own and beside the calls that are counted: for what takes
/// longer than a page waits, and must not stand in the way of others.
///
/// # Errors
/// `Unreachable` when the deadline passed; else as [`told`].
pub async fn aside<T, F>(
    entry: &Entry,
    tell: Tell,
    deadline: Duration,
    work: impl FnOnce(Client) -> F,
) -> Result<T, AppError>
where
    F: Future<Output = Result<T, Error>>,
{
    let (client, _guard) = alone(entry, tell)?;
    match tokio::time::timeout(deadline, work(client)).await {
        Ok(answer) => answer.map_err(|error| told(entry, tell, &error)),
        Err(_) => {
            let (name, seconds) = (&entry.configured.target.name, deadline.as_secs());
            Err(AppError::new(
                Kind::Unreachable,
                words!(
                    "{name} gave no answer within {seconds} s.",
                    "{name}이(가) {seconds}초 안에 응답하지 않았습니다."
                ),
                words!("It will be asked again.", "다시 시도합니다."),
            ))
        }
    }
}

/// Whether the server is a router: `hello.msg` is `isdbgrid`. Everything else must not get a sharding command.
///
/// # Errors
/// As [`read`].
pub async fn hello(entry: &Entry, tell: Tell) -> Result<Document, AppError> {
    read(entry, tell, |client| async move { client.database("admin").run_command(doc! { "hello": 1 }).await }).await
}

/// Version and role of the server.
///
/// # Errors
/// As [`read`].
pub async fn describe(entry: &Entry) -> Result<Words, AppError> {
    let tell: Tell = |name, code, _| {
        AppError::new(
            Kind::Refused,
            words!("{name} refused it (code {code}).", "{name}이(가) 거부했습니다(코드 {code})."),
            words!("The log holds the server's own words.", "로그에 서버의 원문이 있습니다."),
        )
    };
    let (hello, build) = read(entry, tell, |client| async move {
        let admin = client.database("admin");
        Ok((admin.run_command(doc! { "hello": 1 }).await?, admin.run_command(doc! { "buildInfo": 1 }).await?))
    })
    .await?;
    let version = build.get_str("version").unwrap_or("?");
    Ok(if hello.get_str("msg").is_ok_and(|msg| msg == "isdbgrid") {
        words!("MongoDB {version}, router of a sharded cluster", "MongoDB {version}, 샤딩 클러스터의 라우터")
    } else {
        words!("MongoDB {version}, not a router: no sharding here", "MongoDB {version}, 라우터 아님: 샤딩 불가")
    })
}

async fn within<T, F>(
    entry: &Entry,
    tell: impl Fn(&str, i32, &str) -> AppError,
    deadline: Duration,
    work: impl FnOnce(Client) -> F,
) -> Result<T, AppError>
where
    F: Future<Output = Result<T, Error>>,
{
    let shared = entry.shared::<Shared>();
    call(&entry.configured.target, &entry.line, deadline, async {
        let client = shared.client(entry).map_err(|error| told(entry, &tell, &error))?;
        work(client).await.map_err(|error| told(entry, &tell, &error))
    })
    .await
}

/// A client with connections of its own; they end with the guard.
fn alone(entry: &Entry, tell: impl Fn(&str, i32, &str) -> AppError) -> Result<(Client, Guard), AppError> {
    let target = &entry.configured.target;
    let trouble = entry.shared::<Shared>().trouble.clone();
    Guard::open(&target.host, target.port, &trouble)
        .map_err(Error::from)
        .and_then(|guard| open(entry, &guard).map(|client| (client, guard)))
        .map_err(|error| told(entry, tell, &error))
}

impl Shared {
    fn client(&self, entry: &Entry) -> Result<Client, Error> {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((client, _)) = reached.as_ref().filter(|(_, guard)| guard.stands()) {
            return Ok(client.clone());
        }
        let target = &entry.configured.target;
        let guard = Guard::open(&target.host, target.port, &self.trouble)?;
        let client = open(entry, &guard)?;
        *reached = Some((client.clone(), guard));
        Ok(client)
    }
}

fn open(entry: &Entry, guard: &Guard) -> Result<Client, Error> {
    let configured = &entry.configured;
    let credential = configured.user.as_ref().map(|user| {
        Credential::builder()
            .username(user.clone())
            .password(configured.password.as_ref().map(|password| password.expose().to_owned()))
            .source(configured.database.clone().unwrap_or_else(|| "admin".to_owned()))
            .build()
    });
    // A direct connection: the driver must not follow addresses that the server names.
    let options = ClientOptions::builder()
        .hosts(vec![ServerAddress::Unix { path: guard.socket() }])
        .app_name("outgrow".to_owned())
        .direct_connection(true)
        .connect_timeout(Duration::from_secs(2))
        .server_selection_timeout(Duration::from_millis(2500))
        .max_pool_size(4)
        .retry_writes(false)
        .credential(credential)
        .build();
    Client::with_options(options)
}

/// An error of the driver in an operator's words. Codes are told by `tell`.
pub fn told(entry: &Entry, tell: impl Fn(&str, i32, &str) -> AppError, error: &Error) -> AppError {
    let name = &entry.configured.target.name;
    // The driver knows only that the guard closed its connection; the guard knows why.
    let trouble = entry.shared::<Shared>().trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let incident = match trouble {
        Some(trouble) => crate::server::incident(&format!("{trouble}; {error}"), name),
        None => crate::server::incident(error, name),
    };
    let mut told = match error.kind.as_ref() {
        ErrorKind::Command(command) => tell(name, command.code, &command.code_name),
        ErrorKind::Authentication { .. } => AppError::new(
            Kind::NoPermission,
            words!(
                "{name} refused the console's user or password.",
                "{name}이(가) 콘솔의 사용자 또는 암호를 거부했습니다."
            ),
            words!("Correct the credentials of this target.", "이 대상의 접속 정보를 고치세요."),
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
