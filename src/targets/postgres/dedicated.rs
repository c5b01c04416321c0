//! A connection for one piece of work: in another database than the target's own, or for a statement that takes long
//! and that somebody may want to stop.

use std::future::poll_fn;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::{Client, Error, NoTls};

use super::{config, told};
use crate::error::AppError;
use crate::targets::call::{READ, WRITE, call};
use crate::targets::registry::Entry;
use crate::targets::wire::{self, Bounded};

/// Most time to log in.
const LOG_IN: Duration = Duration::from_secs(4);

/// A connection of its own. Closed when it is dropped.
pub struct Dedicated {
    client: Client,
    connection: JoinHandle<()>,
}

impl Dedicated {
    /// Logs in to this database of the server; the server ends a statement after `deadline`, or never if it is zero.
    ///
    /// # Errors
    /// As [`call`], and what [`told`] makes of the driver's errors.
    pub async fn open(entry: &Entry, database: Option<&str>, deadline: Duration) -> Result<Self, AppError> {
        let config = config(entry, database, deadline);
        let target = &entry.configured.target;
        let (client, mut connection) = call(target, &entry.line, LOG_IN, async {
            let stream = Bounded::connect(&target.host, target.port).await;
            config.connect_raw(stream, NoTls).await.map_err(|error| told(entry, &error))
        })
        .await?;
        // What comes beside the answers is notices, which the driver would log in the server's own words.
        let connection = tokio::spawn(async move {
            while let Some(Ok(_)) = poll_fn(|context| connection.poll_message(context)).await {}
        });
        Ok(Self { client, connection })
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Asks the server to stop the statement that runs on this connection. Whether it did is told by the statement.
    pub async fn cancel(&self, entry: &Entry) {
        let target = &entry.configured.target;
        let token = self.client.cancel_token();
        let asked = tokio::time::timeout(LOG_IN, async {
            let stream = wire::connect(&target.host, target.port).await.map_err(|error| error.to_string())?;
            token.cancel_query_raw(stream, NoTls).await.map_err(|error| error.to_string())
        });
        let failure = match asked.await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error,
            Err(_) => "no answer".to_owned(),
        };
        crate::server::incident(&failure, "asking a server to stop a statement");
    }
}

impl Drop for Dedicated {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// Reads in another database of the server. The server itself ends a statement after 3 s.
///
/// # Errors
/// As [`call`], and what [`told`] makes of the driver's errors.
pub async fn read_in<T, F>(entry: &Entry, database: &str, work: impl FnOnce(Dedicated) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, Error>>,
{
    within(entry, database, READ, work).await
}

/// Changes something in another database of the server. The server itself ends a statement after 30 s.
///
/// # Errors
/// As [`read_in`].
pub async fn change_in<T, F>(entry: &Entry, database: &str, work: impl FnOnce(Dedicated) -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<T, Error>>,
{
    within(entry, database, WRITE, work).await
}

async fn within<T, F>(
    entry: &Entry,
    database: &str,
    deadline: Duration,
    work: impl FnOnce(Dedicated) -> F,
) -> Result<T, AppError>
where
    F: Future<Output = Result<T, Error>>,
{
    let database = Some(database).filter(|database| !database.is_empty());
    let connection = Dedicated::open(entry, database, deadline).await?;
    call(&entry.configured.target, &entry.line, deadline + Duration::from_secs(1), async {
        work(connection).await.map_err(|error| told(entry, &error))
    })
    .await
}
