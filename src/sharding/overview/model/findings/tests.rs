//! What is found in clusters that are made up.

use super::super::*;
use super::findings;
use crate::finding::Severity;
use crate::words;

fn member(address: &str, state: MemberState) -> Member {
    Member { address: address.into(), state }
}

fn shard(id: &str) -> Shard {
    Shard {
        id: id.into(),
        set: id.into(),
        members: vec![member(&format!("{id}:1"), MemberState::Primary)],
        draining: false,
        zones: Vec::new(),
        answer: Answer::Answers(Version::new(6, 0, 5)),
        held: Held::Apart { owned: 1_000, orphaned: 0 },
        disk: Some((50, 100)),
    }
}

/// A cluster with which nothing is wrong.
fn fine() -> Overview {
    Overview {
        target: "c".into(),
        release: Release { version: Version::new(6, 0, 5), fcv: Version::new(6, 0, 0) },
        shards: vec![shard("a"), shard("b")],
        routers: vec![Router { address: "r:1".into(), version: "6.0.5".into(), age: 5_000 }],
        config: ConfigServers {
            set: "cfg".into(),
            members: vec![member("x:1", MemberState::Primary), member("y:1", MemberState::Secondary)],
            micros: 900,
            version: Some(Version::new(6, 0, 5)),
        },
        balancing: Balancing { on: true, works: Some(true), chunk_bytes: 128 << 20, ..Balancing::default() },
        counts: Counts::default(),
        reshardings: Vec::new(),
        sizes: Sizes { offered: true, age: Some(5), ..Sizes::default() },
        asked: Some(5),
        findings: Vec::new(),
    }
}

fn found(change: impl FnOnce(&mut Overview)) -> Vec<(Severity, String)> {
    let mut seen = fine();
    change(&mut seen);
    findings(&seen).into_iter().map(|finding| (finding.severity, finding.words.en)).collect()
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    assert_eq!(found(|_| ()), []);
}

#[test]
fn config_servers_without_a_primary_are_the_worst() {
    let seen = found(|seen| seen.config.members[0].state = MemberState::Down);
    assert_eq!(seen, [(Severity::Bad, "The config servers take no writes.".into())]);
    // Where the router does not watch them, the signs of the routers tell it.
    let seen = found(|seen| {
        seen.config.members.clear();
        seen.routers[0].age = 61_000;
    });
    assert_eq!(seen[0].1, "The config servers take no writes.");
    let seen = found(|seen| seen.config.members[1].state = MemberState::Down);
    assert_eq!(seen, [(Severity::Warn, "1 of 2 config servers answer.".into())]);
}

#[test]
fn a_silent_shard_is_worse_than_a_member_that_is_down() {
    let seen = found(|seen| seen.shards[0].answer = Answer::Silent);
    assert_eq!(seen, [(Severity::Bad, "a does not answer.".into())]);
    let seen = found(|seen| seen.shards[1].members.push(member("b:2", MemberState::Down)));
    assert_eq!(seen, [(Severity::Warn, "1 of 2 members of b do not answer: b:2.".into())]);
    // One that was not asked is known by its members.
    let seen = found(|seen| {
        seen.shards[0].answer = Answer::NotAsked;
        seen.shards[0].members[0].state = MemberState::Down;
    });
    assert_eq!(seen[0], (Severity::Bad, "a does not answer.".into()));
}

#[test]
fn draining_without_a_balancer_never_ends() {
    let seen = found(|seen| seen.shards[1].draining = true);
    assert_eq!(seen, [(Severity::Note, "b is being drained: 1000 B are left.".into())]);
    let seen = found(|seen| {
        seen.shards[1].draining = true;
        seen.balancing.on = false;
    });
    assert_eq!(seen[0], (Severity::Bad, "b is being drained: 1000 B are left.".into()));
    assert_eq!(seen[1], (Severity::Warn, "The balancer is switched off.".into()));
}

#[test]
fn a_balancer_that_is_dead_is_not_told_to_be_on() {
    let seen = found(|seen| seen.balancing.wrong = vec![words!("Bad.", "나쁨.")]);
    assert_eq!(seen, [(Severity::Bad, "The balancer is dead: its settings are malformed.".into())]);
    let seen = found(|seen| {
        seen.balancing.works = Some(false);
        seen.balancing.why_not = vec![words!("It is closed.", "닫혔습니다.")];
    });
    assert_eq!(seen, [(Severity::Note, "The balancer is on and moves no chunks now.".into())]);
}

#[test]
fn versions_that_differ_and_an_upgrade_that_was_not_ended_are_told() {
    let seen = found(|seen| seen.shards[0].answer = Answer::Answers(Version::new(6, 0, 2)));
    assert_eq!(seen, [(Severity::Warn, "The parts have different versions: 6.0.2, 6.0.5.".into())]);
    let seen = found(|seen| seen.release.fcv = Version::new(5, 0, 0));
    assert_eq!(seen, [(Severity::Note, "The feature compatibility version is 5.0, the servers are 6.0.".into())]);
}

#[test]
fn a_router_that_went_away_is_worth_a_word_only() {
    let gone = Router { address: "old:1".into(), version: "4.4.1".into(), age: 90_000 };
    let seen = found(|seen| seen.routers.push(gone));
    assert_eq!(seen[0].0, Severity::Note);
    assert!(seen.len() == 1 && seen[0].1.contains("1 (old:1)"), "{seen:?}");
}

#[test]
fn full_disks_orphans_and_homeless_zones_are_told() {
    let seen = found(|seen| {
        seen.shards[0].disk = Some((96, 100));
        seen.shards[1].disk = Some((91, 100));
        seen.shards[1].held = Held::Apart { owned: 700, orphaned: 300 };
        seen.sizes.homeless = vec!["EU".into()];
    });
    let expected = [
        (Severity::Bad, "The disk of a is 96% full: 4 B are free."),
        (Severity::Warn, "The disk of b is 91% full: 9 B are free."),
        (Severity::Warn, "The zone EU has ranges and no shard."),
        (Severity::Note, "b still holds 300 B that have moved away."),
    ];
    assert_eq!(seen, expected.map(|(severity, words)| (severity, words.to_owned())));
}

#[test]
fn what_is_uneven_is_worse_when_nothing_moves() {
    let measure = Measure {
        unit: crate::sharding::model::Unit::Bytes,
        difference: 500,
        threshold: 400,
        most: "a".into(),
        least: "b".into(),
    };
    let uneven = |seen: &mut Overview| {
        seen.sizes.worst = vec![("db.c".into(), measure.clone())];
        seen.sizes.uneven = 1;
    };
    assert_eq!(found(uneven), [(Severity::Note, "db.c is spread unevenly.".into())]);
    let seen = found(|seen| {
        uneven(seen);
        seen.balancing.on = false;
        seen.sizes.uneven = 3;
    });
    assert_eq!(seen[1], (Severity::Warn, "3 collections are spread unevenly, db.c most.".into()));
}
