use std::sync::Arc;
use std::time::Duration;

use bson::doc;

use super::lab::{self, *};
use crate::change::Outcome;
use crate::change::apply::{Engine, carry_out};
use crate::change::run::Run;
use crate::sandbox::lab::eventually;
use crate::sandbox::lab::mongo::{Cluster as Lab, shared};
use crate::sharding::model::Namespace;
use crate::sharding::reshape::model::change::{Change, Zones};
use crate::sharding::reshape::model::operation::Phase;
use crate::text::Words;

/// A cluster where a resharding copies for a minute, unless it is ended.
async fn slow() -> Lab {
    Lab::start_with(2, &[("reshardingMinimumOperationDurationMillis", "60000")]).await
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_ranged_collection_is_resharded_to_a_hashed_key_with_all_of_its_documents() {
    let lab = shared().await;
    let namespace = name(&format!("{}.c", lab.name_of_database()));
    let client = collection(lab, &namespace).await;
    let before = cataloged(lab, &namespace).await.expect("listed");
    let report = done(lab, reshard(&namespace, "s:hashed", Zones::Unsaid)).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    let commands: Vec<&str> = report.ran.iter().map(|it| it.command.typed.as_str()).collect();
    assert!(commands[0].contains("createIndex({ s: \"hashed\" }"), "{commands:?}");
    assert_eq!(commands[1], format!("sh.reshardCollection(\"{namespace}\", {{ s: \"hashed\" }}, false)"));
    let after = cataloged(lab, &namespace).await.expect("listed");
    assert_eq!(after.get_document("key").ok(), Some(&doc! { "s": "hashed" }));
    assert_ne!(after.get("uuid"), before.get("uuid"));
    intact(&client, &namespace).await;
    assert!(running(&reshaper(lab), &namespace).await.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts real databases"]
async fn a_resharding_is_followed_and_aborted_in_the_middle_and_leaves_the_old_key_and_all_documents() {
    let lab = slow().await;
    let namespace = name("shop.c");
    // Before, since the servers make no collection of a database while another of it is resharded.
    collection(&lab, &name("shop.other")).await;
    let client = collection(&lab, &namespace).await;
    let change = observed(&lab, reshard(&namespace, "s:hashed", Zones::Unsaid)).await;
    let run = Arc::new(Run::new("lab".into(), Words::default()));
    let at_work = Arc::clone(&run);
    let plan = planned(&lab, &change).await;
    let (reshaper, witness) = (lab::reshaper(&lab), lab::reshaper(&lab));
    let work = tokio::spawn(async move {
        let mut ended = Ok(Words::default());
        for command in &plan.commands {
            ended = reshaper.run(command, &at_work).await;
        }
        ended
    });
    let stop = async {
        copying(&witness, &namespace).await;
        eventually("the run tells it and offers to stop", 20, async || run.underway(1).cancellable).await;
        let told = run.underway(1);
        assert!(told.doing.en.starts_with("Resharding: "), "{told:?}");
        let seen = running(&witness, &namespace).await.expect("it runs");
        assert_eq!(seen.key, "{ s: \"hashed\" }");
        assert!(seen.silent.is_empty() && !seen.donors.is_empty(), "{seen:?}");
        assert_eq!(seen.documents, Some(DOCUMENTS), "{seen:?}");
        blocked_while_it_runs(&lab, &namespace).await;
        assert!(run.cancel());
    };
    let (ended, ()) = tokio::time::timeout(Duration::from_secs(45), async { tokio::join!(work, stop) })
        .await
        .expect("it does not last the minute");
    assert_eq!(ended.expect("no panic").expect_err("it was aborted").kind, crate::error::Kind::Stopped);
    assert_eq!(key_now(&lab, &namespace).await, doc! { "k": 1 });
    intact(&client, &namespace).await;
}

/// Neither another resharding nor a drop is planned meanwhile.
async fn blocked_while_it_runs(lab: &Lab, namespace: &Namespace) {
    let second = observed(lab, reshard(&name("shop.other"), "s", Zones::Unsaid)).await;
    assert!(blocks(&planned(lab, &second).await).contains("Resharding of shop.c is under way"));
    let drop = Change::DropCollection { target: target(), namespace: namespace.clone(), seen: None };
    let drop = observed(lab, drop).await;
    assert!(blocks(&planned(lab, &drop).await).contains("under way"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts real databases"]
async fn an_abort_of_its_own_ends_a_resharding_that_somebody_else_began_and_both_records_say_so() {
    let lab = slow().await;
    let namespace = name("shop.c");
    let client = collection(&lab, &namespace).await;
    let begun = observed(&lab, reshard(&namespace, "s:hashed", Zones::Unsaid)).await;
    let (reshaper, witness) = (lab::reshaper(&lab), lab::reshaper(&lab));
    let abort = async {
        copying(&witness, &namespace).await;
        done(&lab, Change::AbortReshard { target: target(), namespace: namespace.clone(), operation: None }).await
    };
    let work = tokio::spawn(async move { carry_out(&reshaper, &begun).await });
    let aborted = abort.await;
    let begun = work.await.expect("no panic");
    assert_eq!(begun.outcome, Outcome::Stopped, "{begun:?}");
    assert_eq!(aborted.outcome, Outcome::Done, "{aborted:?}");
    assert!(begun.error.is_none());
    assert_eq!(key_now(&lab, &namespace).await, doc! { "k": 1 });
    intact(&client, &namespace).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "starts real databases"]
async fn a_resharding_that_waits_for_a_better_moment_is_committed_at_once_and_both_records_say_so() {
    let lab = Lab::start_with(2, &[("enableTestCommands", "1")]).await;
    let namespace = name("shop.c");
    let client = collection(&lab, &namespace).await;
    // The coordinator never learns how little is left, as with a collection that is written to all the time.
    let halt = doc! { "configureFailPoint": "hangBeforeQueryingRecipients", "mode": "alwaysOn" };
    admin(&lab.config().await, halt).await;
    let begun = observed(&lab, reshard(&namespace, "s:hashed", Zones::Unsaid)).await;
    let (reshaper, witness) = (lab::reshaper(&lab), lab::reshaper(&lab));
    let commit = async {
        eventually("all is copied", 60, async || {
            running(&witness, &namespace).await.is_some_and(|it| it.phase == Phase::CatchingUp)
        })
        .await;
        done(&lab, Change::CommitReshard { target: target(), namespace: namespace.clone(), operation: None }).await
    };
    let work = tokio::spawn(async move { carry_out(&reshaper, &begun).await });
    let committed = tokio::time::timeout(Duration::from_secs(90), commit).await.expect("it does not wait for ever");
    let begun = work.await.expect("no panic");
    assert_eq!(committed.outcome, Outcome::Done, "{committed:?}");
    assert_eq!(begun.outcome, Outcome::Done, "{begun:?}");
    assert_eq!(key_now(&lab, &namespace).await, doc! { "s": "hashed" });
    intact(&client, &namespace).await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_became_of_the_zones_is_asked_for_and_they_are_rewritten() {
    let lab = shared().await;
    let namespace = name(&format!("{}.c", lab.name_of_database()));
    let zone = format!("zone-{}", namespace.database());
    let client = collection(lab, &namespace).await;
    admin(&client, doc! { "addShardToZone": "shard1", "zone": &zone }).await;
    let range = doc! {
        "updateZoneKeyRange": namespace.to_string(), "min": { "k": bson::Bson::MinKey }, "max": { "k": 100_i64 },
        "zone": &zone,
    };
    admin(&client, range).await;
    let unsaid = observed(lab, reshard(&namespace, "k, s", Zones::Unsaid)).await;
    assert!(blocks(&planned(lab, &unsaid).await).contains("ranges of the zones"));
    let elsewhere = observed(lab, reshard(&namespace, "s", Zones::Keep)).await;
    assert!(blocks(&planned(lab, &elsewhere).await).contains("says nothing about the new key"));
    let report = done(lab, reshard(&namespace, "k, s", Zones::Keep)).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    let tags = lab.config().await.database("config").collection::<bson::Document>("tags");
    let tag = tags.find_one(doc! { "ns": namespace.to_string() }).await.expect("it answers").expect("a range");
    assert_eq!(tag.get_document("max").ok(), Some(&doc! { "k": 100_i64, "s": bson::Bson::MinKey }));
    intact(&client, &namespace).await;
    admin(
        &client,
        doc! { "updateZoneKeyRange": namespace.to_string(), "min": tag.get_document("min").expect("a bound"),
        "max": tag.get_document("max").expect("a bound"), "zone": null },
    )
    .await;
    admin(&client, doc! { "removeShardFromZone": "shard1", "zone": &zone }).await;
}
