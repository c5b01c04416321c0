//! Cache tables that a real Django made, changed by the console and read by that Django.

use std::sync::Arc;

use super::model::{Change, Cost, Expires, Form, TableName};
use super::postgres::CacheTables;
use crate::caching::format::Format;
use crate::change::apply::{Engine, carry_out};
use crate::change::run::Run;
use crate::change::{Blast, Outcome, Plan};
use crate::error::Kind;
use crate::sandbox::lab::django::{Django, versions};
use crate::sandbox::lab::{Server, eventually};
use crate::targets::registry::Entry;
use crate::text::Words;

const TABLE: &str = "public.django_cache";

/// As `createcachetable` makes it.
const MADE: &str = "CREATE TABLE django_cache (cache_key varchar(255) NOT NULL PRIMARY KEY, value text NOT NULL, \
    expires timestamptz NOT NULL); CREATE INDEX django_cache_expires ON django_cache (expires)";

fn tables(entry: &Arc<Entry>) -> CacheTables {
    CacheTables::at(Arc::clone(entry))
}

fn table() -> TableName {
    TableName::parse(TABLE).expect("a table")
}

fn form(action: &str, key: &str, ttl: &str, value: &str) -> Form {
    Form {
        table: TABLE.into(),
        action: action.into(),
        key: key.into(),
        ttl: ttl.into(),
        prefix: key.into(),
        value: value.into(),
    }
}

async fn change(engine: &CacheTables, form: Form) -> Change {
    engine.change(&form).await.expect("a change")
}

/// What the form asks for is done.
async fn done(engine: &CacheTables, form: Form) {
    let change = change(engine, form).await;
    let report = carry_out(engine, &change).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
}

async fn row(engine: &CacheTables, key: &str) -> Expires {
    let shown = engine.shown(&table(), key, "").await.expect("a table");
    shown.rows.into_iter().find(|row| row.key == key).expect("a row").expires
}

async fn plan(engine: &CacheTables, form: Form) -> Plan {
    let change = change(engine, form).await;
    engine.plan(&change).await.expect("a plan")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_django_caches_in_a_table_is_seen_and_what_we_write_is_read() {
    for version in versions() {
        let server = Server::start(15, &[]).await;
        let mut django = Django::with_table(version, &server).await;
        let entry = server.entry();
        let engine = tables(&entry);
        let found = engine.list().await.expect("tables");
        assert_eq!(found.tables.len(), 1, "Django {version} makes the shape that we know");
        assert!(found.tables[0].indexed);
        django.does("cache('table').set('mydata', {'title': '제목', 'n': [1, None]}, 60)").await;
        django.does("cache('table').set('forever', 1, None)").await;
        assert!(matches!(row(&engine, ":1:mydata").await, Expires::In(left) if left > 50_000 && left <= 60_000));
        assert_eq!(row(&engine, ":1:forever").await, Expires::Never);
        let seen = super::postgres::seen(&engine, &table(), ":1:mydata").await;
        assert_eq!(seen.looked.format, Format::Pickle(5));
        assert_eq!(seen.looked.text, "{'title': '제목', 'n': [1, None]}");
        // The value, in the format of its neighbours; its expiry stays.
        done(&engine, form("set_value", ":1:mydata", "", r#"{"a": [1.5, true, "글"]}"#)).await;
        assert_eq!(django.does("cache('table').get('mydata')").await, "{'a': [1.5, True, '글']}");
        done(&engine, form("set_value", ":1:mydata", "", "7")).await;
        assert_eq!(django.does("cache('table').incr('mydata')").await, "8", "Django {version}");
        // Longer than Django had said, for ever, and shorter.
        done(&engine, form("set_expiry", ":1:mydata", "1h", "")).await;
        assert!(matches!(row(&engine, ":1:mydata").await, Expires::In(left) if left > 3_500_000));
        done(&engine, form("keep_entry", ":1:mydata", "", "")).await;
        assert_eq!(row(&engine, ":1:mydata").await, Expires::Never);
        assert_eq!(django.does("cache('table').get('mydata')").await, "8");
        done(&engine, form("set_expiry", ":1:mydata", "2", "")).await;
        let mut gone = false;
        for _ in 0..600 {
            gone = django.does("cache('table').get('mydata')").await == "None";
            if gone {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert!(gone, "Django {version} obeys the expiry that we set");
        // Its own touch goes on working on what we wrote.
        done(&engine, form("set_expiry", ":1:forever", "100", "")).await;
        django.does("cache('table').touch('forever', 500)").await;
        assert!(matches!(row(&engine, ":1:forever").await, Expires::In(left) if left > 400_000));
        // Objects are named, and not editable.
        django.does("cache('table').set('price', Decimal('9.90'))").await;
        let refused = engine.change(&form("set_value", ":1:price", "", "1")).await.expect("a change");
        assert_eq!(engine.plan(&refused).await.expect_err("an object").field.as_deref(), Some("value"));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn only_a_table_of_exactly_django_s_shape_is_offered() {
    for major in [13, 18] {
        let server = Server::start(major, &[]).await;
        for other in [
            "CREATE TABLE wider (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL, more int)",
            "CREATE TABLE keyless (cache_key varchar(255) NOT NULL, value text NOT NULL, expires timestamptz NOT NULL)",
            "CREATE TABLE nullable (cache_key varchar(255) PRIMARY KEY, value text, expires timestamptz NOT NULL)",
            "CREATE TABLE zoneless (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamp NOT NULL)",
            "CREATE TABLE binary_one (cache_key varchar(255) PRIMARY KEY, value bytea NOT NULL, expires timestamptz NOT NULL)",
        ] {
            server.run(other).await;
        }
        server.run("CREATE SCHEMA \"Shop\"").await;
        server
            .run("CREATE TABLE \"Shop\".\"it's\" (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL)")
            .await;
        let entry = server.entry();
        let engine = tables(&entry);
        let names: Vec<String> =
            engine.list().await.expect("tables").tables.iter().map(|it| it.name.to_string()).collect();
        assert_eq!(names, ["Shop.it's"], "PostgreSQL {major}");
        let table = TableName::parse("Shop.it's").expect("a table");
        let shown = engine.shown(&table, "", "").await.expect("a table of any name");
        assert!(!shown.facts.table.indexed && shown.facts.expired.is_none(), "without its index nothing is counted");
        let wider = TableName::parse("public.wider").expect("a table");
        assert_eq!(engine.shown(&wider, "", "").await.expect_err("another shape").kind, Kind::NotFound);
    }
}

/// 12,000 rows of `:1:a:`, of which a quarter have expired, and three of others.
async fn filled(server: &Server) {
    for statement in MADE.split("; ") {
        server.run(statement).await;
    }
    server
        .run(
            "INSERT INTO django_cache SELECT ':1:a:' || n, 'gAVLAS4=', date_trunc('second', now()) + \
             CASE WHEN n % 4 = 0 THEN interval '-1 hour' ELSE interval '10 minutes' END FROM generate_series(1, 12000) n",
        )
        .await;
    server
        .run(
            "INSERT INTO django_cache VALUES (':1:a%b', 'gAVLAS4=', '9999-12-31 23:59:59+00'), \
             (':1:b', 'gAVLAS4=', now() + interval '1 minute'), (':1:c', 'gAVLAS4=', 'infinity')",
        )
        .await;
    server.run("ANALYZE django_cache").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn many_are_extended_and_the_dead_are_purged_and_nothing_else_changes() {
    let server = Server::start(15, &[]).await;
    filled(&server).await;
    let client = server.client().await;
    let number = async |sql: &str| client.query_one(sql, &[]).await.expect("a number").get::<_, i64>(0);
    let entry = server.entry();
    let engine = tables(&entry);
    let shown = engine.shown(&table(), "", "").await.expect("a table");
    assert!(matches!(shown.facts.cost, Cost::Known { rows: 12_003, .. }), "{:?}", shown.facts.cost);
    assert_eq!(shown.facts.expired.map(|it| it.count), Some(3_000));
    assert!(shown.facts.oldest_millis.is_some_and(|it| it >= 3_600_000));
    let deaths: Vec<i64> = shown.facts.deaths.iter().map(|(_, it)| it.count).collect();
    assert_eq!(deaths, [1, 9_000, 0, 0, 0, 0, 2]);
    // Pages by key.
    assert_eq!(shown.rows.len(), 50);
    let second = engine.shown(&table(), "", shown.next.as_deref().expect("another page")).await.expect("a page");
    assert!(second.rows.iter().all(|it| shown.rows.iter().all(|other| other.key != it.key)), "no row twice");
    assert_eq!(engine.shown(&table(), ":1:a%", "").await.expect("a page").rows.len(), 1, "a percent sign is itself");
    // Extending takes a typed name, and leaves the dead, those for ever, and other prefixes.
    let extend = plan(&engine, form("extend_entries", ":1:a:", "2h", "")).await;
    assert_eq!(extend.blast, Blast::TypeName(TABLE.to_owned()));
    assert!(extend.checks.iter().any(|it| it.found.en == "9,000 entries match."), "{:?}", extend.checks);
    done(&engine, form("extend_entries", ":1:a:", "2h", "")).await;
    assert_eq!(number("SELECT count(*) FROM django_cache WHERE expires BETWEEN now() + interval '119 minutes' AND now() + interval '2 hours'").await, 9_000);
    assert_eq!(number("SELECT count(*) FROM django_cache WHERE expires <= now()").await, 3_000);
    let whole =
        "SELECT count(*) FROM django_cache WHERE expires <> date_trunc('second', expires) AND cache_key LIKE ':1:a%'";
    assert_eq!(number(whole).await, 0, "whole seconds, as Django writes them");
    done(&engine, form("purge_expired", "", "", "")).await;
    assert_eq!(number("SELECT count(*) FROM django_cache").await, 9_003);
    assert!(plan(&engine, form("purge_expired", "", "", "")).await.blocked(), "nothing is left to purge");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_purge_that_is_stopped_keeps_the_rest() {
    let server = Server::start(15, &[]).await;
    filled(&server).await;
    server.run("UPDATE django_cache SET expires = now() - interval '1 hour'").await;
    let entry = server.entry();
    let engine = tables(&entry);
    let plan = plan(&engine, form("purge_expired", "", "", "")).await;
    let run = Run::new("pg".into(), Words::same("t"));
    let (engine, command, run) = (&engine, &plan.commands[0], &run);
    let (stopped, ()) = tokio::join!(Engine::run(engine, command, run), async {
        eventually("it can be stopped", 30, async || run.cancel()).await;
    });
    let left: i64 =
        server.client().await.query_one("SELECT count(*) FROM django_cache", &[]).await.expect("a number").get(0);
    let error = stopped.expect_err("it was stopped");
    assert_eq!(error.kind, Kind::Stopped);
    assert!(left > 0 && (12_003 - left) % 5_000 == 0, "{left} rows are left: whole portions were deleted");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn an_entry_that_somebody_changed_is_not_overwritten() {
    let server = Server::start(15, &[]).await;
    filled(&server).await;
    let entry = server.entry();
    let engine = tables(&entry);
    for (form, meanwhile) in [
        (
            form("set_expiry", ":1:b", "1h", ""),
            "UPDATE django_cache SET expires = now() + interval '7 minutes' WHERE cache_key = ':1:b'",
        ),
        (form("set_value", ":1:b", "", "{}"), "UPDATE django_cache SET value = 'gAVLAi4=' WHERE cache_key = ':1:b'"),
        (form("keep_entry", ":1:b", "", ""), "DELETE FROM django_cache WHERE cache_key = ':1:b'"),
    ] {
        let plan = plan(&engine, form).await;
        server.run(meanwhile).await;
        let run = Run::new("pg".into(), Words::same("t"));
        let refused = Engine::run(&engine, &plan.commands[0], &run).await.expect_err("somebody was faster");
        assert_eq!(refused.kind, Kind::Conflict);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn infinity_is_told_and_put_right() {
    let server = Server::start(13, &[]).await;
    filled(&server).await;
    let entry = server.entry();
    let engine = tables(&entry);
    assert_eq!(row(&engine, ":1:c").await, Expires::Infinite);
    done(&engine, form("keep_entry", ":1:c", "", "")).await;
    assert_eq!(row(&engine, ":1:c").await, Expires::Never);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_standby_and_a_role_without_rights_are_told_before() {
    let server = Server::start(15, &[]).await;
    filled(&server).await;
    let standby = server.standby("copy", &[]).await;
    let there = standby.entry();
    let engine = tables(&there);
    eventually("the table has arrived", 30, async || engine.list().await.is_ok_and(|it| it.tables.len() == 1)).await;
    assert!(engine.list().await.expect("tables").standby);
    eventually("its rows have arrived", 30, async || {
        engine.shown(&table(), ":1:b", "").await.is_ok_and(|it| it.rows.len() == 1)
    })
    .await;
    for action in ["set_expiry", "keep_entry", "set_value"] {
        let plan = plan(&engine, form(action, ":1:b", "60", "{}")).await;
        assert!(plan.blocked() && plan.checks.iter().any(|it| it.found.en.contains("standby")), "{action}");
    }
    let reader = server.role("reader", "", &["SELECT ON django_cache"]).await;
    let engine = tables(&reader);
    assert_eq!(engine.shown(&table(), ":1:b", "").await.expect("it may read").rows.len(), 1);
    let plan = plan(&engine, form("keep_entry", ":1:b", "", "")).await;
    assert!(plan.blocked() && plan.checks.iter().any(|it| it.found.en.contains("lacks UPDATE")));
}
