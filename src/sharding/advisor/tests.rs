//! The advisor on a real cluster with documents whose truth is known.

use bson::{Bson, Document, doc};
use mongodb::Client;
use tokio::sync::OnceCell;

use super::model::change::{Change, Rate};
use super::model::{Advice, Arrays, Candidate, Cardinality, Routing, Sampling, Trend, Verdict, form_text};
use super::mongo::{Sampler, advise, keys, namespace, opened, values_of};
use crate::auth::gate::RIGHTS;
use crate::auth::model::{Right, Role};
use crate::change::Outcome;
use crate::change::apply::carry_out;
use crate::error::Kind;
use crate::sandbox::lab::mongo::shared;
use crate::sharding::cluster::Cluster;
use crate::targets::model::TargetId;

const DOCUMENTS: i64 = 300_000;
const TENANTS: i64 = 500;

/// Of 1,000 documents, so many have the first value of `zipf`: the series of 1/rank over 16,000 ranks.
const HEAVIEST: f64 = 9.75;

/// 300,000 documents, the same in every run.
async fn known(client: &Client, database: &str) {
    let ranks: Vec<f64> = (1..=16_000).map(|rank| 1.0 / f64::from(rank)).collect();
    let all: f64 = ranks.iter().sum();
    let mut sums = Vec::with_capacity(ranks.len());
    ranks.iter().fold(0.0, |sum, weight| {
        sums.push(sum + weight / all);
        sum + weight / all
    });
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let collection = client.database(database).collection::<Document>("known");
    for block in 0..DOCUMENTS / 10_000 {
        let documents: Vec<Document> = (0..10_000)
            .map(|place| {
                let n = block * 10_000 + place;
                let chance = (random() >> 11) as f64 / (1_u64 << 53) as f64;
                let zipf = i64::try_from(sums.partition_point(|sum| *sum < chance)).expect("a rank");
                let tenant = i64::try_from(random() % 500).expect("small");
                let spread = i64::try_from(random() >> 2).expect("63 bits");
                let mut document = doc! {
                    "_id": spread, "tenant": tenant, "zipf": zipf, "increasing": n, "falling": -n, "random": spread,
                    "at": bson::DateTime::from_millis(n * 1_000), "mixed": if n % 2 == 0 { Bson::from(n) } else { Bson::from(n.to_string()) },
                };
                if n % 5 != 0 {
                    document.insert("sometimes", spread);
                }
                document.insert("tags", if n % 100 == 7 { Bson::from(vec![1, 2]) } else { Bson::from(n) });
                document
            })
            .collect();
        collection.insert_many(documents).await.expect("inserted");
    }
    let index = |name: &str, key: Document| doc! { "key": key, "name": name };
    let indexes = [index("tenant", doc! { "tenant": 1, "at": 1 }), index("random", doc! { "random": 1 })];
    let command = doc! { "createIndexes": "known", "indexes": indexes.to_vec() };
    client.database(database).run_command(command).await.expect("built");
}

/// The documents are made once for all tests of this process.
async fn loaded() -> (Cluster, String) {
    static DATABASE: OnceCell<String> = OnceCell::const_new();
    let cluster = shared().await;
    let database = DATABASE
        .get_or_init(async || {
            let database = cluster.name_of_database();
            known(&cluster.client().await, &database).await;
            database
        })
        .await;
    (Cluster::at(cluster.entry()), format!("{database}.known"))
}

async fn advised(texts: &[&str]) -> Advice {
    let (cluster, name) = loaded().await;
    let texts: Vec<String> = texts.iter().map(|it| (*it).to_owned()).collect();
    let (namespace, keys) = (namespace(&name).expect("a name"), keys(&texts).expect("keys"));
    advise(&cluster, &namespace, &keys, 0).await.expect("advice")
}

fn of<'a>(advice: &'a Advice, key: &str) -> &'a Candidate {
    advice.candidates.iter().find(|it| form_text(&it.key) == key).unwrap_or_else(|| panic!("no {key}"))
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn figures_are_near_the_truth() {
    let begun = std::time::Instant::now();
    let _ = loaded().await;
    eprintln!("loaded after {:?}", begun.elapsed());
    let begun = std::time::Instant::now();
    let advice = advised(&["tenant", "zipf", "random", "increasing", "sometimes", "tags"]).await;
    eprintln!("six keys measured in {:?}", begun.elapsed());
    assert_eq!((advice.documents, advice.sampled, advice.whole), (Some(DOCUMENTS), 10_000, false));

    let tenant = of(&advice, "tenant");
    assert_eq!(tenant.figures.cardinality, Cardinality::Exact(TENANTS), "by the index");
    let zipf = of(&advice, "zipf").figures.top.expect("a share");
    eprintln!("the most frequent value: {zipf:.2} %, true {HEAVIEST} %");
    assert!((zipf - HEAVIEST).abs() <= 1.5, "{zipf}");
    assert!(
        matches!(of(&advice, "zipf").figures.cardinality, Cardinality::AtLeast(seen) if (2_000..=16_000).contains(&seen))
    );
    assert!(of(&advice, "random").figures.top.is_none());

    let trend = |key| of(&advice, key).figures.trend.clone();
    assert!(matches!(trend("increasing"), Trend::Rising(greater) if greater > 0.99));
    for key in ["tenant", "zipf", "random"] {
        assert!(
            matches!(trend(key), Trend::Mixed(greater) if (0.45..0.55).contains(&greater)),
            "{key}: {:?}",
            trend(key)
        );
    }
    let absent = of(&advice, "sometimes").figures.absent.expect("a share");
    assert!((absent - 20.0).abs() <= 1.5, "{absent}");
    let tags = of(&advice, "tags");
    assert_eq!(tags.verdict, Verdict::Impossible);
    assert!(
        matches!(tags.figures.arrays, Arrays::Some(share) if (share - 1.0).abs() < 1.0),
        "{:?}",
        tags.figures.arrays
    );
    assert_eq!(advice.candidates.last().map(|it| form_text(&it.key)).as_deref(), Some("tags"));
    assert_eq!(of(&advice, "increasing").verdict, Verdict::Poor);
    assert!(advice.candidates.iter().all(|it| it.figures.routing == Routing::NotMeasured));
    assert!(matches!(advice.sampling, Sampling::Lacking(_)));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_is_unique_is_told_from_below_and_what_is_hashed_does_not_grow() {
    let advice = advised(&["falling", "at", "at:hashed", "tenant,at", "mixed", "increasing:hashed"]).await;
    let falling = of(&advice, "falling");
    assert_eq!(falling.figures.cardinality, Cardinality::UniqueInSample(10_000));
    assert_eq!(falling.figures.cardinality.words().en, "unique in the sample: at least 10,000");
    assert!(matches!(falling.figures.trend, Trend::Falling(_)));
    assert!(matches!(of(&advice, "at").figures.trend, Trend::Rising(_)));
    assert_eq!(of(&advice, "at:hashed").figures.trend, Trend::Hashed);
    // By the index where there is time for it, else by the sample.
    let pair = of(&advice, "tenant,at").figures.cardinality;
    assert!([Cardinality::Exact(DOCUMENTS), Cardinality::UniqueInSample(10_000)].contains(&pair), "{pair:?}");
    assert!(of(&advice, "mixed").reasons.iter().any(|it| it.words.en.contains("several types")));
    assert!(of(&advice, "tenant,at").verdict < of(&advice, "at").verdict);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_measurement_is_kept_shared_and_made_anew_when_asked_for() {
    let (cluster, name) = loaded().await;
    let (namespace, keys) = (namespace(&name).expect("a name"), keys(&["tenant".to_owned()]).expect("a key"));
    // Three at once are one measurement.
    let ask = |since| advise(&cluster, &namespace, &keys, since);
    let (one, two, three) = tokio::join!(ask(0), ask(0), ask(0));
    let first = one.expect("advice");
    assert_eq!(first.measured_at, two.expect("advice").measured_at);
    assert_eq!(first.measured_at, three.expect("advice").measured_at);
    let again = ask(first.measured_at + 1).await.expect("advice");
    assert!(again.measured_at > first.measured_at);
    assert_eq!(ask(first.measured_at + 1).await.expect("advice").measured_at, again.measured_at);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn keys_are_suggested_and_figures_hold_no_value() {
    let (cluster, name) = loaded().await;
    let namespace = namespace(&name).expect("a name");
    let suggested: Vec<String> =
        opened(&cluster, &namespace).await.expect("suggestions").suggestions.into_iter().map(|it| it.key).collect();
    for key in ["_id:hashed", "tenant", "tenant,at", "random"] {
        assert!(suggested.iter().any(|it| it == key), "{key}: {suggested:?}");
    }
    assert!(!suggested.iter().any(|it| it == "sometimes"));

    let client = shared().await.client().await;
    let (database, _) = name.split_once('.').expect("a name");
    let secret = client.database(database).collection::<Document>("secret");
    secret
        .insert_many((0..500).map(|n| doc! { "who": if n % 2 == 0 { "Ada Lovelace" } else { "x" } }))
        .await
        .expect("inserted");
    let of_secret = super::mongo::namespace(&format!("{database}.secret")).expect("a name");
    let key = keys(&["who".to_owned()]).expect("a key");
    let advice = advise(&cluster, &of_secret, &key, 0).await.expect("advice");
    assert!(advice.whole);
    assert_eq!(advice.candidates[0].figures.cardinality, Cardinality::Exact(2));
    assert!(!serde_json::to_string(&advice).expect("JSON").contains("Lovelace"));
    let values = values_of(&cluster, &of_secret, &key[0]).await.expect("values");
    assert_eq!((values[0].value.as_str(), values[0].share), (r#"{ who: "Ada Lovelace" }"#, 50.0));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_cannot_be_measured_is_told() {
    let (cluster, name) = loaded().await;
    let (database, _) = name.split_once('.').expect("a name");
    let key = keys(&["a".to_owned()]).expect("a key");
    let none = namespace(&format!("{database}.nothing")).expect("a name");
    assert_eq!(advise(&cluster, &none, &key, 0).await.expect_err("refused").kind, Kind::NotFound);
    let client = shared().await.client().await.database(database);
    client.run_command(doc! { "create": "view", "viewOn": "known", "pipeline": [] }).await.expect("a view");
    let view = namespace(&format!("{database}.view")).expect("a name");
    assert_eq!(advise(&cluster, &view, &key, 0).await.expect_err("refused").field.as_deref(), Some("namespace"));
    client.run_command(doc! { "create": "empty" }).await.expect("a collection");
    let empty = namespace(&format!("{database}.empty")).expect("a name");
    let advice = advise(&cluster, &empty, &key, 0).await.expect("advice");
    assert_eq!(advice.candidates[0].figures.cardinality, Cardinality::Unknown);
    assert_eq!(advice.candidates[0].verdict, Verdict::Unknown);
    let at_shard = Cluster::at(shared().await.shard_entry("shard1"));
    let error = advise(&at_shard, &none, &key, 0).await.expect_err("no router");
    assert_eq!(error.field.as_deref(), Some("target"));
}

/// 7.0 cannot be run here, so what is proven is that 6.0 is not sent what it lacks.
#[tokio::test]
#[ignore = "starts real databases"]
async fn sampling_is_not_switched_where_the_cluster_lacks_it() {
    let (cluster, name) = loaded().await;
    // It is told before any key is measured.
    let seen = opened(&cluster, &namespace(&name).expect("a name")).await.expect("it answers").sampling;
    assert!(matches!(seen, Sampling::Lacking(why) if why.en.contains("7.0")));
    let sampler = Sampler::new(cluster);
    let change = Change::SwitchSampling {
        target: TargetId::parse("m").expect("a name"),
        namespace: namespace(&name).expect("a name"),
        per_second: Rate::try_from(5).ok(),
        uuid: String::new(),
        keys: Vec::new(),
    };
    let report = carry_out(&sampler, &sampler.observed(change).await.expect("it answers")).await;
    assert_eq!((report.outcome, report.ran.len()), (Outcome::Refused, 0));
    assert!(report.summary.en.contains("7.0"), "{}", report.summary.en);
}

/// The router's own tests call every server function as a viewer; what is open to them stands in this table.
#[test]
fn a_viewer_sees_figures_and_no_values() {
    let right = |name: &str| RIGHTS.iter().find(|(path, _)| path.ends_with(name)).map(|(_, right)| *right);
    assert_eq!(right("/advise_keys"), Some(Right::Read));
    assert_eq!(right("/suggest_keys"), Some(Right::Read));
    for name in ["/read_common_values", "/plan_sampling", "/apply_sampling", "/open_shard_form"] {
        assert_eq!(right(name), Some(Right::Change), "{name}");
    }
    assert!(Role::Viewer.has(Right::Read) && !Role::Viewer.has(Right::Change));
}
