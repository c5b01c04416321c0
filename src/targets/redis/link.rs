//! A connection to one server of a target, on which nothing is sent but what the list allows.

use std::sync::Arc;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, FromRedisValue, Pipeline, RedisError};

use super::allowed::{check, check_all};
use super::probes::{Counted, Counter};

/// A connection to one server. Clones share it; what is asked side by side travels side by side.
#[derive(Clone)]
pub struct Link {
    connection: Counted,
}

impl Link {
    /// What is asked over it counts as the console's own use of the server's keys.
    pub(super) fn new(connection: MultiplexedConnection, counter: Arc<Counter>) -> Self {
        Self { connection: Counted { connection, counter } }
    }

    /// The console's own share of the server's counters. Scripts tell here what they looked at.
    pub fn counter(&self) -> &Counter {
        &self.connection.counter
    }

    /// Sends one command.
    ///
    /// # Errors
    /// The driver's; and where the command is not on the list, which is not sent.
    pub async fn ask<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, RedisError> {
        check(command)?;
        command.query_async(&mut self.connection).await
    }

    /// Sends commands in one go. Without any there is nothing to send, and the answer is an empty list.
    ///
    /// # Errors
    /// As [`Link::ask`]. Where one is not on the list, none is sent.
    pub async fn ask_all<T: FromRedisValue>(&mut self, pipe: &Pipeline) -> Result<T, RedisError> {
        check_all(pipe)?;
        if pipe.is_empty() {
            return T::from_redis_value(redis::Value::Array(Vec::new())).map_err(Into::into);
        }
        pipe.query_async(&mut self.connection).await
    }
}
