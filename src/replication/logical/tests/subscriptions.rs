//! Subscriptions between servers of every version, made by the console and seen at both ends.

use super::*;
use crate::replication::logical::subscriptions::model::seen::Stage;
use crate::replication::logical::subscriptions::postgres::overview;
use crate::sandbox::lab::{MAJORS, eventually};

const ROWS: &str = "SELECT count(*) FROM orders";

/// From the publication to the last table, and a change that follows.
async fn copied(publisher: u8, subscriber: u8) {
    let pair = Pair::start(publisher, subscriber).await;
    pair.publish(&["orders"]).await;
    let report = pair.subscribe().await;
    let (here, there) = (pair.here().await, pair.there().await);
    let what = format!("{publisher} to {subscriber}: all rows are copied");
    eventually(&what, 30, || async { number(&here, ROWS).await == 1000 }).await;
    there
        .batch_execute("UPDATE orders SET item = 'new' WHERE id = 7; INSERT INTO orders VALUES (1001)")
        .await
        .expect("written");
    eventually("changes follow", 30, || async { number(&here, ROWS).await == 1001 }).await;
    assert_eq!(number(&here, "SELECT count(*) FROM orders WHERE item = 'new'").await, 1);
    let known = Known::at(Arc::clone(&pair.to));
    let peers = [Arc::clone(&pair.from)];
    eventually("the console sees every table ready", 30, || async {
        let seen = overview(&known, &peers, "shop").await.expect("an overview");
        let it = &seen.subscriptions[0];
        let ready = it.tables.len() == 1 && it.tables[0].state == Stage::Ready;
        ready && it.worker.is_some() && it.publisher.as_ref().is_some_and(|there| there.slot_active)
    })
    .await;
    no_password_anywhere(&pair, &report).await;
    let drop = Change::DropSubscription {
        target: pair.to.configured.target.id.clone(),
        database: name("shop"),
        name: name("copy"),
        keep_slot: false,
    };
    done(carry_out(&pair.subscriptions(), &drop).await);
    assert_eq!(number(&there, "SELECT count(*) FROM pg_replication_slots").await, 0, "no slot is left");
    assert_eq!(number(&here, ROWS).await, 1001, "the rows stay");
}

/// Neither the record, nor what the page gets, nor the servers' logs hold the password.
async fn no_password_anywhere(pair: &Pair, report: &Report) {
    let password = pair.publisher.password();
    let record = serde_json::to_string(report).expect("JSON");
    assert!(record.contains("‹password of lab-"), "{record}");
    assert!(!record.contains(password));
    let known = Known::at(Arc::clone(&pair.to));
    let seen = overview(&known, &[], "shop").await.expect("an overview");
    let page = serde_json::to_string(&seen).expect("JSON");
    assert!(page.contains("127.0.0.1"), "{page}");
    assert!(!page.contains(password));
    assert!(!pair.subscriber.log().contains(password), "the subscriber's log");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_table_is_copied_and_followed_between_two_servers_of_every_version() {
    for major in MAJORS {
        copied(major, major).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_table_is_copied_and_followed_from_15_to_18_and_back() {
    copied(15, 18).await;
    copied(18, 15).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn two_databases_of_one_server_are_connected_without_waiting_for_themselves() {
    for major in [13, 15, 18] {
        let server = Server::start(major, &[]).await;
        for database in ["shop", "copy"] {
            server.run(&format!("CREATE DATABASE {database}")).await;
            server.run_in(database, ORDERS).await;
        }
        server.run_in("shop", "INSERT INTO orders SELECT generate_series(1, 10)").await;
        server.run_in("shop", "CREATE PUBLICATION p FOR TABLE orders").await;
        let entry = server.entry();
        let target = entry.configured.target.id.clone();
        let engine = Subscriptions::of(Known::at(Arc::clone(&entry)), vec![Arc::clone(&entry)], "kim");
        let creation = Creation {
            database: name("copy"),
            publisher: Connection {
                target: Some(target.clone()),
                host: "127.0.0.1".into(),
                port: server.port(),
                database: name("shop"),
                user: name("postgres"),
                secret: Secret::Target(target.clone()),
            },
            target,
            ..minimal()
        };
        let report = done(carry_out(&engine, &Change::CreateSubscription(Box::new(creation))).await);
        assert_eq!(report.ran.len(), 2, "the slot first");
        let client = server.client_to("copy").await;
        eventually("all rows are copied", 30, || async { number(&client, ROWS).await == 10 }).await;
        // Or the server would not stop.
        server.run_in("copy", "DROP SUBSCRIPTION copy").await;
    }
}

fn minimal() -> Creation {
    Creation {
        target: crate::targets::model::TargetId::parse("x").expect("a name"),
        database: name("shop"),
        name: name("copy"),
        publisher: Connection {
            target: None,
            host: "127.0.0.1".into(),
            port: 1,
            database: name("shop"),
            user: name("postgres"),
            secret: Secret::Nowhere,
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

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn every_option_of_a_version_is_taken_by_it() {
    for major in MAJORS {
        let pair = Pair::start(major, major).await;
        pair.publish(&["orders"]).await;
        let since = |version: u8| major >= version;
        let streaming = if since(16) {
            Streaming::Parallel
        } else if since(14) {
            Streaming::On
        } else {
            Streaming::Off
        };
        let creation = Creation {
            binary: since(14),
            streaming,
            two_phase: since(15) && !since(17),
            disable_on_error: since(15),
            origin_none: since(16),
            failover: since(17),
            enabled: false,
            ..pair.creation()
        };
        done(carry_out(&pair.subscriptions(), &Change::CreateSubscription(Box::new(creation))).await);
        let there = pair.there().await;
        assert_eq!(number(&there, "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'copy'").await, 1);
    }
}
