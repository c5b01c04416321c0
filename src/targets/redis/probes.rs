//! What the console's own commands add to a server's `keyspace_hits` and `keyspace_misses`. Looking at a key counts as
//! its use, so a page that lists keys would make every cache look better, or worse, than its applications see it.
//! Which commands count was measured on Redis 7.0.15; the test below measures it anew.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{Arg, Cmd, Pipeline, RedisFuture, Value};

use super::Node;

/// The counts of all servers of one target, kept as long as the target: `entry.shared::<Probes>()`.
#[derive(Default)]
pub struct Probes {
    nodes: Mutex<BTreeMap<Node, Arc<Counter>>>,
}

impl Probes {
    /// The count of one server.
    pub fn of(&self, node: &Node) -> Arc<Counter> {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(nodes.entry(node.clone()).or_default())
    }
}

/// How often the console's commands found a key at one server, and how often not, since the console began.
#[derive(Default)]
pub struct Counter {
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Counter {
    /// Hits and misses.
    pub fn read(&self) -> (u64, u64) {
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed))
    }

    /// Counts what the answers do not tell, such as the calls inside of a script.
    pub fn add(&self, hits: u64, misses: u64) {
        self.hits.fetch_add(hits, Ordering::Relaxed);
        self.misses.fetch_add(misses, Ordering::Relaxed);
    }
}

/// A connection whose answers are counted.
#[derive(Clone)]
pub(super) struct Counted {
    pub(super) connection: MultiplexedConnection,
    pub(super) counter: Arc<Counter>,
}

impl ConnectionLike for Counted {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async move {
            let answer = self.connection.req_packed_command(command).await;
            let value = match &answer {
                Ok(value) => Found::of(command, value),
                // An error that the driver has taken out of the answer already.
                Err(error) => Found::by_code(command, error.code()),
            };
            let (hits, misses) = value.assumed();
            self.counter.add(hits, misses);
            answer
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipe: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async move {
            let answers = self.connection.req_packed_commands(pipe, offset, count).await?;
            let (hits, misses) = counted(pipe, &answers);
            self.counter.add(hits, misses);
            Ok(answers)
        })
    }

    fn get_db(&self) -> i64 {
        self.connection.get_db()
    }
}

/// What a pipeline has added. Where an answer is the same for an empty value and for no key, another answer about the
/// same key decides.
fn counted(pipe: &Pipeline, answers: &[Value]) -> (u64, u64) {
    let found: Vec<(&Cmd, Found)> =
        pipe.cmd_iter().zip(answers).map(|(command, answer)| (command, Found::of(command, answer))).collect();
    let mut known: HashMap<Vec<u8>, bool> = HashMap::new();
    if found.iter().any(|(_, found)| matches!(found, Found::Empty)) {
        let sure = found.iter().filter_map(|(command, found)| match found {
            Found::Counts(hits, misses) if hits + misses == 1 => Some((key(command)?, *hits == 1)),
            _ => None,
        });
        known = sure.collect();
    }
    let each = found.iter().map(|(command, found)| match found {
        Found::Empty if key(command).and_then(|key| known.get(&key).copied()) == Some(true) => (1, 0),
        other => other.assumed(),
    });
    each.fold((0, 0), |(hits, misses), (hit, miss)| (hits + hit, misses + miss))
}

/// What one answer tells of the counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Counts(u64, u64),
    /// Nothing came: there is no key, or it holds an empty value.
    Empty,
}

const HIT: Found = Found::Counts(1, 0);
const MISS: Found = Found::Counts(0, 1);
const NOTHING: Found = Found::Counts(0, 0);

impl Found {
    fn of(command: &Cmd, answer: &Value) -> Self {
        if let Value::ServerError(error) = answer {
            return Self::by_code(command, Some(error.code()));
        }
        let name = word(command, 0);
        let is = |found: bool| if found { HIT } else { MISS };
        match name.as_str() {
            "TTL" | "PTTL" | "EXPIRETIME" | "PEXPIRETIME" => is(!matches!(answer, Value::Int(-2))),
            "TYPE" => is(text(answer) != Some(b"none")),
            "GET" | "DUMP" | "OBJECT" => is(!matches!(answer, Value::Nil)),
            "SET" if has(command, "GET") => is(!matches!(answer, Value::Nil)),
            "EXISTS" | "TOUCH" => {
                let asked = command.args_iter().count() as u64 - 1;
                let there = if let Value::Int(there) = answer { u64::try_from(*there).unwrap_or(0) } else { 0 };
                Self::Counts(there.min(asked), asked.saturating_sub(there))
            }
            "GETRANGE" | "STRLEN" | "HLEN" | "LLEN" | "SCARD" | "ZCARD" | "XLEN" | "LRANGE" | "ZRANGE"
            | "XREVRANGE" => {
                if is_empty(answer) {
                    Self::Empty
                } else {
                    HIT
                }
            }
            "HSCAN" | "SSCAN" | "ZSCAN" => match answer {
                Value::Array(parts) if word(command, 2) == "0" && parts.get(1).is_some_and(is_empty) => Self::Empty,
                _ => HIT,
            },
            // With a type each key that it walks past counts, and those that it leaves out cannot be known.
            "SCAN" if has(command, "TYPE") => match answer {
                Value::Array(parts) => match parts.get(1) {
                    Some(Value::Array(keys)) => Self::Counts(keys.len() as u64, 0),
                    _ => NOTHING,
                },
                _ => NOTHING,
            },
            _ => NOTHING,
        }
    }

    /// A command that was refused after it had found its key counts all the same.
    fn by_code(command: &Cmd, code: Option<&str>) -> Self {
        let looks = matches!(Self::of(command, &Value::Int(1)), Self::Counts(1, _));
        match code {
            Some("WRONGTYPE") if looks => HIT,
            // OBJECT FREQ without an LFU policy.
            Some("ERR") if word(command, 0) == "OBJECT" => HIT,
            _ => NOTHING,
        }
    }

    /// Hits and misses. What may be either is taken for a missing key, which is what one sees more often.
    const fn assumed(self) -> (u64, u64) {
        match self {
            Self::Counts(hits, misses) => (hits, misses),
            Self::Empty => (0, 1),
        }
    }
}

fn is_empty(answer: &Value) -> bool {
    match answer {
        Value::Nil | Value::Int(0) => true,
        Value::Array(parts) => parts.is_empty(),
        Value::Map(pairs) => pairs.is_empty(),
        Value::BulkString(bytes) => bytes.is_empty(),
        _ => false,
    }
}

fn text(answer: &Value) -> Option<&[u8]> {
    match answer {
        Value::SimpleString(text) => Some(text.as_bytes()),
        Value::BulkString(bytes) => Some(bytes),
        _ => None,
    }
}

fn word(command: &Cmd, place: usize) -> String {
    match command.args_iter().nth(place) {
        Some(Arg::Simple(bytes)) => String::from_utf8_lossy(bytes).to_ascii_uppercase(),
        _ => String::new(),
    }
}

/// Whether an option stands after the key and the value.
fn has(command: &Cmd, option: &str) -> bool {
    let from = if word(command, 0) == "SET" { 3 } else { 2 };
    command
        .args_iter()
        .skip(from)
        .any(|it| matches!(it, Arg::Simple(bytes) if bytes.eq_ignore_ascii_case(option.as_bytes())))
}

fn key(command: &Cmd) -> Option<Vec<u8>> {
    let place = if word(command, 0) == "OBJECT" { 2 } else { 1 };
    match command.args_iter().nth(place) {
        Some(Arg::Simple(bytes)) => Some(bytes.to_vec()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
