use super::*;
use crate::sharding::advisor::model::FieldTypes;

const GROUND: Ground = Ground { bytes: Some(10 << 30), chunk_bytes: 128 << 20, shards: 2 };

fn figures() -> Figures {
    Figures {
        cardinality: Cardinality::Exact(100_000),
        top: Some(0.01),
        absent: Some(0.0),
        arrays: Arrays::None,
        types: vec![FieldTypes { field: "a".into(), types: vec![("int".into(), 100.0)] }],
        trend: Trend::Mixed(0.5),
        routing: Routing::NotMeasured,
    }
}

fn judged(key: &str, figures: Figures) -> Candidate {
    judge(ShardKey::parse(key, false).expect("a valid key"), figures, GROUND)
}

fn why(candidate: &Candidate) -> String {
    candidate.reasons[0].words.en.clone()
}

#[test]
fn each_fault_of_a_key_is_told_with_its_figure() {
    let good = judged("a", figures());
    assert_eq!((good.verdict, why(&good).as_str()), (Verdict::Good, "Nothing speaks against it."));
    let types = |names: &[&str]| {
        vec![FieldTypes { field: "a".into(), types: names.iter().map(|it| ((*it).to_owned(), 50.0)).collect() }]
    };
    let cases: [(&str, Figures, Verdict, &str); 12] = [
        ("a", Figures { arrays: Arrays::Some(2.0), ..figures() }, Verdict::Impossible, "an array there"),
        ("a", Figures { cardinality: Cardinality::Exact(3), ..figures() }, Verdict::Poor, "Different values: 3 only"),
        ("a", Figures { top: Some(2.0), ..figures() }, Verdict::Poor, "About 204.8 MiB share one value"),
        ("a", Figures { top: Some(60.0), ..figures() }, Verdict::Poor, "share one value"),
        ("a", Figures { trend: Trend::Rising(1.0), ..figures() }, Verdict::Poor, "a grows with every new"),
        ("a", Figures { trend: Trend::Falling(0.0), ..figures() }, Verdict::Poor, "a falls with every new"),
        ("a", Figures { trend: Trend::Monotonic, ..figures() }, Verdict::Poor, "one way only"),
        ("a", Figures { absent: Some(4.0), ..figures() }, Verdict::Fair, "4.0 % of the documents lack"),
        ("a", Figures { absent: Some(40.0), ..figures() }, Verdict::Poor, "40.0 % of the documents lack"),
        ("a", Figures { types: types(&["int", "string"]), ..figures() }, Verdict::Fair, "several types"),
        ("a:hashed", Figures { types: types(&["double"]), ..figures() }, Verdict::Fair, "fractional"),
        ("a", Figures { cardinality: Cardinality::Unknown, ..figures() }, Verdict::Unknown, "could not be measured"),
    ];
    for (key, figures, verdict, told) in cases {
        let candidate = judged(key, figures);
        assert_eq!(candidate.verdict, verdict, "{told}");
        assert!(why(&candidate).contains(told), "{told}: {}", why(&candidate));
    }
    assert_eq!(judged("a", Figures { types: types(&["int", "long"]), ..figures() }).verdict, Verdict::Good);
}

#[test]
fn routing_that_was_not_measured_says_nothing_and_measured_routing_counts() {
    let spread =
        |one| Some(crate::sharding::advisor::model::Spread { total: 500, one, several: 0.0, all: 100.0 - one });
    let with = |routing| judged("a", Figures { routing, ..figures() }).verdict;
    assert_eq!(with(Routing::NoSamples), Verdict::Good);
    assert_eq!(with(Routing::Measured { reads: spread(95.0), writes: None }), Verdict::Good);
    assert_eq!(with(Routing::Measured { reads: spread(95.0), writes: spread(10.0) }), Verdict::Fair);
}

#[test]
fn the_best_key_comes_first() {
    let mut all = vec![
        judged("d", Figures { arrays: Arrays::Some(1.0), ..figures() }),
        judged("c", Figures { trend: Trend::Rising(1.0), ..figures() }),
        judged("b", Figures { absent: Some(1.0), ..figures() }),
        judged("a", Figures { top: Some(0.5), ..figures() }),
        judged("best", figures()),
    ];
    sort(&mut all);
    let names: Vec<String> = all.iter().map(|it| crate::sharding::advisor::model::form_text(&it.key)).collect();
    assert_eq!(names, ["best", "a", "b", "c", "d"]);
}
