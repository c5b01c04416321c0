//! What is shown beforehand is what the servers then delete.

use std::collections::BTreeSet;

use bson::{Bson, DateTime, Timestamp, doc};
use mongodb::IndexModel;

use super::*;
use crate::change::apply::Engine;
use crate::change::{Blast, Outcome};

#[tokio::test]
#[ignore = "starts real databases"]
async fn the_number_that_is_shown_is_the_number_that_is_deleted() {
    const MANY: i64 = 200_000;
    let lab = Lab::new().await;
    lab.fill("c", MANY).await;
    let form = Form { field: "at".into(), when: "never".into(), ..Form::default() };
    let made = lab.apply("create_ttl_index", "c", form).await;
    assert_eq!(made.outcome, Outcome::Done, "{made:?}");
    assert_eq!(lab.seconds("c", "at_1").await, Some(2_147_483_647));

    let (subject, preview) = lab.look("c", "at_1", "7d").await;
    let due = preview.due.expect("counted");
    assert!(!due.more && !due.estimated, "{due:?}");
    assert!((due.n - MANY * 23 / 30).abs() <= MANY / 1_000, "{due:?}");
    assert_eq!(subject.documents, Some(MANY));
    assert_eq!(preview.bars.len(), 30);
    assert_eq!(preview.bars.iter().filter_map(|it| it.count).sum::<i64>(), MANY, "every document is in one bar");
    let (oldest, newest) = (preview.oldest.expect("a date"), preview.newest.expect("a date"));
    assert!((preview.now - oldest - 30 * DAY).abs() < DAY && newest <= preview.cutoff());
    assert!(preview.cutoff() - newest < DAY / 10);
    let bytes = preview.bytes.expect("an average");
    assert!((due.n * 20..due.n * 200).contains(&bytes), "{bytes}");

    let form = Form { seconds: "7d".into(), ..index("at_1") };
    let change = lab.keeper().observed(lab.change("set_ttl_seconds", "c", form)).await.expect("it answers");
    let plan = lab.keeper().plan(&change).await.expect("a plan");
    assert_eq!(plan.blast, Blast::TypeName(change.counted.to_string()), "the number is typed");
    assert!(plan.effect[0].en.contains("deleted for good"));
    assert_eq!(lab.count("c").await, MANY, "a plan deletes nothing");
    let report = carry_out(&lab.keeper(), &change).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    let cutoff = DateTime::from_millis(preview.cutoff());
    eventually("all that was due is gone", 120, async || {
        let left = lab.collection("c").count_documents(doc! { "at": { "$lte": cutoff } }).await;
        left.expect("it answers") == 0
    })
    .await;
    let deleted = MANY - lab.count("c").await;
    assert!((deleted - due.n).abs() * 1_000 <= due.n, "shown {}, deleted {deleted}", due.n);
}

/// Libraries of dates end before it.
const BEFORE_YEAR_0: i64 = -62_135_596_800_000 * 3;

#[tokio::test]
#[ignore = "starts real databases"]
async fn of_odd_types_exactly_those_are_counted_that_expire() {
    let lab = Lab::new().await;
    let (old, future): (Bson, Bson) = (ago(9).into(), ago(-9).into());
    let values: [Bson; 12] = [
        old.clone(),
        Bson::Array(vec![future.clone(), old.clone()]),
        Bson::Array(vec!["text".into(), old.clone()]),
        DateTime::from_millis(BEFORE_YEAR_0).into(),
        future,
        "2001-01-01".into(),
        5.into(),
        Bson::Timestamp(Timestamp { time: 1, increment: 1 }),
        Bson::Null,
        doc! { "at": old }.into(),
        Bson::Array(Vec::new()),
        false.into(),
    ];
    let mut documents: Vec<_> =
        values.into_iter().enumerate().map(|(n, at)| doc! { "_id": n as i32, "at": at }).collect();
    documents.push(doc! { "_id": 12 });
    lab.collection("odd").insert_many(documents).await.expect("inserted");
    // Not armed: even with the greatest number of seconds the date before the year 0 would go at once.
    lab.index("odd", doc! { "at": 1 }, doc! {}).await;

    let (_, preview) = lab.look("odd", "x", "60").await;
    assert_eq!(preview.due.expect("counted").n, 4);
    assert!(preview.arrays && preview.bars.is_empty(), "ages of arrays are not drawn");
    assert_eq!(preview.oldest, None, "nor is told which is the oldest");
    assert_eq!(preview.types.iter().map(|(_, n)| n).sum::<i64>(), preview.sampled);
    let report = lab.apply("convert_index", "odd", Form { seconds: "60".into(), ..index("x") }).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    eventually("what is due is gone", 60, async || lab.count("odd").await <= 9).await;
    lab.two_passes().await;
    let left = lab.collection("odd").distinct("_id", doc! {}).await.expect("it answers");
    let left: BTreeSet<i32> = left.iter().filter_map(Bson::as_i32).collect();
    assert_eq!(left, (4..13).collect(), "exactly the four have gone");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn an_empty_date_goes_even_at_never_and_is_counted_before() {
    let lab = Lab::new().await;
    let empty = DateTime::from_millis(-62_135_596_800_000);
    lab.collection("zero").insert_many([doc! { "at": empty }, doc! { "at": ago(9) }]).await.expect("inserted");
    let form = Form { field: "at".into(), when: "never".into(), ..Form::default() };
    let change = lab.keeper().observed(lab.change("create_ttl_index", "zero", form)).await.expect("it answers");
    let plan = lab.keeper().plan(&change).await.expect("a plan");
    assert_eq!((change.counted, plan.blast), (1, Blast::TypeName("1".into())));
    let report = carry_out(&lab.keeper(), &change).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    eventually("the empty date is gone", 60, async || lab.count("zero").await == 1).await;
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_a_partial_index_does_not_hold_is_not_counted() {
    let lab = Lab::new().await;
    let ancient = DateTime::from_millis(BEFORE_YEAR_0);
    let documents = [doc! { "at": ago(2), "k": 1 }, doc! { "at": ancient, "k": 1 }, doc! { "at": ago(2), "k": 2 }];
    lab.collection("part").insert_many(documents).await.expect("inserted");
    let with = doc! { "partialFilterExpression": { "k": 1 } };
    lab.index("part", doc! { "at": -1 }, with).await;
    let (subject, preview) = lab.look("part", "x", "1d").await;
    assert_eq!(preview.due.expect("counted").n, 2, "not 3");
    assert_eq!(subject.partial.as_deref(), Some("{ k: 1 }"));
    assert_eq!(preview.oldest, Some(BEFORE_YEAR_0), "a date of long ago is read");
    assert_eq!(preview.bars.iter().filter_map(|it| it.count).sum::<i64>(), 2);
    lab.apply("convert_index", "part", Form { seconds: "1d".into(), ..index("x") }).await;
    eventually("two are gone", 60, async || lab.count("part").await == 1).await;
    lab.two_passes().await;
    assert_eq!(lab.count("part").await, 1);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_is_no_number_of_seconds_never_reaches_the_server() {
    let lab = Lab::new().await;
    lab.collection("kept").insert_many((0..5).map(|n| doc! { "at": ago(3), "n": n })).await.expect("inserted");
    let model = IndexModel::builder().keys(doc! { "at": 1 }).options(expiring(30 * 86_400)).build();
    lab.collection("kept").create_index(model).await.expect("made");
    let sound = lab.change("set_ttl_seconds", "kept", Form { seconds: "60d".into(), ..index("at_1") });
    let posted = serde_json::to_string(&sound).expect("JSON");
    for seconds in ["", "abc", "NaN", "1e400", "-1", "2147483648", "0", "1.5"] {
        let namespace = lab.name("kept").to_string();
        for action in ["set_ttl_seconds", "lower_in_stages", "create_ttl_index"] {
            let form =
                Form { namespace: namespace.clone(), field: "at".into(), seconds: seconds.into(), ..index("at_1") };
            let error = Change::from_form(lab.target(), action, &form).expect_err(seconds);
            assert_eq!(error.field.as_deref(), Some("seconds"), "{action} {seconds:?}");
        }
        if seconds != "0" {
            let forged = posted.replace("5184000", seconds);
            assert!(crate::change::apply::parse::<Change>(&forged).is_err(), "{seconds:?} was posted");
        }
    }
    lab.two_passes().await;
    assert_eq!(lab.count("kept").await, 5, "nothing was lost");
    assert_eq!(lab.seconds("kept", "at_1").await, Some(30 * 86_400));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn without_an_index_few_documents_are_counted_and_nothing_is_made_by_a_plan() {
    let lab = Lab::new().await;
    lab.fill("plain", 3_000).await;
    let form = Form { field: "at".into(), seconds: "15d".into(), ..Form::default() };
    let change = lab.keeper().observed(lab.change("create_ttl_index", "plain", form)).await.expect("it answers");
    assert!((change.counted - 1_500).abs() < 10, "{}", change.counted);
    let plan = lab.keeper().plan(&change).await.expect("a plan");
    assert!(!plan.blocked(), "{:?}", plan.checks);
    assert!(plan.way_back.en.contains("from a backup only"));
    assert_eq!(lab.spec("plain", "at_1").await, None);
}
