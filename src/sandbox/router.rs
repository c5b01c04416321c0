//! A thin stand-in for `mongos`, which no package registry carries: `mongod` started with
//! `--shardsvr` holds the router's commands under other names, and this forwards to them.
//! What it cannot do (transactions, change streams, mapReduce) it refuses by name.

mod answer;
mod chunks;
mod crud;
mod cursors;
mod ddl;
mod dispatch;
mod hello;
mod metadata;
mod overview;
mod relay;
mod rewrite;
mod sharding;
mod statistics;
#[cfg(test)]
mod tests;
mod versioned;
mod wire;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bson::{Document, RawDocumentBuf};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tracing::debug;

use self::cursors::Cursors;
use self::relay::Relay;
use self::wire::{Message, WireError};

/// More clients than this wait for a place.
const MOST_CLIENTS: usize = 512;

/// What all clients of one router share.
struct Shared {
    /// `config/host:port`.
    config_set: String,
    /// `host:port` of the router itself, its name in `config.mongos`.
    address: String,
    cursors: Cursors,
    primaries: Mutex<HashMap<String, String>>,
    requests: AtomicI32,
    clients: AtomicI32,
}

impl Shared {
    fn new(config_set: String, address: String) -> Self {
        Self {
            config_set,
            address,
            cursors: Cursors::default(),
            primaries: Mutex::default(),
            requests: AtomicI32::new(1),
            clients: AtomicI32::new(1),
        }
    }

    fn next_request(&self) -> i32 {
        self.requests.fetch_add(1, Ordering::Relaxed)
    }

    fn known_primary(&self, replica_set: &str) -> Option<String> {
        let primaries = self.primaries.lock().unwrap_or_else(PoisonError::into_inner);
        primaries.get(replica_set).cloned()
    }

    fn remember_primary(&self, replica_set: &str, host: &str) {
        let mut primaries = self.primaries.lock().unwrap_or_else(PoisonError::into_inner);
        primaries.insert(replica_set.to_owned(), host.to_owned());
    }

    fn forget_primary(&self, replica_set: &str) {
        let mut primaries = self.primaries.lock().unwrap_or_else(PoisonError::into_inner);
        primaries.remove(replica_set);
    }
}

/// Serves clients until the task is aborted; those connected then are cut off with it.
pub(super) async fn serve(listener: TcpListener, config_set: String, address: String) {
    let shared = Arc::new(Shared::new(config_set, address));
    let places = Arc::new(Semaphore::new(MOST_CLIENTS));
    let mut clients = tokio::task::JoinSet::new();
    clients.spawn(hello::show_presence(Arc::clone(&shared)));
    loop {
        let place = Arc::clone(&places).acquire_owned().await;
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: accepting again at once would only spin.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        while clients.try_join_next().is_some() {}
        let shared = Arc::clone(&shared);
        clients.spawn(async move {
            if let Err(error) = converse(stream, shared).await {
                debug!(%error, "a client of the sandbox's router was cut off");
            }
            drop(place);
        });
    }
}

/// Answers one client's commands, one after the other, until it leaves.
async fn converse(mut stream: TcpStream, shared: Arc<Shared>) -> Result<(), WireError> {
    stream.set_nodelay(true)?;
    let client = shared.clients.fetch_add(1, Ordering::Relaxed);
    let mut relay = Relay::new(shared);
    while let Some(message) = wire::read_message(&mut stream).await? {
        let reply = match message {
            Message::Command(command) => {
                let (request_id, silent) = (command.request_id, command.no_answer_wanted);
                let answer = dispatch::answer(&mut relay, client, command).await;
                if silent {
                    continue;
                }
                wire::encode_command(relay.shared.next_request(), request_id, &answer, &[])
            }
            Message::LegacyQuery { request_id, body } => {
                let answer = dispatch::answer_legacy(client, &body);
                wire::encode_legacy_reply(request_id, &answer)
            }
            Message::Other => return Err(WireError::Malformed("an unknown operation")),
        };
        stream.write_all(&reply).await?;
    }
    Ok(())
}

/// Runs one command on one host, for the steps before there is a router to ask.
pub(super) async fn run_command(host: &str, database: &str, mut command: Document) -> Result<Document, String> {
    let mut relay = Relay::new(Arc::new(Shared::new(host.to_owned(), String::new())));
    command.insert("$db", database);
    let body = RawDocumentBuf::try_from(&command).map_err(|error| error.to_string())?;
    let answer = relay.call(host, &body, &[]).await;
    let answer = answer.map_err(|failure| format!("{failure:?}"))?;
    let document = Document::try_from(&*answer).map_err(|error| error.to_string())?;
    match answer::is_ok(&document) {
        true => Ok(document),
        false => Err(document.get_str("errmsg").unwrap_or("no reason given").to_owned()),
    }
}
