//! One client's way to the servers: connections opened when first needed, the primary of a
//! replica set found and found again after a failover.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bson::{Document, RawDocument, RawDocumentBuf, doc};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::Shared;
use super::answer::{Failure, is_ok, refused};
use super::wire::{self, Message};

const CONNECT_WITHIN: Duration = Duration::from_secs(2);
const HELLO_WITHIN: Duration = Duration::from_secs(2);
/// How long a command waits for a primary. A mongos waits 20 s; here nobody has that patience.
const PRIMARY_WITHIN: Duration = Duration::from_secs(8);
const PAUSE_BETWEEN_TRIES: Duration = Duration::from_millis(200);
/// "Not a primary (any more)" in its seven forms: the command was not carried out.
const NOT_PRIMARY: [i32; 7] = [10107, 13435, 11602, 189, 91, 11600, 13436];

pub(super) struct Relay {
    pub(super) shared: Arc<Shared>,
    connections: HashMap<String, TcpStream>,
}

impl Relay {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, connections: HashMap::new() }
    }

    /// Sends a command to the primary of a replica set, waiting out a failover. A command that
    /// may have been carried out already is not sent again.
    pub(super) async fn forward(
        &mut self,
        replica_set: &str,
        body: &RawDocument,
        sequences: &[u8],
    ) -> Result<Forwarded, Failure> {
        let give_up = Instant::now() + PRIMARY_WITHIN;
        loop {
            let failure = match self.forward_once(replica_set, body, sequences).await {
                Err(failure @ Failure::Unreachable { sent: false, .. }) => failure,
                Ok(it) if NOT_PRIMARY.contains(&raw_code(&it.answer)) => {
                    self.shared.forget_primary(replica_set);
                    Failure::Server(Box::new(Document::try_from(&*it.answer)?))
                }
                done => return done,
            };
            if Instant::now() > give_up {
                return Err(failure);
            }
            sleep(PAUSE_BETWEEN_TRIES).await;
        }
    }

    /// The same without waiting: fails at once when the primary cannot be reached.
    pub(super) async fn forward_once(
        &mut self,
        replica_set: &str,
        body: &RawDocument,
        sequences: &[u8],
    ) -> Result<Forwarded, Failure> {
        let host = self.primary(replica_set).await?;
        let sent = self.call(&host, body, sequences).await;
        if sent.is_err() {
            self.shared.forget_primary(replica_set);
        }
        sent.map(|answer| Forwarded { host, answer })
    }

    /// Runs a command of the router's own and returns the answer, be it a refusal or not.
    pub(super) async fn run_unchecked(
        &mut self,
        replica_set: &str,
        database: &str,
        mut command: Document,
    ) -> Result<Document, Failure> {
        command.insert("$db", database);
        let body = RawDocumentBuf::try_from(&command)?;
        let forwarded = self.forward(replica_set, &body, &[]).await?;
        Ok(Document::try_from(&*forwarded.answer)?)
    }

    /// Runs a command of the router's own; a refusal is a failure.
    pub(super) async fn run(
        &mut self,
        replica_set: &str,
        database: &str,
        command: Document,
    ) -> Result<Document, Failure> {
        let answer = self.run_unchecked(replica_set, database, command).await?;
        if is_ok(&answer) {
            return Ok(answer);
        }
        Err(Failure::Server(Box::new(answer)))
    }

    /// Runs a command on the config servers, in their `admin` database.
    pub(super) async fn run_on_config(&mut self, command: Document) -> Result<Document, Failure> {
        let config = self.shared.config_set.clone();
        self.run(&config, "admin", command).await
    }

    /// One message to one host, and its answer. The connection is out of the map meanwhile, so a
    /// command given up half-way (a deadline) never leaves its answer to the next one.
    pub(super) async fn call(
        &mut self,
        host: &str,
        body: &RawDocument,
        sequences: &[u8],
    ) -> Result<RawDocumentBuf, Failure> {
        let unreachable = |sent| Failure::Unreachable { host: host.to_owned(), sent };
        let mut stream = match self.connections.remove(host).filter(still_open) {
            Some(stream) => stream,
            None => connect(host).await.ok_or_else(|| unreachable(false))?,
        };
        let message = wire::encode_command(self.shared.next_request(), 0, body, sequences);
        let written = stream.write_all(&message).await;
        written.map_err(|_| unreachable(true))?;
        let answer = match wire::read_message(&mut stream).await {
            Ok(Some(Message::Command(answer))) => answer.body,
            _ => return Err(unreachable(true)),
        };
        self.connections.insert(host.to_owned(), stream);
        Ok(answer)
    }

    /// The primary of `name/host:port,host:port`. A set of one member needs no asking.
    async fn primary(&mut self, replica_set: &str) -> Result<String, Failure> {
        let members: Vec<&str> = members(replica_set).collect();
        if let [only] = members[..] {
            return Ok(only.to_owned());
        }
        if let Some(known) = self.shared.known_primary(replica_set) {
            return Ok(known);
        }
        let hello = RawDocumentBuf::try_from(&doc! { "hello": 1, "$db": "admin" })?;
        for member in members {
            let answer = timeout(HELLO_WITHIN, self.call(member, &hello, &[])).await;
            if let Ok(Ok(answer)) = answer
                && answer.get_bool("isWritablePrimary").unwrap_or(false)
            {
                self.shared.remember_primary(replica_set, member);
                return Ok(member.to_owned());
            }
        }
        Err(Failure::Unreachable { host: format!("the primary of {replica_set}"), sent: false })
    }
}

/// An answer and the host that gave it, where its cursor lives.
pub(super) struct Forwarded {
    pub(super) host: String,
    pub(super) answer: RawDocumentBuf,
}

/// The hosts of `name/host:port,host:port`, or the one host of a string without a name.
pub(super) fn members(replica_set: &str) -> impl Iterator<Item = &str> {
    let hosts = replica_set.split_once('/').map_or(replica_set, |it| it.1);
    hosts.split(',').filter(|it| !it.is_empty())
}

/// The code of a refusal without decoding it; 0 when the answer is none.
pub(super) fn raw_code(answer: &RawDocument) -> i32 {
    if answer.get_f64("ok").is_ok_and(|it| it == 1.0) {
        return 0;
    }
    answer.get_i32("code").unwrap_or(-1)
}

pub(super) fn in_time<T>(outcome: Result<Result<T, Failure>, tokio::time::error::Elapsed>) -> Result<T, Failure> {
    outcome.unwrap_or_else(|_| {
        let text = "operation exceeded time limit";
        Err(refused(50, "MaxTimeMSExpired", text))
    })
}

async fn connect(host: &str) -> Option<TcpStream> {
    let stream = timeout(CONNECT_WITHIN, TcpStream::connect(host)).await.ok()?.ok()?;
    // Commands are single small writes that wait for an answer; Nagle would only delay them.
    stream.set_nodelay(true).ok()?;
    Some(stream)
}

/// An idle connection has nothing to read; an end of file or stray bytes mean it is of no use.
fn still_open(stream: &TcpStream) -> bool {
    let waiting = stream.try_read(&mut [0_u8; 1]);
    matches!(waiting, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_a_set_string() {
        let two: Vec<&str> = members("shard1/127.0.0.1:1,127.0.0.1:2").collect();
        assert_eq!(two, ["127.0.0.1:1", "127.0.0.1:2"]);
        assert_eq!(members("127.0.0.1:1").count(), 1);
        assert_eq!(members("").count(), 0);
    }
}
