//! MongoDB's part: a collection that waits to be sharded, one that is, one with a TTL index and
//! one that ought to have one.

use bson::{DateTime, Document, doc};
use mongodb::options::IndexOptions;
use mongodb::{Client, Collection, IndexModel};
use tokio::try_join;

use super::texts::{between, email, mix, name, note, product, region};

const BATCH: u64 = 2_000;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const THIRTY_DAYS: std::time::Duration = std::time::Duration::from_secs(30 * 24 * 60 * 60);

pub(super) async fn fill(router_port: u16) -> Result<(), mongodb::error::Error> {
    let address = format!("mongodb://127.0.0.1:{router_port}/?appName=outgrow-sandbox");
    let client = Client::with_uri_str(address).await?;
    let shop = client.database("shop");
    for database in [client.database("mydatabase"), shop.clone()] {
        database.drop().await?;
    }
    let admin = client.database("admin");
    admin.run_command(doc! { "enableSharding": "shop" }).await?;
    let shard = doc! { "shardCollection": "shop.orders", "key": { "customer_id": "hashed" } };
    admin.run_command(shard).await?;
    let expiry = IndexOptions::builder().expire_after(THIRTY_DAYS).build();
    let expiry = IndexModel::builder().keys(doc! { "last_seen": 1 }).options(expiry).build();
    shop.collection::<Document>("sessions").create_index(expiry).await?;

    let waiting = client.database("mydatabase").collection("mycollection");
    try_join!(
        insert(waiting, 20_000, user_document),
        insert(shop.collection("orders"), 10_000, order),
        insert(shop.collection("sessions"), 5_000, session),
        insert(shop.collection("logs"), 10_000, log_line),
    )?;
    client.shutdown().await;
    Ok(())
}

async fn insert(
    collection: Collection<Document>,
    count: u64,
    make: impl Fn(u64, u64) -> Document,
) -> Result<(), mongodb::error::Error> {
    let now = u64::try_from(DateTime::now().timestamp_millis()).unwrap_or_default();
    for first in (0..count).step_by(usize::try_from(BATCH).unwrap_or(1)) {
        let batch = (first..count.min(first + BATCH)).map(|n| make(n, now));
        collection.insert_many(batch).ordered(false).await?;
    }
    Ok(())
}

/// Several documents for each of 4,000 users, so that `user_id` is a plausible shard key.
fn user_document(n: u64, now: u64) -> Document {
    let user = mix(n) % 4_000;
    doc! {
        "user_id": int(user), "name": name(user), "email": email(user), "region": region(user),
        "created_at": within_a_month(n, now),
        "payload": { "product": product(n), "note": note(n), "amount": int(between(n, 5, 900)) },
    }
}

fn order(n: u64, now: u64) -> Document {
    doc! {
        "customer_id": int(mix(n) % 5_000), "product": product(n), "note": note(n),
        "amount_krw": int(between(n, 10, 990) * 1_000), "ordered_at": within_a_month(n, now),
        "status": status(n),
    }
}

fn status(n: u64) -> &'static str {
    match n % 7 {
        0 => "refunded",
        1 | 2 => "shipped",
        _ => "paid",
    }
}

fn session(n: u64, now: u64) -> Document {
    doc! {
        "token": format!("{:016x}", mix(n)), "user_id": int(mix(n ^ 7) % 4_000),
        "last_seen": within_a_month(n, now), "region": region(n),
    }
}

fn log_line(n: u64, now: u64) -> Document {
    doc! {
        "at": within_a_month(n, now), "level": if n.is_multiple_of(40) { "error" } else { "info" },
        "path": format!("/product/{}", between(n, 1, 500)), "ms": int(between(n ^ 8, 2, 900)),
        "message": note(n),
    }
}

/// Within the last 29 days: a TTL of 30 days leaves it all there for a day.
fn within_a_month(n: u64, now: u64) -> DateTime {
    let age = mix(n ^ 9) % (29 * DAY_MS);
    DateTime::from_millis(i64::try_from(now.saturating_sub(age)).unwrap_or_default())
}

fn int(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
