//! How settings and logs are read.

use bson::{Bson, Document, doc};

use super::lint;
use super::read::zone_of_line;
use crate::sharding::balancer::model::Settings;
use crate::sharding::model::{Release, Version};

fn read(row: Document) -> Settings {
    at(Version::new(6, 0, 5), row)
}

fn at(version: Version, row: Document) -> Settings {
    lint::read(&[row], Release { version, fcv: Version { patch: 0, ..version } })
}

fn told(settings: &Settings) -> Vec<String> {
    settings.faults.iter().map(|it| it.told().en).collect()
}

#[test]
fn what_is_not_set_is_the_default() {
    let settings = lint::read(&[], Release::default());
    assert_eq!((settings.on, settings.window, settings.chunk_mib), (Some(true), None, None));
    assert!(settings.faults.is_empty());
    let settings =
        read(doc! { "_id": "balancer", "activeWindow": { "start": "22:00", "stop": "6:00" }, "stopped": false });
    assert_eq!(settings.window.map(|it| it.to_string()).as_deref(), Some("22:00–06:00"));
    assert!(settings.on == Some(true) && settings.faults.is_empty());
}

#[test]
fn switched_off_is_read_in_each_spelling() {
    for row in [
        doc! { "_id": "balancer", "stopped": true },
        doc! { "_id": "balancer", "stopped": 1 },
        doc! { "_id": "balancer", "mode": "off" },
        doc! { "_id": "balancer", "mode": "autoSplitOnly" },
    ] {
        let settings = read(row.clone());
        assert!(settings.on == Some(false) && settings.faults.is_empty(), "{row}");
    }
}

#[test]
fn every_malformed_setting_is_told_with_its_field_and_value() {
    let window = |window: Bson| doc! { "_id": "balancer", "activeWindow": window };
    let cases: [(Document, &str); 18] = [
        (window(doc! { "start": "25:00", "stop": "06:00" }.into()), "balancer.activeWindow.start is \"25:00\""),
        (window(doc! { "start": "22:00", "stop": "06:60" }.into()), "balancer.activeWindow.stop is \"06:60\""),
        (window(doc! { "start": "22:00" }.into()), "balancer.activeWindow.stop is —: it is missing."),
        (window(doc! { "stop": "22:00" }.into()), "balancer.activeWindow.start is —: it is missing."),
        (window(doc! { "start": "22:00", "stop": "22:00" }.into()), "start and stop are the same."),
        (window(doc! { "start": 22, "stop": "06:00" }.into()), "balancer.activeWindow.start is 22"),
        (window(doc! { "start": "10pm", "stop": "06:00" }.into()), "balancer.activeWindow.start is \"10pm\""),
        (window(doc! {}.into()), "is missing"),
        (window("22:00-06:00".into()), "balancer.activeWindow is \"22:00-06:00\""),
        (doc! { "_id": "balancer", "stopped": "yes" }, "balancer.stopped is \"yes\": it must be true or false."),
        (doc! { "_id": "balancer", "mode": "sometimes" }, "balancer.mode is \"sometimes\": it must be full or off."),
        (doc! { "_id": "balancer", "mode": 1 }, "balancer.mode is 1"),
        (doc! { "_id": "balancer", "_secondaryThrottle": "no" }, "balancer._secondaryThrottle is \"no\""),
        (doc! { "_id": "chunksize", "value": 0 }, "chunksize.value is 0: it must be a whole number from 1 to 1024"),
        (doc! { "_id": "chunksize", "value": 2048 }, "chunksize.value is 2048"),
        (doc! { "_id": "chunksize", "value": "64" }, "chunksize.value is \"64\""),
        (doc! { "_id": "chunksize", "value": 64.5 }, "chunksize.value is 64.5"),
        (doc! { "_id": "chunksize" }, "chunksize.value is —"),
    ];
    for (row, expected) in cases {
        let told = told(&read(row.clone())).join(" ");
        assert!(told.contains(expected), "{row}: {told:?}");
    }
}

#[test]
fn a_switch_that_this_version_does_not_read_cannot_harm() {
    let (split, merge) = (doc! { "_id": "autosplit", "enabled": "no" }, doc! { "_id": "automerge", "enabled": "no" });
    assert_eq!(told(&at(Version::new(6, 0, 2), split.clone())).len(), 1);
    assert!(told(&at(Version::new(6, 0, 3), split)).is_empty());
    assert!(told(&at(Version::new(6, 0, 5), merge.clone())).is_empty());
    assert_eq!(told(&at(Version::new(7, 0, 0), merge)), ["automerge.enabled is \"no\": it must be true or false."]);
}

#[test]
fn the_time_zone_of_a_log_is_read_in_both_of_its_forms() {
    for (line, zone) in [
        (r#"{"t":{"$date":"2026-11-23T15:41:10.123+09:00"},"s":"I"}"#, Some(540)),
        (r#"{"t":{"$date":"2026-11-23T03:11:10.123-03:30"},"s":"I"}"#, Some(-210)),
        ("2020-01-01T10:00:00.123+0100 I  CONTROL  [main]", Some(60)),
        (r#"{"t":{"$date":"2026-11-23T06:41:10.123Z"}}"#, None),
        (r#"{"t":{"$date":"2026-11-23T06:41:10.123"#, None),
        ("no time at all é", None),
    ] {
        assert_eq!(zone_of_line(line), zone, "{line}");
    }
}
