//! What goes wrong with subscriptions in real life: no right to read, an open transaction, a publisher that is gone.

use std::time::Duration;

use super::*;
use crate::change::run::Run;
use crate::replication::logical::subscriptions::postgres::overview;
use crate::sandbox::lab::eventually;
use crate::text::Words;

const SLOTS: &str = "SELECT count(*) FROM pg_replication_slots";

/// A role that replicates, but may read nothing.
async fn blind(pair: &Pair) -> Creation {
    let entry = pair.publisher.role("repl", "REPLICATION", &[]).await;
    let creation = pair.creation();
    let publisher = Connection {
        user: name("repl"),
        secret: typed(pair, entry.configured.password.as_ref()),
        ..creation.publisher
    };
    Creation { publisher, ..creation }
}

/// The key under which the console keeps a typed password.
fn typed(pair: &Pair, password: Option<&crate::targets::registry::Secret>) -> Secret {
    use crate::replication::logical::subscriptions::kept::{Kept, bound_to};
    let bound = bound_to("127.0.0.1", pair.publisher.port(), "repl");
    let password = password.expect("a password").expose().to_owned();
    Secret::Typed(pair.to.shared::<Kept>().keep("kim", bound, password).expect("randomness"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_role_without_select_is_found_before_and_told_after() {
    for major in [15, 18] {
        let pair = Pair::start(major, major).await;
        pair.publish(&["orders"]).await;
        let creation = blind(&pair).await;
        let change = Change::CreateSubscription(Box::new(creation));
        let plan = planned(&pair.subscriptions(), &change).await;
        assert!(plan.blocked(), "{}", told(&plan));
        assert!(told(&plan).contains("may not read public.orders"), "{}", told(&plan));

        let grant = Publishing::GrantSelect {
            target: pair.from.configured.target.id.clone(),
            database: name("shop"),
            reader: name("repl"),
            tables: vec![table("orders")],
        };
        done(carry_out(&pair.publications(), &grant).await);
        pair.publisher.run_in("shop", "REVOKE SELECT ON orders FROM repl").await;
        // Somebody else makes it, past the console.
        let conninfo = pair.publisher.conninfo("repl", pair.publisher.password(), "shop");
        pair.subscriber
            .run_in("shop", &format!("CREATE SUBSCRIPTION copy CONNECTION '{conninfo}' PUBLICATION p"))
            .await;
        let known = Known::at(Arc::clone(&pair.to));
        let peers = [Arc::clone(&pair.from)];
        eventually("the table that cannot be read and its leftover slot are told", 40, || async {
            let seen = overview(&known, &peers, "shop").await.expect("an overview");
            let it = &seen.subscriptions[0];
            let leftover = it.publisher.as_ref().is_some_and(|there| there.sync_slots.iter().any(|slot| !slot.active));
            it.tables[0].unreadable && it.sync_errors.is_some_and(|errors| errors > 0) && leftover
        })
        .await;
        done(carry_out(&pair.publications(), &grant).await);
        let here = pair.here().await;
        eventually("the copy ends once it may read", 60, || async {
            number(&here, "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate = 'r'").await == 1
        })
        .await;
        let there = pair.there().await;
        eventually("no slot is left but the subscription's", 30, || async { number(&there, SLOTS).await == 1 }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_creation_that_waits_names_the_one_it_waits_for_and_leaves_nothing_when_it_is_stopped() {
    for major in [13, 15, 18] {
        let pair = Pair::start(major, major).await;
        pair.publish(&["orders"]).await;
        let blocker = pair.there().await;
        blocker.batch_execute("BEGIN; UPDATE orders SET item = 'x' WHERE id = 1").await.expect("a transaction");
        let pid: i32 = blocker.query_one("SELECT pg_backend_pid()", &[]).await.expect("a pid").get(0);
        let engine = pair.subscriptions();
        let plan = planned(&engine, &Change::CreateSubscription(Box::new(pair.creation()))).await;
        assert!(!plan.blocked() && told(&plan).contains(&pid.to_string()), "{}", told(&plan));
        let run = Arc::new(Run::new("t".into(), Words::same("t")));
        let command = plan.commands[0].clone();
        let (watched, engine) = (Arc::clone(&run), Arc::new(engine));
        let at_work = tokio::spawn(async move { Engine::<Change>::run(&*engine, &command, &watched).await });
        let said = || run.underway(1).doing.en;
        eventually("it says whom it waits for", 20, || async { said().contains(&pid.to_string()) }).await;
        assert!(run.cancel());
        let answer = tokio::time::timeout(Duration::from_secs(20), at_work).await.expect("it ends").expect("it runs");
        assert!(answer.is_err(), "it was stopped");
        let there = pair.there().await;
        assert_eq!(number(&there, SLOTS).await, 0, "{major}: no slot is left");
        blocker.batch_execute("COMMIT").await.expect("committed");
        assert_eq!(number(&there, SLOTS).await, 0, "{major}: and none comes later");
        let here = pair.here().await;
        assert_eq!(number(&here, "SELECT count(*) FROM pg_subscription").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_wrong_password_is_refused_and_stands_nowhere() {
    let pair = Pair::start(15, 15).await;
    pair.publish(&["orders"]).await;
    let entry = pair.publisher.role("repl", "REPLICATION", &["pg_monitor"]).await;
    pair.publisher.run_in("shop", "GRANT SELECT ON orders TO repl").await;
    drop(entry);
    let wrong = crate::targets::registry::Secret::new(r"it's \ secret‹7›");
    let creation = pair.creation();
    let publisher = Connection { user: name("repl"), secret: typed(&pair, Some(&wrong)), ..creation.publisher };
    let change = Change::CreateSubscription(Box::new(Creation { publisher, ..creation }));
    let report = carry_out(&pair.subscriptions(), &change).await;
    assert_eq!(report.outcome, Outcome::Failed, "{report:#?}");
    let record = serde_json::to_string(&report).expect("JSON");
    assert!(record.contains("‹password as typed›") && !record.contains("secret‹7›"), "{record}");
    assert!(!pair.subscriber.log().contains("secret"), "{}", pair.subscriber.log());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_subscription_whose_publisher_is_gone_is_dropped_without_it() {
    for major in [13, 18] {
        let mut pair = Pair::start(major, major).await;
        pair.publish(&["orders"]).await;
        pair.subscribe().await;
        pair.publisher.stop().await;
        let drop = |keep_slot| Change::DropSubscription {
            target: pair.to.configured.target.id.clone(),
            database: name("shop"),
            name: name("copy"),
            keep_slot,
        };
        let engine = Subscriptions::of(Known::at(Arc::clone(&pair.to)), Vec::new(), "kim");
        let report = carry_out(&engine, &drop(false)).await;
        assert_eq!(report.outcome, Outcome::Failed, "{report:#?}");
        let report = done(carry_out(&engine, &drop(true)).await);
        assert_eq!(report.ran.len(), 3);
        let here = pair.here().await;
        assert_eq!(number(&here, "SELECT count(*) FROM pg_subscription").await, 0);
    }
}
