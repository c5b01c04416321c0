//! What the plans say, of facts as the servers give them, also of versions that no test can run.

use super::*;
use crate::change::{Blast, Check, Plan, Verdict};
use crate::sharding::model::{Release, Version};
use crate::sharding::mongo::size::Size;
use crate::sharding::shards::model::Shard;
use crate::sharding::shards::model::drain::{Balancing, CollectionLeft, Left};
use crate::sharding::shards::model::hosts::ReplicaSet;
use crate::sharding::shards::mongo::facts::{Adding, Cluster, Going};
use crate::sharding::shards::mongo::primary::{Moved, Moving};
use crate::sharding::shards::mongo::read::{Home, Stats};

fn shard(name: &str) -> Shard {
    Shard { name: name.into(), host: format!("{name}/{name}.example:27018"), ..Shard::default() }
}

fn release(major: u16, minor: u16) -> Release {
    Release { version: Version::new(major, minor, 5), fcv: Version::new(major, minor, 0) }
}

fn cluster() -> Cluster {
    Cluster {
        shards: vec![shard("shard1"), shard("shard2")],
        release: release(6, 0),
        resharded: Vec::new(),
        balancing: Balancing::On,
    }
}

fn told(checks: &[Check], verdict: Verdict) -> String {
    checks.iter().filter(|it| it.verdict == verdict).map(|it| format!("{} {}\n", it.found.en, it.advice.en)).collect()
}

fn blocked(plan: &Plan) -> String {
    told(&plan.checks, Verdict::Block)
}

fn add(seed: &str, name: Option<&str>, facts: &Adding) -> Plan {
    add::plan("shop", &ReplicaSet::parse(seed).expect("a replica set"), name, facts)
}

fn adding() -> Adding {
    Adding { cluster: cluster(), config: "cfg/cfg.example:27019".into() }
}

#[test]
fn a_shard_is_added_by_what_was_typed() {
    let plan = add("rs3/db5.example:27018", Some("third"), &adding());
    assert_eq!(blocked(&plan), "");
    assert_eq!(plan.commands[0].exact, r#"{"addShard":"rs3/db5.example:27018","name":"third"}"#);
    assert_eq!(plan.commands[0].typed, r#"db.adminCommand({ addShard: "rs3/db5.example:27018", name: "third" })"#);
    let plain = add("rs3/db5.example:27018", None, &adding());
    assert_eq!(plain.commands[0].typed, r#"sh.addShard("rs3/db5.example:27018")"#);
    assert!(told(&plan.checks, Verdict::Warn).contains("Not known from here"), "what cannot be known is told");
}

#[test]
fn what_is_known_to_fail_is_not_sent() {
    let why = |seed: &str, name| blocked(&add(seed, name, &adding()));
    assert!(why("rs3/db5:27018", Some("shard1")).contains("There is a shard shard1 already"));
    assert!(why("rs3/db5:27018", Some("config")).contains("config servers' own name"));
    assert!(why("shard1/db5:27018", Some("x")).contains("is the shard shard1 already"));
    assert!(why("cfg/db5:27018", None).contains("replica set of the config servers"));
    assert!(why("rs3/SHARD1.example:27018", None).contains("belongs to this cluster already"));
    assert!(why("rs3/localhost:27018", None).contains("do not agree in using localhost"));
    let resharded = Cluster { resharded: vec!["a.b".into()], ..cluster() };
    assert!(
        blocked(&add("rs3/db5:1", None, &Adding { cluster: resharded, ..adding() })).contains("a.b is being resharded")
    );
}

#[test]
fn spreading_anew_is_told_where_the_cluster_can_do_it() {
    let tells = |release| {
        let facts = Adding { cluster: Cluster { release, ..cluster() }, ..adding() };
        add("rs3/db5:1", None, &facts).effect.iter().any(|it| it.en.contains("forceRedistribution"))
    };
    assert!(tells(release(8, 0)) && !tells(release(7, 0)));
}

fn going() -> Going {
    Going {
        cluster: cluster(),
        left: Left {
            shard: "shard2".into(),
            chunks: Some(7),
            jumbo: Some(0),
            databases: Some(vec!["shop".into()]),
            owned: Some(10 << 20),
            orphaned: Some(0),
            ..Left::default()
        },
        zones: Some(Vec::new()),
        disks: vec![("shard1/other.example:1".into(), Stats { free: Some(1 << 30), collections: Some(0) })],
    }
}

fn of(release: Release) -> Going {
    Going { cluster: Cluster { release, ..cluster() }, ..going() }
}

fn drained(facts: &Going) -> Plan {
    drain::plan("shop", "shard2", "shard2/shard2.example:27018", facts)
}

fn draining(mut facts: Going) -> Going {
    facts.cluster.shards[1].draining = true;
    facts
}

#[test]
fn draining_uses_the_commands_of_the_clusters_version() {
    let old = drained(&of(release(8, 0)));
    assert_eq!(old.commands[0].exact, r#"{"removeShard":"shard2"}"#);
    assert!(old.way_back.en.starts_with("None: MongoDB 8.0 has no command"), "{}", old.way_back.en);
    let new = drained(&of(release(8, 2)));
    assert_eq!(new.commands[0].exact, r#"{"startShardDraining":"shard2"}"#);
    assert!(new.way_back.en.starts_with("Stop draining"), "{}", new.way_back.en);
    assert_eq!(old.blast, Blast::TypeName("shard2".into()));
    assert_eq!(blocked(&old) + &blocked(&new), "");
    assert!(old.effect[0].en.contains("all its chunks (7; 10.0 MiB)"), "{}", old.effect[0].en);
}

#[test]
fn a_draining_that_would_be_refused_is_not_sent() {
    let why = |facts: Going| blocked(&drained(&facts));
    assert!(why(Going { zones: Some(vec!["EU".into()]), ..going() }).contains("only shard of the zone EU"));
    assert!(why(draining(going())).contains("being drained already"));
    let mut alone = going();
    alone.cluster.shards.remove(0);
    assert!(why(alone).contains("No other shard stays"));
    let mut others_go = going();
    others_go.cluster.shards[0].draining = true;
    assert!(why(others_go).contains("No other shard stays"));
    let resharded = Cluster { resharded: vec!["a.b".into()], ..cluster() };
    assert!(why(Going { cluster: resharded, ..going() }).contains("a.b is being resharded"));
    let full = vec![("shard1/x:1".into(), Stats { free: Some(1 << 20), collections: None })];
    assert!(why(Going { disks: full, ..going() }).contains("Make room first"));
}

#[test]
fn the_config_shard_is_not_removed_like_the_others() {
    let mut facts = going();
    facts.cluster.shards[1] = Shard { name: "config".into(), host: "cfg/h:1".into(), ..Shard::default() };
    let plan = drain::plan("shop", "config", "cfg/h:1", &facts);
    assert!(blocked(&plan).contains("transitionToDedicatedConfigServer"));
}

#[test]
fn a_shard_that_was_replaced_since_is_not_drained() {
    let plan = drain::plan("shop", "shard2", "shard2/old.example:27018", &going());
    assert!(blocked(&plan).contains("no longer what you looked at"));
    assert!(blocked(&drain::plan("shop", "shard9", "", &going())).contains("There is no shard shard9"));
}

#[test]
fn what_will_hold_the_draining_up_is_told_beforehand() {
    let warned = |facts: Going| told(&drained(&facts).checks, Verdict::Warn);
    assert_eq!(warned(going()), "");
    let off = Cluster { balancing: Balancing::Off, ..cluster() };
    assert!(warned(Going { cluster: off, ..going() }).contains("The balancer is off."));
    let mut jumbo = going();
    let unseen = warned(Going { zones: None, ..going() });
    assert!(
        unseen.contains("would lose its last shard is not known"),
        "what was not read is not told as fine: {unseen}"
    );
    jumbo.left.jumbo = None;
    assert!(warned(jumbo.clone()).contains("marked as jumbo is not known"));
    jumbo.left.jumbo = Some(2);
    assert!(warned(jumbo).contains("marked as jumbo, and will not move: 2"));
    let mut frozen = going();
    let held = crate::sharding::shards::model::drain::Held::Frozen;
    frozen.left.collections =
        vec![CollectionLeft { namespace: "a.b".into(), chunks: 1, held, ..CollectionLeft::default() }];
    assert!(warned(frozen).contains("for example a.b"));
    assert!(warned(Going { disks: Vec::new(), ..going() }).contains("is not known"));
}

#[test]
fn a_draining_can_be_stopped_from_8_2_on_only() {
    let stop = |facts: Going| stop::plan("shop", "shard2", "shard2/shard2.example:27018", &facts);
    let plan = stop(draining(of(release(8, 2))));
    assert_eq!(blocked(&plan), "");
    assert_eq!(plan.commands[0].exact, r#"{"stopShardDraining":"shard2"}"#);
    assert!(blocked(&stop(of(release(8, 2)))).contains("is not being drained"));
    let refused = blocked(&stop(draining(of(release(8, 0)))));
    assert!(refused.contains("8.2") && refused.contains("by hand"), "{refused}");
    let lacks_fcv = Release { version: Version::new(8, 2, 0), fcv: Version::new(8, 0, 0) };
    assert!(blocked(&stop(draining(of(lacks_fcv)))).contains("8.2"));
}

fn committed(facts: &Going) -> Plan {
    commit::plan("shop", "shard2", "shard2/shard2.example:27018", facts)
}

#[test]
fn only_an_emptied_shard_is_taken_out() {
    let empty = |release| {
        let mut facts = draining(of(release));
        (facts.left.chunks, facts.left.databases) = (Some(0), Some(Vec::new()));
        facts
    };
    let old = committed(&empty(release(6, 0)));
    assert_eq!((blocked(&old).as_str(), old.commands[0].exact.as_str()), ("", r#"{"removeShard":"shard2"}"#));
    let new = committed(&empty(release(8, 2)));
    assert_eq!(new.commands[0].exact, r#"{"commitShardRemoval":"shard2"}"#);
    assert!(blocked(&committed(&draining(going()))).contains("chunks 7, databases 1"));
    let mut unread = empty(release(6, 0));
    unread.left.chunks = None;
    assert!(blocked(&committed(&unread)).contains("could not be read"));
}

#[test]
fn the_final_command_is_not_sent_to_a_shard_that_it_would_begin_to_drain() {
    let mut facts = going();
    (facts.left.chunks, facts.left.databases) = (Some(0), Some(Vec::new()));
    let plan = common::without_effect(committed(&facts));
    assert!(blocked(&plan).contains("would start that"));
    assert!(plan.commands.is_empty());
}

fn moving() -> Moving {
    let moved = |name: &str, bytes| Moved { name: name.into(), size: Some(Size { documents: 1, bytes }) };
    Moving {
        home: Some(Home { primary: "shard2".into(), uuid: Some("u1".into()) }),
        shards: vec![shard("shard1"), shard("shard2")],
        release: release(6, 0),
        moved: Some(vec![moved("carts", 5 << 20), moved("logs", 3 << 20)]),
        placed: 1,
        views: 1,
        told: vec![("shard1/x:1".into(), Stats { free: Some(1 << 30), collections: Some(1) })],
        resharded: Vec::new(),
    }
}

fn move_to(to: &str, facts: &Moving) -> Plan {
    let wanted = primary::Wanted { database: "shop", to, from: "shard2", uuid: Some("u1") };
    primary::plan("shop", &wanted, facts)
}

#[test]
fn what_a_move_of_the_primary_shard_moves_and_blocks_is_told() {
    let plan = move_to("shard1", &moving());
    assert_eq!(blocked(&plan), "");
    assert_eq!(plan.commands[0].exact, r#"{"movePrimary":"shop","to":"shard1"}"#);
    assert_eq!(plan.blast, Blast::TypeName("shop".into()));
    let effect = &plan.effect[0].en;
    assert_eq!(effect, "Copied to shard1, 2 in all (8.0 MiB, uncompressed): carts (5.0 MiB), logs (3.0 MiB).");
    assert!(told(&plan.checks, Verdict::Warn).contains("writes to them fail meanwhile"));
    assert_eq!(plan.way_back.en, "Move it back to shard2: the same copy and the same block again.");
}

#[test]
fn a_move_that_would_be_refused_is_not_sent() {
    let why = |to: &str, facts: Moving| blocked(&move_to(to, &facts));
    assert!(why("shard2", moving()).contains("shard2 is the primary shard of"));
    assert!(why("nope", moving()).contains("There is no shard nope (70)"));
    let mut draining = moving();
    draining.shards[0].draining = true;
    assert!(why("shard1", draining).contains("is being drained"));
    assert!(why("shard1", Moving { home: None, ..moving() }).contains("There is no database shop"));
    let anew = Some(Home { primary: "shard2".into(), uuid: Some("u2".into()) });
    assert!(why("shard1", Moving { home: anew, ..moving() }).contains("no longer what you looked at"));
    let full = vec![("shard1/x:1".into(), Stats { free: Some(1 << 20), collections: Some(0) })];
    assert!(why("shard1", Moving { told: full, ..moving() }).contains("Make room on shard1"));
}

#[test]
fn what_is_not_known_of_a_move_is_told_as_not_known() {
    let warned = |facts: Moving| told(&move_to("shard1", &facts).checks, Verdict::Warn);
    assert!(warned(Moving { told: Vec::new(), ..moving() }).contains("Free on shard1: unknown; to be moved: 8.0 MiB."));
    assert!(warned(Moving { moved: None, ..moving() }).contains("could not be listed"));
    let leftover = vec![("shard1/x:1".into(), Stats { free: Some(1 << 30), collections: Some(3) })];
    assert!(warned(Moving { told: leftover, ..moving() }).contains("A leftover of the same name stops the move (48)"));
    assert!(warned(Moving { release: release(4, 4), ..moving() }).contains("flushRouterConfig"));
}
