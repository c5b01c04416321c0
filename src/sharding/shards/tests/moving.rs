//! The primary shard of a database.

use super::*;
use crate::sandbox::lab::mongo::shared;
use crate::sharding::shards::mongo::read;

async fn home(lab: &Lab, database: &str) -> String {
    let config = lab.config().await.database("config");
    let row = config.collection::<Document>("databases").find_one(doc! { "_id": database }).await;
    row.expect("it answers").expect("a database").get_str("primary").expect("a shard").to_owned()
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn the_data_move_with_the_primary_shard_and_back_again() {
    let lab = shared().await;
    let at = At::the(lab);
    let database = lab.name_of_database();
    let client = lab.client().await;
    admin(&client, doc! { "enableSharding": &database, "primaryShard": "shard1" }).await;
    fill(&client, &database, "carts", 120).await;
    fill(&client, &database, "logs", 30).await;
    let sharded = format!("{database}.items");
    admin(&client, doc! { "shardCollection": sharded, "key": { "k": "hashed" } }).await;

    let plan = at.plan(moves(&database, "shard2")).await;
    assert_eq!(blocked(&plan), "");
    let effect = &plan.effect[0].en;
    assert!(effect.starts_with("Copied to shard2, 2 in all (") && effect.contains("carts ("), "{effect}");
    assert!(!effect.contains("items"), "what is sharded stays: {effect}");
    assert!(plan.checks.iter().any(|it| it.found.en.contains("are free on shard2;")), "{:?}", plan.checks);
    for (to, from) in [("shard2", "shard1"), ("shard1", "shard2")] {
        at.applied(moves(&database, to)).await;
        assert_eq!(home(lab, &database).await, to);
        for (collection, documents) in [("carts", 120), ("logs", 30)] {
            assert_eq!(count(&lab.shard(to).await, &database, collection).await, documents);
            assert_eq!(count(&lab.shard(from).await, &database, collection).await, 0);
            assert_eq!(count(&client, &database, collection).await, documents);
        }
    }
    let again = at.plan(moves(&database, "shard1")).await;
    assert!(blocked(&again).contains("shard1 is the primary shard of"));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_database_that_was_dropped_and_made_anew_is_not_moved() {
    let lab = shared().await;
    let at = At::the(lab);
    let database = lab.name_of_database();
    let client = lab.client().await;
    admin(&client, doc! { "enableSharding": &database, "primaryShard": "shard1" }).await;
    fill(&client, &database, "carts", 10).await;
    let change = at.change(moves(&database, "shard2")).await;
    assert_eq!(blocked(&at.shards.plan(&change).await.expect("a plan")), "");
    client.database(&database).drop().await.expect("dropped");
    admin(&client, doc! { "enableSharding": &database, "primaryShard": "shard1" }).await;
    let report = carry_out(&at.shards, &change).await;
    assert_eq!((report.outcome, report.ran.len()), (Outcome::Refused, 0), "{report:?}");
    assert!(report.summary.en.contains("no longer what you looked at"), "{}", report.summary.en);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn databases_are_searched_and_paged_by_the_server() {
    let lab = shared().await;
    let at = At::the(lab);
    let client = lab.client().await;
    let stem = format!("{}_Paged", lab.name_of_database());
    for number in 0..30 {
        let name = format!("{stem}{number:02}");
        let shard = if number < 27 { "shard1" } else { "shard2" };
        admin(&client, doc! { "enableSharding": &name, "primaryShard": shard }).await;
    }
    let list = async |search: &str, primary: &str, after: &str| {
        let page = at.shards.read(async |client| read::databases(client, search, primary, after).await).await;
        let page = page.expect("a page");
        (page.databases.len(), page.databases.first().map(|it| it.name.clone()), page.after)
    };
    let search = stem.to_lowercase();
    let (number, first, after) = list(&search, "", "").await;
    assert_eq!((number, first, after.clone()), (25, Some(format!("{stem}00")), Some(format!("{stem}24"))));
    let (number, first, after) = list(&search, "", &after.expect("a next page")).await;
    assert_eq!((number, first, after), (5, Some(format!("{stem}25")), None));
    assert_eq!(list(&search, "shard2", "").await.0, 3);
    assert_eq!(list("$where.*", "", "").await.0, 0, "what is typed is no pattern");
}
