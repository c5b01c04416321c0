//! What is seldom asked for.

use super::*;
use crate::sharding::shard::model::time_series::Granularity;

/// The plan with options that are seldom asked for.
fn planned_with(key: &str, extras: &Extras, facts: &Facts) -> Plan {
    let namespace = Namespace::parse("mydatabase.mycollection").expect("a valid name");
    let key = ShardKey::parse(key, false).expect("a valid key");
    let uuid = facts.collection.as_ref().map(|it| it.uuid.as_str());
    shard_collection("shop", &Wanted { namespace: &namespace, key: &key, unique: false, uuid, extras }, facts)
}

#[test]
fn options_stand_in_the_request_and_in_the_line_alike() {
    let new = Facts { collection: None, zones: 2, ..facts() };
    let extras = Extras { chunks: Some(8), presplit: true, time_series: None };
    let plan = planned_with("region, user_id:hashed", &extras, &new);
    assert_eq!(
        plan.commands[0].typed,
        r#"sh.shardCollection("mydatabase.mycollection", { region: 1, user_id: "hashed" }, false, { numInitialChunks: 8, presplitHashedZones: true })"#
    );
    let document = sent(&plan.commands[0].exact);
    assert_eq!(document.get("numInitialChunks"), Some(&Bson::Int32(8)));
    let series = TimeSeries::new("at", "sensor", Some(Granularity::Hours)).expect("a valid layout");
    let extras = Extras { time_series: Some(series), ..Extras::default() };
    let plan = planned_with("sensor.id, at", &extras, &new);
    assert!(!plan.blocked(), "{:?}", plan.checks);
    let layout = doc! { "timeField": "at", "metaField": "sensor", "granularity": "hours" };
    assert_eq!(sent(&plan.commands[0].exact).get_document("timeseries").ok(), Some(&layout));
}

#[test]
fn options_that_the_server_would_refuse_are_blocked() {
    let new = |zones| Facts { collection: None, zones, ..facts() };
    let chunks = |chunks| Extras { chunks: Some(chunks), ..Extras::default() };
    let presplit = Extras { presplit: true, ..Extras::default() };
    let series = |time: &str| Extras {
        time_series: Some(TimeSeries::new(time, "sensor", None).expect("a valid layout")),
        ..Extras::default()
    };
    let time_series = Facts {
        collection: facts().collection.map(|it| Existing {
            kind: "timeseries".into(),
            time_series: TimeSeries::new("at", "sensor", None).ok(),
            ..it
        }),
        ..facts()
    };
    for (plan, expected) in [
        (planned_with("a", &chunks(4), &new(0)), "no field is hashed"),
        (planned_with("a:hashed", &chunks(4), &facts()), "holds documents"),
        (planned_with("a:hashed", &chunks(16_385), &new(0)), "16,384"),
        (planned_with("a", &presplit, &new(1)), "no field is hashed"),
        (planned_with("a:hashed", &presplit, &new(0)), "no zone"),
        (planned_with("a:hashed", &presplit, &facts()), "holds documents"),
        (planned_with("a", &series("at"), &new(0)), "a measured value"),
        (planned_with("sensor", &series("at"), &facts()), "an ordinary collection"),
        (planned_with("sensor", &series("other"), &time_series), "laid out otherwise"),
        (planned_with("value", &Extras::default(), &time_series), "a measured value"),
        (planned_with("sensor", &series("at"), &Facts { version: Version::new(5, 0, 9), ..new(0) }), "5.1"),
        (planned_with("a, b:hashed", &presplit, &Facts { version: Version::new(4, 2, 0), ..new(1) }), "4.4"),
    ] {
        assert!(found(&plan, Verdict::Block).contains(expected), "{expected}: {:?}", plan.checks);
    }
    assert!(!planned_with("a:hashed", &chunks(16_384), &new(0)).blocked());
    assert!(!planned_with("sensor", &series("at"), &time_series).blocked());
}
