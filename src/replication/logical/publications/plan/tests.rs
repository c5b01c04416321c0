//! Plans of publications, without a server.

use super::*;
use crate::replication::logical::publications::model::{LeftBehind, Trouble};
use crate::replication::logical::publications::postgres::Known;
use crate::replication::server::{About, Role};
use crate::targets::model::TargetId;

fn facts(troubles: &[Trouble]) -> Facts {
    Facts {
        about: About {
            version: 150_018,
            standby: false,
            wal_level: "logical".into(),
            role: Role::test("postgres", true),
        },
        known: None,
        tables: vec![Table {
            name: TableName::parse("public.orders").expect("a table"),
            partitioned: false,
            troubles: troubles.to_vec(),
            at: None,
            candidate: None,
            rows: Some(10),
            bytes: 8192,
            owned: true,
        }],
        missing: Vec::new(),
        missing_schemas: Vec::new(),
        may_create: true,
        reader: None,
        left_behind: LeftBehind::default(),
        subscribers: Vec::new(),
        readers: Vec::new(),
    }
}

fn name(text: &str) -> Name {
    Name::parse(text).expect("a name")
}

fn creation(publish: &str) -> Change {
    Change::CreatePublication {
        target: TargetId::parse("pg").expect("a name"),
        database: name("shop"),
        name: name("p"),
        extent: Extent::Tables(vec![TableName::parse("public.orders").expect("a table")]),
        publish: Operations::parse(publish).expect("operations"),
        via_root: false,
        reader: None,
    }
}

#[test]
fn what_is_sent_is_one_statement_to_the_database() {
    let plan = plan("PG", &creation(""), &facts(&[]));
    assert!(!plan.blocked());
    assert_eq!(
        plan.commands[0].exact,
        "CREATE PUBLICATION \"p\" FOR TABLE \"public\".\"orders\" \
         WITH (publish = 'insert, update, delete, truncate', publish_via_partition_root = false);"
    );
    assert_eq!(plan.commands[0].database, "shop");
}

#[test]
fn a_table_whose_updates_would_fail_is_published_for_inserts_only() {
    for trouble in [Trouble::NoPrimaryKey, Trouble::IdentityNothing, Trouble::IndexGone] {
        assert!(plan("PG", &creation(""), &facts(&[trouble])).blocked(), "{trouble:?}");
        assert!(plan("PG", &creation("insert,delete"), &facts(&[trouble])).blocked(), "{trouble:?}");
        assert!(!plan("PG", &creation("insert,truncate"), &facts(&[trouble])).blocked(), "{trouble:?}");
    }
    assert!(!plan("PG", &creation(""), &facts(&[Trouble::Full])).blocked());
    assert!(plan("PG", &creation("insert"), &facts(&[Trouble::Unlogged])).blocked());
}

#[test]
fn a_publication_for_inserts_is_not_widened_over_a_table_without_a_key() {
    let known = Known { all_tables: false, publish: Operations::ALL, via_root: false, owned: true, listed: true };
    let there = Facts { known: Some(known), ..facts(&[Trouble::NoPrimaryKey]) };
    let (target, database) = (TargetId::parse("pg").expect("a name"), name("shop"));
    let widen = Change::SetPublish {
        target: target.clone(),
        database: database.clone(),
        name: name("p"),
        publish: Operations::ALL,
        via_root: false,
    };
    assert!(plan("PG", &widen, &there).blocked());
    let tables = vec![TableName::parse("public.orders").expect("a table")];
    let add = Change::AlterTables { target, database, name: name("p"), verb: Verb::Add, tables };
    assert!(plan("PG", &add, &there).blocked());
}
