//! The window, the clock, the verdict and the forms.

use proptest::prelude::*;

use super::{Balancing, Change, Clock, Fault, Mib, Repair, Settings, Status, Time, Verdict, Window};
use crate::sharding::model::{Release, Version};
use crate::targets::model::TargetId;
use crate::words;

fn window(start: &str, stop: &str) -> Window {
    Window::new(Time::parse(start).expect("a time"), Time::parse(stop).expect("a time")).expect("a window")
}

fn target() -> TargetId {
    TargetId::parse("mongo").expect("a valid name")
}

fn balancing(settings: Settings) -> Balancing {
    let version = Version::new(6, 0, 5);
    Balancing {
        release: Release { version, fcv: Version::new(6, 0, 0) },
        settings: Some(settings),
        status: Some(Status { mode: "full".into(), in_round: false, rounds: 7 }),
        last_round: None,
        // 2026-11-23 06:41:10 UTC.
        clock: Clock { now: Some(1_795_416_070_123), zone: Some(540) },
    }
}

#[test]
fn every_part_of_sharding_is_told_the_same_of_the_balancer() {
    let told = |settings| balancing(settings).told().en;
    assert_eq!(told(on()), "The balancer is on.");
    assert_eq!(told(Settings { on: Some(false), ..on() }), "The balancer is off: no data moves.");
    let night = Settings { window: Some(window("22:00", "06:00")), ..on() };
    assert!(told(night).contains("only in its window, 22:00"));
    let fault = Fault {
        field: "balancer.activeWindow.start".into(),
        value: "\"25:00\"".into(),
        rule: words!("No time.", "시각이 아닙니다."),
        repair: Repair::Window,
    };
    let dead = told(Settings { faults: vec![fault], ..on() });
    assert!(dead.starts_with("The balancer is dead, whatever its status says: balancer.activeWindow.start"), "{dead}");
    let blind = Balancing { settings: None, ..balancing(on()) };
    assert!(blind.told().en.contains("unknown"));
}

fn on() -> Settings {
    Settings { on: Some(true), ..Settings::default() }
}

#[test]
fn only_times_of_the_day_in_one_spelling_are_taken() {
    for text in ["00:00", "23:59", "06:30"] {
        assert_eq!(Time::parse(text).map(|it| it.to_string()).as_deref(), Ok(text));
    }
    for text in ["", "25:00", "24:00", "12:60", "6:30", "06:3", "0630", "06:30:00", "-1:00", "aa:bb", "６:30", "06:30 "]
    {
        assert!(Time::parse(text).is_err(), "{text:?}");
    }
    let six = Time::parse("06:00").expect("a time");
    assert!(Window::new(six, six).is_err());
    assert!(serde_json::from_str::<Window>(r#"{"start":"06:00","stop":"06:00"}"#).is_err());
    assert!(serde_json::from_str::<Window>(r#"{"start":"25:00","stop":"06:00"}"#).is_err());
}

#[test]
fn a_window_over_midnight_is_open_on_both_sides_of_it() {
    let night = window("22:00", "06:00");
    let at = |hour: u32, minute: u32| hour * 3600 + minute * 60;
    assert_eq!((night.opens_in(at(23, 0)), night.closes_in(at(23, 0))), (0, Some(7 * 3600)));
    assert_eq!((night.opens_in(at(5, 59)), night.closes_in(at(5, 59))), (0, Some(60)));
    assert_eq!((night.opens_in(at(6, 1)), night.closes_in(at(6, 1))), (at(15, 59), None));
    assert_eq!(night.opens_in(at(19, 50)), at(2, 10));
    assert_eq!(night.length(), 8 * 3600);
    let day = window("08:00", "17:30");
    assert_eq!((day.opens_in(at(7, 0)), day.closes_in(at(17, 0))), (3600, Some(1800)));
}

proptest! {
    #[test]
    fn a_window_is_open_exactly_where_the_server_says(start in 0_u16..1440, stop in 0_u16..1440, second in 0_u32..86_400) {
        prop_assume!(start != stop);
        let time = |it: u16| Time::of(it / 60, it % 60).expect("a time");
        let window = Window::new(time(start), time(stop)).expect("a window");
        let (from, to) = (u32::from(start) * 60, u32::from(stop) * 60);
        let open = if from < to { second >= from && second <= to } else { second >= from || second <= to };
        prop_assert_eq!(window.opens_in(second) == 0, open);
        prop_assert_eq!(window.closes_in(second).is_some(), open);
        if !open {
            let opens = (second + window.opens_in(second)) % 86_400;
            prop_assert_eq!(opens, from);
        }
    }
}

#[test]
fn the_verdict_names_the_reason() {
    assert_eq!(balancing(on()).verdict(), Verdict::Working);
    assert!(balancing(on()).why_not().is_empty());
    let off = balancing(Settings { on: Some(false), ..Settings::default() });
    assert_eq!((off.verdict(), off.is_working()), (Verdict::Off, Some(false)));
    // 15:41 in Seoul.
    let outside = balancing(Settings { window: Some(window("17:51", "20:00")), ..on() });
    assert_eq!(outside.verdict(), Verdict::Outside((2 * 3600 + 9 * 60 + 50) * 1000));
    assert!(outside.why_not()[0].en.contains("opens in 2 h 9 min"), "{:?}", outside.why_not());
    let inside = balancing(Settings { window: Some(window("15:00", "16:00")), ..on() });
    assert_eq!(inside.verdict(), Verdict::Working);
    let nobody_knows = Balancing { clock: Clock { zone: None, ..inside.clock }, ..inside };
    assert_eq!((nobody_knows.verdict(), nobody_knows.is_working()), (Verdict::Depends, None));
    let silent = Balancing { status: None, ..balancing(on()) };
    assert_eq!(silent.verdict(), Verdict::Unknown);
    let hidden = Balancing { settings: None, ..balancing(on()) };
    assert_eq!(hidden.is_working(), None);
}

#[test]
fn one_fault_is_enough_to_be_dead_whatever_the_status_says() {
    let fault = Fault {
        field: "balancer.activeWindow.start".into(),
        value: "\"25:00\"".into(),
        rule: words!("it must be a time.", "시각이어야 합니다."),
        repair: Repair::Window,
    };
    let dead = balancing(Settings { faults: vec![fault], ..on() });
    assert_eq!((dead.verdict(), dead.is_working()), (Verdict::Dead, Some(false)));
    let findings = dead.findings("shop");
    assert_eq!(findings[0].words.en, "Balancing is dead: balancer.activeWindow.start is \"25:00\": it must be a time.");
    assert!(findings[0].why.en.contains("although balancerStatus says “full”"));
    assert_eq!(findings[0].link, "/sharding/balancer?target=shop&action=clear_window");
}

#[test]
fn the_clock_is_told_with_its_zone() {
    let clock = |zone| Clock { now: Some(1_795_416_070_123), zone };
    assert_eq!(clock(Some(540)).shown().as_deref(), Some("15:41 (UTC+09:00)"));
    assert_eq!(clock(Some(-210)).shown().as_deref(), Some("03:11 (UTC-03:30)"));
    assert_eq!(clock(None).shown().as_deref(), Some("06:41 (UTC+00:00)"));
    assert_eq!(clock(None).second_of_day(), None);
    assert_eq!(Clock::default().shown(), None);
}

#[test]
fn a_wrong_form_is_told_at_its_field() {
    let field = |action: &str, start: &str, stop: &str, mib: &str| {
        Change::from_form(target(), action, "", start, stop, mib).expect_err("must be refused").field
    };
    assert_eq!(field("set_window", "25:00", "06:00", "").as_deref(), Some("start"));
    assert_eq!(field("set_window", "22:00", "", "").as_deref(), Some("stop"));
    assert_eq!(field("set_window", "22:00", "22:00", "").as_deref(), Some("stop"));
    for mib in ["0", "1025", "2048", "-1", "", "64.5", "64 MB", "1e2"] {
        assert_eq!(field("set_chunk_size", "", "", mib).as_deref(), Some("mib"), "{mib}");
    }
    assert_eq!(field("freeze_collection", "", "", "").as_deref(), Some("namespace"));
    assert_eq!(field("explode", "", "", "").as_deref(), Some("action"));
    let config = Change::from_form(target(), "freeze_collection", "config.system.sessions", "", "", "");
    assert_eq!(config.expect_err("MongoDB's own").field.as_deref(), Some("namespace"));
    assert!(Change::from_form(target(), "set_window", "", " 22:00 ", "06:00", "").is_ok());
    assert_eq!(Mib::parse("1024").map(Mib::get), Ok(1024));
}

#[test]
fn a_change_that_was_tampered_with_is_not_read() {
    let read = |text: &str| serde_json::from_str::<Change>(text);
    assert!(read(r#"{"do":"set_window","target":"m","window":{"start":"22:00","stop":"06:00"}}"#).is_ok());
    assert!(read(r#"{"do":"set_window","target":"m","window":{"start":"22:00","stop":"22:00"}}"#).is_err());
    assert!(read(r#"{"do":"set_window","target":"m","window":{"start":"22:00","stop":"06:00","x":1}}"#).is_err());
    assert!(read(r#"{"do":"set_chunk_size","target":"m","mib":2048}"#).is_err());
    assert!(read(r#"{"do":"stop_balancer","target":"m","more":1}"#).is_err());
}
