//! Shards on real clusters: added, drained to the end, stuck for each reason, and databases moved. What the console says
//! is compared with what the config server and the shards themselves show.

mod draining;
mod moving;
mod stuck;

use bson::{Document, doc};
use mongodb::Client;

use super::model::change::{Change, Form};
use super::model::drain::{Drain, State};
use super::model::{Shard, ShardList};
use super::mongo::Shards;
use super::watch;
use crate::change::apply::{Engine, carry_out};
use crate::change::{Outcome, Plan, Report, Verdict};
use crate::sandbox::lab::mongo::Cluster as Lab;
use crate::sharding::cluster::Cluster;

/// The console at a cluster.
struct At<'a> {
    lab: &'a Lab,
    shards: Shards,
}

impl<'a> At<'a> {
    fn the(lab: &'a Lab) -> Self {
        Self { lab, shards: Shards::new(Cluster::at(lab.entry())) }
    }

    /// The change that a form would make now.
    async fn change(&self, form: Form) -> Change {
        let change = form.read(self.shards.cluster().target().clone()).expect("a valid form");
        self.shards.observed(change).await.expect("it answers")
    }

    async fn plan(&self, form: Form) -> Plan {
        self.shards.plan(&self.change(form).await).await.expect("a plan")
    }

    async fn apply(&self, form: Form) -> Report {
        carry_out(&self.shards, &self.change(form).await).await
    }

    async fn applied(&self, form: Form) {
        let report = self.apply(form).await;
        assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    }

    /// What the page would show now.
    async fn list(&self) -> ShardList {
        watch::forget(self.shards.cluster().entry());
        watch::look(&self.shards).await.expect("it answers")
    }

    async fn drain(&self) -> Drain {
        self.list().await.drains.into_iter().next().expect("a draining")
    }

    /// What the config server itself lists.
    async fn listed(&self, shard: &str) -> Option<Document> {
        let config = self.lab.config().await.database("config");
        config.collection::<Document>("shards").find_one(doc! { "_id": shard }).await.expect("it answers")
    }

    /// Chunks of a collection on a shard, as the config server has them.
    async fn chunks(&self, namespace: &str, shard: &str) -> u64 {
        let config = self.lab.config().await.database("config");
        let uuid = config.collection::<Document>("collections").find_one(doc! { "_id": namespace }).await;
        let uuid = uuid.expect("it answers").expect("sharded").get("uuid").cloned().expect("a UUID");
        let here = doc! { "uuid": uuid, "shard": shard };
        config.collection::<Document>("chunks").count_documents(here).await.expect("it answers")
    }

    /// A collection on a hashed key with documents, two chunks on each shard, in a database at home on `home`.
    async fn sharded(&self, database: &str, home: &str) -> String {
        let client = self.lab.client().await;
        let namespace = format!("{database}.items");
        admin(&client, doc! { "enableSharding": database, "primaryShard": home }).await;
        admin(&client, doc! { "shardCollection": &namespace, "key": { "k": "hashed" } }).await;
        fill(&client, database, "items", 200).await;
        namespace
    }
}

async fn admin(client: &Client, command: Document) -> Document {
    let told = command.clone();
    client.database("admin").run_command(command).await.unwrap_or_else(|error| panic!("{told}: {error}"))
}

async fn fill(client: &Client, database: &str, collection: &str, documents: i32) {
    let many = (0..documents).map(|k| doc! { "k": k, "text": "x".repeat(100) });
    client.database(database).collection::<Document>(collection).insert_many(many).await.expect("inserted");
}

/// Documents of a collection on one server or behind a router.
async fn count(client: &Client, database: &str, collection: &str) -> u64 {
    client.database(database).collection::<Document>(collection).count_documents(doc! {}).await.expect("it answers")
}

fn asks(action: &str, shard: &str) -> Form {
    Form { action: action.into(), shard: shard.into(), ..Form::default() }
}

fn moves(database: &str, to: &str) -> Form {
    Form { action: "move_primary".into(), database: database.into(), to: to.into(), ..Form::default() }
}

fn blocked(plan: &Plan) -> String {
    let blocks = plan.checks.iter().filter(|it| it.verdict == Verdict::Block);
    blocks.map(|it| format!("{} {}\n", it.found.en, it.advice.en)).collect()
}

/// A parameter of an address.
fn parameter(link: &str, name: &str) -> String {
    let (_, query) = link.split_once('?').unwrap_or_else(|| panic!("{link} has no query"));
    crate::ui::address::Address::parse(query).text(name)
}
