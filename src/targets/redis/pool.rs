//! The connections of one target, one to each of its servers, and the map that says which holds which keys.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use redis::RedisError;
use redis::aio::MultiplexedConnection;
use tokio::sync::Mutex;

use super::Node;
use super::map::{self, Map, Way};
use super::open::{Open, open};
use crate::targets::registry::Configured;

/// Most addresses that a target's servers may announce to be asked when the first does not answer.
const MOST_KNOWN: usize = 100;

type Slot = Arc<Mutex<Option<Open>>>;

/// On one connection calls travel side by side.
#[derive(Default)]
pub(super) struct Pool {
    open: std::sync::Mutex<HashMap<Node, Slot>>,
    map: Mutex<Option<Arc<Map>>>,
    /// Who else can be asked for the map: nodes of the cluster, or sentinels.
    known: std::sync::Mutex<Vec<Node>>,
}

impl Pool {
    /// The connection to a server. One that the server has closed is not used again.
    pub(super) async fn connection(
        &self,
        configured: &Configured,
        node: &Node,
    ) -> Result<MultiplexedConnection, RedisError> {
        let slot = {
            let mut all = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(node.clone()).or_default())
        };
        let mut slot = slot.lock().await;
        if let Some(open) = slot.as_ref().filter(|open| !open.has_ended()) {
            return Ok(open.connection.clone());
        }
        // Boxed, as below: what leads to a handshake is too large for the stack of whoever waits for it.
        let opened = Box::pin(open(configured, node)).await?;
        let connection = opened.connection.clone();
        *slot = Some(opened);
        Ok(connection)
    }

    /// Whether there is no connection to this server, or none that it has not closed.
    pub(super) async fn has_none_to(&self, node: &Node) -> bool {
        let slot = self.open.lock().unwrap_or_else(PoisonError::into_inner).get(node).map(Arc::clone);
        match slot {
            Some(slot) => slot.lock().await.as_ref().is_none_or(Open::has_ended),
            None => true,
        }
    }

    /// The map as it is remembered, or asked for.
    pub(super) async fn map(&self, configured: &Configured) -> Result<Arc<Map>, RedisError> {
        let map = self.remembered(configured).await?;
        // A sentinel that makes a primary a replica has it close all connections.
        if map.way == Way::Sentinel && self.has_none_to(&map.nodes[0]).await {
            return self.new_map(configured).await;
        }
        Ok(map)
    }

    async fn remembered(&self, configured: &Configured) -> Result<Arc<Map>, RedisError> {
        let mut remembered = self.map.lock().await;
        if let Some(map) = remembered.as_ref() {
            return Ok(Arc::clone(map));
        }
        let map = Arc::new(Box::pin(map::ask(self, configured)).await?);
        *remembered = Some(Arc::clone(&map));
        Ok(map)
    }

    /// The map asked for anew, because a server has said that it is an old one.
    pub(super) async fn new_map(&self, configured: &Configured) -> Result<Arc<Map>, RedisError> {
        self.map.lock().await.take();
        self.remembered(configured).await
    }

    /// Forgets the connections and the map: what comes late over a connection that did not answer would belong to
    /// nobody, and another server may have taken over.
    pub(super) async fn forget(&self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.map.lock().await.take();
    }

    pub(super) fn known(&self) -> Vec<Node> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn keep_known(&self, mut nodes: Vec<Node>) {
        nodes.truncate(MOST_KNOWN);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = nodes;
    }
}
