//! The rail of publications: no plan that can be confirmed makes an application's UPDATE fail.

use std::sync::Arc;

use super::*;
use crate::replication::logical::publications::model::{Identity, Trouble, Verb};
use crate::replication::logical::publications::postgres::overview;
use crate::sandbox::lab::MAJORS;

const TABLES: &str = "CREATE TABLE keyed (id int PRIMARY KEY, v int); \
    CREATE TABLE keyless (id int, v int); \
    CREATE TABLE indexed (id int NOT NULL, v int); CREATE UNIQUE INDEX indexed_id ON indexed (id); \
    CREATE TABLE nothing (id int PRIMARY KEY, v int); ALTER TABLE nothing REPLICA IDENTITY NOTHING; \
    CREATE TABLE whole (id int, v int); ALTER TABLE whole REPLICA IDENTITY FULL; \
    CREATE UNLOGGED TABLE fleeting (id int PRIMARY KEY, v int); \
    CREATE TABLE parted (id int, v int) PARTITION BY RANGE (id); \
    CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (100); \
    CREATE SEQUENCE numbers; CREATE MATERIALIZED VIEW seen AS SELECT 1 AS one";

const WRITTEN: [&str; 6] = ["keyed", "keyless", "indexed", "nothing", "whole", "parted"];

async fn fill(client: &Client) {
    for table in WRITTEN {
        client.batch_execute(&format!("INSERT INTO {table} VALUES (1, 1)")).await.expect("a row");
    }
}

/// What the application does all day.
async fn every_update_works(client: &Client) -> Result<(), tokio_postgres::Error> {
    for table in WRITTEN {
        client.batch_execute(&format!("UPDATE {table} SET v = v + 1")).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn an_update_of_the_application_never_starts_to_fail_after_a_plan_that_was_allowed() {
    for major in MAJORS {
        let server = Server::start(major, &[]).await;
        server.run("CREATE DATABASE shop").await;
        server.run_in("shop", TABLES).await;
        let client = server.client_to("shop").await;
        fill(&client).await;
        let entry = server.entry();
        let engine = Publications::of(Known::at(Arc::clone(&entry)), vec![Arc::clone(&entry)]);
        each_table(&engine, &entry, &client, major).await;
        fixes(&engine, &entry, &client, major).await;
        everything(&engine, &entry, &client, major).await;
    }
}

/// For every table and every choice of operations: blocked, or done and harmless.
async fn each_table(engine: &Publications, entry: &Arc<Entry>, client: &Client, major: u8) {
    let breaks = ["keyless", "indexed", "nothing", "parted"];
    for table in WRITTEN.into_iter().chain(["fleeting"]) {
        for publish in ["insert,delete", "insert,truncate"] {
            let change = publishing(entry, "p", &[table], publish);
            let plan = planned(engine, &change).await;
            let needs = publish.contains("delete");
            let expected = table == "fleeting" || (needs && breaks.contains(&table));
            assert_eq!(plan.blocked(), expected, "{major} {table} {publish:?}\n{}", told(&plan));
            let report = carry_out(engine, &change).await;
            if expected {
                assert_eq!(report.outcome, Outcome::Refused, "{major} {table}");
                continue;
            }
            done(report);
            every_update_works(client).await.unwrap_or_else(|error| panic!("{major} {table} {publish:?}: {error:?}"));
            done(carry_out(engine, &dropping(entry)).await);
        }
    }
}

fn dropping(entry: &Entry) -> Publishing {
    Publishing::DropPublication { target: entry.configured.target.id.clone(), database: name("shop"), name: name("p") }
}

/// The fixes that are offered make the same plan allowed, and keep the application going.
async fn fixes(engine: &Publications, entry: &Arc<Entry>, client: &Client, major: u8) {
    let target = entry.configured.target.id.clone();
    let seen = overview(engine.server(), &[], "shop").await.expect("an overview");
    let of = |name: &str| seen.tables.iter().find(|it| it.name == table(name)).expect(name).clone();
    assert_eq!(of("indexed").candidate, Some(name("indexed_id")), "{major}");
    assert_eq!(of("keyless").troubles, [Trouble::NoPrimaryKey]);
    assert_eq!(of("parted").at, Some(table("parted_1")));
    let identities = [
        ("indexed", Identity::Index(name("indexed_id"))),
        ("keyless", Identity::Full),
        ("nothing", Identity::PrimaryKey),
        ("parted_1", Identity::Full),
    ];
    for (of, identity) in identities {
        let change = Publishing::SetReplicaIdentity {
            target: target.clone(),
            database: name("shop"),
            table: table(of),
            identity,
        };
        done(carry_out(engine, &change).await);
    }
    done(carry_out(engine, &publishing(entry, "p", &WRITTEN, "")).await);
    every_update_works(client).await.expect("every update works");
    let published = number(client, "SELECT count(*) FROM pg_publication_tables WHERE pubname = 'p'").await;
    assert_eq!(published, 6, "{major}");
    let tables = vec![table("whole")];
    let change = |verb| Publishing::AlterTables {
        target: target.clone(),
        database: name("shop"),
        name: name("p"),
        verb,
        tables: tables.clone(),
    };
    done(carry_out(engine, &change(Verb::Drop)).await);
    done(carry_out(engine, &change(Verb::Add)).await);
    done(carry_out(engine, &change(Verb::Set)).await);
    assert_eq!(number(client, "SELECT count(*) FROM pg_publication_tables WHERE pubname = 'p'").await, 1);
    done(carry_out(engine, &dropping(entry)).await);
}

/// All tables, and all of a schema where the version can.
async fn everything(engine: &Publications, entry: &Arc<Entry>, client: &Client, major: u8) {
    let create = |extent| Publishing::CreatePublication {
        target: entry.configured.target.id.clone(),
        database: name("shop"),
        name: name("p"),
        extent,
        publish: Operations::ALL,
        via_root: true,
        reader: Some(name("postgres")),
    };
    let schema = || Extent::Schemas(vec![name("public")]);
    let plan = planned(engine, &create(schema())).await;
    assert_eq!(plan.blocked(), major < 15, "{major}\n{}", told(&plan));
    client.batch_execute("CREATE TABLE late (id int, v int); INSERT INTO late VALUES (1, 1)").await.expect("a table");
    for extent in [Extent::AllTables, schema()] {
        assert!(planned(engine, &create(extent)).await.blocked(), "{major}: late has no key");
    }
    client.batch_execute("DROP TABLE late").await.expect("dropped");
    done(carry_out(engine, &create(Extent::AllTables)).await);
    every_update_works(client).await.expect("every update works");
    done(carry_out(engine, &dropping(entry)).await);
    if major >= 15 {
        done(carry_out(engine, &create(schema())).await);
        every_update_works(client).await.expect("every update works");
        let seen = overview(engine.server(), &[], "shop").await.expect("an overview");
        assert_eq!(seen.publications[0].schemas, ["public"]);
        done(carry_out(engine, &dropping(entry)).await);
    }
    let left = overview(engine.server(), &[], "shop").await.expect("an overview").left_behind;
    assert_eq!((left.sequences, left.materialized_views, left.unlogged_tables), (1, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_role_that_may_not_publish_is_told_so_before() {
    let server = Server::start(15, &[]).await;
    server.run("CREATE DATABASE shop").await;
    server.run_in("shop", ORDERS).await;
    let entry = server.role("console", "REPLICATION", &["pg_monitor"]).await;
    let engine = Publications::of(Known::at(Arc::clone(&entry)), Vec::new());
    let plan = planned(&engine, &publishing(&entry, "p", &["orders"], "")).await;
    assert!(plan.blocked(), "{}", told(&plan));
    assert!(told(&plan).contains("does not own"), "{}", told(&plan));
}
