use std::time::Duration;

use tokio::time::sleep;

use super::*;
use crate::replication::history::model::Span;
use crate::replication::history::store::{self as history, SLOT_HELD};
use crate::sandbox::lab::{Server, eventually};

/// How often the server was asked for its slots.
async fn questions(client: &tokio_postgres::Client) -> i64 {
    let sql = "SELECT coalesce(sum(calls), 0)::int8 FROM pg_stat_statements \
               WHERE query LIKE '%pg_replication_slots s LEFT JOIN%' AND query NOT LIKE '%pg_stat_statements%'";
    client.query_one(sql, &[]).await.expect("the server's own count").get(0)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_hundred_who_look_cost_the_server_one_question_a_second() {
    let server = Server::start(18, &[("shared_preload_libraries", "pg_stat_statements")]).await;
    server.run("CREATE EXTENSION pg_stat_statements").await;
    server.run("SELECT pg_create_physical_replication_slot('seen', true)").await;
    let (scratch, registry, client) = (Scratch::new(), Registry::default(), server.client().await);
    registry.put(server.entry().configured.clone());
    let watching = start(&scratch.store, &registry);
    let entry = registry.all().remove(0);
    scratch.look(&entry).await;
    let before = questions(&client).await;
    let lookers = (0..100).map(|number: u64| {
        let (store, entry) = (scratch.store.clone(), Arc::clone(&entry));
        tokio::spawn(async move {
            sleep(Duration::from_millis(number * 10)).await;
            for _ in 0..10 {
                let snapshot = look(&store, &entry).await.expect("an answer");
                assert_eq!(snapshot.slots.len(), 1);
                assert!(snapshot.watched().age_millis < 2_500);
                sleep(Duration::from_secs(1)).await;
            }
        })
    });
    let begun = Instant::now();
    futures_util::future::try_join_all(lookers).await.expect("all of them look");
    let (asked, seconds) = (questions(&client).await - before, begun.elapsed().as_secs_f64());
    println!("1000 looks of 100 people in {seconds:.1} s: {asked} questions");
    assert!((8..=13).contains(&asked), "{asked} questions in {seconds:.1} s");

    // Once the target is removed it is asked no more.
    registry.take(&entry.configured.target.id);
    sleep(Duration::from_millis(1_500)).await;
    let left = questions(&client).await;
    sleep(Duration::from_millis(2_500)).await;
    assert_eq!(questions(&client).await, left, "it is asked although it was removed");
    watching.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn without_anybody_who_looks_a_server_is_seen_and_its_history_is_kept() {
    let server = Server::start(15, &[]).await;
    server.run("SELECT pg_create_physical_replication_slot('kept', true)").await;
    let (scratch, registry) = (Scratch::new(), Registry::default());
    let watching = start(&scratch.store, &registry);
    // Added while it watches.
    registry.put(server.entry().configured.clone());
    let target = server.entry().configured.target.id.to_string();
    eventually("the slot's history is in the store", 25, async || {
        let read = history::read(&scratch.store, &target, SLOT_HELD, "kept", Span::Hour).await;
        read.is_ok_and(|points| !points.is_empty())
    })
    .await;
    watching.stop().await;
    let asked = Instant::now();
    let entry = registry.all().remove(0);
    let last = entry.shared::<Watch>().last().expect("it was asked").asked;
    sleep(Duration::from_secs(2)).await;
    let again = entry.shared::<Watch>().last().expect("it was asked").asked;
    assert!(last == again && again < asked, "nobody is asked after the stop");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_server_that_went_away_is_told_and_is_seen_again_when_it_is_back() {
    let mut server = Server::start(17, &[]).await;
    server.run("SELECT pg_create_physical_replication_slot('back', true)").await;
    let (scratch, entry) = (Scratch::new(), server.entry());
    assert_eq!(scratch.look(&entry).await.slots.len(), 1);
    server.stop().await;
    entry.shared::<Watch>().forget();
    let error = look(&scratch.store, &entry).await.err().expect("it is away");
    assert_eq!(error.kind, crate::error::Kind::Unreachable);
    server.restart(&[]).await;
    eventually("it is seen again", 30, async || {
        look(&scratch.store, &entry).await.is_ok_and(|snapshot| snapshot.slots.len() == 1)
    })
    .await;
}
