//! Storing once, keeping, deleting, and what is refused.

use super::*;
use crate::caching::model::Key;
use crate::caching::queries::model::{Named, State};
use crate::change::apply::Engine;
use crate::change::{Plan, Verdict};
use crate::error::{AppError, Kind};

async fn plan(console: &Console, recipe: &Recipe) -> Result<Plan, AppError> {
    Work::new(console.desk.clone()).plan(&Change::StoreQuery(recipe.clone())).await
}

fn blocks(plan: &Plan) -> String {
    let of = plan.checks.iter().filter(|check| check.verdict == Verdict::Block);
    of.map(|check| check.found.en.clone()).collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn the_textbook_lines_store_the_rows_for_sixty_seconds() {
    let lab = Lab::start().await;
    let console = lab.console();
    let recipe = lab.recipe("SELECT n, 'a' || n AS t FROM generate_series(1, 3) AS n -- three", json!({}));
    let shown = plan(&console, &recipe).await.expect("a plan");
    assert_eq!(shown.commands[1].typed, "SET mydata \"\u{ab}rows of step 1\u{bb}\" PX 60000");
    assert_eq!(lab.pttl("mydata").await, -2, "a plan changes nothing");
    let report = console.done(Change::StoreQuery(recipe.clone())).await;
    let value: String = lab.ask(&[b"GET", b"mydata"]).await;
    assert_eq!(value, r#"[{"n":1,"t":"a1"}, {"n":2,"t":"a2"}, {"n":3,"t":"a3"}]"#.replace("}, {", "}, \n {"));
    assert!((50_000..=60_000).contains(&lab.pttl("mydata").await));
    assert_eq!(report.ran.len(), 2);
    let found = store::remembered(&console.desk.store, &recipe.target, &recipe.key).await.expect("the store");
    assert_eq!(found.map(|it| (it.ttl, it.source)), Some((60, recipe.source.to_string())));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn among_pickles_the_rows_are_a_pickle_and_are_served_all_the_same() {
    let lab = Lab::start().await;
    let console = lab.console();
    // What Django writes for {'a': 1}.
    let django = b"\x80\x05\x95\x0a\0\0\0\0\0\0\0}\x94\x8c\x01a\x94K\x01s.";
    let _: String = lab.ask(&[b"SET", b":1:other", django]).await;
    let _: String = lab.ask(&[b"SET", b"json", b"[1]"]).await;
    let recipe = lab.recipe("SELECT 1 AS n", json!({ "key": ":1:mydata", "name": "a", "jitter": 10 }));
    let shown = plan(&console, &recipe).await.expect("a plan");
    assert!(
        shown
            .checks
            .iter()
            .any(|check| check.found.en.starts_with("Stored as pickle: of the keys beside it, 0 are JSON, 1 pickles")),
        "{shown:#?}"
    );
    console.done(Change::StoreQuery(recipe.clone())).await;
    let value: Vec<u8> = lab.ask(&[b"GET", b":1:mydata"]).await;
    assert_eq!(value, b"\x80\x03](}(X\x01\0\0\0nJ\x01\0\0\0ue.");
    let name = recipe.name.clone().expect("a name");
    let kept = store::find(&console.desk.store, &name).await.expect("the store").expect("it is kept");
    let answer = console.run(&kept.recipe).await;
    assert_eq!((answer.state, answer.rows), (State::Hit, json!([{ "n": 1 }])));
    let chosen = lab.recipe("SELECT 1 AS n", json!({ "key": ":1:mine", "format": "json" }));
    let warned = plan(&console, &chosen).await.expect("a plan");
    assert!(warned.checks.iter().any(|check| check.verdict == Verdict::Warn && check.found.en.contains("JSON")));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_writes_or_answers_differently_each_time_is_refused() {
    let lab = Lab::start().await;
    let console = lab.console();
    let database = lab.database.client().await;
    let setup = "CREATE SEQUENCE s; CREATE TABLE t (a int); INSERT INTO t VALUES (1); \
         CREATE VIEW lot AS SELECT random() AS a; CREATE VIEW next_one AS SELECT nextval('s') AS a; \
         CREATE FUNCTION lies() RETURNS int STABLE LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t; RETURN 1; END $$";
    database.batch_execute(setup).await.expect("tables");
    for (query, named) in [
        ("SELECT nextval('s')", "nextval"),
        ("SELECT * FROM lot", "random"),
        ("SELECT * FROM next_one", "nextval"),
        ("SELECT pg_sleep(9)", "pg_sleep"),
        ("SELECT set_config('statement_timeout', '0', false)", "set_config"),
    ] {
        let shown = plan(&console, &lab.recipe(query, json!({}))).await.expect("a plan");
        assert!(blocks(&shown).contains(named), "{query}: {shown:#?}");
        let report = console.apply(Change::StoreQuery(lab.recipe(query, json!({})))).await;
        assert_eq!((report.outcome, report.ran.len()), (Outcome::Refused, 0), "{query}");
    }
    for query in [
        "WITH gone AS (DELETE FROM t RETURNING *) SELECT * FROM gone",
        "SELECT * INTO stolen FROM t",
        "SELECT 1) AS q; DELETE FROM t; SELECT * FROM (SELECT 1",
        "SELECT 1; DELETE FROM t",
        "SELECT no_such_column FROM t",
    ] {
        let error = plan(&console, &lab.recipe(query, json!({}))).await.expect_err(query);
        assert_eq!(error.field.as_deref(), Some("query"), "{query}: {error:?}");
    }
    // Nobody can know beforehand; the server keeps it from writing.
    let report = console.apply(Change::StoreQuery(lab.recipe("SELECT lies()", json!({})))).await;
    assert_ne!(report.outcome, Outcome::Done, "{report:#?}");
    let left: i64 = database.query_one("SELECT count(*) FROM t", &[]).await.expect("a count").get(0);
    let called: bool = database.query_one("SELECT is_called FROM s", &[]).await.expect("a sequence").get(0);
    assert_eq!((left, called, lab.pttl("mydata").await), (1, false, -2));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_is_too_long_too_large_or_too_much_is_not_stored() {
    let lab = Lab::start().await;
    let console = lab.console();
    for (query, told) in [
        ("SELECT repeat('x', n) AS t FROM generate_series(30000000, 30000000) AS n", "at most 8.0 MiB"),
        ("SELECT n FROM generate_series(1, 10001) AS n", "more than 10,000 rows"),
        ("SELECT slow(60000)", "no rows within 10 s"),
    ] {
        let report = console.apply(Change::StoreQuery(lab.recipe(query, json!({})))).await;
        assert_ne!(report.outcome, Outcome::Done, "{query}");
        let error = report.error.unwrap_or_else(|| panic!("{query}: {:?}", report.summary));
        assert!(error.happened.en.contains(told), "{query}: {error:?}");
    }
    assert_eq!(lab.pttl("mydata").await, -2);
    let database = lab.database.client().await;
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%slow(60000)%' \
               AND pid <> pg_backend_pid()";
    let running: i64 = database.query_one(sql, &[]).await.expect("a count").get(0);
    assert_eq!(running, 0, "the server itself has ended it");
    assert!(
        console
            .apply(Change::StoreQuery(lab.recipe("SELECT n FROM generate_series(1, 10000) AS n", json!({}))))
            .await
            .outcome
            == Outcome::Done
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_key_that_is_no_cache_is_left_alone_and_one_that_was_changed_meanwhile_too() {
    let lab = Lab::start().await;
    let console = lab.console();
    let _: i64 = lab.ask(&[b"HSET", b"hash", b"a", b"1"]).await;
    let _: String = lab.ask(&[b"SET", b"user:session:1", b"x"]).await;
    for key in ["hash", "user:session:1"] {
        let shown = plan(&console, &lab.recipe("SELECT 1", json!({ "key": key }))).await.expect("a plan");
        assert!(shown.blocked(), "{key}: {shown:#?}");
    }
    let _: String = lab.ask(&[b"SET", b"mydata", b"one"]).await;
    let before = plan(&console, &lab.recipe("SELECT 1", json!({}))).await.expect("a plan").fingerprint;
    let again = plan(&console, &lab.recipe("SELECT 1", json!({}))).await.expect("a plan").fingerprint;
    let _: String = lab.ask(&[b"SET", b"mydata", b"two"]).await;
    let after = plan(&console, &lab.recipe("SELECT 1", json!({}))).await.expect("a plan").fingerprint;
    assert!(before == again && before != after, "the plan notices another value of the same length");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_name_is_kept_changed_refreshed_invalidated_and_forgotten() {
    let lab = Lab::start().await;
    let console = lab.console();
    let recipe =
        console.keep(lab.recipe("SELECT slow(1) AS n", json!({ "name": "top", "grace": 60, "jitter": 10 }))).await;
    assert_eq!((lab.runs(), lab.pttl("mydata").await), (0, -2), "keeping runs and stores nothing");
    let taken = lab.recipe("SELECT 2", json!({ "name": "other" }));
    assert_eq!(console.apply(Change::SaveQuery(taken)).await.outcome, Outcome::Refused, "two would share the key");

    console.done(Change::RefreshQuery(recipe.clone())).await;
    assert_eq!(lab.runs(), 1);
    let left = lab.pttl("mydata").await;
    assert!(left <= recipe.kept_millis() && left > recipe.kept_millis() - 20_000, "{left}");
    let named = Named {
        target: recipe.target.clone(),
        name: recipe.name.clone().expect("a name"),
        key: Key::parse("mydata").expect("a key"),
    };
    console.done(Change::InvalidateQuery(named.clone())).await;
    assert_eq!(lab.pttl("mydata").await, -2);
    assert_eq!(console.apply(Change::InvalidateQuery(named.clone())).await.outcome, Outcome::Refused);

    let changed = console.keep(lab.recipe("SELECT slow(2) AS n", json!({ "name": "top" }))).await;
    assert_eq!(console.run(&changed).await.rows, json!([{ "n": 2 }]));
    let old = console.apply(Change::RefreshQuery(recipe)).await;
    assert_eq!(old.outcome, Outcome::Refused, "what was changed meanwhile is not run as it was");
    console.done(Change::DeleteQuery(named.clone())).await;
    assert!(store::find(&console.desk.store, &named.name).await.expect("the store").is_none());
    assert!(lab.pttl("mydata").await > 0, "its answer dies by itself");
    let gone = console.apply(Change::DeleteQuery(named)).await;
    assert_eq!(gone.error.map(|error| error.kind), Some(Kind::NotFound));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn the_documents_of_a_find_are_cached() {
    let (lab, cluster) = tokio::join!(Lab::start(), lab::mongo::shared());
    let console = lab.console_with(vec![cluster.entry().configured.clone()]);
    let database = cluster.name_of_database();
    let orders = cluster.client().await.database(&database).collection::<bson::Document>("orders");
    let documents = (1..=5).map(|n| bson::doc! { "_id": n, "total": i64::from(n) * 10, "note": "x" });
    orders.insert_many(documents).await.expect("documents");
    let find = json!({
        "namespace": format!("{database}.orders"), "filter": "{ total: { $gte: Long(\"20\") } }",
        "projection": "{ note: 0 }", "sort": "{ _id: -1 }", "limit": 2
    });
    let source = cluster.entry().configured.target.id.to_string();
    let recipe = lab.recipe("SELECT 1", json!({ "source": source, "query": find, "name": "orders" }));
    console.done(Change::StoreQuery(recipe.clone())).await;
    let value: String = lab.ask(&[b"GET", b"mydata"]).await;
    assert_eq!(value, r#"[{"_id":5,"total":50},{"_id":4,"total":40}]"#);
    let answer = console.run(&recipe).await;
    assert_eq!((answer.state, answer.rows[0]["_id"].clone()), (State::Hit, json!(5)));
    let coded = json!({ "namespace": format!("{database}.orders"), "filter": "{ $where: \"sleep(1)\" }" });
    let error = plan(&console, &lab.recipe("SELECT 1", json!({ "source": source, "query": coded }))).await;
    assert_eq!(error.expect_err("code").field.as_deref(), Some("filter"));
}
