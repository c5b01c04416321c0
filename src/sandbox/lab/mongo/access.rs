//! Ways into a cluster of the laboratory: as the console, as a driver that goes through the router, and as one that
//! goes past it and sees what is really there.

use std::sync::Arc;
use std::time::Duration;

use mongodb::Client;
use mongodb::options::{ClientOptions, ServerAddress};

use super::Cluster;
use crate::targets::model::{Target, TargetId, TargetKind};
use crate::targets::registry::{Configured, Entry};

impl Cluster {
    /// The console's target for the router. Each has connections of its own.
    pub(crate) fn entry(&self) -> Arc<Entry> {
        entry("router", self.settings.router_port)
    }

    /// A shard as a target: no router, so nothing may be sharded there.
    pub(crate) fn shard_entry(&self, name: &str) -> Arc<Entry> {
        entry(name, self.member(name).port)
    }

    /// The config server as a target: no router either.
    pub(crate) fn config_entry(&self) -> Arc<Entry> {
        entry("config", self.settings.config_port)
    }

    /// Through the router. It belongs to the runtime of the test that asks for it.
    pub(crate) async fn client(&self) -> Client {
        client(self.settings.router_port)
    }

    /// The config server itself, past the router: what it says is so.
    pub(crate) async fn config(&self) -> Client {
        client(self.settings.config_port)
    }

    /// One shard's server itself, by the name of the shard; also of a spare one.
    pub(crate) async fn shard(&self, name: &str) -> Client {
        client(self.member(name).port)
    }
}

fn entry(name: &str, port: u16) -> Arc<Entry> {
    let target = Target {
        id: TargetId::parse(&format!("lab-{port}")).expect("a target's name"),
        kind: TargetKind::Mongodb,
        name: format!("MongoDB {name}"),
        host: "127.0.0.1".into(),
        port,
    };
    Arc::new(Entry::alone(Configured { target, user: None, password: None, database: None, tls: None }))
}

fn client(port: u16) -> Client {
    let options = ClientOptions::builder()
        .hosts(vec![ServerAddress::Tcp { host: "127.0.0.1".into(), port: Some(port) }])
        .app_name("lab".to_owned())
        .direct_connection(true)
        .server_selection_timeout(Duration::from_secs(5))
        .build();
    Client::with_options(options).expect("an address")
}
