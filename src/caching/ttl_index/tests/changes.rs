//! Each change on real servers, and what is refused.

use bson::doc;

use super::*;
use crate::caching::ttl_index::model::{Expiry, Idle, Kind};
use crate::change::apply::Engine;
use crate::change::{Blast, Outcome};

#[tokio::test]
#[ignore = "starts real databases"]
async fn an_index_is_converted_hidden_shown_and_dropped() {
    let lab = Lab::new().await;
    lab.collection("c").insert_one(doc! { "at": ago(1) }).await.expect("inserted");
    lab.index("c", doc! { "at": 1 }, doc! {}).await;
    let refused = lab.apply("set_ttl_seconds", "c", Form { seconds: "30d".into(), ..index("x") }).await;
    assert!(refused.outcome == Outcome::Refused && refused.summary.en.contains("plain index"), "{refused:?}");
    let form = Form { field: "at".into(), seconds: "30d".into(), ..Form::default() };
    let refused = lab.apply("create_ttl_index", "c", form).await;
    assert!(refused.outcome == Outcome::Refused && refused.summary.en.contains("plain index on at"), "{refused:?}");
    let done = async |action: &str, seconds: &str| {
        let report = lab.apply(action, "c", Form { seconds: seconds.into(), ..index("x") }).await;
        assert_eq!(report.outcome, Outcome::Done, "{action}: {report:?}");
    };
    done("convert_index", "30d").await;
    assert_eq!(lab.seconds("c", "x").await, Some(30 * 86_400));
    done("hide_index", "").await;
    assert_eq!(lab.spec("c", "x").await.and_then(|it| it.get_bool("hidden").ok()), Some(true));
    let (subject, preview) = lab.look("c", "x", "60").await;
    assert!(subject.hidden);
    assert_eq!(preview.due.expect("counted").n, 1, "a hidden index is counted too");
    done("unhide_index", "").await;
    done("drop_index", "").await;
    assert_eq!(lab.spec("c", "x").await, None);
    assert_eq!(lab.count("c").await, 1);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn an_index_that_was_replaced_since_it_was_looked_at_is_left_alone() {
    let lab = Lab::new().await;
    lab.collection("c").insert_one(doc! { "at": ago(20) }).await.expect("inserted");
    lab.index("c", doc! { "at": 1 }, doc! { "expireAfterSeconds": i32::MAX }).await;
    let form = Form { seconds: "30d".into(), ..index("x") };
    let change = lab.keeper().observed(lab.change("set_ttl_seconds", "c", form)).await.expect("it answers");
    let first = lab.keeper().plan(&change).await.expect("a plan");
    assert!(!first.blocked() && first.blast == Blast::Plain, "{first:?}");
    lab.collection("c").drop_index("x").await.expect("dropped");
    let with = doc! { "expireAfterSeconds": i32::MAX, "partialFilterExpression": { "k": 1 } };
    lab.index("c", doc! { "at": 1 }, with).await;
    let second = lab.keeper().plan(&change).await.expect("a plan");
    assert!(second.blocked());
    assert_ne!(second.fingerprint, first.fingerprint);
    assert_eq!(carry_out(&lab.keeper(), &change).await.outcome, Outcome::Refused);
    assert_eq!(lab.seconds("c", "x").await, Some(2_147_483_647));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn more_documents_than_were_confirmed_are_not_deleted() {
    let lab = Lab::new().await;
    lab.collection("c").insert_one(doc! { "at": ago(20) }).await.expect("inserted");
    lab.index("c", doc! { "at": 1 }, doc! { "expireAfterSeconds": i32::MAX }).await;
    let form = Form { seconds: "7d".into(), ..index("x") };
    let change = lab.keeper().observed(lab.change("set_ttl_seconds", "c", form)).await.expect("it answers");
    assert_eq!(change.counted, 1);
    lab.collection("c").insert_many((0..9).map(|n| doc! { "at": ago(20), "n": n })).await.expect("inserted");
    let report = carry_out(&lab.keeper(), &change).await;
    assert_eq!(report.outcome, Outcome::Refused);
    assert!(report.summary.en.contains("10 documents by now, not 1"), "{report:?}");
    lab.two_passes().await;
    assert_eq!(lab.count("c").await, 10);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn clustered_and_time_series_collections_have_an_expiry_of_their_own() {
    let lab = Lab::new().await;
    let create = async |command| lab.client.database(&lab.database).run_command(command).await.expect("made");
    create(doc! { "create": "k", "clusteredIndex": { "key": { "_id": 1 }, "unique": true } }).await;
    create(doc! { "create": "t", "timeseries": { "timeField": "at" }, "expireAfterSeconds": 86_400 * 300 }).await;
    lab.collection("k").insert_many([doc! { "_id": ago(9) }, doc! { "_id": ago(1) }]).await.expect("inserted");
    for collection in ["k", "t"] {
        let form = Form { seconds: "400d".into(), ..Form::default() };
        let report = lab.apply("set_collection_expiry", collection, form).await;
        assert_eq!(report.outcome, Outcome::Done, "{collection}: {report:?}");
    }
    let (subject, preview) = lab.look("k", "", "7d").await;
    assert_eq!((subject.kind, subject.field.as_str()), (Kind::Clustered, "_id"));
    assert_eq!(subject.expiry, Expiry::After(400 * 86_400));
    assert_eq!(preview.due.expect("counted").n, 1);
    let listing = lab.keeper().list(&lab.database).await.expect("it answers");
    let kinds: Vec<Kind> = listing.rows.iter().map(|it| it.kind).collect();
    assert_eq!(kinds, [Kind::Clustered, Kind::TimeSeries]);
    for collection in ["k", "t"] {
        let form = Form { when: "off".into(), ..Form::default() };
        let report = lab.apply("set_collection_expiry", collection, form).await;
        assert_eq!(report.outcome, Outcome::Done, "{collection}: {report:?}");
    }
    let refused =
        lab.apply("create_ttl_index", "t", Form { field: "x".into(), seconds: "60".into(), ..Form::default() }).await;
    assert_eq!(refused.outcome, Outcome::Refused);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn the_list_flags_what_deletes_nothing_and_what_deletes_unseen() {
    let lab = Lab::new().await;
    let documents = (0..3).map(|n| doc! { "at": ago(5), "text": "2020-01-01", "n": n });
    lab.collection("c").insert_many(documents).await.expect("inserted");
    let index = async |name: &str, key: Document, with: Document| {
        let mut index = doc! { "key": key, "name": name };
        index.extend(with);
        let command = doc! { "createIndexes": "c", "indexes": [index] };
        lab.client.database(&lab.database).run_command(command).await.expect("made");
    };
    index("hash", doc! { "n": "hashed" }, doc! { "expireAfterSeconds": 5 }).await;
    index("texts", doc! { "text": 1 }, doc! { "expireAfterSeconds": 5 }).await;
    index("hid", doc! { "at": 1 }, doc! { "expireAfterSeconds": 86_400 * 9, "hidden": true }).await;
    index("none", doc! { "other": 1 }, doc! {}).await;
    let listing = lab.keeper().list(&lab.database).await.expect("it answers");
    let row = |name: &str| listing.rows.iter().find(|it| it.name == name).unwrap_or_else(|| panic!("{name}"));
    assert_eq!(listing.rows.len(), 3, "a plain index is none of them");
    assert_eq!(row("hash").idle, Some(Idle::Hashed));
    assert_eq!(row("texts").dates, Some(false));
    assert!(row("hid").hidden);
    assert!(listing.monitor.router && listing.monitor.passes.is_none(), "a router cannot tell");
    assert_eq!((listing.databases, listing.collections), (1, 1));
    let everything = lab.keeper().list("").await.expect("it answers");
    assert!(everything.rows.iter().any(|it| it.namespace == lab.name("c").to_string()));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_server_that_is_no_router_is_looked_at_and_changed_too() {
    let cluster = shared().await;
    let database = cluster.name_of_database();
    let client = cluster.shard("shard2").await;
    let lab = Lab { cluster, database, client };
    let entry = cluster.shard_entry("shard2");
    let (target, keeper) = (entry.configured.target.id.clone(), Keeper::at(entry));
    lab.collection("c").insert_many((0..4).map(|n| doc! { "at": ago(4), "n": n })).await.expect("inserted");
    let namespace = lab.name("c").to_string();
    let form = Form { namespace, field: "at".into(), seconds: "1d".into(), ..Form::default() };
    let change = Change::from_form(target, "create_ttl_index", &form).expect("a form");
    let change = keeper.observed(change).await.expect("it answers");
    assert_eq!(change.counted, 4);
    let plan = keeper.plan(&change).await.expect("a plan");
    assert!(plan.checks.iter().any(|it| it.found.en.contains("passes its router by")), "{:?}", plan.checks);
    let report = carry_out(&keeper, &change).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    eventually("the four are gone", 60, async || lab.count("c").await == 0).await;
    let monitor = keeper.list(&lab.database).await.expect("it answers").monitor;
    assert_eq!(
        (monitor.router, monitor.secondary, monitor.enabled, monitor.sleep),
        (false, false, Some(true), Some(1))
    );
    assert!(monitor.deleted.is_some_and(|it| it >= 4) && monitor.passes.is_some_and(|it| it > 0), "{monitor:?}");
}
