//! Zones on real clusters: what a plan foresees is what the servers do, seen past the router.

mod moving;

use bson::oid::ObjectId;
use bson::{Bson, DateTime, Document, doc};
use futures_util::TryStreamExt;
use mongodb::Client;
use mongodb::error::ErrorKind;

use super::model::{Change, PieceKind, Subject, ZoneForm, ZoneRange};
use super::mongo::Zones;
use crate::change::apply::{Engine, carry_out};
use crate::change::{Outcome, Plan, Report};
use crate::sandbox::lab::mongo::Cluster as Lab;
use crate::sharding::cluster::Cluster;
use crate::sharding::value::{canonical, parse_value};
use crate::targets::model::TargetId;
use crate::ui::address::{Address, link};

fn zones(cluster: &Lab) -> Zones {
    Zones::of(Cluster::at(cluster.entry()))
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|it| (*it).to_owned()).collect()
}

fn of_shard(action: &str, shard: &str, zone: &str) -> ZoneForm {
    ZoneForm { action: action.into(), shard: shard.into(), zone: zone.into(), ..ZoneForm::default() }
}

fn set(namespace: &str, zone: &str, min: &[&str], max: &[&str]) -> ZoneForm {
    ZoneForm {
        action: "set_zone_range".into(),
        namespace: namespace.into(),
        zone: zone.into(),
        min: texts(min),
        max: texts(max),
        ..ZoneForm::default()
    }
}

async fn plan(zones: &Zones, form: ZoneForm) -> Plan {
    zones.plan(&zones.observed(form).await.expect("a change")).await.expect("a plan")
}

async fn apply(zones: &Zones, form: ZoneForm) -> Report {
    let change = zones.observed(form).await.expect("a change");
    carry_out(zones, &change).await
}

async fn done(zones: &Zones, form: ZoneForm) {
    let report = apply(zones, form).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
}

async fn admin(client: &Client, command: Document) -> Result<Document, i32> {
    client.database("admin").run_command(command).await.map_err(|error| match error.kind.as_ref() {
        ErrorKind::Command(command) => command.code,
        _ => panic!("{error}"),
    })
}

/// `config.tags` of a collection, as the config server itself has it.
async fn tags(cluster: &Lab, namespace: &str) -> Vec<Document> {
    let tags = cluster.config().await.database("config").collection::<Document>("tags");
    let found = tags.find(doc! { "ns": namespace }).sort(doc! { "min": 1 }).await.expect("it answers");
    found.try_collect().await.expect("all of them")
}

async fn zones_of(cluster: &Lab, shard: &str) -> Vec<Bson> {
    let shards = cluster.config().await.database("config").collection::<Document>("shards");
    let row = shards.find_one(doc! { "_id": shard }).await.expect("it answers").expect("a shard");
    row.get_array("tags").cloned().unwrap_or_default()
}

fn blocked(plan: &Plan, text: &str) {
    let blocks = plan.checks.iter().filter(|it| it.verdict == crate::change::Verdict::Block);
    let found: Vec<&str> = blocks.map(|it| it.found.en.as_str()).collect();
    assert!(found.iter().any(|it| it.contains(text)), "{text}: {found:?}");
}

/// Each mistake is caught in the plan, and the same command sent by hand has the code that the plan foresees.
#[tokio::test]
#[ignore = "starts real databases"]
async fn what_the_servers_would_refuse_is_refused_in_the_plan() {
    let cluster = Lab::start(2).await;
    let (zones, client) = (zones(&cluster), cluster.client().await);
    admin(&client, doc! { "shardCollection": "z.c", "key": { "a": 1, "b": 1 } }).await.expect("sharded");
    let raw = async |min: Document, max: Document, zone: &str| {
        let command = doc! { "updateZoneKeyRange": "z.c", "min": min, "max": max, "zone": zone };
        admin(&client, command).await.expect_err("refused")
    };

    blocked(&plan(&zones, of_shard("add_shard_to_zone", "shard9", "EU")).await, "There is no shard shard9");
    assert_eq!(admin(&client, doc! { "addShardToZone": "shard9", "zone": "EU" }).await, Err(70));

    blocked(&plan(&zones, set("z.c", "EU", &["0", ""], &["10", ""])).await, "There is no zone EU");
    assert_eq!(raw(doc! { "a": 0 }, doc! { "a": 10 }, "EU").await, 177);

    done(&zones, of_shard("add_shard_to_zone", "shard1", "EU")).await;
    done(&zones, of_shard("add_shard_to_zone", "shard2", "US")).await;
    assert_eq!(zones_of(&cluster, "shard1").await, [Bson::from("EU")]);
    blocked(&plan(&zones, of_shard("add_shard_to_zone", "shard1", "EU")).await, "belongs to zone EU already");
    done(&zones, set("z.c", "EU", &["0", ""], &["10", ""])).await;
    let kept = tags(&cluster, "z.c").await;
    assert_eq!(kept[0].get_document("max").expect("a bound"), &doc! { "a": 10, "b": Bson::MinKey });

    let before = tags(&cluster, "z.c").await;
    let overlapping = apply(&zones, set("z.c", "US", &["5", ""], &["15", ""])).await;
    assert_eq!((overlapping.outcome, overlapping.ran.len()), (Outcome::Refused, 0), "{overlapping:?}");
    assert!(overlapping.summary.en.contains("would overlap"), "{}", overlapping.summary.en);
    assert_eq!(raw(doc! { "a": 5 }, doc! { "a": 15 }, "US").await, 178);
    // Also where it is of the same zone, and where the two touch in one key of the second field only.
    blocked(&plan(&zones, set("z.c", "EU", &["9", "MaxKey"], &["11", ""])).await, "would overlap");
    assert_eq!(raw(doc! { "a": 9, "b": Bson::MaxKey }, doc! { "a": 11 }, "EU").await, 178);
    assert!(!plan(&zones, set("z.c", "US", &["10", ""], &["15", ""])).await.blocked(), "side by side is no overlap");
    assert_eq!(tags(&cluster, "z.c").await, before);

    blocked(&plan(&zones, of_shard("remove_shard_from_zone", "shard1", "EU")).await, "is the only shard of zone EU");
    assert_eq!(admin(&client, doc! { "removeShardFromZone": "shard1", "zone": "EU" }).await, Err(163));
    blocked(&plan(&zones, of_shard("remove_shard_from_zone", "shard2", "EU")).await, "does not belong to zone EU");

    // Fields of another order cannot come from the form, but from a script.
    let made_up = |subject: &Subject, min: Document, max: Document| Change::SetZoneRange {
        target: TargetId::parse("m").expect("a target"),
        subject: subject.clone(),
        range: ZoneRange { min: canonical(&min), max: canonical(&max), zone: "EU".into() },
        instead_of: None,
    };
    let observed = zones.observed(set("z.c", "EU", &["20", ""], &["30", ""])).await.expect("a change");
    let subject = observed.subject().expect("of a collection").clone();
    let not_first = made_up(&subject, doc! { "b": 0 }, doc! { "b": 10 });
    blocked(&zones.plan(&not_first).await.expect("a plan"), "not the first fields of the key");
    assert_eq!(raw(doc! { "b": 0 }, doc! { "b": 10 }, "EU").await, 61);
    let empty = made_up(&subject, doc! { "a": 30 }, doc! { "a": 30 });
    blocked(&zones.plan(&empty).await.expect("a plan"), "is empty");
    assert_eq!(raw(doc! { "a": 30 }, doc! { "a": 30 }, "EU").await, 9);
    let field = zones.observed(set("z.c", "EU", &["30", ""], &["20", ""])).await.expect_err("refused").field;
    assert_eq!(field.as_deref(), Some("max.0"));

    // A range that somebody else takes away, and a collection that somebody else makes anew.
    let remove = ZoneForm {
        action: "remove_zone_range".into(),
        namespace: "z.c".into(),
        at: canonical(&doc! { "a": 0, "b": Bson::MinKey }),
        ..ZoneForm::default()
    };
    let change = zones.observed(remove).await.expect("a change");
    let mine = zones.observed(set("z.c", "US", &["50", ""], &["60", ""])).await.expect("a change");
    let gone = doc! { "updateZoneKeyRange": "z.c", "min": { "a": 0 }, "max": { "a": 10 }, "zone": Bson::Null };
    admin(&client, gone).await.expect("removed");
    blocked(&zones.plan(&change).await.expect("a plan"), "any more");
    client.database("z").collection::<Document>("c").drop().await.expect("dropped");
    admin(&client, doc! { "shardCollection": "z.c", "key": { "a": 1, "b": 1 } }).await.expect("sharded");
    let report = carry_out(&zones, &mine).await;
    assert_eq!((report.outcome, report.ran.len()), (Outcome::Refused, 0), "{report:?}");
    assert!(tags(&cluster, "z.c").await.is_empty());
}

/// What is entered in a form is what the config server keeps, and what the page shows of it is the same value again.
#[tokio::test]
#[ignore = "starts real databases"]
async fn bounds_of_all_kinds_come_through_form_address_plan_and_server() {
    let cluster = Lab::start(1).await;
    let (zones, client) = (zones(&cluster), cluster.client().await);
    done(&zones, of_shard("add_shard_to_zone", "shard1", "Z")).await;
    let ranged = [
        ("MinKey", "null"),
        ("-5", "Long(\"9007199254740993\")"),
        ("Decimal128(\"0.10\")", "Decimal128(\"12345678901234567890.5\")"),
        ("\"a&b=c #%41+ü\"", "\"b\""),
        ("ObjectId(\"6b0367600236a3c2918f7ba9\")", "ObjectId(\"6b0367600236a3c2918f7baa\")"),
        ("UUID(\"00112233-4455-6677-8899-aabbccddeeff\")", "UUID(\"00112233-4455-6677-8899-aabbccddef00\")"),
        ("ISODate(\"1969-12-31T23:59:59.999Z\")", "ISODate(\"2026-11-23T06:41:10.123Z\")"),
        ("Timestamp({ t: 1, i: 2 })", "MaxKey"),
    ];
    let hashed = [("MinKey", "Long(\"-9223372036854775807\")"), ("Long(\"4611686018427387902\")", "MaxKey")];
    for (kind, cases) in [(Bson::Int32(1), &ranged[..]), (Bson::from("hashed"), &hashed[..])] {
        for (number, (min, max)) in cases.iter().enumerate() {
            let namespace = format!("r.{}{number}", if kind == Bson::Int32(1) { "ranged" } else { "hashed" });
            admin(&client, doc! { "shardCollection": &namespace, "key": { "x": kind.clone() } })
                .await
                .expect("sharded");
            let address = link("/sharding/zones", &[("min", min), ("max", max)]);
            let address = Address::parse(address.split_once('?').expect("a query").1);
            let form = ZoneForm { min: address.all("min"), max: address.all("max"), ..set(&namespace, "Z", &[], &[]) };
            let change = zones.observed(form).await.expect("a change");
            let posted: Change =
                serde_json::from_str(&serde_json::to_string(&change).expect("JSON")).expect("reads back");
            assert_eq!(posted, change);
            let report = carry_out(&zones, &posted).await;
            assert_eq!(report.outcome, Outcome::Done, "{report:?}");

            let wanted = |text: &str| doc! { "x": parse_value(text).expect("a value") };
            let kept = tags(&cluster, &namespace).await;
            assert_eq!(kept[0].get_document("min").expect("a bound"), &wanted(min));
            assert_eq!(kept[0].get_document("max").expect("a bound"), &wanted(max));
            let seen = zones.of_collection(&namespace, "").await.expect("ranges");
            let range = seen.pieces.iter().find(|it| it.kind != PieceKind::Gap).expect("a range");
            assert_eq!((&range.min.ejson, &range.max.ejson), (&canonical(&wanted(min)), &canonical(&wanted(max))));
            let gaps = 2 - usize::from(*min == "MinKey") - usize::from(*max == "MaxKey");
            assert_eq!(seen.pieces.len(), 1 + gaps, "{:?}", seen.pieces);

            let remove = ZoneForm {
                action: "remove_zone_range".into(),
                namespace: namespace.clone(),
                at: range.min.ejson.clone(),
                ..ZoneForm::default()
            };
            done(&zones, remove).await;
            assert!(tags(&cluster, &namespace).await.is_empty());
        }
    }
    assert_eq!(
        DateTime::from_millis(-1),
        parse_value(ranged[6].0).expect("a date").as_datetime().copied().expect("a date")
    );
    assert_eq!(ObjectId::parse_str("6b0367600236a3c2918f7ba9").map(Bson::from).ok(), parse_value(ranged[4].0).ok());
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn nothing_is_offered_at_what_is_no_router() {
    let cluster = Lab::start(1).await;
    for entry in [cluster.config_entry(), cluster.shard_entry("shard1")] {
        let zones = Zones::of(Cluster::at(entry));
        assert_eq!(zones.list().await.expect_err("refused").field.as_deref(), Some("target"));
        let change = zones.observed(of_shard("add_shard_to_zone", "shard1", "EU")).await.expect("read without asking");
        assert_eq!(zones.plan(&change).await.expect_err("refused").field.as_deref(), Some("target"));
        assert_eq!(carry_out(&zones, &change).await.outcome, Outcome::Refused);
    }
}
