//! What the model makes of what servers say.

use super::*;
use crate::replication::finding::Severity;
use crate::replication::topology::model::Topology;
use crate::replication::topology::model::tests::{primary, standby, target, with_consumer};

fn holder(kind: Kind, name: &str, xid: i64, age: i64) -> Holder {
    Holder {
        kind,
        name: name.into(),
        pid: Some(42),
        logical: false,
        active: true,
        user: None,
        database: None,
        state: None,
        since: None,
        xid,
        age,
        query: "SELECT secret".into(),
        traced: None,
    }
}

fn sight(holders: Vec<Holder>) -> HorizonSight {
    let total = holders.len() as i64;
    HorizonSight { freeze_max_age: 200_000_000, holders, total, ..HorizonSight::default() }
}

/// A primary with one standby, what holds on each.
fn traced(here: Vec<Holder>, there: Vec<Holder>) -> Horizon {
    let cluster = Topology::of(
        (target("main", 5001), with_consumer(primary(), "sb1", 1.0)),
        vec![(target("one", 5002), Ok(standby("sb1", 5001)))],
        0,
    );
    Horizon::of(&cluster, sight(here), &vec![(target("one", 5002), Ok(sight(there)))])
}

#[test]
fn a_standby_s_slot_is_named_where_it_holds_the_primary() {
    let forgotten = Holder { logical: true, active: false, ..holder(Kind::SlotCatalogXmin, "fo2", 700, 60_000) };
    let session = holder(Kind::Session, "psql", 690, 60_010);
    let horizon = traced(vec![holder(Kind::SlotCatalogXmin, "sb1", 700, 60_568)], vec![session, forgotten]);
    let (cause, on) = horizon.sight.holders[0].cause(&horizon.target);
    assert_eq!((cause.name.as_str(), on.id.as_str()), ("fo2", "one"));
    let finding = &horizon.findings[0];
    assert_eq!(finding.severity, Severity::Warn);
    assert_eq!(finding.words.en, "On main, the slot sb1 holds 60,568 transactions, because of the slot fo2 on one.");
    assert_eq!(finding.link, "/replication/slot?target=one&name=fo2");
}

#[test]
fn what_holds_newer_transactions_only_is_not_the_cause() {
    // The numbers go round: 10 comes after 4,294,967,290.
    let horizon =
        traced(vec![holder(Kind::SlotXmin, "sb1", 4_294_967_290, 20)], vec![holder(Kind::Session, "psql", 10, 4)]);
    assert!(matches!(horizon.sight.holders[0].traced.as_deref(), Some(Trace::Released { .. })));
    let horizon =
        traced(vec![holder(Kind::SlotXmin, "sb1", 10, 4)], vec![holder(Kind::Session, "psql", 4_294_967_290, 20)]);
    assert!(matches!(horizon.sight.holders[0].traced.as_deref(), Some(Trace::Found { .. })));
}

#[test]
fn a_standby_that_is_no_target_is_told_to_be_unknown() {
    let horizon = traced(vec![holder(Kind::SlotXmin, "other", 10, 4)], vec![]);
    assert!(matches!(horizon.sight.holders[0].traced.as_deref(), Some(Trace::UnknownStandby)));
}

#[test]
fn a_dead_standby_s_slot_is_told_to_be_dropped_or_its_standby_brought_back() {
    let dead = Holder { active: false, ..holder(Kind::SlotXmin, "other", 10, 50_000) };
    let horizon = traced(vec![dead], vec![]);
    let (next, way) = horizon.sight.holders[0].next(&horizon.target);
    assert!(next.en.contains("Bring the standby back, or drop the slot"), "{}", next.en);
    assert_eq!(way.link, "/replication/slot?target=main&name=other");
    assert_eq!(horizon.findings.len(), 1);
}

#[test]
fn a_session_and_a_prepared_transaction_tell_the_command_that_ends_them() {
    let prepared = Holder { database: Some("shop".into()), ..holder(Kind::Prepared, "it's", 10, 4) };
    let horizon = traced(vec![prepared, holder(Kind::Session, "psql", 11, 3)], vec![]);
    let next = |place: usize| horizon.sight.holders[place].next(&horizon.target).0.en;
    assert!(next(0).contains("ROLLBACK PREPARED 'it''s'"), "{}", next(0));
    assert!(next(1).contains("SELECT pg_terminate_backend(42)"), "{}", next(1));
}

#[test]
fn beyond_the_freeze_age_it_is_trouble_and_a_young_one_is_nothing() {
    let old = holder(Kind::Session, "psql", 10, 200_000_000);
    let horizon = traced(vec![old, holder(Kind::Session, "psql", 11, 3)], vec![]);
    assert_eq!(horizon.findings.len(), 1);
    assert_eq!(horizon.findings[0].severity, Severity::Bad);
    assert_eq!(horizon.sight.holders[0].share(200_000_000), 100.0);
}

#[test]
fn who_may_not_see_data_does_not_see_what_a_session_runs_here_or_there() {
    let horizon = traced(
        vec![holder(Kind::SlotXmin, "sb1", 10, 9), holder(Kind::Session, "psql", 11, 8)],
        vec![holder(Kind::Session, "report", 10, 9)],
    );
    assert!(format!("{horizon:?}").contains("secret"));
    assert!(!format!("{:?}", horizon.without_queries()).contains("secret"));
}
