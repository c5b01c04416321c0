//! A cluster of three primaries, whose hash slots are dealt out in equal parts.

use std::sync::Arc;

use redis::{Cmd, cmd};

use super::super::eventually;
use super::super::mongo::port;
use super::{Product, READY_WITHIN, Server, info};
use crate::targets::registry::Entry;

/// The nodes, by their index: 0 holds the slots 0–5460, 1 the slots 5461–10922, 2 the rest.
pub(crate) struct Cluster {
    nodes: Vec<Server>,
}

impl Cluster {
    /// Three nodes of Redis.
    pub(crate) async fn start() -> Self {
        Self::start_product(Product::Redis, &[]).await
    }

    pub(crate) async fn start_product(product: Product, lines: &[(&str, &str)]) -> Self {
        let mut cluster = Self { nodes: Vec::new() };
        for first in [0_u16, 5461, 10923] {
            let last = first + if first == 0 || first == 10923 { 5460 } else { 5461 };
            let index = cluster.add(product, lines).await;
            cluster.ask::<()>(index, cluster_cmd("SET-CONFIG-EPOCH").arg(index + 1)).await;
            cluster.ask::<()>(index, cluster_cmd("ADDSLOTSRANGE").arg(first).arg(last)).await;
        }
        cluster.introduce().await;
        cluster
    }

    /// A node that follows one of the primaries.
    pub(crate) async fn replica(&mut self, of: usize) -> usize {
        let index = self.add(self.nodes[of].product, &[]).await;
        self.introduce().await;
        let id = self.id(of).await;
        self.ask::<()>(index, cluster_cmd("REPLICATE").arg(id)).await;
        let client = self.nodes[index].client().await;
        eventually("the node follows", READY_WITHIN, || info(&client, "master_link_status:up")).await;
        for other in 0..self.nodes.len() {
            eventually("all nodes know that it follows", READY_WITHIN, async || {
                let told: String = self.ask(other, &cluster_cmd("NODES")).await;
                let port = format!(":{}@", self.nodes[index].port);
                told.lines().any(|line| line.contains(&port) && line.contains("slave"))
            })
            .await;
        }
        index
    }

    pub(crate) fn node(&self, index: usize) -> &Server {
        &self.nodes[index]
    }

    pub(crate) fn node_mut(&mut self, index: usize) -> &mut Server {
        &mut self.nodes[index]
    }

    /// The console's target: the first node stands for the cluster.
    pub(crate) fn entry(&self) -> Arc<Entry> {
        self.nodes[0].entry()
    }

    /// The number of a node in the cluster, 40 digits.
    pub(crate) async fn id(&self, index: usize) -> String {
        self.ask(index, &cluster_cmd("MYID")).await
    }

    /// Begins to move a slot. Until [`Cluster::move_slot`] has ended it, the nodes answer for its keys with ASK.
    pub(crate) async fn migrate_slot(&self, slot: u16, from: usize, to: usize) {
        let (giver, taker) = (self.id(from).await, self.id(to).await);
        self.ask::<()>(to, cluster_cmd("SETSLOT").arg(slot).arg("IMPORTING").arg(giver)).await;
        self.ask::<()>(from, cluster_cmd("SETSLOT").arg(slot).arg("MIGRATING").arg(taker)).await;
    }

    /// Gives a slot that holds no keys to another node, so that the one before answers with MOVED.
    pub(crate) async fn move_slot(&self, slot: u16, from: usize, to: usize) {
        let taker = self.id(to).await;
        for index in [to, from] {
            self.ask::<()>(index, cluster_cmd("SETSLOT").arg(slot).arg("NODE").arg(&taker)).await;
        }
    }

    async fn add(&mut self, product: Product, lines: &[(&str, &str)]) -> usize {
        let mut node = Server::new(product, lines).await;
        node.line("cluster-enabled", "yes");
        node.line("cluster-config-file", "nodes.conf");
        node.line("cluster-node-timeout", "2000");
        // Not the port and 10,000, which would be too high for most.
        node.line("cluster-port", &port().to_string());
        node.start_again().await;
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Makes the nodes known to each other, and waits until all see the cluster whole.
    async fn introduce(&self) {
        for node in &self.nodes[1..] {
            let bus = &node.lines.iter().find(|(name, _)| name == "cluster-port").expect("a node's bus").1;
            self.ask::<()>(0, cluster_cmd("MEET").arg("127.0.0.1").arg(node.port).arg(bus)).await;
        }
        let known = format!("cluster_known_nodes:{}", self.nodes.len());
        for index in 0..self.nodes.len() {
            eventually("all nodes see the cluster whole", READY_WITHIN, async || {
                let told: String = self.ask(index, &cluster_cmd("INFO")).await;
                ["cluster_state:ok", &known].iter().all(|line| told.lines().any(|it| it.trim_end() == *line))
            })
            .await;
        }
    }

    async fn ask<T: redis::FromRedisValue>(&self, index: usize, command: &Cmd) -> T {
        let answer = command.query_async(&mut self.nodes[index].client().await).await;
        answer.unwrap_or_else(|error| panic!("node {index}: {error}"))
    }
}

fn cluster_cmd(second: &str) -> Cmd {
    let mut command = cmd("CLUSTER");
    command.arg(second);
    command
}
