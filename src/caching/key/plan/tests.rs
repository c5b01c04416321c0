//! Plans without a server.

use super::*;
use crate::caching::key::model::Form;
use crate::targets::model::TargetId;

fn facts(lifetime: Lifetime) -> Facts {
    let dies = match lifetime {
        Lifetime::Missing => -2,
        Lifetime::Never => -1,
        Lifetime::Left(millis) => 1_000_000 + millis,
    };
    Facts {
        lifetime,
        dies,
        tells_the_moment: true,
        kind: "string".into(),
        now: 1_000_000,
        version: Some((7, 0)),
        replica: Some(false),
        value: Some(b"old".to_vec()),
    }
}

fn change(action: &str, ttl: &str, only: &str) -> Change {
    let form = Form { action: action.into(), key: "k".into(), ttl: ttl.into(), only: only.into(), ..Form::default() };
    form.change(TargetId::parse("cache").expect("a name")).expect("a change")
}

fn planned(change: &Change, facts: &Facts) -> Plan {
    plan(change, facts).expect("a plan")
}

#[test]
fn each_condition_is_sent_as_the_server_knows_it() {
    let left = facts(Lifetime::Left(60_000));
    for (action, ttl, only, typed) in [
        ("set_ttl", "30", "", "EXPIRE k 30"),
        ("set_ttl", "30", "has", "EXPIRE k 30 XX"),
        ("set_ttl", "30", "none", "EXPIRE k 30 NX"),
        ("lengthen_ttl", "2h", "", "EXPIRE k 7200 GT"),
        ("shorten_ttl", "30", "", "EXPIRE k 30 LT"),
        ("shorten_ttl", "30", "has", "EXPIRE k 30 XX LT"),
        ("touch_key", "300", "", "EXPIRE k 300"),
        ("persist_key", "", "", "PERSIST k"),
        ("delete_key", "", "", "UNLINK k"),
    ] {
        assert_eq!(planned(&change(action, ttl, only), &left).commands[0].typed, typed);
    }
}

#[test]
fn what_the_server_would_answer_with_0_is_told_beforehand() {
    let (left, never, missing) = (facts(Lifetime::Left(60_000)), facts(Lifetime::Never), facts(Lifetime::Missing));
    for (action, ttl, only, at, blocked) in [
        ("set_ttl", "30", "", &never, false),
        ("set_ttl", "30", "", &missing, true),
        ("set_ttl", "30", "has", &never, true),
        ("set_ttl", "30", "none", &left, true),
        ("set_ttl", "30", "none", &never, false),
        ("lengthen_ttl", "30", "", &left, true),
        ("lengthen_ttl", "2h", "", &left, false),
        ("lengthen_ttl", "2h", "", &never, true),
        ("shorten_ttl", "2h", "", &left, true),
        ("shorten_ttl", "30", "", &never, false),
        ("shorten_ttl", "30", "has", &never, true),
        ("persist_key", "", "", &never, true),
        ("persist_key", "", "", &left, false),
        ("delete_key", "", "", &missing, true),
    ] {
        let plan = planned(&change(action, ttl, only), at);
        assert_eq!(plan.blocked(), blocked, "{action} {ttl} {only} {:?}: {:?}", at.lifetime, plan.checks);
    }
}

#[test]
fn before_7_conditions_are_blocked_and_the_plain_ways_are_not() {
    let old = Facts { version: Some((6, 2)), ..facts(Lifetime::Left(60_000)) };
    assert!(planned(&change("lengthen_ttl", "2h", ""), &old).blocked());
    assert!(!planned(&change("set_ttl", "2h", ""), &old).blocked());
}

#[test]
fn a_moment_that_is_past_is_no_way_to_delete_a_key() {
    let at = |text: &str| {
        let form = Form { action: "expire_at".into(), key: "k".into(), at: text.into(), ..Form::default() };
        planned(&form.change(TargetId::parse("cache").expect("a name")).expect("a change"), &facts(Lifetime::Never))
    };
    assert!(at("1970-01-01 00:16:40").blocked(), "now");
    assert!(at("1970-01-01 00:00:00").blocked());
    assert!(at("1981-01-01 00:00:00").blocked(), "more than ten years ahead");
    let plan = at("1970-01-01 09:20 +09:00");
    assert_eq!((plan.blocked(), plan.commands[0].typed.as_str()), (false, "PEXPIREAT k 1200000"));
}

#[test]
fn without_the_server_s_clock_no_moment_is_set() {
    let form = Form { action: "expire_at".into(), key: "k".into(), at: "1970-01-01 00:20".into(), ..Form::default() };
    let change = form.change(TargetId::parse("cache").expect("a name")).expect("a change");
    let facts = Facts { now: 0, ..facts(Lifetime::Never) };
    assert!(planned(&change, &facts).blocked());
}

#[test]
fn a_value_is_written_only_over_the_one_that_was_read() {
    let of = |seen: [u8; 20], dies| Change::SetValue {
        target: TargetId::parse("cache").expect("a name"),
        key: Key::parse("k").expect("a key"),
        value: "new".into(),
        seen: crate::caching::key::model::Digest::of(seen),
        dies,
    };
    let facts = facts(Lifetime::Left(60_000));
    let seen = crate::caching::key::redis::digest(b"old");
    let good = Change::SetValue {
        target: TargetId::parse("cache").expect("a name"),
        key: Key::parse("k").expect("a key"),
        value: "new".into(),
        seen: seen.clone(),
        dies: 1_060_000,
    };
    let plan = planned(&good, &facts);
    assert!(!plan.blocked(), "{:?}", plan.checks);
    assert!(
        plan.commands[1].typed.ends_with(&format!("1 k {} 1060000 new", seen.as_str())),
        "{}",
        plan.commands[1].typed
    );
    assert!(planned(&of([0; 20], 1_060_000), &facts).blocked(), "another value");
    let Change::SetValue { target, key, value, seen, .. } = good else { unreachable!() };
    assert!(planned(&Change::SetValue { target, key, value, seen, dies: -1 }, &facts).blocked(), "another TTL");
}

#[test]
fn a_replica_is_left_alone_and_a_session_is_told() {
    let replica = Facts { replica: Some(true), ..facts(Lifetime::Never) };
    assert!(planned(&change("set_ttl", "30", ""), &replica).blocked());
    let form = Form { action: "delete_key".into(), key: "session:1".into(), ..Form::default() };
    let session = form.change(TargetId::parse("cache").expect("a name")).expect("a change");
    assert!(planned(&session, &facts(Lifetime::Never)).checks.iter().any(|it| it.found.en.contains("session")));
}
