//! Redis' part: keys as Django writes them, with lifetimes from a minute to a day, sessions and
//! carts without one, and one of each other type.

use redis::aio::MultiplexedConnection;
use redis::{Pipeline, RedisError};

use super::super::redis_server::connect;
use super::super::settings::Redis;
use super::texts::{between, mix, name, note, product};

const BATCH: u64 = 2_000;
const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;

pub(super) async fn fill(settings: &Redis) -> Result<(), RedisError> {
    let mut connection = connect(settings).await?;
    redis::cmd("FLUSHDB").exec_async(&mut connection).await?;
    write(&mut connection, 12_000, product_page).await?;
    write(&mut connection, 6_000, rendered_page).await?;
    write(&mut connection, 8_000, session).await?;
    write(&mut connection, 4_000, cart).await?;
    other_types().exec_async(&mut connection).await
}

async fn write(
    connection: &mut MultiplexedConnection,
    count: u64,
    add: impl Fn(&mut Pipeline, u64),
) -> Result<(), RedisError> {
    for first in (1..=count).step_by(usize::try_from(BATCH).unwrap_or(1)) {
        let mut pipeline = redis::pipe();
        for n in first..=count.min(first + BATCH - 1) {
            add(&mut pipeline, n);
        }
        pipeline.exec_async(connection).await?;
    }
    Ok(())
}

/// Django's own key format with its default prefix and version, the value as its JSON serializer
/// leaves it.
fn product_page(pipeline: &mut Pipeline, n: u64) {
    let (name, price) = (product(n), between(n, 5, 900) * 1_000);
    let value = format!(r#"{{"id": {n}, "name": "{name}", "price_krw": {price}}}"#);
    let seconds = between(n, MINUTE, DAY);
    pipeline.set_ex(format!(":1:product:{n}"), value, seconds).ignore();
}

fn rendered_page(pipeline: &mut Pipeline, n: u64) {
    let value = format!("<!doctype html><title>{}</title><p>{}</p>", product(n), note(n));
    let seconds = between(n ^ 1, 5 * MINUTE, DAY / 4);
    pipeline.set_ex(format!(":1:page:{n}"), value, seconds).ignore();
}

/// Every third one has no lifetime: they are what fills a cache up over the years.
fn session(pipeline: &mut Pipeline, n: u64) {
    let key = format!("session:{:016x}{:016x}", mix(n), mix(n ^ 2));
    let value = format!(r#"{{"user_id": {}, "name": "{}"}}"#, mix(n) % 4_000, name(n));
    match n % 3 {
        0 => pipeline.set(key, value).ignore(),
        _ => pipeline.set_ex(key, value, 14 * DAY).ignore(),
    };
}

fn cart(pipeline: &mut Pipeline, n: u64) {
    let value = format!(r#"[{{"product": "{}", "quantity": {}}}]"#, product(n), n % 4 + 1);
    pipeline.set(format!("cart:{n}"), value).ignore();
}

fn other_types() -> Pipeline {
    let mut pipeline = redis::pipe();
    for (plan, price) in [("basic", 5_500), ("business", 22_000), ("enterprise", 99_000)] {
        pipeline.hset("plans:price_krw", plan, price).ignore();
    }
    for n in 1..=50_u64 {
        pipeline.rpush("orders:recent", format!("order {n}: {}", product(n))).ignore();
        pipeline.sadd("visitors:today", mix(n) % 4_000).ignore();
        pipeline.zadd("products:popular", product(n), between(n, 1, 1_000)).ignore();
    }
    pipeline.expire("visitors:today", 86_400).ignore();
    pipeline
}
