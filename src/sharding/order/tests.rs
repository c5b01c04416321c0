//! Our order of values beside the server's own.

use bson::oid::ObjectId;
use bson::{Binary, Bson, DateTime, Decimal128, Document, Regex, Timestamp, doc, spec::BinarySubtype};
use futures_util::TryStreamExt;

use super::*;
use crate::sandbox::lab::mongo::shared;

fn decimal(text: &str) -> Bson {
    Bson::Decimal128(text.parse::<Decimal128>().expect("a number"))
}

fn binary(subtype: BinarySubtype, bytes: &[u8]) -> Bson {
    Bson::Binary(Binary { subtype, bytes: bytes.to_vec() })
}

/// Values of every type that a shard key can hold, with those at which types touch each other.
pub(in crate::sharding) fn values() -> Vec<Bson> {
    let mut values = vec![Bson::MinKey, Bson::MaxKey, Bson::Null, Bson::Boolean(false), Bson::Boolean(true)];
    for number in [0, 1, -1, 2, 3, 42, i32::MAX, i32::MIN] {
        values.extend([Bson::Int32(number), Bson::Int64(number.into()), Bson::Double(number.into())]);
        values.push(decimal(&number.to_string()));
    }
    for number in [i64::MAX, i64::MIN, i64::MAX - 1, (1 << 53) + 1, 1 << 53, -(1 << 53) - 1] {
        values.extend([Bson::Int64(number), Bson::Double(number as f64), decimal(&number.to_string())]);
    }
    let doubles =
        [0.1, -0.1, 0.5, 1.5, 2.5, -2.5, 1e300, -1e300, 5e-324, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0];
    values.extend(doubles.map(Bson::Double));
    for text in [
        "0.1",
        "-0.1",
        "0.5",
        "1.5",
        "2.5",
        "3.5",
        "-2.5",
        "2.7",
        "1.50",
        "1E+300",
        "1E-6176",
        "NaN",
        "Infinity",
        "-Infinity",
        "9223372036854775807.5",
        "9223372036854775808",
        "0.1000000000000000055511151231257827",
        "1E+6111",
        "-0",
        "0E+10",
    ] {
        values.push(decimal(text));
    }
    values.extend(["", "a", "aa", "b", "A", "키", "\u{0}", "a\u{0}b", "é"].map(Bson::from));
    values.extend([Bson::Symbol("a".into()), Bson::JavaScriptCode("a".into())]);
    for document in [
        doc! {},
        doc! { "a": 1 },
        doc! { "a": 1_i64, "b": 2 },
        doc! { "b": 1 },
        doc! { "a": "x" },
        doc! { "a": Bson::Null },
        doc! { "a": { "b": "x" }, "c": 2.0 },
        doc! { "a": 1.5 },
        doc! { "aa": 1 },
    ] {
        values.push(Bson::Document(document));
    }
    values.push(binary(BinarySubtype::Generic, b""));
    values.push(binary(BinarySubtype::Generic, b"zz"));
    values.push(binary(BinarySubtype::Generic, b"abc"));
    values.push(binary(BinarySubtype::UserDefined(0x80), b"ab"));
    values.extend([[0; 16], [7; 16], [255; 16]].map(|bytes| Bson::from(bson::Uuid::from_bytes(bytes))));
    values.extend([[0; 12], [9; 12], [255; 12]].map(|bytes| Bson::ObjectId(ObjectId::from_bytes(bytes))));
    values.extend([0, -1, 1, i64::MAX, i64::MIN].map(|millis| Bson::DateTime(DateTime::from_millis(millis))));
    for (time, increment) in [(0, 0), (0, 1), (1, 0), (u32::MAX, u32::MAX)] {
        values.push(Bson::Timestamp(Timestamp { time, increment }));
    }
    let regex = |pattern: &str, options: &str| Regex {
        pattern: pattern.to_owned().try_into().expect("no NUL"),
        options: options.to_owned().try_into().expect("no NUL"),
    };
    values.extend([regex("a", ""), regex("a", "i"), regex("b", "")].map(Bson::RegularExpression));
    values
}

/// Random compound bounds out of these values.
fn compound() -> Vec<(Document, Document)> {
    let values = values();
    let mut seed = 7_u64;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        values[(seed >> 33) as usize % values.len()].clone()
    };
    (0..600).map(|_| (doc! { "z": next(), "a": next() }, doc! { "z": next(), "a": next() })).collect()
}

fn sign(order: Ordering) -> i32 {
    order as i32
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn values_lie_in_the_order_of_the_server() {
    let cluster = shared().await;
    let database = cluster.client().await.database(&cluster.name_of_database());
    let mixed = database.collection::<Document>("mixed");
    mixed.insert_many(values().into_iter().map(|v| doc! { "v": v })).await.expect("inserted");
    mixed.create_index(mongodb::IndexModel::builder().keys(doc! { "v": 1 }).build()).await.expect("an index");
    let sorted: Vec<Document> = mixed
        .find(doc! {})
        .sort(doc! { "v": 1 })
        .hint(mongodb::options::Hint::Keys(doc! { "v": 1 }))
        .await
        .expect("sorted")
        .try_collect()
        .await
        .expect("all");
    assert_eq!(sorted.len(), values().len());
    for pair in sorted.windows(2) {
        let (one, other) = (pair[0].get("v").expect("a value"), pair[1].get("v").expect("a value"));
        assert_ne!(compare_values(one, other), Ordering::Greater, "{one:?} comes before {other:?}");
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn every_pair_of_values_and_of_compound_bounds_compares_as_the_server_compares_it() {
    let cluster = shared().await;
    let database = cluster.client().await.database(&cluster.name_of_database());
    let all = values();
    let single = all.iter().flat_map(|a| all.iter().map(move |b| (doc! { "": a.clone() }, doc! { "": b.clone() })));
    let pairs: Vec<(Document, Document)> = single.chain(compound()).collect();
    let rows = pairs.iter().enumerate().map(|(n, (a, b))| doc! { "_id": n as i64, "a": a, "b": b });
    let collection = database.collection::<Document>("pairs");
    collection.insert_many(rows).await.expect("inserted");
    let stages = [doc! { "$sort": { "_id": 1 } }, doc! { "$project": { "order": { "$cmp": ["$a", "$b"] } } }];
    let told: Vec<Document> = collection.aggregate(stages).await.expect("asked").try_collect().await.expect("all");
    assert_eq!(told.len(), pairs.len());
    for (row, (a, b)) in told.iter().zip(&pairs) {
        assert_eq!(sign(compare_bounds(a, b)), row.get_i32("order").expect("an order"), "{a:?} {b:?}");
        assert_eq!(compare_bounds(a, b), compare_bounds(b, a).reverse(), "{a:?} {b:?}");
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_hash_is_the_one_that_the_server_computes() {
    let config = shared().await.config().await.database("admin");
    let mut wrong = Vec::new();
    for value in values() {
        let stages = vec![
            doc! { "$documents": [{}] },
            doc! { "$project": { "hash": { "$toHashedIndexKey": { "$literal": value.clone() } } } },
        ];
        let told: Vec<Document> = config.aggregate(stages).await.expect("asked").try_collect().await.expect("a row");
        if crate::sharding::hashed::hashed(&value) != told[0].get_i64("hash").expect("a hash") {
            wrong.push(value);
        }
    }
    assert_eq!(wrong, Vec::new());
}

#[test]
fn what_is_no_bson_ends_the_walk_instead_of_the_console() {
    let good = raw(&doc! { "a": 1, "b": "x" });
    for end in 0..good.len() {
        assert!(elements(&good[..end]).count() <= 2);
    }
    assert_eq!(elements(&[9, 0, 0, 0, TEXT, b'a', 0, 0xff, 0xff, 0xff, 0x7f]).count(), 0);
}
