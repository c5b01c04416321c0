//! Plans on facts that are made up, where no server is needed.

use super::*;
use crate::caching::ttl_index::model::{Counted, Expiry, Form, Idle, Kind, Monitor, Seconds, Subject};
use crate::caching::ttl_index::mongo::server::{Around, Server};
use crate::caching::ttl_index::mongo::steps::Steps;
use crate::change::Verdict;
use crate::targets::model::TargetId;

fn facts() -> Facts {
    let subject = Subject {
        namespace: "a.b".into(),
        name: "x_1".into(),
        uuid: "u".into(),
        kind: Kind::Index,
        capped: false,
        spec: "s".into(),
        key: "{ x: 1 }".into(),
        field: "x".into(),
        expiry: Expiry::After(86_400),
        partial: None,
        hidden: false,
        idle: None,
        documents: Some(9),
        plain: Vec::new(),
    };
    let server = Server { router: true, writable: true, now: 1_000_000_000_000, version: (6, 0) };
    let place = crate::caching::ttl_index::mongo::facts::place_of("a.b", "x");
    Facts {
        server,
        around: Around { running: Some(Vec::new()), ..Around::default() },
        monitor: Monitor::default(),
        subject,
        place,
        deletes: Some(Counted::default()),
        dates: Some(true),
        arrays: false,
        steps: None,
        at: server.now,
    }
}

fn change(action: &str, seconds: &str) -> Change {
    let form = Form {
        namespace: "a.b".into(),
        name: "x_1".into(),
        field: "x".into(),
        seconds: seconds.into(),
        ..Form::default()
    };
    Change::from_form(TargetId::parse("m").expect("a name"), action, &form).expect("a change")
}

fn blocks(change: &Change, facts: &Facts) -> String {
    let blocked = plan(change, facts).checks.into_iter().filter(|it| it.verdict == Verdict::Block);
    blocked.map(|it| it.found.en).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_fits_is_not_blocked_and_each_obstacle_is() {
    let (longer, sound) = (change("set_ttl_seconds", "2d"), facts());
    assert_eq!(blocks(&longer, &sound), "");
    assert_eq!(plan(&longer, &sound).blast, Blast::Plain, "nothing is deleted");
    let with = |spoil: &dyn Fn(&mut Facts)| {
        let mut facts = sound.clone();
        spoil(&mut facts);
        blocks(&longer, &facts)
    };
    assert!(with(&|it| it.server.writable = false).contains("no primary"));
    assert!(with(&|it| it.around.missing = vec!["collMod"]).contains("lacks collMod"));
    assert!(with(&|it| it.around.silent = true).contains("A shard gave no answer"));
    assert!(with(&|it| it.around.running = Some(vec!["reshardCollection".into()])).contains("reshardCollection"));
    assert!(with(&|it| it.deletes = None).contains("could not be counted"));
    assert!(with(&|it| it.subject.idle = Some(Idle::Hashed)).contains("never delete anything"));
    assert!(with(&|it| it.subject.expiry = Expiry::After(172_800)).contains("these seconds already"));
    assert!(with(&|it| it.subject.spec = String::new()).contains("has no index"));
    assert!(with(&|it| it.deletes = Some(Counted { n: 100_000, more: true, estimated: false })).contains("more than"));
    let convert = change("convert_index", "2d");
    let mut old = facts();
    (old.server.version, old.subject.expiry) = ((5, 0), Expiry::None);
    assert!(blocks(&convert, &old).contains("MongoDB 5.0 cannot convert"));
    old.server.version = (5, 1);
    assert_eq!(blocks(&convert, &old), "");
}

#[test]
fn who_deletes_types_how_many_and_an_old_plan_is_none() {
    let mut shorter = change("set_ttl_seconds", "60");
    let mut now = facts();
    now.deletes = Some(Counted::exact(767_084));
    (shorter.counted, shorter.at, shorter.seen.uuid, shorter.seen.spec) =
        (767_084, now.server.now, "u".into(), "s".into());
    assert_eq!(plan(&shorter, &now).blast, Blast::TypeName("767084".into()));
    assert_eq!(blocks(&shorter, &now), "");
    now.deletes = Some(Counted::exact(770_000));
    assert!(blocks(&shorter, &now).contains("770,000 documents by now, not 767,084"));
    now.server.now += 4_000_000;
    assert!(blocks(&shorter, &now).contains("more than an hour ago"));
    now.subject.uuid = "other".into();
    assert!(blocks(&shorter, &now).contains("another than when you looked"));
}

#[test]
fn disarming_is_one_click_and_stages_stand_in_the_plan() {
    let disarm = plan(&change("disarm_index", ""), &facts());
    assert_eq!((disarm.blast.clone(), disarm.blocked()), (Blast::Plain, false), "{disarm:?}");
    assert!(disarm.commands[0].exact.contains("2147483647"));
    let mut lower = change("lower_in_stages", "60");
    let steps: Vec<Seconds> = ["600", "60"].iter().map(|it| Seconds::parse(it).expect("seconds")).collect();
    let mut now = facts();
    now.steps = Some(Steps::Found(steps.clone()));
    if let Deed::Lower { steps: planned, .. } = &mut lower.deed {
        *planned = steps;
    }
    let staged = plan(&lower, &now);
    assert_eq!(staged.commands.len(), 2);
    assert!(staged.effect.iter().any(|it| it.en.contains("this is sent: db.getSiblingDB")), "{:?}", staged.effect);
    now.steps = Some(Steps::TooDense(9));
    assert!(blocks(&lower, &now).contains("within one second"));
    assert!(blocks(&change("lower_in_stages", "2d"), &now).contains("nothing is lowered"));
}

#[test]
fn none_in_a_sample_is_not_told_as_none_at_all() {
    let told = |change: &Change, facts: &Facts| {
        let of = |it: crate::change::Check| (it.verdict == Verdict::Warn).then_some(it.found.en + &it.advice.en);
        plan(change, facts).checks.into_iter().filter_map(of).collect::<Vec<_>>().join(" ")
    };
    let mut now = facts();
    now.deletes = Some(Counted { n: 0, more: false, estimated: true });
    assert!(told(&change("set_ttl_seconds", "60"), &now).contains("there may be some among the others"));
    let mut never = change("convert_index", "60");
    never.deed = Deed::Convert { seconds: Seconds::NEVER };
    (now.subject.expiry, now.deletes) = (Expiry::None, Some(Counted::exact(3)));
    assert!(told(&never, &now).contains("Even “never” deletes dates older than 68 years"));
}

#[test]
fn what_is_not_known_is_not_told_as_sound() {
    let mut now = facts();
    now.around.running = None;
    let told = plan(&change("set_ttl_seconds", "2d"), &now);
    assert!(told.checks.iter().any(|it| it.verdict == Verdict::Warn && it.found.en.contains("unknown")));
    now.monitor.enabled = Some(false);
    let told = plan(&change("set_ttl_seconds", "2d"), &now);
    assert!(told.checks.iter().any(|it| it.found.en.contains("monitor is off")));
}
