//! A connection to one server of a target, on which nothing is sent but what the list allows.

use redis::aio::MultiplexedConnection;
use redis::{Cmd, FromRedisValue, Pipeline, RedisError};

use super::allowed::{check, check_all};

/// A connection to one server. Clones share it; what is asked side by side travels side by side.
#[derive(Clone)]
pub struct Link {
    connection: MultiplexedConnection,
}

impl Link {
    pub(super) fn new(connection: MultiplexedConnection) -> Self {
        Self { connection }
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
