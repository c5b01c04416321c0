//! A connection to one server of a target, on which nothing is sent but what the list allows.

use std::sync::Arc;

use redis::{Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError};

use super::Node;
use super::allowed::{check, check_all};
use super::pool::Pool;
use super::probes::{Counted, Counter, Probes};
use crate::targets::registry::Configured;

/// A connection to one server. Clones share it; what is asked side by side travels side by side.
#[derive(Clone)]
pub struct Link {
    connection: Counted,
    route: Option<Arc<Route>>,
}

/// The way to the other servers of a cluster, for keys that are not where the map says.
struct Route {
    pool: Arc<Pool>,
    probes: Arc<Probes>,
    configured: Configured,
    node: Node,
}

/// Where a server sends us for a key.
enum Redirected {
    /// It has moved there for good.
    Moved(Counted),
    /// It is being moved, and this one command is answered there.
    Asked(Counted),
}

impl Link {
    /// One that stays with its server. What is asked over it counts as the console's own use of the server's keys.
    pub(super) fn new(connection: Counted) -> Self {
        Self { connection, route: None }
    }

    /// One that follows a key to another server of the cluster, once.
    pub(super) fn routed(
        connection: Counted,
        (pool, probes): (Arc<Pool>, Arc<Probes>),
        configured: &Configured,
        node: &Node,
    ) -> Self {
        let route = Route { pool, probes, configured: configured.clone(), node: node.clone() };
        Self { connection, route: Some(Arc::new(route)) }
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
        let answer = command.query_async(&mut self.connection).await;
        let Err(error) = &answer else { return answer };
        match Box::pin(self.redirected(error, 1)).await? {
            None => answer,
            Some(Redirected::Moved(connection)) => {
                self.connection = connection;
                command.query_async(&mut self.connection).await
            }
            Some(Redirected::Asked(mut connection)) => {
                let mut pipe = redis::pipe();
                pipe.cmd("ASKING").ignore().add_command(command.clone());
                let (answer,) = pipe.query_async(&mut connection).await?;
                Ok(answer)
            }
        }
    }

    /// Sends commands in one go. Without any there is nothing to send, and the answer is an empty list. While a slot of
    /// a cluster is being moved, the server may answer ASK, and then the error stays: which of them would have to be
    /// asked elsewhere differs from key to key.
    ///
    /// # Errors
    /// As [`Link::ask`]. Where one is not on the list, none is sent.
    pub async fn ask_all<T: FromRedisValue>(&mut self, pipe: &Pipeline) -> Result<T, RedisError> {
        check_all(pipe)?;
        if pipe.is_empty() {
            return T::from_redis_value(redis::Value::Array(Vec::new())).map_err(Into::into);
        }
        let answer = pipe.query_async(&mut self.connection).await;
        let Err(error) = &answer else { return answer };
        match Box::pin(self.redirected(error, pipe.len())).await? {
            Some(Redirected::Moved(connection)) => {
                self.connection = connection;
                pipe.query_async(&mut self.connection).await
            }
            _ => answer,
        }
    }

    /// Where the server sends us, if it has refused all `commands` of them for that reason: then none has run.
    async fn redirected(&self, error: &RedisError, commands: usize) -> Result<Option<Redirected>, RedisError> {
        let Some(route) = &self.route else { return Ok(None) };
        let Some(refused) = error.clone().into_server_errors() else { return Ok(None) };
        let all_are = |code: &str| refused.len() == commands && refused.iter().all(|(_, error)| error.code() == code);
        if !all_are("MOVED") && !all_are("ASK") {
            return Ok(None);
        }
        let address = refused[0].1.details().and_then(|details| details.split_ascii_whitespace().nth(1));
        let node = address.and_then(|address| redirection(address, &route.node));
        let node = node.ok_or((ErrorKind::UnexpectedReturnType, "no address to go to"))?;
        if all_are("MOVED") {
            route.pool.new_map(&route.configured).await?;
        }
        let connection = route.pool.connection(&route.configured, &node).await?;
        let connection = Counted { connection, counter: route.probes.of(&node) };
        Ok(Some(if all_are("MOVED") { Redirected::Moved(connection) } else { Redirected::Asked(connection) }))
    }
}

/// `host:port`; without a host it is the one that was asked.
fn redirection(address: &str, asked: &Node) -> Option<Node> {
    let (host, port) = address.rsplit_once(':')?;
    let host = if host.is_empty() || host == "?" { asked.host.clone() } else { host.to_owned() };
    Some(Node { host, port: port.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirection_without_a_host_stays_at_the_host() {
        let asked = Node { host: "db".into(), port: 1 };
        let to = |address| redirection(address, &asked).map(|node| node.to_string());
        assert_eq!(to("10.0.0.1:7000").as_deref(), Some("10.0.0.1:7000"));
        assert_eq!(to(":7000").as_deref(), Some("db:7000"));
        assert_eq!(to("::1:7000").as_deref(), Some("::1:7000"));
        assert_eq!(to("nothing"), None);
    }
}
