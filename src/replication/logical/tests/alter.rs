//! Changes to a subscription that works, and to one that does not.

use super::*;
use crate::replication::slots::model::Lsn;
use crate::sandbox::lab::{MAJORS, eventually};

fn on(pair: &Pair) -> (crate::targets::model::TargetId, Name, Name) {
    (pair.to.configured.target.id.clone(), name("shop"), name("copy"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_subscription_is_stopped_started_and_given_more_tables() {
    for major in MAJORS {
        let pair = Pair::start(major, major).await;
        pair.publish(&["orders"]).await;
        pair.subscribe().await;
        let engine = pair.subscriptions();
        let here = pair.here().await;
        let (target, database, it) = on(&pair);
        let enabled = "SELECT count(*) FROM pg_subscription WHERE subenabled";
        let (t, d, n) = (target.clone(), database.clone(), it.clone());
        done(carry_out(&engine, &Change::DisableSubscription { target: t, database: d, name: n }).await);
        assert_eq!(number(&here, enabled).await, 0);
        let (t, d, n) = (target.clone(), database.clone(), it.clone());
        done(carry_out(&engine, &Change::EnableSubscription { target: t, database: d, name: n }).await);
        assert_eq!(number(&here, enabled).await, 1);

        for server in [&pair.publisher, &pair.subscriber] {
            server.run_in("shop", "CREATE TABLE more (id int PRIMARY KEY)").await;
        }
        pair.publisher.run_in("shop", "INSERT INTO more SELECT generate_series(1, 5)").await;
        pair.publisher.run_in("shop", "ALTER PUBLICATION p ADD TABLE more").await;
        let refresh = Change::RefreshSubscription {
            target: target.clone(),
            database: database.clone(),
            name: it.clone(),
            copy_data: true,
        };
        done(carry_out(&engine, &refresh).await);
        eventually("the new table is copied", 30, || async { number(&here, "SELECT count(*) FROM more").await == 5 })
            .await;

        let set = |publication: &str| Change::SetPublications {
            target: target.clone(),
            database: database.clone(),
            name: it.clone(),
            publications: vec![name(publication)],
            copy_data: false,
        };
        assert!(planned(&engine, &set("nope")).await.blocked(), "the publisher has none of this name");
        pair.publisher.run_in("shop", "CREATE PUBLICATION q FOR TABLE more").await;
        done(carry_out(&engine, &set("q")).await);
        assert_eq!(number(&here, "SELECT count(*) FROM pg_subscription_rel").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_transaction_that_cannot_be_applied_is_skipped_by_the_position_in_the_log() {
    for major in [14, 15, 18] {
        let pair = Pair::start(major, major).await;
        pair.publish(&["orders"]).await;
        pair.subscribe().await;
        let (here, there) = (pair.here().await, pair.there().await);
        eventually("all rows are copied", 30, || async {
            number(&here, "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate = 'r'").await == 1
        })
        .await;
        here.batch_execute("INSERT INTO orders VALUES (2000, 'mine')").await.expect("a row of our own");
        there.batch_execute("INSERT INTO orders VALUES (2000, 'theirs')").await.expect("a row with the same key");
        there.batch_execute("INSERT INTO orders VALUES (2001)").await.expect("a row after it");
        let (target, database, it) = on(&pair);
        let skip = |lsn: &str| Change::SkipTransaction {
            target: target.clone(),
            database: database.clone(),
            name: it.clone(),
            lsn: Lsn::parse(lsn).expect("a position"),
        };
        if major < 15 {
            assert!(planned(&pair.subscriptions(), &skip("0/1")).await.blocked());
            continue;
        }
        let position = || {
            let log = pair.subscriber.log();
            let (_, rest) = log.split_once("finished at ")?;
            Some(rest.split_whitespace().next()?.to_owned())
        };
        eventually("the log says where the transaction ended", 30, || async { position().is_some() }).await;
        let lsn = position().expect("a position");
        done(carry_out(&pair.subscriptions(), &skip(&lsn)).await);
        eventually("what follows is applied", 40, || async {
            number(&here, "SELECT count(*) FROM orders WHERE id = 2001").await == 1
        })
        .await;
        assert_eq!(number(&here, "SELECT count(*) FROM orders WHERE item = 'mine'").await, 1);
    }
}
