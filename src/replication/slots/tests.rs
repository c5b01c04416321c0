//! Changes of slots on real servers, seen by a client that knows nothing of the console.

mod errors;
mod eviction;
mod looks;
mod losses;
mod matrix;
mod rights;
mod waiting;

use std::sync::Arc;

use tokio_postgres::Client;

use super::model::{Change, ChangeForm};
use super::postgres::Slots;
use crate::change::apply::{Engine, carry_out};
use crate::change::{Outcome, Plan, Report, Verdict};
use crate::replication::server;
use crate::sandbox::lab::Server;
use crate::targets::registry::Entry;

/// The console at this server, with the rights of the target's role.
fn console(entry: Arc<Entry>) -> Slots {
    Slots::of(server::Server::at(entry))
}

/// What a form with this query would ask for.
fn asks(slots: &Slots, action: &str, fields: &[(&str, &str)]) -> Change {
    let mut form = serde_json::Map::new();
    form.insert("action".into(), action.into());
    form.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
    let form: ChangeForm = serde_json::from_value(form.into()).expect("a form");
    form.parse(slots.server().target().clone()).expect("a change")
}

async fn applied(slots: &Slots, action: &str, fields: &[(&str, &str)]) -> Report {
    carry_out(slots, &asks(slots, action, fields)).await
}

async fn done(slots: &Slots, action: &str, fields: &[(&str, &str)]) {
    let report = applied(slots, action, fields).await;
    assert_eq!(report.outcome, Outcome::Done, "{} {action} {fields:?}: {report:#?}", slots.server().name());
}

async fn planned(slots: &Slots, action: &str, fields: &[(&str, &str)]) -> Plan {
    slots.plan(&asks(slots, action, fields)).await.expect("a plan")
}

/// What blocks a plan, and the advice to it, as one text.
fn blocks(plan: &Plan) -> String {
    told(plan, Verdict::Block)
}

fn warns(plan: &Plan) -> String {
    told(plan, Verdict::Warn)
}

fn told(plan: &Plan, verdict: Verdict) -> String {
    let of = plan.checks.iter().filter(|check| check.verdict == verdict);
    of.map(|check| format!("{} {}", check.found.en, check.advice.en)).collect::<Vec<_>>().join("\n")
}

async fn count(client: &Client, name: &str) -> i64 {
    let sql = "SELECT count(*) FROM pg_replication_slots WHERE slot_name = $1";
    client.query_one(sql, &[&name]).await.expect("it answers").get(0)
}

async fn text(client: &Client, sql: &str) -> String {
    client.query_one(sql, &[]).await.expect("it answers").get::<_, Option<String>>(0).unwrap_or_default()
}

/// Writes some WAL, and has it on the disk.
async fn write(server: &Server, kilobytes: u32) {
    server.run(&format!("SELECT pg_logical_emit_message(true, 'lab', repeat('x', {}))", kilobytes * 1024)).await;
}
