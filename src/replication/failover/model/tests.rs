//! What the model makes of what servers say.

use super::*;
use crate::replication::finding::Severity;
use crate::replication::topology::model::Topology;
use crate::replication::topology::model::tests::{primary, standby, target, with_consumer};

fn slot(name: &str) -> LogicalSlot {
    LogicalSlot { name: name.into(), database: "shop".into(), ..LogicalSlot::default() }
}

fn here(version: i32, logical: Vec<LogicalSlot>) -> FailoverSight {
    let physical = vec![PhysicalSlot { name: "sb1".into(), active: true }];
    FailoverSight { version, logical, physical, ..FailoverSight::default() }
}

/// A standby that lacks nothing.
fn there(logical: Vec<LogicalSlot>) -> FailoverSight {
    FailoverSight {
        version: 180_004,
        copies: true,
        feedback: true,
        slot: "sb1".into(),
        conninfo: Some(Conninfo::parse("host=10.0.0.1 dbname=postgres")),
        receives: true,
        logical,
        ..FailoverSight::default()
    }
}

fn judged(here: FailoverSight, there: FailoverSight) -> Readiness {
    let cluster = Topology::of(
        (target("main", 5001), with_consumer(primary(), "sb1", 1.0)),
        vec![(target("one", 5002), Ok(standby("sb1", 5001)))],
        0,
    );
    Readiness::of(&cluster, &here, vec![(target("one", 5002), Ok(there))])
}

fn lost(readiness: &Readiness) -> &Reason {
    match &readiness.slots[0].verdict {
        Verdict::Lost(reason) => reason,
        other => panic!("{other:?}"),
    }
}

fn marked(name: &str) -> LogicalSlot {
    LogicalSlot { failover: true, ..slot(name) }
}

fn copy(name: &str) -> LogicalSlot {
    LogicalSlot { synced: true, ..marked(name) }
}

#[test]
fn a_slot_with_a_complete_copy_is_safe_on_that_standby() {
    let readiness = judged(here(180_004, vec![marked("s")]), there(vec![copy("s")]));
    assert_eq!(readiness.slots[0].verdict, Verdict::Safe { on: vec!["one".into()], not_on: vec![] });
}

#[test]
fn a_slot_without_a_complete_copy_will_be_lost_and_says_why() {
    let temporary = LogicalSlot { temporary: true, ..copy("s") };
    let invalid = LogicalSlot { lost: true, ..copy("s") };
    let cases: [(LogicalSlot, FailoverSight, &str); 9] = [
        (slot("s"), there(vec![]), "not marked for failover"),
        (LogicalSlot { lost: true, ..marked("s") }, there(vec![]), "lost already"),
        (marked("s"), there(vec![temporary]), "not complete yet"),
        (marked("s"), there(vec![invalid]), "copy on one is lost"),
        (marked("s"), there(vec![slot("s")]), "one has a slot s of its own, which stops the copying of all"),
        (marked("s"), FailoverSight { copies: false, ..there(vec![]) }, "sync_replication_slots off"),
        (marked("s"), FailoverSight { feedback: false, ..there(vec![]) }, "hot_standby_feedback off"),
        (
            marked("s"),
            FailoverSight { conninfo: Some(Conninfo::parse("host=a")), ..there(vec![]) },
            "no database in primary_conninfo",
        ),
        (marked("s"), there(vec![]), "no copy of it yet"),
    ];
    for (slot, standby, why) in cases {
        let readiness = judged(here(180_004, vec![slot]), standby);
        assert!(lost(&readiness).why.en.contains(why), "{why}: {:?}", readiness.slots[0].verdict);
    }
}

#[test]
fn one_slot_of_the_standby_s_own_stops_the_copying_of_all_and_is_trouble() {
    let readiness = judged(here(180_004, vec![marked("a"), marked("b")]), there(vec![slot("a")]));
    for ready in &readiness.slots {
        let Verdict::Lost(reason) = &ready.verdict else { panic!("{:?}", ready.verdict) };
        assert_eq!(reason.way.link, "/replication/slot?target=one&name=a");
    }
    assert!(readiness.findings.iter().any(|finding| finding.severity == Severity::Bad));
}

#[test]
fn before_version_17_every_slot_is_lost_unless_somebody_else_keeps_it() {
    let old = FailoverSight { version: 150_018, ..there(vec![]) };
    let readiness = judged(here(150_018, vec![slot("s")]), old.clone());
    assert_eq!(lost(&readiness).why.en, "PostgreSQL 15 does not copy logical slots to standbys.");
    let kept = FailoverSight { logical: vec![slot("s")], ..old };
    let readiness = judged(here(150_018, vec![slot("s")]), kept);
    assert!(matches!(readiness.slots[0].verdict, Verdict::Unknown(_)));
}

#[test]
fn without_a_known_standby_nothing_can_be_told() {
    let cluster = Topology::of((target("main", 5001), primary()), vec![], 0);
    let readiness = Readiness::of(&cluster, &here(180_004, vec![marked("s")]), vec![]);
    assert!(matches!(&readiness.slots[0].verdict, Verdict::Unknown(reason) if reason.why.en.starts_with("No standby")));
}

#[test]
fn a_name_that_stops_all_consumers_is_trouble() {
    for (names, why) in [("ghost", "which does not exist"), ("s", "which is a logical one"), ("sb1", "")] {
        let mut here = here(180_004, vec![marked("s")]);
        here.synchronized = names.into();
        let readiness = judged(here, there(vec![copy("s")]));
        let trouble = readiness.findings.iter().find(|finding| finding.severity == Severity::Bad);
        match trouble {
            Some(trouble) => assert!(!why.is_empty() && trouble.words.en.contains(why), "{}", trouble.words.en),
            None => assert!(why.is_empty(), "{names} must be found"),
        }
    }
}

#[test]
fn consumers_that_may_run_ahead_of_the_standby_are_a_note() {
    let readiness = judged(here(180_004, vec![marked("s")]), there(vec![copy("s")]));
    let note = readiness.findings.iter().find(|it| it.words.en.contains("run ahead of one")).expect("it is told");
    assert_eq!(note.severity, Severity::Note);
    assert!(note.link.ends_with("name=synchronized_standby_slots&value=sb1"), "{}", note.link);
}
