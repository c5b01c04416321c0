//! Logical replication on real servers of every version, changed by the console and seen by clients that know nothing
//! of it.

mod alter;
mod cutover;
mod failing;
mod publications;
mod subscriptions;
mod watched;

use std::sync::Arc;

use tokio_postgres::Client;

use super::publications::model::{Change as Publishing, Extent, Operations};
use super::publications::postgres::Publications;
use super::subscriptions::model::{Change, Connection, Creation, Secret, Streaming};
use super::subscriptions::postgres::Subscriptions;
use crate::change::apply::{Engine, carry_out};
use crate::change::{Outcome, Plan, Report};
use crate::replication::logical::model::{Name, TableName};
use crate::replication::server::Server as Known;
use crate::replication::slots::model::SlotName;
use crate::sandbox::lab::Server;
use crate::targets::registry::Entry;

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

fn table(text: &str) -> TableName {
    TableName::parse(text).expect("a table")
}

/// Two servers, the console's targets for them, and a database `shop` with the table `orders` on both; rows only at the
/// publisher.
struct Pair {
    publisher: Server,
    subscriber: Server,
    from: Arc<Entry>,
    to: Arc<Entry>,
}

const ORDERS: &str = "CREATE TABLE orders (id int PRIMARY KEY, item text)";

impl Pair {
    async fn start(publisher: u8, subscriber: u8) -> Self {
        let (publisher, subscriber) = tokio::join!(Server::start(publisher, &[]), Server::start(subscriber, &[]));
        for server in [&publisher, &subscriber] {
            server.run("CREATE DATABASE shop").await;
            server.run_in("shop", ORDERS).await;
        }
        publisher.run_in("shop", "INSERT INTO orders SELECT n, 'item ' || n FROM generate_series(1, 1000) AS n").await;
        let (from, to) = (publisher.entry(), subscriber.entry());
        Self { publisher, subscriber, from, to }
    }

    fn publications(&self) -> Publications {
        Publications::of(Known::at(Arc::clone(&self.from)), vec![Arc::clone(&self.from), Arc::clone(&self.to)])
    }

    fn subscriptions(&self) -> Subscriptions {
        let peers = vec![Arc::clone(&self.from), Arc::clone(&self.to)];
        Subscriptions::of(Known::at(Arc::clone(&self.to)), peers, "kim")
    }

    /// A subscription to the publication `p` as the superuser.
    fn creation(&self) -> Creation {
        Creation {
            target: self.to.configured.target.id.clone(),
            database: name("shop"),
            name: name("copy"),
            publisher: Connection {
                target: Some(self.from.configured.target.id.clone()),
                host: "127.0.0.1".into(),
                port: self.publisher.port(),
                database: name("shop"),
                user: name("postgres"),
                secret: Secret::Target(self.from.configured.target.id.clone()),
            },
            publications: vec![name("p")],
            slot: SlotName::parse("copy").expect("a name"),
            copy_data: true,
            create_slot: true,
            enabled: true,
            binary: false,
            streaming: Streaming::Off,
            two_phase: false,
            disable_on_error: false,
            origin_none: false,
            failover: false,
        }
    }

    async fn publish(&self, tables: &[&str]) -> Report {
        done(carry_out(&self.publications(), &publishing(&self.from, "p", tables, "")).await)
    }

    async fn subscribe(&self) -> Report {
        done(carry_out(&self.subscriptions(), &Change::CreateSubscription(Box::new(self.creation()))).await)
    }

    async fn here(&self) -> Client {
        self.subscriber.client_to("shop").await
    }

    async fn there(&self) -> Client {
        self.publisher.client_to("shop").await
    }
}

fn publishing(entry: &Entry, publication: &str, tables: &[&str], publish: &str) -> Publishing {
    Publishing::CreatePublication {
        target: entry.configured.target.id.clone(),
        database: name("shop"),
        name: name(publication),
        extent: Extent::Tables(tables.iter().map(|it| table(it)).collect()),
        publish: Operations::parse(publish).expect("operations"),
        via_root: false,
        reader: None,
    }
}

fn done(report: Report) -> Report {
    assert_eq!(report.outcome, Outcome::Done, "{report:#?}");
    report
}

fn told(plan: &Plan) -> String {
    plan.checks.iter().map(|check| format!("{:?} {} {}\n", check.verdict, check.found.en, check.advice.en)).collect()
}

async fn number(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.expect(sql).get(0)
}

async fn planned<C: crate::change::Change>(engine: &impl Engine<C>, change: &C) -> Plan {
    engine.plan(change).await.expect("a plan")
}
