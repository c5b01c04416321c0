//! Connections to PostgreSQL, and its error codes in an operator's words.

pub mod dedicated;
mod told;

use std::future::poll_fn;
use std::time::Duration;

use deadpool_postgres::{Connect, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, Timeouts};
use futures_util::future::BoxFuture;
use tokio::sync::OnceCell;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config, Error, NoTls};

use super::call::{READ, WRITE, call};
use super::registry::Entry;
use super::wire::Bounded;
use crate::error::{AppError, Kind};
use crate::text::Words;
use crate::words;
pub use told::told;
use told::unanswered;

/// Reads and changes have pools of their own, so that a slow change never keeps a page waiting.
#[derive(Default)]
struct Pools {
    reads: OnceCell<Pool>,
    changes: OnceCell<Pool>,
}

/// Runs `work` on a connection for reading. The server itself ends a statement after 3 s.
///
/// # Errors
/// As [`call`], and what [`told`] makes of the driver's errors.
pub async fn read<T, F>(entry: &Entry, work: impl FnOnce(Object) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, Error>>,
{
    let pools = entry.shared::<Pools>();
    within(entry, READ, &pools.reads, open(entry, 3, READ), work).await
}

/// Runs `work` on a connection for changes. The server itself ends a statement after 30 s.
///
/// # Errors
/// As [`read`].
pub async fn change<T, F>(entry: &Entry, work: impl FnOnce(Object) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, Error>>,
{
    let pools = entry.shared::<Pools>();
    within(entry, WRITE + Duration::from_secs(1), &pools.changes, open(entry, 1, WRITE), work).await
}

/// Version and role of the server.
///
/// # Errors
/// As [`read`].
pub async fn describe(entry: &Entry) -> Result<Words, AppError> {
    const SQL: &str = "SELECT current_setting('server_version'), pg_is_in_recovery()";
    let row = read(entry, |client| async move { client.query_one(SQL, &[]).await }).await?;
    let version: String = row.get(0);
    let version = version.split(' ').next().unwrap_or_default();
    Ok(if row.get(1) {
        words!("PostgreSQL {version}, standby", "PostgreSQL {version}, 대기 서버")
    } else {
        words!("PostgreSQL {version}, primary", "PostgreSQL {version}, 기본 서버")
    })
}

async fn within<T, F>(
    entry: &Entry,
    deadline: Duration,
    pool: &OnceCell<Pool>,
    open: impl Future<Output = Result<Pool, AppError>>,
    work: impl FnOnce(Object) -> F,
) -> Result<T, AppError>
where
    F: Future<Output = Result<T, Error>>,
{
    let answer = call(&entry.configured.target, &entry.line, deadline, async {
        let pool = pool.get_or_try_init(|| open).await?;
        let client = pool.get().await.map_err(|error| told_pool(entry, error))?;
        work(client).await.map_err(|error| told(entry, &error))
    })
    .await;
    // A connection on which a call was given up would keep the next one waiting too, for as long as it hangs.
    if answer.as_ref().is_err_and(|error| error.kind == Kind::Unreachable)
        && let Some(pool) = pool.get()
    {
        pool.retain(|_, _| false);
    }
    answer
}

/// Makes the connections that the pool keeps.
struct Way {
    host: String,
    port: u16,
}

impl Connect for Way {
    fn connect(&self, config: &Config) -> BoxFuture<'_, Result<(Client, JoinHandle<()>), Error>> {
        let config = config.clone();
        Box::pin(async move {
            let stream = Bounded::connect(&self.host, self.port).await;
            let (client, mut connection) = config.connect_raw(stream, NoTls).await?;
            // What comes beside the answers is notices. The driver would log them in the server's own words.
            let task = tokio::spawn(async move {
                while let Some(Ok(_)) = poll_fn(|context| connection.poll_message(context)).await {}
            });
            Ok((client, task))
        })
    }
}

/// Who we are to the server, in this database or in the one that the target names. The server ends a statement after
/// `deadline`.
fn config(entry: &Entry, database: Option<&str>, deadline: Duration) -> Config {
    let configured = &entry.configured;
    let mut config = Config::new();
    config
        .user(configured.user.as_deref().unwrap_or("postgres"))
        .dbname(database.or(configured.database.as_deref()).unwrap_or("postgres"))
        .application_name("outgrow")
        .options(format!("-c statement_timeout={} -c lock_timeout=2000", deadline.as_millis()));
    if let Some(password) = &configured.password {
        config.password(password.expose());
    }
    config
}

async fn open(entry: &Entry, size: usize, deadline: Duration) -> Result<Pool, AppError> {
    let configured = &entry.configured;
    let config = config(entry, None, deadline);
    let way = Way { host: configured.target.host.clone(), port: configured.target.port };
    let manager = Manager::from_connect(config, way, ManagerConfig { recycling_method: RecyclingMethod::Fast });
    let timeouts = Timeouts {
        wait: Some(Duration::from_secs(1)),
        create: Some(Duration::from_millis(2500)),
        recycle: Some(Duration::from_secs(1)),
    };
    Pool::builder(manager).max_size(size).timeouts(timeouts).runtime(Runtime::Tokio1).build().map_err(|error| {
        let incident = crate::server::incident(&error, "building a pool");
        AppError { incident: Some(incident), ..unanswered(entry) }
    })
}

fn told_pool(entry: &Entry, error: PoolError) -> AppError {
    match error {
        PoolError::Backend(error) => told(entry, &error),
        other => {
            let incident = crate::server::incident(&other, entry.configured.target.id.as_str());
            AppError { incident: Some(incident), ..unanswered(entry) }
        }
    }
}
