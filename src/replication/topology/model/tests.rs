//! What the model makes of what servers say.

use super::*;
use crate::error::{AppError, Kind};
use crate::replication::finding::Severity;
use crate::targets::model::TargetKind;

pub(in crate::replication) fn target(id: &str, port: u16) -> Target {
    let target_id = TargetId::parse(id).expect("a target's name");
    Target { id: target_id, kind: TargetKind::Postgresql, name: id.to_owned(), host: "10.0.0.1".into(), port }
}

pub(in crate::replication) fn primary() -> Sight {
    Sight {
        version: 180_004,
        system: "7".into(),
        cluster: "main".into(),
        role: "outgrow".into(),
        may_see: true,
        answer_every: 10,
        sender_timeout: 60_000,
        max_senders: 10,
        commit: "on".into(),
        ..Sight::default()
    }
}

/// A standby that uses this slot of the server at this port.
pub(in crate::replication) fn standby(slot: &str, port: u16) -> Sight {
    let receiving = Receiving {
        slot: slot.into(),
        upstream: Some(Conninfo::parse(&format!("host=10.0.0.1 port={port} application_name={slot}"))),
        running: true,
        feedback: true,
        ..Receiving::default()
    };
    Sight { standby: true, receiving: Some(receiving), ..primary() }
}

pub(in crate::replication) fn with_consumer(sight: Sight, slot: &str, silent: f64) -> Sight {
    let stream = Stream {
        state: "streaming".into(),
        sync: "async".into(),
        total: Some(1000),
        write_lag: Some(0.001),
        silent: Some(silent),
        ..Stream::default()
    };
    let sender = Sender {
        pid: 100,
        application: slot.into(),
        slot: Some(slot.into()),
        stream: Some(stream),
        ..Sender::default()
    };
    let seen = SlotSeen { name: slot.into(), active: true, ..SlotSeen::default() };
    let mut sight = sight;
    sight.senders.push(sender);
    sight.slots.push(seen);
    (sight.senders_total, sight.slots_total) = (sight.senders.len() as i64, sight.slots.len() as i64);
    sight
}

fn put_together(here: Sight, others: Vec<(&str, u16, Sight)>) -> Topology {
    let others = others.into_iter().map(|(id, port, sight)| (target(id, port), Ok(sight))).collect();
    Topology::of((target("main", 5001), here), others, 0)
}

fn found<'a>(topology: &'a Topology, part: &str) -> Option<&'a Finding> {
    topology.findings.iter().find(|finding| finding.words.en.contains(part))
}

fn known(id: &str, streams: bool) -> Upstream {
    Upstream::Known { id: TargetId::parse(id).expect("a target's name"), streams }
}

#[test]
fn a_standby_is_joined_to_the_server_whose_slot_it_uses() {
    let here = with_consumer(primary(), "sb1", 1.0);
    let second = with_consumer(standby("sb1", 5001), "sb2", 1.0);
    let topology = put_together(here, vec![("one", 5002, second), ("two", 5003, standby("sb2", 5002))]);
    assert_eq!(topology.members[1].upstream, known("main", true));
    assert_eq!(topology.members[2].upstream, known("one", true));
    assert_eq!(topology.here().sight.senders[0].peer.as_ref().map(TargetId::as_str), Some("one"));
    assert_eq!(topology.findings, []);
    assert_eq!(topology.series(), [("sb1".to_owned(), 1000.0)]);
}

#[test]
fn a_server_of_another_system_is_no_member() {
    let other = Sight { system: "8".into(), ..standby("sb1", 5001) };
    assert_eq!(put_together(primary(), vec![("one", 5002, other)]).members.len(), 1);
}

#[test]
fn a_standby_that_tells_nothing_of_where_it_streams_from_is_not_joined() {
    let mut lost = standby("", 5001);
    lost.receiving = Some(Receiving { upstream: None, ..Receiving::default() });
    let topology = put_together(primary(), vec![("one", 5002, lost)]);
    assert_eq!(topology.members[1].upstream, Upstream::Untold);
}

#[test]
fn a_standby_of_a_server_that_is_no_target_is_told_to_be_elsewhere() {
    let topology = put_together(standby("sb1", 6000), vec![]);
    assert_eq!(topology.here().upstream, Upstream::Elsewhere { host: "10.0.0.1".into(), port: 6000 });
}

#[test]
fn silence_beyond_twice_the_interval_of_the_standby_itself_is_no_answer() {
    let mut quick = standby("sb1", 5001);
    quick.answer_every = 1;
    for (silent, every, answers) in [(1.9, &quick, true), (2.1, &quick, false), (19.0, &primary(), true)] {
        let here = with_consumer(primary(), "sb1", silent);
        let answer = arrange::answering(here.senders[0].stream.as_ref(), &here, Some(every));
        assert_eq!(answer == Answering::Yes, answers, "{silent}");
    }
    let topology = put_together(with_consumer(primary(), "sb1", 12.4), vec![("one", 5002, quick)]);
    let finding = found(&topology, "sb1 has given main no answer for 12 s").expect("it is told");
    assert_eq!(finding.severity, Severity::Bad);
}

#[test]
fn clocks_that_differ_make_nobody_silent() {
    let mut late = standby("sb1", 5001);
    late.clock_ahead = -60.0;
    let here = with_consumer(primary(), "sb1", 61.0);
    let stream = here.senders[0].stream.as_ref();
    assert_eq!(arrange::answering(stream, &here, Some(&late)), Answering::Yes);
    assert_eq!(arrange::answering(stream, &here, None), Answering::Silent(61.0));
    let ahead = Stream { silent: Some(-30.0), ..stream.cloned().expect("a stream") };
    assert_eq!(arrange::answering(Some(&ahead), &here, None), Answering::ClockAhead(30.0));
}

#[test]
fn where_answers_are_switched_off_the_server_s_own_timeout_counts() {
    let mut quiet = standby("sb1", 5001);
    quiet.answer_every = 0;
    let here = with_consumer(primary(), "sb1", 45.0);
    let stream = here.senders[0].stream.as_ref();
    assert_eq!(arrange::answering(stream, &here, Some(&quiet)), Answering::Yes);
    let patient = Sight { sender_timeout: 0, ..here.clone() };
    assert_eq!(arrange::answering(stream, &patient, Some(&quiet)), Answering::Untold);
}

#[test]
fn what_may_not_be_seen_is_not_nothing() {
    let mut here = with_consumer(primary(), "sb1", 1.0);
    here.senders[0].stream = None;
    here.may_see = false;
    let topology = put_together(here, vec![]);
    assert_eq!(topology.here().sight.senders[0].answering, Answering::Hidden);
    assert_eq!(topology.series(), []);
    let finding = found(&topology, "may not see the lag").expect("it is told");
    assert_eq!(finding.why.en, "To allow it: GRANT pg_monitor TO \"outgrow\"");
}

#[test]
fn a_slot_that_a_standby_wants_and_its_primary_lacks_is_found() {
    let mut waiting = standby("ghost", 5001);
    waiting.receiving.as_mut().expect("a standby").running = false;
    let topology = put_together(with_consumer(primary(), "other", 1.0), vec![("one", 5002, waiting)]);
    let finding = found(&topology, "wants the slot ghost").expect("it is found");
    assert_eq!(finding.severity, Severity::Bad);
    assert_eq!(finding.link, "/replication?target=main&action=create_slot&kind=physical&name=ghost&reserve=yes");
    assert_eq!(found(&topology, "receives no WAL"), None, "one cause is told once");
}

#[test]
fn a_slot_beyond_those_that_were_read_is_not_told_to_be_missing() {
    let mut here = with_consumer(primary(), "other", 1.0);
    here.slots_total = 3000;
    let topology = put_together(here, vec![("one", 5002, standby("ghost", 5001))]);
    assert_eq!(found(&topology, "wants the slot"), None);
}

#[test]
fn commits_hang_when_too_few_of_the_named_standbys_stream() {
    let mut here = with_consumer(primary(), "sb1", 1.0);
    here.synchronous = "FIRST 1 (ghost)".into();
    let topology = put_together(here.clone(), vec![]);
    let finding = found(&topology, "Commits on main hang: 0 of 1 synchronous standbys can confirm").expect("told");
    assert_eq!(finding.severity, Severity::Bad);
    let stream = here.senders[0].stream.as_mut().expect("a stream");
    stream.sync = "sync".into();
    assert_eq!(found(&put_together(here.clone(), vec![]), "hang"), None);
    here.senders[0].stream.as_mut().expect("a stream").silent = Some(600.0);
    assert!(found(&put_together(here.clone(), vec![]), "hang").is_some(), "one that is frozen confirms nothing");
    here.commit = "local".into();
    assert_eq!(found(&put_together(here, vec![]), "hang"), None);
}

#[test]
fn what_a_standby_says_of_itself_is_found() {
    let mut odd = standby("", 5001);
    let receiving = odd.receiving.as_mut().expect("a standby");
    (receiving.paused, receiving.delay) = (true, 3_600_000);
    let topology = put_together(primary(), vec![("one", 5002, odd)]);
    for part in ["one uses no slot", "Replay is paused on one", "one is 1 h late on purpose"] {
        assert!(found(&topology, part).is_some(), "{part}: {:?}", topology.findings);
    }
}

#[test]
fn two_servers_of_one_system_that_both_accept_writes_are_found() {
    let topology = put_together(primary(), vec![("copy", 5002, primary())]);
    assert!(found(&topology, "accepts writes: main, copy").is_some());
}

#[test]
fn who_did_not_answer_is_named_and_the_rest_is_there() {
    let silent = AppError::new(Kind::Unreachable, Words::same("no"), Words::default());
    let topology = Topology::of((target("main", 5001), primary()), vec![(target("one", 5002), Err(silent))], 0);
    assert_eq!(topology.unheard.len(), 1);
    assert!(found(&topology, "Not heard: one").is_some());
}

#[test]
fn a_subscription_of_another_server_is_joined_to_its_walsender() {
    let mut here = with_consumer(primary(), "sub", 1.0);
    here.senders[0].database = Some("shop".into());
    let subscription = Subscription { name: "sub".into(), slot: Some("sub".into()), enabled: true };
    let subscriber = Sight { system: "8".into(), subscriptions: vec![subscription], ..primary() };
    let topology = put_together(here, vec![("reports", 5002, subscriber)]);
    let sender = &topology.here().sight.senders[0];
    assert_eq!(sender.peer.as_ref().map(TargetId::as_str), Some("reports"));
    assert_eq!(sender.subscription.as_deref(), Some("sub"));
}

#[test]
fn of_two_hundred_walsenders_the_worst_are_shown_and_the_rest_is_counted() {
    let mut here = primary();
    for number in 0..200 {
        here = with_consumer(here, &format!("sb{number}"), if number == 150 { 90.0 } else { 1.0 });
    }
    let topology = put_together(here, vec![]).trimmed();
    let senders = &topology.here().sight.senders;
    assert_eq!((senders.len(), topology.here().sight.senders_total), (SHOWN, 200));
    assert_eq!(senders[0].slot.as_deref(), Some("sb150"), "the one that does not answer comes first");
}
