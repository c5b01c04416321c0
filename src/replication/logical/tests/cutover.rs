//! Cut-over: the subscriber goes on where the publisher's sequences were.

use super::*;
use crate::sandbox::lab::{MAJORS, eventually};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn after_the_cut_over_sequences_continue_above_those_of_the_publisher() {
    for major in MAJORS {
        let pair = Pair::start(major, major).await;
        let tables = "CREATE TABLE visits (id serial PRIMARY KEY, at text); CREATE SEQUENCE \"Odd name\" INCREMENT -1; \
                      CREATE SEQUENCE unused";
        for server in [&pair.publisher, &pair.subscriber] {
            server.run_in("shop", tables).await;
        }
        pair.publisher.run_in("shop", "INSERT INTO visits (at) SELECT 'x' FROM generate_series(1, 50)").await;
        pair.publisher.run_in("shop", "SELECT nextval('\"Odd name\"'), nextval('\"Odd name\"')").await;
        pair.publish(&["orders", "visits"]).await;
        pair.subscribe().await;
        let here = pair.here().await;
        eventually("all rows are copied", 30, || async { number(&here, "SELECT count(*) FROM visits").await == 50 })
            .await;
        let failed = here.batch_execute("INSERT INTO visits (at) VALUES ('too early')").await;
        assert!(failed.is_err(), "the sequence was left behind, so the key is there already");

        let change = Change::CopySequences {
            target: pair.to.configured.target.id.clone(),
            database: name("shop"),
            name: name("copy"),
            publisher: pair.from.configured.target.id.clone(),
            publisher_database: name("shop"),
            margin: 100,
        };
        let report = done(carry_out(&pair.subscriptions(), &change).await);
        assert!(report.read_back.en.contains("ahead"), "{report:#?}");
        assert_eq!(number(&here, "SELECT nextval('visits_id_seq')").await, 151);
        assert!(number(&here, "SELECT nextval('\"Odd name\"')").await < -102);
        assert_eq!(number(&here, "SELECT nextval('unused')").await, 1, "what nobody drew from stays");
        assert!(planned(&pair.subscriptions(), &change_with(change, 0)).await.blocked(), "it is ahead already");
    }
}

fn change_with(change: Change, new: u32) -> Change {
    match change {
        Change::CopySequences { target, database, name, publisher, publisher_database, .. } => {
            Change::CopySequences { target, database, name, publisher, publisher_database, margin: new }
        }
        other => other,
    }
}
