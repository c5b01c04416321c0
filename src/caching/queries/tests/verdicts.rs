//! Whether caching is worth it, measured.

use super::*;
use crate::caching::queries::measure::measure;
use crate::caching::queries::model::{Counts, Judgement, LEAST_SAMPLES, Why};

async fn judged(console: &Console, recipe: &Recipe) -> Judgement {
    let name = recipe.name.clone().expect("a name");
    let measured = measure(&console.desk, recipe, &name).await;
    assert_eq!(measured.error, None);
    assert!(measured.source.len() >= LEAST_SAMPLES && measured.cache.len() >= LEAST_SAMPLES, "{measured:?}");
    println!("{measured:?}");
    let kept = store::find(&console.desk.store, &name).await.expect("the store").expect("kept");
    Judgement::of(Some(&measured), Counts::default(), kept.filled.as_ref())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_look_at_one_row_is_not_worth_it_and_an_aggregate_is() {
    let lab = Lab::start().await;
    let console = lab.console();
    lab.database.run("CREATE TABLE t AS SELECT n AS id, 'row ' || n AS name FROM generate_series(1, 1000) AS n").await;
    lab.database.run("ALTER TABLE t ADD PRIMARY KEY (id)").await;
    let lookup = lab.recipe("SELECT * FROM t WHERE id = 7", json!({ "name": "lookup", "key": "lookup" }));
    let lookup = judged(&console, &console.keep(lookup).await).await;
    assert!(matches!(lookup, Judgement::NotWorth { why: Why::NotFaster, .. }), "{lookup:?}");
    let sum = "SELECT sum(n), count(DISTINCT n % 1000) FROM generate_series(1, 2000000) AS n";
    let aggregate = judged(&console, &console.keep(lab.recipe(sum, json!({ "name": "sum" }))).await).await;
    let Judgement::Worth { tenths, from: Some(from) } = aggregate else { panic!("{aggregate:?}") };
    assert!(tenths >= 1_000, "×{}", tenths / 10);
    assert!(from < 100, "it pays from {from} thousandths of hits on");
}
