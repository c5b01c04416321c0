//! The three jobs through the real router on the sandbox's real databases, each effect seen by a client of its own.
//! `make test` starts the sandbox and names it in OUTGROW_TEST_SANDBOX.

use std::path::Path;

use serde_json::Value;

use super::*;
use crate::change::{Planned, Verdict};

const NEEDS: &str = "needs the sandbox";

/// A console on the sandbox's targets, with somebody logged in who may change them.
struct AtWork {
    console: Console,
    cookie: String,
    /// How to reach the databases past the console.
    databases: Value,
}

impl AtWork {
    async fn new(name: &str) -> Self {
        let sandbox = std::env::var("OUTGROW_TEST_SANDBOX").expect(NEEDS);
        let sandbox = Path::new(&sandbox);
        let console = Console::with_targets(name, Some(sandbox.join("targets.toml"))).await;
        console.account("olga", Role::Operator).await;
        let cookie = console.log_in("olga").await;
        let databases = std::fs::read_to_string(sandbox.join("independent.json")).expect(NEEDS);
        Self { console, cookie, databases: serde_json::from_str(&databases).expect("JSON") }
    }

    async fn plan(&self, feature: &str, form: &str) -> Planned {
        let answer = self.console.call(&function(feature, "plan"), &self.cookie, form).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        serde_json::from_str(&answer.body).expect("a plan")
    }

    /// Confirms a plan and returns its record.
    async fn apply(&self, feature: &str, planned: &Planned, typed: &str) -> crate::audit::model::Record {
        let id = self.send(feature, planned, typed).await;
        journal::read(&self.console.state.store, id).await.expect("a record")
    }

    async fn send(&self, feature: &str, planned: &Planned, typed: &str) -> i64 {
        let Planned { change, plan, ticket } = planned;
        let fields = [("change", change), ("fingerprint", &plan.fingerprint), ("ticket", ticket)];
        let body: String =
            fields.iter().map(|(name, value)| format!("{name}={}&", crate::text::url_text(value))).collect();
        let body = format!("{body}typed={}", crate::text::url_text(typed));
        let answer = self.console.call(&function(feature, "apply"), &self.cookie, &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body.parse().expect("the number of a record")
    }

    async fn postgres(&self) -> tokio_postgres::Client {
        let at = |name: &str| self.databases["postgresql"][name].as_str().expect("a text").to_owned();
        let mut config = tokio_postgres::Config::new();
        let port = self.databases["postgresql"]["port"].as_u64().expect("a port");
        config.host(at("host")).port(u16::try_from(port).expect("a port")).dbname(at("database"));
        let (client, connection) =
            config.user(at("user")).password(at("password")).connect(tokio_postgres::NoTls).await.expect("a server");
        tokio::spawn(connection);
        client
    }

    async fn slots(&self, name: &str) -> i64 {
        let sql = "SELECT count(*) FROM pg_replication_slots WHERE slot_name = $1";
        self.postgres().await.query_one(sql, &[&name]).await.expect("an answer").get(0)
    }
}

/// The server function of a feature, or of one of its slices: `caching/key`.
fn function(feature: &str, verb: &str) -> String {
    let (feature, noun) = feature.split_once('/').unwrap_or((feature, "change"));
    format!("/api/{feature}/{verb}_{noun}")
}

/// The form of the textbook's lines.
fn store_query(key: &str, query: &str) -> String {
    let fields = [("action", "store_query"), ("key", key), ("ttl", "60"), ("source", "pg-main"), ("query", query)];
    fields.iter().fold("target=cache".to_owned(), |form, (name, value)| format!("{form}&form[{name}]={value}"))
}

fn outcome(record: &crate::audit::model::Record) -> Option<Outcome> {
    record.report.as_ref().map(|report| report.outcome)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the sandbox"]
async fn a_slot_is_created_and_dropped_as_its_plans_say() {
    let at = AtWork::new("slot").await;
    let planned = at.plan("replication", "target=pg-main&action=create_slot&name=real_slot&reserve=yes").await;
    assert_eq!(at.slots("real_slot").await, 0, "a plan changes nothing");
    let record = at.apply("replication", &planned, "").await;
    assert_eq!(outcome(&record), Some(Outcome::Done));
    let report = record.report.expect("a report");
    assert_eq!(report.ran[0].command, planned.plan.commands[0], "what was shown is what ran");
    assert_eq!(at.slots("real_slot").await, 1);

    let sql = "SELECT restart_lsn::text FROM pg_replication_slots WHERE slot_name = 'real_slot'";
    let lsn: String = at.postgres().await.query_one(sql, &[]).await.expect("the slot").get(0);
    let form = format!("target=pg-main&action=drop_slot&name=real_slot&restart_lsn={}", crate::text::url_text(&lsn));
    let planned = at.plan("replication", &form).await;
    assert_eq!(outcome(&at.apply("replication", &planned, "another").await), Some(Outcome::Refused));
    assert_eq!(at.slots("real_slot").await, 1, "a wrong name drops nothing");
    let planned = at.plan("replication", &form).await;
    assert_eq!(outcome(&at.apply("replication", &planned, "real_slot").await), Some(Outcome::Done));
    assert_eq!(at.slots("real_slot").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the sandbox"]
async fn a_plan_is_refused_when_somebody_was_faster() {
    let at = AtWork::new("faster").await;
    let planned = at.plan("replication", "target=pg-main&action=create_slot&name=real_race").await;
    let client = at.postgres().await;
    client.query("SELECT pg_create_physical_replication_slot('real_race')", &[]).await.expect("a slot");
    let record = at.apply("replication", &planned, "").await;
    client.query("SELECT pg_drop_replication_slot('real_race')", &[]).await.expect("dropped");
    assert_eq!(outcome(&record), Some(Outcome::Refused));
    assert!(record.report.expect("a report").ran.is_empty(), "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the sandbox"]
async fn a_second_click_finds_the_first_ones_record() {
    let at = AtWork::new("twice").await;
    let planned = at.plan("replication", "target=pg-main&action=create_slot&name=real_twice").await;
    let clicks = futures_util::future::join_all((0..4).map(|_| at.send("replication", &planned, ""))).await;
    assert!(clicks.iter().all(|id| *id == clicks[0]), "{clicks:?}");
    let client = at.postgres().await;
    client.query("SELECT pg_drop_replication_slot('real_twice')", &[]).await.expect("exactly one slot");
    let creations = at.console.records().await.into_iter().filter(|(word, ..)| word == "replication.create_slot");
    assert_eq!(creations.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the sandbox"]
async fn the_result_of_a_query_is_cached_and_its_ttl_changed() {
    let at = AtWork::new("cache").await;
    let (host, port) = (at.databases["redis"]["host"].as_str(), at.databases["redis"]["port"].as_u64());
    let password = at.databases["redis"]["password"].as_str().expect("a password");
    let address = format!("redis://:{password}@{}:{}/", host.expect("a host"), port.expect("a port"));
    let client = redis::Client::open(address).expect("an address");
    let mut redis = client.get_multiplexed_async_connection().await.expect("a server");

    let query = crate::text::url_text("SELECT id FROM products WHERE name LIKE '%2%' ORDER BY id LIMIT 3");
    let form = store_query("real:mydata", &query);
    let planned = at.plan("caching/query", &form).await;
    assert_eq!(outcome(&at.apply("caching/query", &planned, "").await), Some(Outcome::Done));
    let value: String = redis::cmd("GET").arg("real:mydata").query_async(&mut redis).await.expect("a value");
    let rows: Vec<Value> = serde_json::from_str(&value).expect("JSON");
    assert_eq!(rows.len(), 3);

    let planned = at.plan("caching/key", "target=cache&action=set_ttl&key=real:mydata&ttl=2h").await;
    assert_eq!(outcome(&at.apply("caching/key", &planned, "").await), Some(Outcome::Done));
    let ttl: i64 = redis::cmd("TTL").arg("real:mydata").query_async(&mut redis).await.expect("an answer");
    assert!((7_190..=7_200).contains(&ttl), "{ttl}");
    let kept: String = redis::cmd("GET").arg("real:mydata").query_async(&mut redis).await.expect("a value");
    assert_eq!(kept, value, "the value is not touched");

    // Somebody else changes the time to live between the plan and its confirmation.
    let planned = at.plan("caching/key", "target=cache&action=persist_key&key=real:mydata").await;
    let _: i64 = redis::cmd("EXPIRE").arg("real:mydata").arg(30).query_async(&mut redis).await.expect("an answer");
    assert_eq!(outcome(&at.apply("caching/key", &planned, "").await), Some(Outcome::Refused));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the sandbox"]
async fn a_query_that_could_write_is_neither_run_nor_cached() {
    let at = AtWork::new("writes").await;
    let sql = "CREATE SEQUENCE IF NOT EXISTS real_sequence";
    at.postgres().await.batch_execute(sql).await.expect("a sequence");
    let query = crate::text::url_text("SELECT nextval/**/('real_sequence')");
    let form = store_query("real:writes", &query);
    let planned = at.plan("caching/query", &form).await;
    assert!(planned.plan.checks.iter().any(|check| check.verdict == Verdict::Block));
    assert_eq!(outcome(&at.apply("caching/query", &planned, "").await), Some(Outcome::Refused));
    let row = at.postgres().await.query_one("SELECT is_called FROM real_sequence", &[]).await.expect("a row");
    assert!(!row.get::<_, bool>(0), "the sequence must not have moved");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the sandbox"]
async fn a_collection_is_sharded_as_its_plan_says() {
    let at = AtWork::new("shard").await;
    let port = at.databases["mongodb"]["router_port"].as_u64().expect("a port");
    let address = format!("mongodb://127.0.0.1:{port}/?directConnection=true");
    let client = mongodb::Client::with_uri_str(address).await.expect("an address");
    let (database, documents) = (client.database("real"), (0..50).map(|user| bson::doc! { "user_id": user }));
    database.collection::<bson::Document>("people").insert_many(documents).await.expect("documents");

    let form =
        "target=mongo&form[action]=shard_collection&form[namespace]=real.people&form[key]=user_id&form[spread]=hashed";
    let planned = at.plan("sharding", form).await;
    let record = at.apply("sharding", &planned, "real.people").await;
    assert_eq!(outcome(&record), Some(Outcome::Done), "{:?}", record.report);
    let catalog = client.database("config").collection::<bson::Document>("collections");
    let found = catalog.find_one(bson::doc! { "_id": "real.people" }).await.expect("an answer").expect("an entry");
    assert_eq!(found.get_document("key").expect("a key"), &bson::doc! { "user_id": "hashed" });
    let again = at.plan("sharding", form).await;
    assert!(again.plan.blocked(), "it is sharded already");
}
