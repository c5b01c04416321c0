//! Plans of subscriptions, without a server.

use super::*;
use crate::replication::logical::model::{Name, TableName};
use crate::replication::logical::subscriptions::model::{Change, Connection};
use crate::replication::logical::subscriptions::postgres::{PublishedTable, PublisherFacts, SubscriberFacts};
use crate::replication::server::{About, Role};
use crate::replication::slots::model::SlotName;
use crate::targets::model::TargetId;

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

fn about(superuser: bool) -> About {
    About { version: 150_018, standby: false, wal_level: "logical".into(), role: Role::test("console", superuser) }
}

fn creation() -> Creation {
    Creation {
        target: TargetId::parse("sub").expect("a name"),
        database: name("shop"),
        name: name("copy"),
        publisher: Connection {
            target: Some(TargetId::parse("pub").expect("a name")),
            host: "db1".into(),
            port: 5432,
            database: name("sh'op"),
            user: name("repl"),
            secret: Secret::Target(TargetId::parse("pub").expect("a name")),
        },
        publications: vec![name("p")],
        slot: SlotName::parse("copy").expect("a name"),
        copy_data: true,
        create_slot: true,
        enabled: true,
        binary: false,
        streaming: Streaming::Off,
        two_phase: false,
        disable_on_error: false,
        origin_none: false,
        failover: false,
    }
}

fn facts() -> Facts {
    let orders = TableName::parse("public.orders").expect("a table");
    let local =
        crate::replication::logical::subscriptions::postgres::Local { columns: vec!["id".into()], has_rows: false };
    Facts {
        subscriber: SubscriberFacts {
            about: about(true),
            system: "1".into(),
            taken: false,
            may_create: true,
            workers: 4,
            workers_used: 0,
            sync_workers: 2,
            origins: 10,
            origins_used: 0,
            tables: vec![(orders.clone(), Some(local))],
            log_statement: "none".into(),
        },
        publisher: Some(Ok(PublisherFacts {
            name: "PUB".into(),
            about: about(true),
            system: "2".into(),
            slots: 10,
            slots_used: 0,
            senders: 10,
            senders_used: 0,
            slot_taken: false,
            user: Some((true, true)),
            may_connect: true,
            publications: vec!["p".into()],
            tables: vec![PublishedTable { name: orders, columns: vec!["id".into()], readable: Some(true) }],
            blocker: None,
        })),
        has_password: true,
    }
}

#[test]
fn the_statement_is_shown_with_a_mark_where_the_password_will_be() {
    let plan = create("SUB", &creation(), &facts());
    assert!(!plan.blocked(), "{:?}", plan.checks);
    assert_eq!(
        plan.commands[0].exact,
        "CREATE SUBSCRIPTION \"copy\" CONNECTION E'host=db1 port=5432 dbname=''sh\\\\''op'' user=repl \
         connect_timeout=10 password=‹password of pub›' PUBLICATION \"p\" \
         WITH (slot_name = 'copy', create_slot = true, copy_data = true, enabled = true);"
    );
}

#[test]
fn on_its_own_server_the_slot_is_made_first_and_taken_back_if_the_rest_fails() {
    let mut facts = facts();
    facts.subscriber.system = "2".into();
    let plan = create("SUB", &creation(), &facts);
    assert!(plan.commands[0].exact.contains("pg_create_logical_replication_slot('copy', 'pgoutput')"));
    assert!(plan.commands[1].exact.contains("create_slot = false"));
    assert!(plan.revert[0].exact.contains("pg_drop_replication_slot"));
    assert!(!plan.blocked(), "{:?}", plan.checks);
    let same = Creation { database: name("sh'op"), ..creation() };
    assert!(create("SUB", &same, &facts).blocked(), "a database cannot subscribe to itself");
}

#[test]
fn a_creation_is_blocked_by_each_thing_that_would_stop_it() {
    let blocked = |change: fn(&mut Facts, &mut Creation)| {
        let (mut facts, mut creation) = (facts(), creation());
        change(&mut facts, &mut creation);
        create("SUB", &creation, &facts).blocked()
    };
    fn publisher(facts: &mut Facts) -> &mut PublisherFacts {
        facts.publisher.as_mut().and_then(|it| it.as_mut().ok()).expect("a publisher")
    }
    assert!(!blocked(|_, _| ()));
    assert!(blocked(|facts, _| facts.subscriber.taken = true));
    assert!(blocked(|facts, _| facts.subscriber.about = about(false)));
    assert!(blocked(|facts, _| facts.subscriber.workers_used = 4));
    assert!(blocked(|facts, _| facts.subscriber.tables[0].1 = None));
    assert!(blocked(|facts, _| publisher(facts).tables[0].columns.push("extra".into())));
    assert!(blocked(|facts, _| publisher(facts).tables[0].readable = Some(false)));
    assert!(blocked(|facts, _| publisher(facts).publications.clear()));
    assert!(blocked(|facts, _| publisher(facts).slots_used = 10));
    assert!(blocked(|facts, _| publisher(facts).senders_used = 10));
    assert!(blocked(|facts, _| publisher(facts).slot_taken = true));
    assert!(blocked(|facts, _| publisher(facts).user = None));
    assert!(blocked(|facts, _| publisher(facts).user = Some((true, false))));
    assert!(blocked(|facts, _| publisher(facts).about.wal_level = "replica".into()));
    assert!(blocked(|facts, _| facts.has_password = false));
    assert!(blocked(|_, creation| creation.failover = true), "15 has no failover");
    assert!(blocked(|_, creation| creation.create_slot = false), "there is no slot to use");
}

#[test]
fn a_missing_table_is_told_with_the_line_that_copies_it() {
    let mut facts = facts();
    facts.subscriber.tables[0].1 = None;
    let plan = create("SUB", &creation(), &facts);
    let advice: String = plan.checks.iter().map(|check| check.advice.en.clone()).collect();
    assert!(advice.contains("-d 'sh'\\''op' -t 'public.orders' | psql -d 'shop'"), "{advice}");
}

#[test]
fn a_subscription_without_its_publisher_is_dropped_in_three_steps() {
    let there = crate::replication::logical::subscriptions::postgres::Existing {
        enabled: true,
        slot: Some("copy".into()),
        publications: vec!["p".into()],
        publisher: None,
        tables: 1,
        ready: 1,
        apply_errors: None,
        owned: true,
    };
    let change = Change::DropSubscription {
        target: TargetId::parse("sub").expect("a name"),
        database: name("shop"),
        name: name("copy"),
        keep_slot: true,
    };
    let plan = alter::plan("SUB", &change, &about(true), Some(&there), &[]);
    let sent: Vec<&str> = plan.commands.iter().map(|command| command.exact.as_str()).collect();
    assert_eq!(
        sent,
        [
            "ALTER SUBSCRIPTION \"copy\" DISABLE;",
            "ALTER SUBSCRIPTION \"copy\" SET (slot_name = NONE);",
            "DROP SUBSCRIPTION \"copy\";"
        ]
    );
    assert!(plan.effect[0].en.contains("stays"));
}
