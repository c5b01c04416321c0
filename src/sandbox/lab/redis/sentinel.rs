//! A primary and a replica that three sentinels watch under the name `mymaster`.

use std::sync::Arc;

use redis::cmd;

use super::super::eventually;
use super::{PASSWORD, Product, READY_WITHIN, Server};
use crate::targets::registry::{Configured, Entry};

const WATCHED: &str = "mymaster";

/// Servers 0 and 1 are the primary and its replica in the beginning; the sentinels ask for the same password.
pub(crate) struct Sentinels {
    servers: [Server; 2],
    watchers: Vec<Server>,
}

impl Sentinels {
    pub(crate) async fn start() -> Self {
        Self::start_product(Product::Redis).await
    }

    pub(crate) async fn start_product(product: Product) -> Self {
        let primary = Server::start_product(product, &[]).await;
        let replica = primary.replica().await;
        let mut group = Self { servers: [primary, replica], watchers: Vec::new() };
        for _ in 0..3 {
            let watcher = group.watcher(product).await;
            group.watchers.push(watcher);
        }
        for watcher in &group.watchers {
            let client = watcher.client().await;
            eventually("the sentinels know each other and the replica", READY_WITHIN, async || {
                let mut client = client.clone();
                let told: String = cmd("INFO").arg("sentinel").query_async(&mut client).await.unwrap_or_default();
                told.contains("status=ok") && told.contains("slaves=1,sentinels=3")
            })
            .await;
        }
        group
    }

    pub(crate) fn server(&self, index: usize) -> &Server {
        &self.servers[index]
    }

    pub(crate) fn server_mut(&mut self, index: usize) -> &mut Server {
        &mut self.servers[index]
    }

    pub(crate) fn watcher_mut(&mut self, index: usize) -> &mut Server {
        &mut self.watchers[index]
    }

    /// Makes the other server the primary, and waits until it is.
    pub(crate) async fn fail_over(&self) {
        let before = self.primary().await;
        let client = self.watchers[0].client().await;
        eventually("a failover begins", READY_WITHIN, async || {
            let mut client = client.clone();
            cmd("SENTINEL").arg("FAILOVER").arg(WATCHED).exec_async(&mut client).await.is_ok()
        })
        .await;
        self.await_other_than(before).await;
    }

    /// The index of the server that the sentinels call the primary.
    pub(crate) async fn primary(&self) -> usize {
        let mut client = self.watchers[0].client().await;
        let address: (String, u16) =
            cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(WATCHED).query_async(&mut client).await.expect("one");
        self.servers.iter().position(|it| it.port == address.1).expect("one of ours")
    }

    /// Waits until all sentinels name another primary than this, and it takes writes.
    pub(crate) async fn await_other_than(&self, before: usize) {
        let other = &self.servers[1 - before];
        eventually("all sentinels name the new primary", 30, async || {
            for watcher in &self.watchers {
                let mut client = watcher.client().await;
                let named: Result<(String, u16), _> =
                    cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(WATCHED).query_async(&mut client).await;
                if named.map_or(true, |(_, port)| port != other.port) {
                    return false;
                }
            }
            super::info(&other.client().await, "role:master").await
        })
        .await;
    }

    /// The console's target: the first sentinel and the name. `database` is what stands in the target's field.
    pub(crate) fn entry(&self, database: &str) -> Arc<Entry> {
        self.entry_with(|configured| configured.database = Some(database.to_owned()))
    }

    pub(crate) fn entry_with(&self, otherwise: impl FnOnce(&mut Configured)) -> Arc<Entry> {
        self.watchers[0].entry_with(otherwise)
    }

    async fn watcher(&self, product: Product) -> Server {
        let mut watcher = Server::new(product, &[]).await;
        watcher.sentinel = true;
        let of = |what: &str, value: &str| format!("{what} {WATCHED} {value}");
        let watched = format!("127.0.0.1 {} 2", self.servers[0].port);
        for line in [
            of("monitor", &watched),
            of("auth-pass", PASSWORD),
            of("down-after-milliseconds", "1000"),
            of("failover-timeout", "3000"),
        ] {
            watcher.line("sentinel", &line);
        }
        // They know each other by this password too.
        watcher.line("sentinel", &format!("sentinel-pass {PASSWORD}"));
        watcher.start_again().await;
        watcher
    }
}
