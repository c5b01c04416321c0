//! However many ask, one fetches.

use std::time::{Duration, Instant};

use super::*;
use crate::caching::queries::flight::run;
use crate::caching::queries::model::{Counts, Named, State};

/// Many who ask again and again for so long; how long each answer took, and of what kind it was.
async fn crowd(consoles: &[&Console], recipe: &Recipe, clients: usize, lasts: Duration) -> Vec<(State, Duration)> {
    let until = Instant::now() + lasts;
    let clients = (0..clients).map(|client| {
        let desk = consoles[client % consoles.len()].desk.clone();
        let recipe = recipe.clone();
        tokio::spawn(async move {
            let mut answers = Vec::new();
            while Instant::now() < until {
                let start = Instant::now();
                let answer = run(&desk, &recipe).await.unwrap_or_else(|error| panic!("{error:?}"));
                assert_eq!(answer.rows, json!([{ "n": 150 }]));
                answers.push((answer.state, start.elapsed()));
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            answers
        })
    });
    let all = futures_util::future::join_all(clients).await;
    all.into_iter().flat_map(|answers| answers.expect("no panic")).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn forty_who_ask_cost_the_database_one_query_for_each_time_to_live() {
    let lab = Lab::start().await;
    let console = lab.console();
    let recipe = lab.recipe("SELECT slow(150) AS n", json!({ "name": "hot", "ttl": 2, "grace": 10 }));
    let recipe = console.keep(recipe).await;
    assert_eq!(lab.runs(), 0, "keeping runs nothing");
    let begun = Instant::now();
    let answers = crowd(&[&console], &recipe, 40, Duration::from_secs(6)).await;
    let ideal = begun.elapsed().as_secs() as usize / 2 + 1;
    eventually("the last fetch has ended", 10, async || {
        lab.ask::<i64>(&[b"EXISTS", b"outgrow:mydata:lock"]).await == 0
    })
    .await;
    assert!((2..=ideal + 2).contains(&lab.runs()), "{} queries, {ideal} would be ideal", lab.runs());
    assert_eq!(lab.at_once(), 0, "queries that ran beside another");
    let misses = answers.iter().filter(|(state, _)| *state == State::Miss).count();
    assert!((1..=40).contains(&misses), "{misses} waited for the database, and only those who came first may");
    let mut times: Vec<Duration> =
        answers.iter().filter(|(state, _)| *state != State::Miss).map(|(_, time)| *time).collect();
    times.sort_unstable();
    let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    assert!(p50 < Duration::from_millis(100), "the database is not waited for: p50 {p50:?}, p99 {p99:?}");
    println!("{} answers, {} queries, p50 {p50:?}, p99 {p99:?}", answers.len(), lab.runs());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn two_consoles_on_one_cache_never_run_a_query_at_once() {
    let lab = Lab::start().await;
    let (one, other) = (lab.console(), lab.console());
    let recipe = lab.recipe("SELECT slow(150) AS n", json!({ "name": "hot", "ttl": 1 }));
    let recipe = one.keep(recipe).await;
    other.keep(recipe.clone()).await;
    let begun = Instant::now();
    let answers = crowd(&[&one, &other], &recipe, 16, Duration::from_secs(4)).await;
    let ideal = begun.elapsed().as_secs() as usize + 1;
    assert!(answers.iter().filter(|(state, _)| *state == State::Miss).count() > 2, "both have fetched or waited");
    assert_eq!(lab.at_once(), 0, "queries that ran beside another");
    assert!((2..=ideal + 2).contains(&lab.runs()), "{} queries in {ideal} s", lab.runs());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn an_answer_is_fresh_then_old_and_fetched_behind_then_gone() {
    let lab = Lab::start().await;
    let console = lab.console();
    let recipe = lab.recipe("SELECT slow(150) AS n", json!({ "name": "a", "ttl": 1, "grace": 2 }));
    let recipe = console.keep(recipe).await;
    let first = console.run(&recipe).await;
    assert_eq!((first.state, &first.rows), (State::Miss, &json!([{ "n": 150 }])));
    let second = console.run(&recipe).await;
    assert_eq!((second.state, &second.rows), (State::Hit, &first.rows));
    assert!(second.age.is_some_and(|age| (0..1_000).contains(&age)), "{second:?}");
    let plain: String = lab.ask(&[b"GET", b"mydata"]).await;
    assert_eq!(plain, r#"[{"n":150}]"#, "whoever reads the key finds the plain rows");

    eventually("it is old", 10, async || (1..=2_000).contains(&lab.pttl("mydata").await)).await;
    let old = console.run(&recipe).await;
    assert_eq!((old.state, &old.rows), (State::Stale, &first.rows));
    eventually("it was fetched behind that", 10, async || lab.runs() == 2).await;
    eventually("the new one is there", 10, async || lab.pttl("mydata").await > 2_000).await;
    assert_eq!(console.run(&recipe).await.state, State::Hit);

    eventually("it is gone", 10, async || lab.pttl("mydata").await == -2).await;
    assert_eq!(console.run(&recipe).await.state, State::Miss);
    assert_eq!((lab.runs(), lab.at_once()), (3, 0));
    let name = recipe.name.clone().expect("a name");
    let kept = store::find(&console.desk.store, &name).await.expect("the store").expect("kept");
    assert_eq!(kept.counts, Counts { hits: 2, stales: 1, misses: 2, failures: 0 });
    assert_eq!(kept.filled.expect("what was stored").rows, 1);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_is_under_way_when_the_answer_is_invalidated_is_not_stored() {
    let lab = Lab::start().await;
    let console = lab.console();
    let recipe = lab.recipe("SELECT slow(2000) AS n", json!({ "name": "a", "ttl": 1, "grace": 60 }));
    let recipe = console.keep(recipe).await;
    console.run(&recipe).await;
    let locked = async || lab.ask::<i64>(&[b"EXISTS", b"outgrow:mydata:lock"]).await == 1;
    eventually("it is old", 10, async || lab.pttl("mydata").await <= 60_000).await;
    assert_eq!(console.run(&recipe).await.state, State::Stale);
    eventually("it is being fetched", 10, async || locked().await).await;
    let (target, name) = (recipe.target.clone(), recipe.name.clone().expect("a name"));
    console.done(Change::InvalidateQuery(Named { target, name, key: recipe.key.clone() })).await;
    assert!(locked().await, "it was still being fetched");
    eventually("the fetch has ended", 10, async || !locked().await).await;
    assert_eq!((lab.runs(), lab.pttl("mydata").await), (2, -2));
    assert_eq!(console.run(&recipe).await.state, State::Miss);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn the_lock_of_a_console_that_died_is_taken_over() {
    let lab = Lab::start().await;
    let console = lab.console();
    let recipe = console.keep(lab.recipe("SELECT slow(1) AS n", json!({ "name": "a" }))).await;
    let _: String = lab.ask(&[b"SET", b"outgrow:mydata:lock", b"of-the-dead", b"PX", b"1500"]).await;
    let start = Instant::now();
    assert_eq!(console.run(&recipe).await.rows, json!([{ "n": 1 }]));
    assert!(start.elapsed() > Duration::from_millis(1_000), "while it stood, it was respected");
    assert_eq!(lab.runs(), 1);
    assert_eq!(lab.ask::<i64>(&[b"EXISTS", b"outgrow:mydata:lock"]).await, 0, "and it was released");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn when_the_database_fails_an_old_answer_is_served_with_a_word_about_it() {
    let lab = Lab::start().await;
    let console = lab.console();
    let recipe = lab.recipe("SELECT slow(1) AS n", json!({ "name": "a", "ttl": 1, "grace": 60 }));
    let recipe = console.keep(recipe).await;
    console.run(&recipe).await;
    lab.database.run("INSERT INTO broken VALUES (1)").await;
    eventually("it is old", 10, async || lab.pttl("mydata").await <= 60_000).await;
    eventually("the failure is told", 10, async || {
        let answer = console.run(&recipe).await;
        assert_eq!((answer.state, answer.rows), (State::Stale, json!([{ "n": 1 }])));
        answer.said.is_some()
    })
    .await;
    let _: i64 = lab.ask(&[b"UNLINK", b"mydata"]).await;
    let error = run(&console.desk, &recipe).await.expect_err("there is nothing to serve");
    assert!(error.happened.en.contains("P0001"), "{error:?}");
    assert_eq!(lab.ask::<i64>(&[b"EXISTS", b"outgrow:mydata:lock"]).await, 0, "a failure releases the lock");

    lab.database.run("DELETE FROM broken").await;
    eventually("rows come again", 10, async || run(&console.desk, &recipe).await.is_ok()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_somebody_else_put_under_the_key_is_not_served_as_rows() {
    let lab = Lab::start().await;
    let console = lab.console();
    let recipe = console.keep(lab.recipe("SELECT slow(1) AS n", json!({ "name": "a" }))).await;
    let _: String = lab.ask(&[b"SET", b"mydata", b"hello"]).await;
    let error = run(&console.desk, &recipe).await.expect_err("no rows");
    assert_eq!(error.kind, crate::error::Kind::Conflict);
    let value: String = lab.ask(&[b"GET", b"mydata"]).await;
    assert_eq!(value, "hello", "and it is not overwritten");
}
